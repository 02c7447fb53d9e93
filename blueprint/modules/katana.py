"""Katana: frames of a .katana file in batch mode.

Names of flags: Foundry's page "Batch Mode". The lines in the log are those of the renderer inside Katana: a
blueprint names its rules, e.g. ``log_rules=["arnold"]``.
"""

from __future__ import annotations

from pathlib import Path

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program
from blueprint.options import REQUIRED, Option


class Katana(Program):
    """One Katana process for each task; a chunk loads the file once."""

    scene = Option(Path, REQUIRED, "The .katana file.")
    node = Option(str, None, "The Render node; unset: the one that has the render flag (--render-node).")
    output = Option(
        Path, None, "What the node writes for a frame, e.g. out/shot.####.exr; unset: nobody looks."
    )
    variables = Option(dict[str, str], {}, "Graph state variables: name and value (--var).")
    program = Option(str, "katana", "The program, where it is not found by this name.")

    def command(self, frames: Frames) -> Command:
        threads = self.thread_count()
        return [
            *(self.program, "--batch", f"--katana-file={self.scene}"),
            *([f"--render-node={self.node}"] if self.node else []),
            f"--t={','.join(map(str, frames))}",
            *(word for name, value in self.variables.items() for word in ("--var", f"{name}={value}")),
            *([f"--threads3d={threads}"] if threads else []),
            *self.args,
        ]
