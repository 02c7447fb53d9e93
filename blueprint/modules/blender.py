"""Blender: frames of a .blend file, rendered without a window.

A task starts from Blender's factory settings, so that a person's preferences cannot change a picture; a
scene that needs an add-on set up in the preferences says ``factory_startup=False``. A Python error in the file
ends the task with status 1 (left to itself Blender would end with 0). Names of flags: ``blender --help``.
"""

from __future__ import annotations

from pathlib import Path

from blueprint.layer import Command, Frames
from blueprint.modules.program import given
from blueprint.options import REQUIRED, Option
from blueprint.output import frame_path, frame_word
from blueprint.split.programs import BlenderParts

_FORMATS = {".png": "PNG", ".exr": "OPEN_EXR", ".jpg": "JPEG", ".tif": "TIFF", ".tga": "TGA", ".bmp": "BMP"}
_ENGINES = {
    "cycles": "CYCLES",
    "eevee": "BLENDER_EEVEE",
    "eevee_next": "BLENDER_EEVEE_NEXT",  # its name in 4.2 to 4.5
    "workbench": "BLENDER_WORKBENCH",
}
_DEVICES = ("cpu", "cuda", "optix", "hip", "oneapi", "metal")


class Blender(BlenderParts):
    """One Blender process for each task; a chunk loads the scene once."""

    rules = ("blender",)

    scene = Option(Path, REQUIRED, "The .blend file.")
    output = Option(
        Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.png (png, exr, jpg, tif, tga, bmp)."
    )
    engine = Option(str, None, "Unset: the one of the scene.", choices=tuple(_ENGINES))
    device = Option(str, None, "What Cycles renders on; unset: as the scene says.", choices=_DEVICES)
    scene_name = Option(str, None, "The scene inside the file; unset: the one it was saved with.")
    camera = Option(str, None, "The camera's name; unset: the scene's own.")
    view_layer = Option(list[str], [], "The view layers to render; none: those that are on.")
    width = Option(int, None, "Pixels across; unset: as the scene says.", minimum=1)
    height = Option(int, None, "Pixels down; unset: as the scene says.", minimum=1)
    percent = Option(int, None, "Size in percent of the resolution.", minimum=1)
    samples = Option(int, None, "Samples for each pixel of Cycles.", minimum=1)
    script = Option(list[Path], [], "Python files to run in Blender before it renders, in their order.")
    factory_startup = Option(bool, True, "Ignore the preferences and add-ons of whoever the task runs as.")
    program = Option(str, "blender", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if self.output.suffix not in _FORMATS:
            raise self.problem(f"output = '{self.output.name}': expected one of {', '.join(_FORMATS)}")

    def command(self, frames: Frames) -> Command:
        """Blender reads its arguments in order: the file, then what changes it, then the frames."""
        return [
            *(self.program, "--background"),
            *(["--factory-startup"] if self.factory_startup else []),
            *("-noaudio", "--python-exit-code", "1", str(self.scene)),
            *given("--scene", self.scene_name),
            *given("--engine", _ENGINES[self.engine] if self.engine else None),
            *("--render-output", str(frame_word(self.output, lambda digits: "#" * digits))),
            *("--render-format", _FORMATS[self.output.suffix]),
            *given("--threads", self.thread_count()),
            *self._settings(),
            *(word for file in self.script for word in ("--python", str(file))),
            *self.args,
            *self._frame_words(frames),
            *(["--", "--cycles-device", self.device.upper()] if self.device else []),
        ]

    def _settings(self) -> list[str]:
        """What has no flag of its own. A name that is not in the scene ends the task."""
        says = {
            "scene.camera": None if self.camera is None else f"bpy.data.objects[{self.camera!r}]",
            "scene.render.resolution_x": self.width,
            "scene.render.resolution_y": self.height,
            "scene.render.resolution_percentage": self.percent,
            "scene.cycles.samples": self.samples,
        }
        lines = [f"{name} = {value}" for name, value in says.items() if value is not None]
        if self.scene_name is not None:  # one that is not there is passed over, and another rendered
            lines.insert(0, f"bpy.data.scenes[{self.scene_name!r}]")
        if self.view_layer:
            lines.append("[setattr(layer, 'use', False) for layer in scene.view_layers]")
            lines += [f"scene.view_layers[{name!r}].use = True" for name in self.view_layer]
        return (
            ["--python-expr", "; ".join(["import bpy; scene = bpy.context.scene", *lines])] if lines else []
        )

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
