"""What handlers say about their arguments, and what filters have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NewType, TypeVar

from plow_client.errors import Invalid
from plow_server.database import Database, Transaction
from plow_server.rows import label
from plow_server.sqlstate import TookTooLong
from plow_server.wording import short

Id = NewType("Id", str)
"""An argument that is an id; a malformed one never reaches the handler."""

Made = TypeVar("Made")

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_id(text: str) -> bool:
    """Whether this is an id and not a name."""
    return _ID.fullmatch(text) is not None


def check_id(text: str) -> str:
    """An id as it came; Invalid for anything else."""
    if not is_id(text):
        raise Invalid(f"not an id: '{text[:60]}'")
    return text


def ids(given: Iterable[str] | None) -> list[str] | None:
    """The ids of a filter. Unset means any; an empty list means none."""
    return None if given is None else [check_id(one) for one in given]


def states(enum: type[Any], given: Iterable[int] | None) -> list[str] | None:
    """The states of a filter as SQL calls them."""
    return None if given is None else [label(enum, one) for one in given]


def texts(given: Iterable[str] | None) -> list[str] | None:
    """The names of a filter; a set of the wire comes as anything that can be walked through."""
    return None if given is None else list(given)


def search(
    db: Database,
    read: Callable[[Transaction], Made],
    regex: str | None,
    limit_s: float,
    *,
    is_query: bool = False,
) -> Made:
    """Read with an expression for names, or a query, if there is one: some take for ever, and no search may."""
    if regex is None and not is_query:
        return db.atomically(read)
    try:
        return db.atomically(read, limit_s=limit_s)
    except TookTooLong:
        if regex is None:
            raise Invalid(f"this query takes longer than {limit_s:g} s: make it narrower") from None
        raise Invalid(f"to match '{short(regex)}' takes longer than {limit_s:g} s: make it simpler") from None


def page(limit: int | None, offset: int | None, most: int) -> dict[str, int]:
    """Limit and offset of a filter; 0 means as much as one answer may hold."""
    if (limit or 0) < 0 or (offset or 0) < 0:
        raise Invalid("limit and offset are 0 or more")
    return {"limit": min(limit or most, most), "offset": offset or 0}
