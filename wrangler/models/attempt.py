"""The attempts of a task, for the log panel to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from plow_client.idl import AttemptEnd, TaskStatsT
from wrangler.models.words import end_of, one_line


@dataclass(frozen=True)
class AttemptRow:
    """`number` counts from 0 as the server does, -1 before the first; people see it from 1."""

    number: int
    log_path: str
    words: str

    @property
    def title(self) -> str:
        """``Attempt 2 · exit 1 · r12``"""
        if self.number < 0:
            return "Not started yet"
        return f"Attempt {self.number + 1}" + (f" · {self.words}" if self.words else "")


def attempt_row(stats: TaskStatsT) -> AttemptRow:
    """One entry of getTaskStats."""
    words = (_how(stats), one_line(stats.lastNode or ""))
    return AttemptRow(stats.retryNum or 0, stats.logPath or "", " · ".join(filter(None, words)))


def _how(stats: TaskStatsT) -> str:
    if stats.active:
        return "running"
    if stats.endReason is not None and stats.endReason != AttemptEnd.EXITED:
        return end_of(stats.endReason)
    return f"signal {abs(stats.exitSignal)}" if stats.exitSignal else f"exit {stats.exitStatus or 0}"
