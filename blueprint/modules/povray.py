"""POV-Ray 3.7: a text scene that moves with ``clock`` or ``frame_number``.

A frame is the same picture whoever renders it: anti-aliasing is method 2 without jitter, which depends on
nothing but the scene (method 1 depends on where a region starts).
"""

from __future__ import annotations

import re
from pathlib import Path

from blueprint.layer import Command, Frames
from blueprint.options import REQUIRED, Option
from blueprint.output import frame_path
from blueprint.split.programs import PovrayParts

_PLAIN = re.compile(r"[\w./+-]*")
_FORMATS = {".png": "N", ".ppm": "P", ".tga": "T", ".exr": "E", ".jpg": "J", ".bmp": "B"}


class Povray(PovrayParts):
    """One POV-Ray process for each frame."""

    rules = ("povray",)
    per_frame = True

    scene = Option(Path, REQUIRED, "The .pov file.")
    output = Option(
        Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.png (png, exr, tga, ppm, jpg, bmp)."
    )
    width = Option(int, 640, "Pixels across.", minimum=1)
    height = Option(int, 360, "Pixels down.", minimum=1)
    quality = Option(int, 9, "0 to 11; what each leaves out stands in POV-Ray's manual (+Q).", minimum=0)
    antialias = Option(
        float, 0.3, "Colour difference above which a pixel is refined; 0 switches it off.", minimum=0
    )
    antialias_depth = Option(int, 2, "How finely a pixel is divided at most (+R).", minimum=1)
    include = Option(list[Path], [], "Folders where the scene finds its include files.")
    declare = Option(dict[str, str], {}, "Numbers for the scene: name and value.")
    clock_frames = Option(
        list[int],
        None,
        "First and last frame of the move: clock runs from 0 to 1. Unset: clock is the frame.",
    )
    program = Option(str, "povray", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if self.output.suffix not in _FORMATS:
            raise self.problem(f"output = '{self.output.name}': expected one of {', '.join(_FORMATS)}")
        if self.clock_frames is not None and (
            len(self.clock_frames) != 2 or self.clock_frames[0] >= self.clock_frames[1]
        ):
            raise self.problem(f"clock_frames = {self.clock_frames}: expected a first and a later frame")
        for path in (self.scene, self.output, *self.include):
            if "'" in str(path) and '"' in str(path):
                raise self.problem(f"'{path}': POV-Ray takes no path with both kinds of quotes")
        if self.quality > 11:
            raise self.problem(f"quality = {self.quality}: expected 0 to 11")

    def command(self, frames: Frames) -> Command:
        (frame,) = frames
        return [
            self.program,
            f"+I{_quoted(self.scene)}",
            f"+O{_quoted(frame_path(self.output, frame))}",
            f"+F{_FORMATS[self.output.suffix]}",
            f"+W{self.width}",
            f"+H{self.height}",
            f"+Q{self.quality}",
            *self._antialias(),
            *(f"+L{_quoted(folder)}" for folder in (self.scene.parent, *self.include)),
            *self._moment(frame),
            *(f"Declare={name}={value}" for name, value in self.declare.items()),
            *([f"+WT{self.thread_count()}"] if self.thread_count() else []),
            *self.args,
            "-D",
            "+V",
        ]

    def execute(self, frames: Frames) -> None:
        try:
            super().execute(frames)
        finally:
            for file in self._leftovers(frames):
                file.unlink(missing_ok=True)

    def _antialias(self) -> list[str]:
        if not self.antialias:
            return ["-A", "-J"]
        return [f"+A{self.antialias:g}", "+AM2", f"+R{self.antialias_depth}", "-J"]

    def _moment(self, frame: int) -> list[str]:
        """What an animation of the whole move says to this frame, without POV-Ray's own file numbers."""
        if self.clock_frames is None:
            return [f"+K{frame}", f"Declare=frame_number={frame}"]
        first, last = self.clock_frames
        clock = (frame - first) / (last - first)
        ends = [f"Declare=initial_frame={first}", f"Declare=final_frame={last}"]
        return [f"+K{clock!r}", f"Declare=frame_number={frame}", *ends]

    def _leftovers(self, frames: Frames) -> list[Path]:
        """A render that was stopped leaves a state file beside its picture."""
        return [frame_path(self.output, frame).with_suffix(".pov-state") for frame in frames]


def _quoted(path: Path) -> str:
    """POV-Ray splits even a single argument at blanks and reads = and brackets, unless quotes stand around it."""
    text = str(path)
    if _PLAIN.fullmatch(text):
        return text
    return f"'{text}'" if '"' in text else f'"{text}"'
