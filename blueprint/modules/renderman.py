"""RenderMan: RIB files with prman, one process for each frame.

Names of flags: RenderMan's page on prman. Where the pictures go stands in the RIB file.
"""

from __future__ import annotations

from pathlib import Path

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program, given, input_path
from blueprint.options import REQUIRED, Option


class Renderman(Program):
    """One prman for each frame."""

    rules = ("renderman",)
    per_frame = True
    framed = ("scene", "output")

    scene = Option(Path, REQUIRED, "The RIB file of a frame, e.g. rib/shot.####.rib.")
    output = Option(
        Path, None, "What the RIB file writes for a frame, e.g. out/shot.####.exr; unset: nobody looks."
    )
    working_folder = Option(Path, None, "Where relative paths in the RIB file start (-cwd).")
    recover = Option(bool, False, "Go on with a picture that an earlier attempt left half done (-recover).")
    program = Option(str, "prman", "The program, where it is not found by this name.")

    def command(self, frames: Frames) -> Command:
        (frame,) = frames
        threads = self.thread_count()
        return [
            *(self.program, "-Progress"),
            *([f"-t:{threads}"] if threads else []),
            *given("-cwd", self.working_folder),
            *(["-recover", "1"] if self.recover else []),
            *self.args,
            str(input_path(self.scene, frame)),
        ]
