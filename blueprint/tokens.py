"""What the farm writes into a command for each task: ``%{FRAME}`` and its like. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from plow_client.frames import frames_text

TOKENS: Final = ("FRAME", "RANGE", "START", "END", "STEP", "TASK")
_STEP = re.compile(r"-?\d+--?\d+x(\d+)")


def values(task: str, frames: Sequence[int]) -> dict[str, str]:
    """The value of each token for one task; without frames there is only its name."""
    if not frames:
        return {"TASK": task}
    text = frames_text(frames)
    step = _STEP.fullmatch(text)
    return {
        "FRAME": str(frames[0]),
        "RANGE": text,
        "START": str(frames[0]),
        "END": str(frames[-1]),
        "STEP": step[1] if step else "1",
        "TASK": task,
    }


def expand(command: Sequence[str], task: str, frames: Sequence[int]) -> list[str]:
    """The command of one task."""
    words = list(command)
    for token, value in values(task, frames).items():
        words = [word.replace(f"%{{{token}}}", value) for word in words]
    return words
