"""The call about queries themselves."""

from __future__ import annotations

from plow_client.idl import QueryKind, QueryTermT
from plow_client.query import Kind, parse, to_wire
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.query.check import checked
from plow_server.rows import label

_KINDS: dict[str, Kind] = {"JOB": "job", "TASK": "task", "NODE": "node"}


def parse_query(db: Database, kind: int, text: str, *, limit: Limit) -> list[QueryTermT]:
    """The terms of a query that somebody typed."""
    asked = _KINDS[label(QueryKind, kind)]
    terms = to_wire(parse(text, asked))
    checked(terms, asked, limit)
    return terms
