"""A task: work that is done once and has no frames. Tasks of one group are one layer on the farm."""

from __future__ import annotations

from blueprint.job import LAYER_NAME
from blueprint.layer import Command, Frames, Layer
from blueprint.options import REQUIRED, Option
from blueprint.output import Output


class Task(Layer):
    """One process. ``execute`` and ``command`` are called with no frames."""

    group = Option(str, None, "The farm's layer that holds it with others; unset: one of its own.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        for word in ("frame_range", "chunk"):
            if word in options:
                raise self.problem(f"a task has no frames, so no {word}")
        if self.group is not None and not LAYER_NAME.fullmatch(self.group):
            raise self.problem(f"group = '{self.group}': use letters, digits and _ . -")

    @property
    def farm_layer(self) -> str:
        return self.group or self.name

    def commands(self, frames: Frames) -> list[Command]:
        return [self.command(frames)]


class SetupTask(Task):
    """Prepares a layer, once, on the farm: looks into its scene, notes what it will write.

    ``SetupTask(layer)`` is the task ``<layer>_setup`` in the group ``setups``, and the layer waits for it. A class
    of one's own says ``execute``; what it adds to ``self.target`` with ``add_output`` the layer's tasks know, and the
    farm is told.
    """

    of = Option(str, REQUIRED, "The layer that this prepares.")

    def __init__(self, layer: Layer | str, **options: object) -> None:
        """For a layer; or by its own name with the option ``of``, as a stored job says it."""
        self.target: Layer | None = None
        if isinstance(layer, str):
            super().__init__(layer, **options)
            return
        super().__init__(f"{layer.name}_setup", **{"group": "setups", "of": layer.name, **options})
        self.target = layer
        layer.add_setup_task(self)

    def keep_outputs(self) -> None:
        """Leave the outputs that were found for the layer's own tasks."""
        if self.target is not None and self.target.added_outputs:
            self.target.data.put(FOUND_OUTPUTS, [as_plain(each) for each in self.target.added_outputs])


FOUND_OUTPUTS = "_outputs"


def as_plain(output: Output) -> dict[str, object]:
    """An output as JSON holds it."""
    return {"name": output.name, "path": output.path, "attrs": dict(output.attrs)}
