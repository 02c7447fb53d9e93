"""Calls about depends."""

from __future__ import annotations

from typing import Any

from plow_client.errors import Invalid
from plow_client.idl import DependSpecT, DependT, DependType
from plow_server.cycles import Scope, find_circle, told
from plow_server.database import Database, Row, Transaction
from plow_server.handlers.arguments import Id
from plow_server.launch import task_chunks
from plow_server.pairing import pair_by_frame
from plow_server.rows import maker
from plow_server.waits import DEPENDENT_PART, ON_PART, depend_type

_depend = maker(DependT)


def create_depend(db: Database, depend_spec: DependSpecT) -> DependT:
    """Make a depend of any type; of the rows of a TASK_BY_TASK the first is returned."""
    kind = depend_type(depend_spec)

    def work(transaction: Transaction) -> list[str]:
        given = depend_spec
        side = _find(
            transaction,
            kind,
            DEPENDENT_PART[kind],
            given.dependentJob,
            given.dependentLayer,
            given.dependentTask,
        )
        on = _find(
            transaction, kind, ON_PART[kind], given.dependOnJob, given.dependOnLayer, given.dependOnTask
        )
        made = _add(transaction, kind, side, on)
        _refuse_circle(transaction, made)
        return made

    made = db.atomically(work)
    if not made:
        raise Invalid("the layers have no frame in common: nothing would wait")
    return db.one("depend_by_id", _depend, missing=f"no depend '{made[0]}'", id=made[0])


def create_job_on_job_depend(db: Database, job_id: Id, on_job_id: Id) -> None:
    """Make a job wait for another job to end."""
    create_depend(db, DependSpecT(DependType.JOB_ON_JOB, dependentJob=job_id, dependOnJob=on_job_id))


def create_layer_on_layer_depend(db: Database, layer_id: Id, on_layer_id: Id) -> None:
    """Make a layer wait for a whole layer."""
    create_depend(
        db, DependSpecT(DependType.LAYER_ON_LAYER, dependentLayer=layer_id, dependOnLayer=on_layer_id)
    )


def create_layer_on_task_depend(db: Database, layer_id: Id, on_task_id: Id) -> None:
    """Make a layer wait for a task."""
    create_depend(db, DependSpecT(DependType.LAYER_ON_TASK, dependentLayer=layer_id, dependOnTask=on_task_id))


def create_task_by_task_depend(db: Database, layer_id: Id, on_layer_id: Id) -> None:
    """Make each task of a layer wait for the tasks of another that hold its frames."""
    create_depend(
        db, DependSpecT(DependType.TASK_BY_TASK, dependentLayer=layer_id, dependOnLayer=on_layer_id)
    )


def create_task_on_layer_depend(db: Database, task_id: Id, on_layer_id: Id) -> None:
    """Make a task wait for a whole layer."""
    create_depend(db, DependSpecT(DependType.TASK_ON_LAYER, dependentTask=task_id, dependOnLayer=on_layer_id))


def create_task_on_task_depend(db: Database, task_id: Id, on_task_id: Id) -> None:
    """Make a task wait for a task."""
    create_depend(db, DependSpecT(DependType.TASK_ON_TASK, dependentTask=task_id, dependOnTask=on_task_id))


def drop_depend(db: Database, depend_id: Id) -> None:
    """Let the dependent go on as if the depend were satisfied."""
    db.run("drop_depend", p_depend=depend_id)


def activate_depend(db: Database, depend_id: Id) -> None:
    """Make a dropped or satisfied depend hold again."""

    def work(transaction: Transaction) -> None:
        transaction.run("activate_depend", p_depend=depend_id)
        _refuse_circle(transaction, [depend_id])

    db.atomically(work)


def get_depends_on_job(db: Database, job_id: Id) -> list[DependT]:
    """JOB_ON_JOB depends of others on this job."""
    return db.all("depends_on_job", _depend, id=job_id)


def get_job_depends_on(db: Database, job_id: Id) -> list[DependT]:
    """JOB_ON_JOB depends of this job on others."""
    return db.all("job_depends_on", _depend, id=job_id)


def get_depends_on_layer(db: Database, layer_id: Id) -> list[DependT]:
    """Depends of others on this layer."""
    return db.all("depends_on_layer", _depend, id=layer_id)


def get_layer_depends_on(db: Database, layer_id: Id) -> list[DependT]:
    """Depends of this layer on others."""
    return db.all("layer_depends_on", _depend, id=layer_id)


def get_depends_on_task(db: Database, task_id: Id) -> list[DependT]:
    """Depends of others on this task."""
    return db.all("depends_on_task", _depend, id=task_id)


def get_task_depends_on(db: Database, task_id: Id) -> list[DependT]:
    """Depends of this task on others."""
    return db.all("task_depends_on", _depend, id=task_id)


def _find(
    transaction: Transaction,
    kind: DependType,
    part: str,
    job: str | None,
    layer: str | None,
    task: str | None,
) -> Row:
    """One side of a depend; only as much of it as the type needs is looked at."""
    named = {"job": job, "layer": layer, "task": task}[part]
    if not named:
        raise Invalid(f"a {kind.name} depend names no {part}")
    return transaction.one(
        "find_target",
        missing=f"no {part} '{named}'",
        p_job=job,
        p_layer=layer if part == "layer" else None,
        p_task=task if part == "task" else None,
    )


def _add(transaction: Transaction, kind: DependType, side: Row, on: Row) -> list[str]:
    pairs = [(side, on)]
    if kind is DependType.TASK_BY_TASK:
        if side["layer_id"] == on["layer_id"]:
            raise Invalid("nothing can wait for itself")
        pairs = _pairs(transaction, side, on)
        kind = DependType.TASK_ON_TASK
    columns: dict[str, list[Any]] = {
        "p_type": [kind.name] * len(pairs),
        "p_job": [one["job_id"] for one, _ in pairs],
        "p_layer": [one["layer_id"] for one, _ in pairs],
        "p_task": [one["task_id"] for one, _ in pairs],
        "p_on_job": [other["job_id"] for _, other in pairs],
        "p_on_layer": [other["layer_id"] for _, other in pairs],
        "p_on_task": [other["task_id"] for _, other in pairs],
    }
    return [row["add_depends"] for row in transaction.all("add_depends", **columns)]


def _refuse_circle(transaction: Transaction, made: list[str]) -> None:
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


def _scope(row: Row, side: str) -> Scope:
    return Scope(*(row[f"{side}_{part}_id"] for part in ("job", "layer", "task")))


def _pairs(transaction: Transaction, side: Row, on: Row) -> list[tuple[Row, Row]]:
    """The tasks of two layers, each with those that hold its frames."""
    tasks = []
    for layer in (side, on):
        rows = transaction.all("frames_of_layer", layer_id=layer["layer_id"])
        if not rows:
            raise Invalid(f"layer '{layer['layer_id']}' has no frames for a TASK_BY_TASK depend")
        tasks.append(rows)
    chunks = [task_chunks(rows) for rows in tasks]
    return [
        ({**side, "task_id": tasks[0][place]["id"]}, {**on, "task_id": tasks[1][held]["id"]})
        for place, held in pair_by_frame(*chunks)
    ]
