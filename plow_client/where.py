"""The keyword `where` of calls that take a filter; the language behind it is loaded when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plow_client.idl import QueryTermT
    from plow_client.query import Kind, Query


def terms_of(where: str | Query | None, kind: Kind) -> list[QueryTermT] | None:
    """A query's terms for a filter; None stays "not said"."""
    if where is None:
        return None
    from plow_client.query import parse, to_wire

    return to_wire(parse(where, kind) if isinstance(where, str) else where)
