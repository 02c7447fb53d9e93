"""The call that says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plow_client.idl import ExplainT
from plow_server.database import Database, Row, Transaction
from plow_server.explain import (
    Names,
    Prospect,
    Standing,
    ahead_jobs,
    explain_node,
    explain_work,
    nearest_of_node,
    needs_soonest,
    standing,
)
from plow_server.explain_state import Work
from plow_server.handlers.arguments import Id
from plow_server.order import line_of
from plow_server.read_farm import read_work


def explain(db: Database, id: Id) -> ExplainT:
    """Why a job, a layer or a task waits, runs or is over; why a node is idle."""
    return db.atomically(lambda transaction: _explain(transaction, id))


def _explain(db: Transaction, id: str) -> ExplainT:
    found = db.one("explain_found", missing=f"no job, layer, task or node '{id}'", id=id)
    if found["noun"] == "node":
        return _explain_node(db, found["node_id"])
    work = _work(db, found, db.value("now_ms"))
    if work.layer is None or work.job["held"] == "finished":
        return explain_work(work, [])
    layer = work.layer
    groups = _nodes(db, layer, None)
    stand = standing(line_of(read_work(db).snapshot()), layer["id"]) if work.is_ready else Standing()
    prospect = Prospect(
        work.now,
        db.one("explain_kept", layer=layer["id"]),
        db.value("explain_soonest", layer=layer["id"]) if needs_soonest(work, groups, stand) else None,
    )
    return explain_work(work, groups, stand, _names(db, stand), prospect)


def _work(db: Transaction, found: Row, now: int) -> Work:
    job, task_id = found["job_id"], found["task_id"]
    layer_id = found["layer_id"] or db.value("explain_next_layer", job=job)
    return Work(
        found["noun"],
        db.one("explain_job", missing="no such job", job=job),
        db.one("explain_layer", layer=layer_id) if layer_id else None,
        db.one("explain_task", task=task_id) if task_id else None,
        db.all("explain_depends", job=job, layer=found["layer_id"], task=task_id),
        now,
    )


def _names(db: Transaction, stand: Standing) -> Names:
    """Of those that the answer names."""
    if stand.own is None:
        return Names()
    jobs = [stand.own.job.id, *list(ahead_jobs(stand))[:10]]
    return Names(
        {row["quota_id"]: row for row in db.all("explain_names")},
        {row["id"]: row for row in db.all("explain_jobs", jobs=jobs)},
    )


def _explain_node(db: Transaction, node_id: str) -> ExplainT:
    node = db.one("explain_node", missing=f"no node '{node_id}'", node=node_id)
    groups = db.all("explain_waiting_layers", node=node_id)
    nearest = nearest_of_node(groups)
    layer = db.one("explain_layer", layer=nearest["layer_id"]) if nearest else None
    return explain_node(node, groups, layer, _nodes(db, layer, [node_id])[0] if layer else None)


def _nodes(db: Transaction, layer: Mapping[str, Any], nodes: list[str] | None) -> list[Row]:
    return db.all(
        "explain_nodes", layer=layer["id"], nodes=nodes, gpus=layer["gpus"], gpu_ram=layer["gpu_ram"]
    )
