"""Depends between work that is in the database already: found by names or ids, made, and refused in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from plow_client.errors import Invalid
from plow_client.idl import DependSpecT, DependType
from plow_server.cycles import Scope, find_circle, told
from plow_server.database import Row, Transaction, Verbs
from plow_server.launch import task_chunks
from plow_server.pairing import pair_by_frame
from plow_server.waits import DEPENDENT_PART, ON_PART


class Link(NamedTuple):
    """Who waits (`side`) for what (`on`): rows with job_id, layer_id, task_id. A TASK_BY_TASK is of two layers, or
    one of its rows, of two tasks."""

    kind: DependType
    side: Row
    on: Row


def find_link(db: Verbs, kind: DependType, depend: DependSpecT) -> Link:
    """Look up both sides; only as much of each as the type needs is looked at."""
    part = DEPENDENT_PART[kind]
    side = _find(db, kind, part, depend.dependentJob, depend.dependentLayer, depend.dependentTask)
    return Link(kind, side, find_on(db, kind, depend))


def find_on(db: Verbs, kind: DependType, depend: DependSpecT) -> Row:
    """Look up what is waited for."""
    return _find(db, kind, ON_PART[kind], depend.dependOnJob, depend.dependOnLayer, depend.dependOnTask)


def add_links(transaction: Transaction, links: Iterable[Link]) -> list[str]:
    """Make the depends, each once, TASK_BY_TASK as its rows; their ids in order."""
    rows: dict[tuple[object, ...], str] = {}
    for link in links:
        by_frame = link.kind is DependType.TASK_BY_TASK
        stored = DependType.TASK_ON_TASK if by_frame else link.kind
        is_whole = by_frame and not link.side.get("task_id")
        for side, on in _pairs(transaction, link) if is_whole else [(link.side, link.on)]:
            rows.setdefault((stored.name, *_ids(side), *_ids(on)), link.kind.name)
    keys = list(rows)
    names = ("p_job", "p_layer", "p_task", "p_on_job", "p_on_layer", "p_on_task")
    columns: dict[str, list[Any]] = {
        name: [key[at] for key in keys] for at, name in enumerate(names, start=1)
    }
    if not keys:
        return []
    made = transaction.all("add_depends", p_type=list(rows.values()), **columns)
    return [row["add_depends"] for row in made]


def refuse_circle(transaction: Transaction, made: list[str]) -> None:
    """With the new depends, does anything wait for itself by way of others?"""
    rows = transaction.all("depends_ahead", depends=made)
    circle = find_circle((_scope(row, "dependent"), _scope(row, "depend_on")) for row in rows)
    if circle is not None:
        names = {
            row[f"{side}_{part}_id"]: row[f"{side}_{part}_name"]
            for row in rows
            for side in ("dependent", "depend_on")
            for part in ("job", "layer", "task")
        }
        raise Invalid(f"that would be a circle: {told(circle, lambda point: names[point[1]])}")


def refuse_circle_inside(transaction: Transaction, job_id: str) -> None:
    """With all depends between the job's own parts, does anything wait for itself?"""
    pairs = transaction.all("layer_pairs_inside", job_id=job_id)
    sides = ((Scope(job_id, row["dependent"], None), Scope(job_id, row["target"], None)) for row in pairs)
    if find_circle(sides) is not None:  # seldom: the layers tell it, without a hundred thousand tasks
        refuse_circle(transaction, [row["id"] for row in transaction.all("depends_inside", job_id=job_id)])


def _find(
    db: Verbs, kind: DependType, part: str, job: str | None, layer: str | None, task: str | None
) -> Row:
    named = {"job": job, "layer": layer, "task": task}[part]
    if not named:
        raise Invalid(f"a {kind.name} depend names no {part}")
    return db.one(
        "find_target",
        missing=f"no {part} '{named}'",
        p_job=job,
        p_layer=layer if part == "layer" else None,
        p_task=task if part == "task" else None,
    )


def _ids(side: Row) -> tuple[object, object, object]:
    return side["job_id"], side["layer_id"], side["task_id"]


def _scope(row: Row, side: str) -> Scope:
    return Scope(*(row[f"{side}_{part}_id"] for part in ("job", "layer", "task")))


def _pairs(transaction: Transaction, link: Link) -> Iterator[tuple[Row, Row]]:
    """The tasks of two layers, each with those that hold its frames."""
    if link.side["layer_id"] == link.on["layer_id"]:
        raise Invalid("nothing can wait for itself")
    tasks = []
    for layer in (link.side, link.on):
        rows = transaction.all("frames_of_layer", layer_id=layer["layer_id"])
        if not rows:
            raise Invalid(f"layer '{layer['layer_id']}' has no frames for a TASK_BY_TASK depend")
        tasks.append(rows)
    chunks = [task_chunks(rows) for rows in tasks]
    for place, held in pair_by_frame(*chunks):
        yield (
            {**link.side, "task_id": tasks[0][place]["id"]},
            {**link.on, "task_id": tasks[1][held]["id"]},
        )
