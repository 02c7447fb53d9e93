"""Python: a script or a module of one's own, with the frames among its arguments.

It is started by the Python of the node's choice, not inside this process, so that it has its own packages and
cannot disturb the runner. In ``args`` the tokens of Shell stand for the frames of the task.
"""

from __future__ import annotations

import os
from pathlib import Path

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program
from blueprint.modules.shell import check_tokens
from blueprint.options import Option
from blueprint.output import Output
from blueprint.tokens import expand


class Python(Program):
    """A Python script for each task; with ``each_frame`` once for each frame."""

    scenes = ("script",)
    framed = ()

    script = Option(Path, None, "The file to run; or say module.")
    module = Option(str, None, "The module to run, as python -m does; or say script.")
    args = Option(
        list[str], ["%{RANGE}"], "Its arguments; %{FRAME}, %{RANGE} and so on are the task's frames."
    )
    each_frame = Option(bool, False, "Start it once for each frame of a task.")
    output = Option(
        list[Path], [], "What it writes, e.g. out/cache.####.abc; a task that does not has failed."
    )
    program = Option(str, "python3", "The Python, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if (self.script is None) == (self.module is None):
            raise self.problem("say either script or module")
        check_tokens(self, self.args)

    def command(self, frames: Frames) -> Command:
        what = [str(self.script)] if self.script else ["-m", str(self.module)]
        task = os.environ.get("PLOW_TASK_NAME", self.name)
        return [self.program, "-u", *what, *expand(self.args, task, frames)]

    def commands(self, frames: Frames) -> list[Command]:
        return [
            self.command(part) for part in ([[frame] for frame in frames] if self.each_frame else [frames])
        ]

    def outputs(self) -> list[Output]:
        return [*self.added_outputs, *(Output(path.name, str(path)) for path in self.output)]
