"""What the layers of a spec need of nodes, before there is a job: as columns of plow.layer, and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from plow_client.idl import JobSpecT
from plow_client.names import to_snake
from plow_server.database import Json, Verbs
from plow_server.spec import Layer


def needed_columns(db: Verbs, spec: JobSpecT, layers: Sequence[Layer]) -> dict[int, dict[str, Any]]:
    """By the layer's place; NotFound for a pool or a limit that is not there, as a launch has it."""
    ids: dict[tuple[str, ...], list[str]] = {}  # of ten thousand layers most ask alike

    def known(what: str, names: Sequence[str]) -> list[str]:
        key = (what, *names)
        if key not in ids:
            ids[key] = [str(id) for id in db.value(what, p_names=Json(names))]
        return ids[key]

    return {layer.place: _columns(spec, layer, known) for layer in layers}


def wanted_of(spec: JobSpecT, layer: Layer) -> dict[str, Any]:
    """What sentences about rules name."""
    needs = {to_snake(name): value for name, value in (layer.needs or {}).items()}
    nothing = {"os": "", "node_cores": 0, "node_ram": 0, "gpus": 0, "gpu_ram": 0, "max_per_node": 0}
    return {
        **nothing,
        **needs,
        "tags": layer.tags,
        "pool_names": _pools(spec, layer),
        "project": spec.project,
    }


def _columns(
    spec: JobSpecT, layer: Layer, known: Callable[[str, Sequence[str]], list[str]]
) -> dict[str, Any]:
    columns = {to_snake(name): value for name, value in (layer.needs or {}).items()}
    columns["pools"] = known("pool_ids", _pools(spec, layer))
    columns["limits"] = known("limit_ids", columns.get("limits", []))
    return columns


def _pools(spec: JobSpecT, layer: Layer) -> list[str]:
    """Its own, or its job's where it names none."""
    own = (layer.needs or {}).get("pools")
    return list(own if own is not None else spec.pools or [])
