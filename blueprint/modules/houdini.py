"""Houdini: a render node of a .hip file (hython), USD (husk), or IFD files (mantra).

Names of flags: SideFX's pages on hython, husk and mantra. Progress comes in the form that Alfred read, one line
each time, which the node knows.
"""

from __future__ import annotations

from pathlib import Path

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program, StepProgram, given, input_path
from blueprint.options import REQUIRED, Option
from blueprint.output import frame_path, frame_word

_RENDER = Path(__file__).with_name("houdini_render.py")  # on the node: the one that is installed there


class Houdini(Program):
    """A node of a .hip file, in hython: Karma, Mantra, Redshift, a cache, whatever the node does."""

    rules = ("houdini",)

    scene = Option(Path, REQUIRED, "The .hip file.")
    node = Option(str, REQUIRED, "The node to render, e.g. /out/karma1 or /stage/usdrender_rop1.")
    output = Option(
        Path, None, "What the node writes for a frame, e.g. out/shot.####.exr; unset: nobody looks."
    )
    write_output = Option(bool, False, "Make the node write to output; else only look for it there.")
    camera = Option(str, None, "Set the node's camera.")
    take = Option(str, None, "Switch to this take first.")
    width = Option(int, None, "Pixels across; with height.", minimum=1)
    height = Option(int, None, "Pixels down; with width.", minimum=1)
    program = Option(str, "hython", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if not self.node.startswith("/"):
            raise self.problem(f"node = '{self.node}': write it in full, e.g. /out/{self.node}")
        if (self.width is None) != (self.height is None):
            raise self.problem("width and height go together")
        if self.write_output and self.output is None:
            raise self.problem("write_output needs output")

    def command(self, frames: Frames) -> Command:
        return [
            *(self.program, *self.args, str(_RENDER)),
            *("--hip", str(self.scene), "--node", self.node),
            f"--frames={','.join(map(str, frames))}",
            *(word for frame in frames for word in self._picture(frame)),
            *given("--camera", self.camera),
            *given("--take", self.take),
            *(["--size", str(self.width), str(self.height)] if self.width else []),
            *given("--threads", self.thread_count()),
        ]

    def _picture(self, frame: int) -> list[str]:
        if self.output is None or not self.write_output:
            return []
        return ["--picture", str(frame_path(self.output, frame))]


class Husk(StepProgram):
    """A USD file with Karma or another Hydra renderer."""

    rules = ("houdini",)

    scene = Option(Path, REQUIRED, "The .usd file.")
    output = Option(Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.exr.")
    renderer = Option(str, None, "The Hydra renderer, e.g. BRAY_HdKarma; unset: husk's own choice.")
    camera = Option(str, None, "The camera's path on the stage.")
    settings = Option(str, None, "The render settings' path on the stage.")
    render_pass = Option(str, None, "The render pass's path on the stage (--pass).")
    width = Option(int, None, "Pixels across; with height.", minimum=1)
    height = Option(int, None, "Pixels down; with width.", minimum=1)
    pixel_samples = Option(int, None, "Samples for each pixel, Karma only.", minimum=1)
    program = Option(str, "husk", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if (self.width is None) != (self.height is None):
            raise self.problem("width and height go together")

    def commands(self, frames: Frames) -> list[Command]:
        """Frames before zero one by one: what husk makes of their sign in a file name is not ours to guess."""
        return super().commands(frames) if min(frames) >= 0 else [self.command([frame]) for frame in frames]

    def command(self, frames: Frames) -> Command:
        step = frames[1] - frames[0] if len(frames) > 1 else 1
        return [
            *(self.program, "--verbose", "a2"),
            *("--frame", str(frames[0]), "--frame-count", str(len(frames)), "--frame-inc", str(step)),
            *("--output", str(self._picture(frames))),
            *given("--renderer", self.renderer),
            *given("--camera", self.camera),
            *given("--settings", self.settings),
            *given("--pass", self.render_pass),
            *(["--res", str(self.width), str(self.height)] if self.width else []),
            *given("--pixel-samples", self.pixel_samples),
            *given("--threads", self.thread_count()),
            *self.args,
            str(self.scene),
        ]

    def _picture(self, frames: Frames) -> Path:
        """One frame has its own name; of many husk counts itself."""
        if len(frames) == 1:
            return frame_path(self.output, frames[0])
        return frame_word(self.output, lambda digits: f"$F{digits}")


class Mantra(Program):
    """IFD files, one for each frame, with Mantra."""

    rules = ("houdini",)
    per_frame = True
    framed = ("scene", "output")

    scene = Option(Path, REQUIRED, "The IFD file of a frame, e.g. ifd/shot.####.ifd.gz.")
    output = Option(Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.exr.")
    program = Option(str, "mantra", "The program, where it is not found by this name.")

    def command(self, frames: Frames) -> Command:
        (frame,) = frames
        return [
            *(self.program, "-V2a"),
            *given("-j", self.thread_count()),
            *self.args,
            *("-f", str(input_path(self.scene, frame)), str(frame_path(self.output, frame))),
        ]
