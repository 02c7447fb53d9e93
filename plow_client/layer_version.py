"""Versions of a layer's command and environment: what ran, since when, and who changed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plow_client.current import server
from plow_client.entity import Record, Ref, id_of
from plow_client.idl import LayerVersionT


class LayerVersion(Record[LayerVersionT]):
    """One version of a layer's command and environment; `actor` is who made it."""

    __slots__ = ()
    _struct = LayerVersionT
    version: int
    created_time: int
    actor: str
    command: list[str]
    env: dict[str, str]
    reason: str


def set_layer_command(
    layer: Ref, command: Iterable[str], env: Mapping[str, str], reason: str = ""
) -> LayerVersion:
    """Another command and environment for what starts from now on; the version that is made."""
    return LayerVersion(server().setLayerCommand(id_of(layer), list(command), dict(env), reason))


def get_layer_versions(layer: Ref) -> list[LayerVersion]:
    """All versions of a layer's command and environment, oldest first."""
    return [LayerVersion(row) for row in server().getLayerVersions(id_of(layer))]
