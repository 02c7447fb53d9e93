"""Blender: frames of a .blend file, rendered without a window.

A task starts from Blender's factory settings, so that a person's preferences cannot change a picture; a
scene that needs an add-on or a GPU set up in the preferences says ``factory_startup=False``. A Python
error in the file ends the task with status 1 (left to itself Blender would end with 0).
"""

from __future__ import annotations

import re
from pathlib import Path

from blueprint.layer import Command, Frames, Layer
from blueprint.options import REQUIRED, Option
from blueprint.output import Output, frame_path

_FORMATS = {".png": "PNG", ".exr": "OPEN_EXR", ".jpg": "JPEG", ".tif": "TIFF", ".tga": "TGA", ".bmp": "BMP"}
_ENGINES = {"cycles": "CYCLES", "eevee": "BLENDER_EEVEE", "workbench": "BLENDER_WORKBENCH"}
_DIGITS = re.compile(r"%0?(\d*)d")


class Blender(Layer):
    """One Blender process for each task; a chunk loads the scene once."""

    scene = Option(Path, REQUIRED, "The .blend file.")
    output = Option(
        Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.png (png, exr, jpg, tif, tga, bmp)."
    )
    engine = Option(str, None, "Unset: the one of the scene.", choices=tuple(_ENGINES))
    scene_name = Option(str, None, "The scene inside the file; unset: the one it was saved with.")
    script = Option(list[Path], [], "Python files to run in Blender before it renders, in their order.")
    factory_startup = Option(bool, True, "Ignore the preferences and add-ons of whoever the task runs as.")
    program = Option(str, "blender", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        self.need_frame_number("output")
        if self.output.suffix not in _FORMATS:
            raise self.problem(f"output = '{self.output.name}': expected one of {', '.join(_FORMATS)}")

    def setup(self) -> None:
        self.need_file("scene")

    def command(self, frames: Frames) -> Command:
        """Blender reads its arguments in order: the file, then what changes it, then the frames."""
        return [
            self.program,
            "--background",
            *(["--factory-startup"] if self.factory_startup else []),
            "-noaudio",
            "--python-exit-code",
            "1",
            str(self.scene),
            *(["--scene", self.scene_name] if self.scene_name else []),
            *(["--engine", _ENGINES[self.engine]] if self.engine else []),
            "--render-output",
            _DIGITS.sub(lambda digits: "#" * int(digits[1] or 1), str(self.output)),
            "--render-format",
            _FORMATS[self.output.suffix],
            *(["--threads", str(self.thread_count())] if self.thread_count() else []),
            *(word for file in self.script for word in ("--python", str(file))),
            *self._frame_words(frames),
        ]

    def outputs(self) -> list[Output]:
        return [*super().outputs(), Output("picture", str(self.output))]

    def _frame_words(self, frames: Frames) -> list[str]:
        """The frames in their order. To Blender "-5" is five before the end, so then each is set by name."""
        if all(frame >= 0 for frame in frames):
            return ["--render-frame", ",".join(map(str, frames))]
        return [
            word
            for frame in frames
            for word in (
                "--python-expr",
                f"import bpy; scene = bpy.context.scene; scene.frame_set({frame}); "
                f"scene.render.filepath = {str(frame_path(self.output, frame))!r}; "
                "bpy.ops.render.render(write_still=True)",
            )
        ]
