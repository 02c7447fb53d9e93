"""Jobs and nodes that a query names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plow_client.query import Query, Term, Value, all_of
from plow_server.query.compose import compose
from plow_server.query.fields import columns_of
from plow_server.query.reach import conjuncts

Given = Mapping[str, Sequence[Value] | None]


def jobs(given: Given, query: Query) -> dict[str, Any]:
    """The slot and the values of jobs_where, for a query and a filter's criteria by field."""
    whole = all_of([*criteria(given), query])
    is_living = any(
        term.field == "state" and (term.op == "=") != ("FINISHED" in term.values) for term in conjuncts(whole)
    )
    where = compose(whole, columns_of("job"))
    return {**where.values, "where": where.sql, "is_living": is_living}


def nodes(given: Given, query: Query) -> dict[str, Any]:
    """The slot and the values of nodes_where."""
    where = compose(all_of([*criteria(given), query]), columns_of("node"))
    return {**where.values, "where": where.sql}


def criteria(given: Given) -> list[Query]:
    """Criteria of a filter as terms; what is None is not asked for."""
    return [Term(field, "=", tuple(values)) for field, values in given.items() if values is not None]
