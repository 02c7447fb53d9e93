"""Waiting for a job: one live bar per layer on a terminal, plain lines elsewhere.

status = follow(job)      # 0 ok, 1 failed, 2 killed
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TextIO

from plow_client.errors import Unavailable
from plow_client.idl import JobState, TaskState
from plow_client.job import Job
from plow_client.layer import Layer
from plow_client.totals import TaskTotals
from plow_client.waiting import is_over

if TYPE_CHECKING:
    from rich.progress import TaskID

OK, FAILED, KILLED = 0, 1, 2
_LOOK_S = 0.5
_NAMED = 5
_LINE_S = 2.0
_WORDS = {OK: "done", FAILED: "failed", KILLED: "killed"}


def follow(job: Job, stream: TextIO | None = None, pause: Callable[[float], None] = time.sleep) -> int:
    """Show progress until the job is over; the exit status. A server out of reach is waited for."""
    out = stream or sys.stdout
    shown: Bars | Lines = Bars(out) if out.isatty() else Lines(out)
    told = ""
    with shown:
        while True:
            try:
                job.refresh()
                shown.update(job.get_layers())
                told = _tell_paused(job, shown, told)
                status = outcome(job)
            except Unavailable as error:
                shown.tell(f"waiting for the server: {error.why}")
                status = None
            if status is not None:
                break
            pause(_LOOK_S)
    print(f"job {job.name} {_WORDS[status]}: {_sum(job.totals)}", file=out, flush=True)
    if status == FAILED:
        with contextlib.suppress(Unavailable):  # what was to be said has been said
            _name_dead(job, out)
    return status


def _tell_paused(job: Job, shown: Bars | Lines, told: str) -> str:
    """A paused job is waited for: whoever waits has to know it, once, and what ends it. What has been told now."""
    if not job.paused or is_over(job):
        return ""
    why = f": {job.pause_reason}" if job.pause_reason else ""
    line = f"job {job.name} is paused{why}\n  plow job resume {job.name} goes on with it"
    if line != told:
        shown.tell(line)
    return line


def _name_dead(job: Job, out: TextIO) -> None:
    """Which tasks failed, and where to read why."""
    dead = job.get_tasks([TaskState.DEAD])
    for task in dead[:_NAMED]:
        print(f"  dead: {task.name}, exit {task.stats.exit_status} on {task.stats.last_node}", file=out)
    if len(dead) > _NAMED:
        print(f"  and {len(dead) - _NAMED} more", file=out)
    if dead:
        print(f"  plow job log {job.name} {dead[0].name}", file=out, flush=True)


def outcome(job: Job) -> int | None:
    """How the job ended; None while something can still run."""
    if not is_over(job):
        return None
    if job.state != JobState.FINISHED:
        return FAILED
    return OK if job.totals.done == job.totals.total else KILLED


class Bars:
    """One bar per layer, redrawn in place."""

    def __init__(self, out: TextIO) -> None:
        from rich.console import Console  # 80 ms that only a terminal needs
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bars: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rest]}", markup=False),
            TimeElapsedColumn(),
            console=Console(file=out),
        )

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, layers: Sequence[Layer]) -> None:
        """Show these counts."""
        for layer in layers:
            if layer.id not in self._bars:
                self._bars[layer.id] = self._progress.add_task(layer.name, total=layer.totals.total, rest="")
            self._progress.update(
                self._bars[layer.id],
                completed=layer.totals.done,
                total=layer.totals.total,
                rest=_rest(layer.totals),
            )

    def tell(self, line: str) -> None:
        """Say something above the bars."""
        self._progress.console.print(line, highlight=False, markup=False)


class Lines:
    """A line for a layer whose counts have changed, not too often; the last word is always said."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock
        self._said: dict[str, str] = {}
        self._next: dict[str, float] = {}
        self._told = ""

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, layers: Sequence[Layer]) -> None:
        """Show what has changed."""
        self._told = ""
        for layer in layers:
            text = f"{layer.name}: {_sum(layer.totals)}"
            is_due = self._clock() >= self._next.get(layer.id, 0.0)
            is_last = layer.totals.done + layer.totals.dead == layer.totals.total
            if text != self._said.get(layer.id) and (is_due or is_last):
                self._said[layer.id] = text
                self._next[layer.id] = self._clock() + _LINE_S
                print(text, file=self._out, flush=True)

    def tell(self, line: str) -> None:
        """Say something once, not every half second."""
        if line != self._told:
            self._told = line
            print(line, file=self._out, flush=True)


def _sum(totals: TaskTotals) -> str:
    rest = _rest(totals)
    return f"{totals.done}/{totals.total} done" + (f", {rest}" if rest else "")


def _rest(totals: TaskTotals) -> str:
    counts = [(totals.running, "running"), (totals.dead, "dead"), (totals.eaten, "eaten")]
    return ", ".join(f"{count} {name}" for count, name in counts if count)
