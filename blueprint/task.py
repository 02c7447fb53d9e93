"""A task: work that is done once and has no frames. Tasks of one group are one layer on the farm."""

from __future__ import annotations

from blueprint.job import LAYER_NAME
from blueprint.layer import Command, Frames, Layer
from blueprint.options import Option


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
