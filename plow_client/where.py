"""The keyword `where` of calls that take a filter; the language behind it is loaded when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plow_client.current import server

if TYPE_CHECKING:
    from plow_client.idl import QueryKind, QueryTermT
    from plow_client.query import Kind, Query


def terms_of(where: str | Query | None, kind: Kind) -> list[QueryTermT] | None:
    """A query's terms for a filter; None stays "not said"."""
    if where is None:
        return None
    from plow_client.query import parse, to_wire

    return to_wire(parse(where, kind) if isinstance(where, str) else where)


def parse_query(kind: QueryKind | int | str, text: str) -> list[QueryTermT]:
    """The terms of a query as the server reads them; `plow_client.query.parse` does the same without asking it."""
    from plow_client.entity import member_of
    from plow_client.idl import QueryKind

    return server().parseQuery(int(member_of(QueryKind, kind)), text)
