"""A layer that can render a frame in parts: ``strips=13`` or ``tiles=[2, 2]``.

It becomes a layer for each part, called ``NAME.r01``, ``NAME.r02`` …, which renders no more than its part of the
picture; the layer itself waits for them frame by frame and puts the picture together. Whoever depends on the
layer waits for the whole picture.

A module takes this as its first base and says ``part_words``. What it writes for a part is a picture of full
size, in which only the part counts.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from blueprint.depend import Depend
from blueprint.layer import Command, Frames
from blueprint.modules.program import Program
from blueprint.options import Option, declared
from blueprint.output import Output, frame_path
from blueprint.process import python_command
from blueprint.split.grid import Part, grid

LOSSLESS: Final = (".png", ".exr", ".tif", ".tga", ".bmp", ".ppm")
# What the rendering asks of a node and joining does not; joining is the same for every program.
_OF_RENDERING: Final = (
    "threads", "max_threads", "ram", "max_ram", "node_cores", "node_ram", "whole_node", "gpus", "gpu_ram",
    "limits", "max_per_node", "fit_ram", "service", "wrapper", "log_rules", "before", "more_commands", "after",
    "chunk", "task_order", "every_nth",
)  # fmt: skip


class SplitFrame(Program):
    """Base of the modules whose program can render a part of a picture."""

    strips = Option(int, None, "Render each frame in so many strips, a task for each.", minimum=1)
    tiles = Option(list[int], None, "Render each frame in tiles: how many across and down, e.g. [2, 2].")
    part = Option(list[int], None, "Render only this part of the tiles: column and row, from 0.")

    def __init__(self, name: str, **options: object) -> None:
        self.parts: list[SplitFrame] = []
        super().__init__(name, **options)
        self._check_split()
        if self.is_split and self.job is not None:
            job = self.job
            del job.layers[name]  # its parts come first, as the farm starts layers in their order
            asked = {word: value for word, value in options.items() if word not in ("strips", "tiles")}
            self.parts = [self._make_part(part, asked) for part in self._grid()]
            job.add(self)
        if self.is_split:
            for word in _OF_RENDERING:
                super().set_option(word, declared(type(self))[word].fresh_default())

    # -------------------- what a module says

    def part_words(self, part: Part) -> list[str]:
        """The arguments that make the program render no more than this part; they follow the layer's `args`."""
        raise NotImplementedError(f"{type(self).__name__} does not say how a part is rendered")

    def full_size(self) -> tuple[int, int] | None:
        """Width and height of the whole picture, where the options say it."""
        return None

    # -------------------- what follows from it

    @property
    def is_split(self) -> bool:
        """Whether this layer puts parts together, instead of rendering."""
        return self.part is None and (self.strips is not None or self.tiles is not None)

    def commands(self, frames: Frames) -> list[Command]:
        if self.is_split:
            return [self._join_command(frame) for frame in frames]
        if self.part is None:
            return super().commands(frames)
        told = copy.copy(self)
        told.values = {**self.values, "args": [*self.args, *self.part_words(self._own_part())]}
        return super(SplitFrame, told).commands(frames)

    def outputs(self) -> list[Output]:
        found = super().outputs()
        if self.part is None:
            return found
        return [
            Output("part", output.path, {**output.attrs, **self._place()})
            if output.path == str(self.values["output"])
            else output
            for output in found
        ]

    def setup(self) -> None:
        if not self.is_split:  # the parts have the scene to look for
            super().setup()

    def depends(self) -> list[Depend]:
        """Together again when the parts of the same frame are done."""
        if not self.is_split:
            return super().depends()
        return [Depend(self._part_name(part)) for part in self._grid()]

    def set_option(self, name: str, value: object) -> None:
        """What is changed after the layer was made is changed for its parts as well."""
        parts = vars(self).get("parts", [])
        for layer in parts:
            layer.set_option(name, layer.part_path(value) if name == "output" else value)
        if not parts or name not in _OF_RENDERING:
            super().set_option(name, value)

    def part_path(self, output: object) -> Path:
        """Where a part goes: a folder of its own beside the picture, under the picture's name."""
        whole = self.folder / Path(str(output))
        return whole.parent / "parts" / self.name / whole.name

    # -------------------- by itself

    def _check_split(self) -> None:
        if self.strips is not None and self.tiles is not None:
            raise self.problem("say either strips or tiles")
        if self.tiles is not None and (len(self.tiles) != 2 or min(self.tiles) < 1):
            raise self.problem(f"tiles = {self.tiles}: expected how many across and how many down")
        if self.part is not None:
            columns, rows = self.tiles or (0, 0)
            if len(self.part) != 2 or not (0 <= self.part[0] < columns and 0 <= self.part[1] < rows):
                raise self.problem(f"part = {self.part}: expected column and row of tiles, from 0")
        suffix = Path(str(self.values["output"])).suffix
        if self.is_split and suffix not in LOSSLESS:
            raise self.problem(f"output = '*{suffix}' loses a little each time: split {', '.join(LOSSLESS)}")
        size = self.full_size()
        if size and self.is_split and (self._shape()[0] > size[0] or self._shape()[1] > size[1]):
            raise self.problem(f"has more parts than pixels: {size[0]} x {size[1]}")

    def _shape(self) -> tuple[int, int]:
        columns, rows = self.tiles if self.tiles is not None else (1, self.strips or 1)
        return columns, rows

    def _grid(self) -> list[Part]:
        return list(grid(*self._shape()))

    def _own_part(self) -> Part:
        column, row = self.part or (0, 0)
        return Part(column, row, *self._shape())

    def _part_name(self, part: Part) -> str:
        return f"{self.name}.{part.word}"

    def _make_part(self, part: Part, asked: dict[str, object]) -> SplitFrame:
        where = {"tiles": [part.columns, part.rows], "part": [part.column, part.row]}
        made = type(self)(self._part_name(part), **{**asked, **where})
        made.set_option("output", made.part_path(self.values["output"]))
        return made

    def _place(self) -> dict[str, str]:
        """Where in the picture it lies: by the grid, and in pixels where the size is known."""
        part, size = self._own_part(), self.full_size()
        place = {"column": part.column, "row": part.row, "columns": part.columns, "rows": part.rows}
        if size:
            box = part.box(*size)
            place |= {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}
        return {word: str(number) for word, number in place.items()}

    def _join_command(self, frame: int) -> Command:
        output = Path(str(self.values["output"]))
        columns, rows = self._shape()
        return [
            *python_command("blueprint.split.join"),
            *("--columns", str(columns), "--rows", str(rows)),
            *("--output", str(frame_path(output, frame))),
            "--",
            *(str(frame_path(path, frame)) for path in self._part_paths(output)),
        ]

    def _part_paths(self, output: Path) -> Sequence[Path]:
        return [output.parent / "parts" / self._part_name(part) / output.name for part in self._grid()]
