"""What the farm writes into a command for each task: ``%{FRAME}`` and its like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from plow_client.frames import frames_text

TOKENS: Final = ("FRAME", "RANGE", "START", "END", "STEP", "TASK")


def values(task: str, frames: Sequence[int]) -> dict[str, str]:
    """The value of each token for one task; a task without frames counts as frame 0."""
    frames = frames or [0]
    step = frames[1] - frames[0] if len(frames) > 1 else 1
    return {
        "FRAME": str(frames[0]),
        "RANGE": frames_text(frames),
        "START": str(frames[0]),
        "END": str(frames[-1]),
        "STEP": str(step),
        "TASK": task,
    }


def expand(command: Sequence[str], task: str, frames: Sequence[int]) -> list[str]:
    """The command of one task."""
    words = list(command)
    for token, value in values(task, frames).items():
        words = [word.replace(f"%{{{token}}}", value) for word in words]
    return words
