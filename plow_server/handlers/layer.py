"""Calls about layers."""

from __future__ import annotations

from plow_client.idl import LayerT
from plow_server.database import Database
from plow_server.handlers.arguments import Id
from plow_server.rows import maker

_layer = maker(LayerT)


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
