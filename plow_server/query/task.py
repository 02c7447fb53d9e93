"""Tasks that a query names: through their layers, their ids, or what runs; the task table is never read as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from psycopg import sql

from plow_client.errors import Invalid
from plow_client.query import Query, all_of
from plow_server.database import Transaction
from plow_server.query.compose import compose
from plow_server.query.fields import columns_of, columns_of_layers, sources
from plow_server.query.found import criteria
from plow_server.query.reach import check_narrow, conjuncts, named, reach


@dataclass(frozen=True)
class Wanted:
    """A query, what beside it says where the tasks are, and which of them to give."""

    query: Query
    jobs: list[str] | None = None
    layers: list[str] | None = None
    tasks: list[str] | None = None
    nodes: list[str] | None = None
    limit: int | None = None
    offset: int = 0


def found(transaction: Transaction, wanted: Wanted, most: int) -> dict[str, Any]:
    """The slot and the values of tasks_where and found_tasks_where; Invalid if more than `most` tasks would be read."""
    wanted = _placed(wanted)
    transaction.run("unarchived", p_job=wanted.jobs, p_layer=wanted.layers)
    where = compose(wanted.query, columns_of("task"))
    within = compose(reach(wanted.query), columns_of_layers(), "reach_")
    name = _source(wanted)
    source = sql.SQL(sources()[name]).format(reach=within.sql)
    values = {**where.values, **within.values, **_criteria(wanted)}
    _refuse_too_many(transaction, source, values, most)
    lookup = sql.SQL(sources()["by_layer" if name == "layers_in_reach" else "by_id"])
    whole = sql.SQL(sources()["found_where"]).format(source=source, lookup=lookup, where=where.sql)
    return {**values, "found": whole}


def with_ids(wanted: Wanted, ids: list[str]) -> Wanted:
    """The same, of these tasks only."""
    return replace(wanted, tasks=ids, limit=None, offset=0)


def _placed(wanted: Wanted) -> Wanted:
    """With the ids that stand in the query itself; Invalid if there is nothing to go by."""
    query = wanted.query
    if all(given is None for given in (wanted.jobs, wanted.layers, wanted.tasks, wanted.nodes)):
        check_narrow(query)
    given = {"jobid": wanted.jobs, "layerid": wanted.layers, "id": wanted.tasks}
    return replace(
        wanted,
        query=all_of([*criteria(given), query]),
        jobs=named(query, "jobid") if wanted.jobs is None else wanted.jobs,
        layers=named(query, "layerid") if wanted.layers is None else wanted.layers,
        tasks=named(query, "id") if wanted.tasks is None else wanted.tasks,
    )


def _source(wanted: Wanted) -> str:
    if wanted.tasks is not None and wanted.nodes is None:
        return "named_in_reach"
    only_running = any(
        term.field == "state" and term.op == "=" and set(term.values) == {"RUNNING"}
        for term in conjuncts(wanted.query)
    )
    return "running_in_reach" if wanted.nodes is not None or only_running else "layers_in_reach"


def _criteria(wanted: Wanted) -> dict[str, Any]:
    names = ("jobs", "layers", "tasks", "nodes", "limit", "offset")
    return {name: getattr(wanted, name) for name in names}


def _refuse_too_many(
    transaction: Transaction, source: sql.Composable, values: dict[str, Any], most: int
) -> None:
    tasks = int(transaction.value("tasks_in_reach", source=source, **values))
    if tasks > most:
        raise Invalid(
            f"this query would look at {tasks:,} tasks, more than {most:,}: add a job, layer, user or folder,"
            " or state=dead or state=running"
        )
