"""What a query of tasks says about where they are: the layers to look into, and whether it says enough. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from plow_client.errors import Invalid
from plow_client.query import And, Not, Or, Query, Term, all_of, any_of
from plow_client.query.field import TASK_STATES
from plow_server.query.fields import columns_of_layers

NARROW = ("job", "jobid", "layer", "layerid", "id", "project", "folder", "user", "attr")
FEW = frozenset({"RUNNING", "DEAD"})
"""States that few tasks of a farm are in."""


def conjuncts(query: Query) -> Iterator[Term]:
    """The comparisons that must hold, whatever else the query says."""
    for part in query.parts if isinstance(query, And) else (query,):
        if isinstance(part, Term):
            yield part


def named(query: Query, field: str) -> list[str] | None:
    """The values of which the field must be one; None if the query does not say."""
    for term in conjuncts(query):
        if term.field == field and term.op == "=":
            return [str(value) for value in term.values]
    return None


def check_narrow(query: Query) -> None:
    """Invalid where a query could mean every task of the farm."""
    if not _narrows(query):
        raise Invalid(
            "this query could mean every task of the farm: add 'and job=...', or the same with"
            f" {', '.join(NARROW[1:-1])} or attr.KEY, or state=dead or state=running"
        )


def reach(query: Query) -> Query | None:
    """A weaker query that layers and their jobs can answer, and their counts by state; None: any layer.

    A task that the first query names is always in a layer that the second one names.
    """
    if isinstance(query, Term):
        return _reach_of_term(query)
    if isinstance(query, Not):
        return query if _is_of_layers(query.part) else None
    parts = [reach(part) for part in query.parts]
    told = [part for part in parts if part is not None]
    if isinstance(query, Or):
        return any_of(told) if len(told) == len(parts) else None
    return all_of(told) if told else None


def _narrows(query: Query) -> bool:
    if isinstance(query, Term):
        if query.field == "state":
            return query.op == "=" and FEW.issuperset(map(str, query.values))
        return (
            query.field in NARROW
            and query.op in ("=", "~")
            and any(str(value).strip("*") for value in query.values)
        )
    if isinstance(query, Not):
        return False
    return (any if isinstance(query, And) else all)(_narrows(part) for part in query.parts)


def _reach_of_term(term: Term) -> Query | None:
    if term.field == "state":
        is_in = term.op == "="
        states = [label for label in TASK_STATES if (label in term.values) == is_in]
        return any_of(Term(label.lower(), ">", (0.0,)) for label in states) if states else None
    return term if term.field in columns_of_layers() else None


def _is_of_layers(query: Query) -> bool:
    if isinstance(query, Term):
        return query.field in columns_of_layers()
    if isinstance(query, Not):
        return _is_of_layers(query.part)
    return all(_is_of_layers(part) for part in query.parts)
