"""What a query is once it is read: comparisons, joined by and, or, not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Op = Literal["=", "!=", "~", "!~", "<", "<=", ">", ">="]

SAME: Final = ("=", "!=")
GLOB: Final = ("~", "!~")
ORDER: Final = ("<", "<=", ">", ">=")


@dataclass(frozen=True)
class Moment:
    """A time: milliseconds since 1970 UTC, or with `ago` before now by the database's clock. 0 is never."""

    ms: int
    ago: bool = False


NEVER: Final = Moment(0)

Value = str | bool | float | Moment


@dataclass(frozen=True)
class Term:
    """A comparison of a field. With several values `=` says "one of these" and `!=` "none of these".

    `key` is set for a field that has many values by key: `attr.shot`. Memory is MB, a duration milliseconds.
    """

    field: str
    op: Op
    values: tuple[Value, ...]
    key: str | None = None


@dataclass(frozen=True)
class Not:
    """The part does not hold. What a comparison says about a missing value does not hold, so its `not` does."""

    part: Query


@dataclass(frozen=True)
class And:
    """All parts hold; there are at least two, and none is an And."""

    parts: tuple[Query, ...]


@dataclass(frozen=True)
class Or:
    """One of the parts holds; there are at least two, and none is an Or."""

    parts: tuple[Query, ...]


Query = Term | Not | And | Or


def all_of(parts: Iterable[Query]) -> Query:
    """The parts joined by `and`; one part is itself."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: Iterable[Query]) -> Query:
    """The parts joined by `or`; one part is itself."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))
