"""Shows a run on this machine as `plow` shows a job on the farm: one bar per layer."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TextIO

from blueprint.backends.local import Done
from blueprint.backends.plan import PlannedTask
from plow_client.cli.progress import Bars, Lines
from plow_client.idl import LayerT, TaskTotalsT
from plow_client.layer import Layer

_LAST_LINES = 10


class Display:
    """Counts what starts and ends; tells of each failure with the end of its log."""

    def __init__(self, tasks: Sequence[PlannedTask], out: TextIO | None = None) -> None:
        self._total = Counter(task.layer for task in tasks)
        self._counts = {layer: TaskTotalsT(totalTaskCount=count) for layer, count in self._total.items()}
        out = out or sys.stdout
        self._shown: Bars | Lines = Bars(out) if out.isatty() else Lines(out)

    def __enter__(self) -> Display:
        self._shown.__enter__()
        self._update()
        return self

    def __exit__(self, *error: object) -> None:
        self._update()
        self._shown.__exit__(*error)

    def __call__(self, task: PlannedTask, done: Done | None) -> None:
        """A task has started (no result yet) or ended."""
        counts = self._counts[task.layer]
        if done is None:
            counts.runningTaskCount += 1
        else:
            counts.runningTaskCount -= 1
            if done.status == 0:
                counts.succeededTaskCount += 1
            else:
                counts.deadTaskCount += 1
                self._tell(done)
        self._update()

    def _tell(self, done: Done) -> None:
        self._shown.tell(f"{done.task.name} failed with status {done.status}: {done.log}")
        for line in done.log.read_text(errors="replace").splitlines()[-_LAST_LINES:]:
            self._shown.tell(f"    {line}")

    def _update(self) -> None:
        self._shown.update(
            [Layer(LayerT(id=name, name=name, totals=counts)) for name, counts in self._counts.items()]
        )
