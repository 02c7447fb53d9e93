"""Any command line. The farm starts it as it stands, so a node needs nothing of ours to run it.

Tokens that the farm fills in: ``%{FRAME}`` (a task's first frame), ``%{RANGE}``, ``%{START}``, ``%{END}``,
``%{STEP}`` and ``%{TASK}`` (its name). A task starts in a folder of the node's choice: write paths in full.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from blueprint.layer import Command, Frames, Layer
from blueprint.options import REQUIRED, Option, nearest
from blueprint.task import Task
from blueprint.tokens import TOKENS, expand

_TOKEN = re.compile(r"%\{(\w*)\}")
_HOOKS = ("before_execute", "execute", "after_execute", "commands", "command")


class Shell(Layer):
    """A command for each task of a layer, e.g. ``cmd=["convert", "in.%{FRAME}.exr", "out.%{FRAME}.png"]``."""

    cmd = Option(list[str], REQUIRED, "The command, one item for each argument; no shell reads it.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        _check(self, self.cmd)

    def command(self, frames: Frames) -> Command:
        return self.cmd

    def farm_command(self) -> Command | None:
        return None if needs_runner(self, Shell) else self.cmd

    def execute(self, frames: Frames) -> None:
        _run(self, frames)


class ShellCommand(Task):
    """A command that runs once."""

    cmd = Option(list[str], REQUIRED, "The command, one item for each argument; no shell reads it.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        _check(self, self.cmd)

    def command(self, frames: Frames) -> Command:
        return self.cmd

    def farm_command(self) -> Command | None:
        return None if needs_runner(self, ShellCommand) else self.cmd

    def execute(self, frames: Frames) -> None:
        _run(self, frames)


def needs_runner(layer: Layer, plain: type[Layer]) -> bool:
    """Whether there is something to do beside the command: outputs to look for, methods of its own."""
    changed = any(getattr(type(layer), hook) is not getattr(plain, hook) for hook in _HOOKS)
    return changed or bool(layer.outputs())


def _run(layer: Layer, frames: Frames) -> None:
    """Where the farm does not start the command itself, the runner fills in the tokens."""
    task = os.environ.get("PLOW_TASK_NAME", layer.name)
    for command in layer.commands(frames):
        layer.run(expand(command, task, frames))


def _check(layer: Layer, cmd: Sequence[str]) -> None:
    if not cmd or not cmd[0]:
        raise layer.problem("cmd is empty")
    if len(cmd) == 1 and len(cmd[0].split()) > 1 and not Path(cmd[0]).exists():
        words = ", ".join(f'"{word}"' for word in cmd[0].split())
        raise layer.problem(
            f'cmd is one word, \'{cmd[0]}\': write [{words}], or ["sh", "-c", "..."] for a shell'
        )
    if "/" in cmd[0] and not cmd[0].startswith("/"):
        raise layer.problem(f"cmd starts '{cmd[0]}', a relative path: a task starts in a folder of its node")
    check_tokens(layer, cmd)


def check_tokens(layer: Layer, words: Sequence[str]) -> None:
    """Refuse a token that nobody fills in."""
    for word in words:
        for token in _TOKEN.findall(word):
            if token not in TOKENS:
                raise layer.problem(f"no token '%{{{token}}}'{nearest(token, TOKENS)}")
