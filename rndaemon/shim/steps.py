"""The commands of one attempt in their order: before, the layer's own, more of them, and after. Pure.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

from typing import NamedTuple

from rndaemon.request import Request
from rndaemon.shim.tasklog import command_text
from rndaemon.wrappers import marker_of, script_of, wrap


class Step(NamedTuple):
    """One command; `number` counts all that the attempt has, from 0."""

    number: int
    total: int
    words: list[str]

    def heading(self, now: str) -> bytes:
        """The line in the log above its output; an attempt with one command needs none."""
        if self.total == 1:
            return b""
        line = f"[{now}] Plow starts command {self.number + 1} of {self.total}: {command_text(self.words)}\n"
        return line.encode("utf-8", "replace")


def steps_of(request: Request) -> list[Step]:
    """What runs in order until one fails."""
    commands = [words for words in (request.before, request.command, *request.more) if words]
    total = len(commands) + bool(request.after)
    return [Step(index, total, words) for index, words in enumerate(commands)]


def last_step_of(request: Request) -> Step | None:
    """What runs at the end, whatever happened."""
    before = len(steps_of(request))
    return Step(before, before + 1, request.after) if request.after else None


def command_line(request: Request, step: Step) -> list[str]:
    """Its words, or behind a wrapper the script that holds them."""
    return wrap(request.wrapper, step.words, _script(request, step))


def scripts_of(request: Request) -> dict[str, str]:
    """Path and text of the script of each wrapped command; none without a wrapper."""
    if not request.wrapper:
        return {}
    last = last_step_of(request)
    steps = [*steps_of(request), *([last] if last else [])]
    return {_script(request, step): script_of(step.words, marker_of(request.proc_id)) for step in steps}


def _script(request: Request, step: Step) -> str:
    return f"{request.temp}/.plow-command-{step.number}"
