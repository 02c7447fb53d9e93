"""Arnold: scene files (.ass, .usd) with kick, one process for each frame.

Names of flags: the Arnold user guide's page on kick, and ``kick --help``.
"""

from __future__ import annotations

from pathlib import Path

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program, given, input_path
from blueprint.options import REQUIRED, Option
from blueprint.output import frame_path


class Arnold(Program):
    """One kick for each frame."""

    rules = ("arnold",)
    per_frame = True
    framed = ("scene", "output")

    scene = Option(Path, REQUIRED, "The scene file of a frame, e.g. ass/shot.####.ass.gz.")
    output = Option(Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.exr.")
    width = Option(int, None, "Pixels across; with height (-r).", minimum=1)
    height = Option(int, None, "Pixels down; with width (-r).", minimum=1)
    camera = Option(str, None, "The camera's name in the scene (-c).")
    aa_samples = Option(int, None, "Camera samples (-as).")
    plugins = Option(list[Path], [], "Folders with shaders and procedurals (-l).")
    set_values = Option(dict[str, str], {}, "Parameters to set: node.parameter and value (-set).")
    verbosity = Option(int, 4, "How much it says, 0 to 6 (-v).", minimum=0)
    program = Option(str, "kick", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if (self.width is None) != (self.height is None):
            raise self.problem("width and height go together")

    def command(self, frames: Frames) -> Command:
        (frame,) = frames
        return [
            *(self.program, "-dw", "-dp", "-nokeypress", "-v", str(self.verbosity)),
            *given("-t", self.thread_count()),
            *(word for folder in self.plugins for word in ("-l", str(folder))),
            *(["-r", str(self.width), str(self.height)] if self.width else []),
            *given("-c", self.camera),
            *given("-as", self.aa_samples),
            *(word for name, value in self.set_values.items() for word in ("-set", name, value)),
            *self.args,
            *("-i", str(input_path(self.scene, frame)), "-o", str(frame_path(self.output, frame))),
        ]
