"""From a JobSpec to a job in the database: checked, expanded, and made in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from plow_client.errors import Invalid, Unavailable
from plow_client.frames import parse_frames
from plow_client.idl import DependType, JobSpecT
from plow_server.config import Limit
from plow_server.cycles import refuse_cycles
from plow_server.database import Database, Json, Row, Verbs
from plow_server.pairing import pair_by_frame
from plow_server.rows import to_json
from plow_server.spec import Layer, Presets, Work, check_job, expand
from plow_server.waits import Wait, find_waits
from plow_server.wording import check_log_path

LARGE_S = 40.0  # a hundred thousand tasks on a busy machine are not a database that hangs


def launch(db: Database, spec: JobSpecT, *, limit: Limit, log_root: Path) -> str:
    """Make the job and return its id; whatever is wrong with the spec, nothing is left behind.

    A spec whose request was launched before makes nothing: the id is that of the job it made.
    """
    check_job(spec, limit)
    made = db.value("launched_before", p_request=spec.requestId or None, p_name=spec.name)
    if made is not None:
        return str(made)
    work, depends = prepare(db, spec, limit)
    values = {
        "p_job": db.value("new_id"),
        **_job_columns(spec, work, log_root),
        "p_layers": Json([layer.row() for layer in work.layers]),
        "p_task_layer": work.tasks.layer,
        "p_task_name": work.tasks.name,
        "p_task_number": work.tasks.number,
        "p_task_frames": work.tasks.frames,
        **depends,
    }
    return str(db.atomically(lambda transaction: transaction.value("launch_job", **values), limit_s=LARGE_S))


def prepare(db: Verbs, spec: JobSpecT, limit: Limit) -> tuple[Work, dict[str, list[Any]]]:
    """The whole check of a spec but for what its project says: the work in it, and its depends in columns."""
    work = expand(spec, read_presets(db), limit)
    _refuse_flood(db, spec, limit)
    waits = find_waits(spec, work)
    refuse_cycles(spec.name, work, waits)
    depends = _depend_columns(db, work, waits)
    if len(depends["p_depend_type"]) > limit.depends_per_job:
        raise Invalid(f"job '{spec.name}' makes more than {limit.depends_per_job:,} depends")
    return work, depends


def _refuse_flood(db: Verbs, spec: JobSpecT, limit: Limit) -> None:
    """A script that launches in an endless loop is stopped before it fills the farm."""
    most = limit.jobs_per_user_minute
    if most and db.value("jobs_of_user_in_a_minute", username=spec.username) >= most:
        raise Unavailable(
            f"user '{spec.username}' has launched {most:,} jobs within a minute; try again later"
        )


def read_presets(db: Verbs) -> Presets:
    """What each service presets, by its name."""
    return {
        row["name"]: {
            key: value for key, value in row.items() if value is not None and key not in ("id", "name")
        }
        for row in db.all("services")
    }


def task_chunks(rows: Iterable[Row]) -> list[list[int]]:
    """The frames of tasks that are in the database already."""
    return [parse_frames(row["frames"]) if row["frames"] else [row["number"]] for row in rows]


def _job_columns(spec: JobSpecT, work: Work, log_root: Path) -> dict[str, Any]:
    return {
        "p_project": spec.project,
        "p_name": spec.name,
        "p_username": spec.username,
        "p_uid": spec.uid or 0,
        "p_paused": bool(spec.paused),
        "p_log_path": check_log_path(spec.logPath),
        "p_log_root": str(log_root),
        "p_attrs": spec.attrs or {},
        "p_env": spec.env or {},
        "p_spec": _stored(spec),
        "p_post_spec": _post_spec(spec) if work.has_post else None,
        "p_request": spec.requestId or None,
        "p_priority": spec.priority or 0,
        "p_start_after_ms": spec.startAfter or 0,
        "p_pools": Json(spec.pools or []),
    }


def _stored(spec: JobSpecT) -> dict[str, Any]:
    """As getJobSpec gives it back: without the request, or launching it once more would make nothing."""
    stored: dict[str, Any] = to_json(spec)
    stored.pop("requestId", None)
    return stored


def _post_spec(spec: JobSpecT) -> dict[str, Any]:
    """What the post job was launched with: the post layers, and nothing that the first job waits for."""
    stored = _stored(spec)
    stored["layers"] = [layer for layer in stored["layers"] if layer.get("isPost")]
    stored.pop("depends", None)
    return stored


def _depend_columns(db: Verbs, work: Work, waits: Iterable[Wait]) -> dict[str, list[Any]]:
    """Depends in columns; what is outside the spec is looked up on the way."""
    keys = ("depend_type", "dependent_layer", "dependent_task", "on_layer", "on_task")
    columns: dict[str, list[Any]] = {
        f"p_{key}": [] for key in (*keys, "on_job_id", "on_layer_id", "on_task_id")
    }
    layers = {layer.place: layer for layer in work.layers}
    seen = set()
    for wait in waits:
        for line, outside in _outside(db, layers, wait):
            row = (line.type.name, line.layer, line.task, line.on_layer, line.on_task, *outside)
            if row in seen:
                continue  # two names of one thing
            seen.add(row)
            kind = DependType.TASK_BY_TASK.name if line.is_by_frame else line.type.name
            for column, value in zip(columns.values(), (kind, *row[1:]), strict=True):
                column.append(value)
    return columns


def _outside(db: Verbs, layers: dict[int, Layer], wait: Wait) -> Iterable[tuple[Wait, tuple[Any, Any, Any]]]:
    if wait.target is None:
        yield wait, (None, None, None)
        return
    found = db.one("find_target", p_job=wait.target.job, p_layer=wait.target.layer, p_task=wait.target.task)
    assert found is not None  # it raises NotFound
    if wait.type is not DependType.TASK_BY_TASK:
        yield wait, (found["job_id"], found["layer_id"], found["task_id"])
        return
    layer = layers[wait.layer or 0]
    rows = db.all("frames_of_layer", layer_id=found["layer_id"])
    if not layer.chunks or not rows:
        name = wait.target.layer if layer.chunks else layer.name
        raise Invalid(f"layer '{name}' has no frames for a TASK_BY_TASK depend")
    for place, held in pair_by_frame(layer.chunks, task_chunks(rows)):
        task = layer.first + place
        by_task = replace(wait, type=DependType.TASK_ON_TASK, task=task, is_by_frame=True)
        yield by_task, (found["job_id"], found["layer_id"], rows[held]["id"])
