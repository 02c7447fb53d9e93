"""Calls about layers."""

from __future__ import annotations

import logging

from plow_client.idl import LayerT, LayerVersionT, NeedsT, RetryRulesT, RunSettingsT, TaskSpecT
from plow_client.logs import event
from plow_server import growth, wording
from plow_server.config import Limit
from plow_server.database import Database, Json
from plow_server.handlers.arguments import Id
from plow_server.needs import check_needs, check_retry
from plow_server.rows import maker
from plow_server.run_settings import check_run

log = logging.getLogger(__name__)

_layer = maker(LayerT)
_version = maker(LayerVersionT)


def get_layer_by_id(db: Database, layer_id: Id) -> LayerT:
    """A layer by id."""
    return db.one("layer_by_id", _layer, missing=f"no layer '{layer_id}'", id=layer_id)


def get_layer(db: Database, job_id: Id, name: str) -> LayerT:
    """A layer of a job by name."""
    return db.one("layer_by_name", _layer, missing=f"no layer '{name}'", job_id=job_id, name=name)


def get_layers(db: Database, job_id: Id) -> list[LayerT]:
    """Layers of a job in their order."""
    return db.all("layers_of_job", _layer, job_id=job_id)


def set_layer_tags(db: Database, guid: Id, tags: list[str]) -> None:
    """Replace a layer's tags."""
    db.run("set_layer", p_layer=guid, p_tags=tags)


def set_layer_min_cores_per_task(db: Database, guid: Id, min_cores: int) -> None:
    """Cores for each task."""
    db.run("set_layer", p_layer=guid, p_min_cores=min_cores)


def set_layer_max_cores_per_task(db: Database, guid: Id, max_cores: int) -> None:
    """Most cores for each task."""
    db.run("set_layer", p_layer=guid, p_max_cores=max_cores)


def set_layer_min_ram_per_task(db: Database, guid: Id, min_ram: int) -> None:
    """MB for each task."""
    db.run("set_layer", p_layer=guid, p_min_ram=min_ram)


def set_layer_threadable(db: Database, guid: Id, threadable: bool) -> None:
    """Whether tasks can use more cores than they ask for at least."""
    db.run("set_layer", p_layer=guid, p_threadable=threadable)


def set_layer_max_ram_per_task(db: Database, layer_id: Id, max_ram: int) -> None:
    """Most MB for each task, when memory is raised by itself."""
    db.run("set_layer", p_layer=layer_id, p_max_ram=max_ram)


def set_layer_max_retries(db: Database, layer_id: Id, max_retries: int) -> None:
    """How often a failed task is tried again."""
    db.run("set_layer", p_layer=layer_id, p_max_retries=max_retries)


def set_layer_priority(db: Database, layer_id: Id, priority: int) -> None:
    """Higher first inside a job."""
    db.run("set_layer", p_layer=layer_id, p_priority=priority)


def set_layer_kill_grace(db: Database, layer_id: Id, kill_grace_s: int) -> None:
    """Seconds between asking a task to end and ending it."""
    db.run("set_layer", p_layer=layer_id, p_kill_grace_s=kill_grace_s)


def set_layer_run(db: Database, layer_id: Id, run: RunSettingsT, *, limit: Limit) -> None:
    """How its attempts run from the next start on; what is unset stays, an empty list takes a setting away."""
    name = get_layer_by_id(db, layer_id).name
    settings = check_run(f"layer '{name}'", run, limit)
    db.run("set_layer_run", p_layer=layer_id, p_run=Json(settings))
    log.info(event("layer runs otherwise", name=name, settings=",".join(settings), layer=layer_id))


def set_layer_needs(db: Database, layer_id: Id, needs: NeedsT) -> None:
    """What it needs of nodes from the next start on; what is unset stays, an empty list, "" or 0 takes a need away."""
    db.run("set_layer_needs", p_layer=layer_id, p_needs=Json(check_needs("a layer", needs)))


def set_layer_retry_rules(db: Database, layer_id: Id, rules: RetryRulesT) -> None:
    """When its failed attempts are tried again; what is unset stays."""
    db.run("set_layer_retry_rules", p_layer=layer_id, p_rules=Json(check_retry("a layer", rules)))


def set_layer_service(db: Database, layer_id: Id, serv: str) -> None:
    """Another service: its preset values replace the layer's."""
    db.run("set_layer_service", p_layer=layer_id, p_service=serv)


def set_layer_chunk(db: Database, layer_id: Id, chunk: int, *, limit: Limit) -> None:
    """Cut the frames into tasks anew, while nothing has begun."""
    growth.set_layer_chunk(db, layer_id, chunk, limit)


def set_layer_command(
    db: Database, layer_id: Id, command: list[str], env: dict[str, str], reason: str, *, limit: Limit
) -> LayerVersionT:
    """Another command and environment for what starts from now on."""
    name = get_layer_by_id(db, layer_id).name
    made = db.value(
        "set_layer_command",
        p_layer=layer_id,
        p_command=wording.check_command(name, command, limit),
        p_env=wording.check_env(f"layer '{name}'", env, limit),
        p_reason=reason,
        p_keep=limit.versions_per_layer,
    )
    log.info(event("layer has another command", name=name, version=made, reason=reason, layer=layer_id))
    missing = f"version {made} of layer '{name}' is not kept any more"
    return db.one("layer_version", _version, missing=missing, layer_id=layer_id, version=made)


def get_layer_versions(db: Database, layer_id: Id, *, limit: Limit) -> list[LayerVersionT]:
    """The versions of a layer's command and environment that are kept, oldest first."""
    most = limit.versions_mb * 1024 * 1024
    return db.all("layer_versions", _version, layer_id=layer_id, most_bytes=most) or _none_of(db, layer_id)


def append_frames(db: Database, layer_id: Id, range: str, *, limit: Limit) -> LayerT:
    """Add frames to a layer of an unfinished job."""
    growth.append_frames(db, layer_id, range, limit)
    return _told(db, layer_id)


def append_tasks(db: Database, layer_id: Id, tasks: list[TaskSpecT], *, limit: Limit) -> LayerT:
    """Add named tasks to a layer of an unfinished job that has no range."""
    growth.append_tasks(db, layer_id, tasks, limit)
    return _told(db, layer_id)


def _told(db: Database, layer_id: Id) -> LayerT:
    layer = get_layer_by_id(db, layer_id)
    log.info(event("layer has grown", name=layer.name, tasks=layer.totals.totalTaskCount, layer=layer_id))
    return layer


def _none_of(db: Database, layer_id: Id) -> list[LayerVersionT]:
    """Only a layer that is not there has no version."""
    get_layer_by_id(db, layer_id)
    return []
