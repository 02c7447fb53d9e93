"""The ray tracer that comes with Plow: nothing to install, so that a first render always works."""

from __future__ import annotations

from pathlib import Path

from blueprint.layer import Command, Frames, Layer
from blueprint.options import REQUIRED, Option
from blueprint.output import Output, frame_path
from blueprint.process import python_command


class Raytracer(Layer):
    """Coloured balls that dance around a mirror, one frame at a time."""

    per_frame = True

    output = Option(Path, REQUIRED, "Picture of a frame, e.g. out/balls.####.png.")
    width = Option(int, 320, "Pixels across.", minimum=1)
    height = Option(int, 180, "Pixels down.", minimum=1)
    loop = Option(int, 24, "Frames after which the dance begins anew.", minimum=1)

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        self.need_frame_number("output")

    def command(self, frames: Frames) -> Command:
        (frame,) = frames
        size = ["--width", str(self.width), "--height", str(self.height), "--loop", str(self.loop)]
        place = ["--output", str(frame_path(self.output, frame))]
        return [
            *python_command("blueprint.raytracer.render"), "--frame", str(frame), *size, *place
        ]  # fmt: skip

    def outputs(self) -> list[Output]:
        return [*super().outputs(), Output("picture", str(self.output))]
