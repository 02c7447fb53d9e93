"""Outputs: what layers write."""

from __future__ import annotations

from collections.abc import Mapping

from plow_client.current import server
from plow_client.entity import Entity, Ref, id_of
from plow_client.idl import OutputT


class Output(Entity[OutputT]):
    """A file, or a pattern of files, with free attributes."""

    __slots__ = ()
    _struct = OutputT
    _wire = {"id": "outputId"}
    _settable = frozenset({"attrs"})
    path: str
    attrs: dict[str, str]

    def refresh(self) -> None:
        """Read the attributes again."""
        self._accept("attrs", get_output_attrs(self))

    def update(self) -> None:
        """Send the attributes as they are here; they replace the server's."""
        set_output_attrs(self, self.attrs)


def get_job_outputs(job: Ref) -> list[Output]:
    """Outputs of all layers of a job."""
    return [Output(row) for row in server().getJobOutputs(id_of(job))]


def get_layer_outputs(layer: Ref) -> list[Output]:
    """Outputs of a layer."""
    return [Output(row) for row in server().getLayerOutputs(id_of(layer))]


def add_layer_output(layer: Ref, path: str, attrs: Mapping[str, str] | None = None) -> Output:
    """Record something that a layer writes."""
    return Output(server().addOutput(id_of(layer), path, dict(attrs or {})))


def get_output_attrs(output: Ref) -> dict[str, str]:
    """An output's attributes."""
    return server().getOutputAttrs(id_of(output))


def set_output_attrs(output: Ref, attrs: Mapping[str, str]) -> None:
    """Replace an output's attributes."""
    server().setOutputAttrs(id_of(output), dict(attrs))


def update_output_attrs(output: Ref, attrs: Mapping[str, str]) -> None:
    """Merge attributes into an output; the new ones win."""
    server().updateOutputAttrs(id_of(output), dict(attrs))
