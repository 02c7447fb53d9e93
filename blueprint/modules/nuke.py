"""Nuke: frames of a script, rendered without a window.

Names of flags: Foundry's "Command Line Operations".
"""

from __future__ import annotations

from pathlib import Path

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program, given, switch
from blueprint.options import REQUIRED, Option
from plow_client.frames import frame_runs


class Nuke(Program):
    """One Nuke process for each task; a chunk loads the script once."""

    rules = ("nuke",)

    scene = Option(Path, REQUIRED, "The .nk file.")
    output = Option(
        Path, None, "What the Write node writes for a frame, e.g. out/comp.####.exr; unset: nobody looks."
    )
    write = Option(list[str], [], "The Write nodes to render; none: all that are on (-X).")
    view = Option(
        list[str], [], "The views to render, e.g. left and right; none: those of the script (--view)."
    )
    proxy = Option(bool, False, "Render at the proxy's size (-p).")
    full_size = Option(bool, False, "Render at full size, whatever the script was saved with (-f).")
    continue_on_error = Option(bool, False, "Go on with the next frame after one that failed (--cont).")
    gpu = Option(bool, False, "Use the GPU where a node can (--gpu).")
    interactive_licence = Option(bool, False, "Take an interactive licence, not a render one (-i).")
    cache_mb = Option(int, None, "MB of memory for the cache (-c).", minimum=1)
    program = Option(str, "nuke", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if self.proxy and self.full_size:
            raise self.problem("proxy and full_size cannot both be true")

    def command(self, frames: Frames) -> Command:
        return [
            *(self.program, "-x"),
            *given("-X", ",".join(self.write) or None),
            *(word for run in frame_runs(frames) for part in _ranges(*run) for word in ("-F", part)),
            *given("--view", ",".join(self.view) or None),
            *given("-m", self.thread_count()),
            *given("-c", None if self.cache_mb is None else f"{self.cache_mb}M"),
            *switch("-p", self.proxy),
            *switch("-f", self.full_size),
            *switch("--cont", self.continue_on_error),
            *switch("--gpu", self.gpu),
            *switch("-i", self.interactive_licence),
            *self.args,
            str(self.scene),
        ]


def _ranges(first: int, last: int, step: int) -> list[str]:
    """``1-9x2``; frames before zero one by one, as their sign would be read as the range's."""
    if first < 0:
        return [str(frame) for frame in range(first, last + 1, step)]
    if first == last:
        return [str(first)]
    return [f"{first}-{last}" if step == 1 else f"{first}-{last}x{step}"]
