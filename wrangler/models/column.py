"""What a column shows of a row, and the three things a cell can draw instead of text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from wrangler.models.natural import Comparable


class Row(Protocol):
    """What every row has; a row of a list without levels has an empty parent."""

    @property
    def id(self) -> str: ...
    @property
    def parent_id(self) -> str: ...


RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True)
class Chip:
    """A state: a word, a sign and the tone (name of a colour) they are shown in."""

    word: str
    sign: str
    tone: str


@dataclass(frozen=True)
class Shares:
    """Parts of a whole, drawn side by side; `text` stands over them."""

    parts: tuple[tuple[str, int], ...]  # tone, count
    text: str


@dataclass(frozen=True)
class Meter:
    """How full something is, from 0 to 1; from `warn` and `critical` on the colour says so."""

    filled: float
    text: str
    warn: float = 2.0
    critical: float = 2.0


Drawing = Chip | Shares | Meter


@dataclass(frozen=True)
class Column(Generic[RowT]):
    """`text` gets the row and the server's time now, for durations that still grow.

    `icon` names a picture beside the text, `ink` the colour of the text; empty is none and the usual.
    """

    title: str
    text: Callable[[RowT, int], str]
    key: Callable[[RowT], Comparable]
    width: int = 100
    is_number: bool = False
    draw: Callable[[RowT], Drawing | None] | None = None
    tip: Callable[[RowT, int], str] | None = None
    icon: Callable[[RowT], str] | None = None
    ink: Callable[[RowT], str] | None = None
