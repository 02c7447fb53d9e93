"""The lines above the lists: the farm at a glance."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

from rich.text import Text
from textual.widgets import Static

from plow_client.top.feed import Farm
from plow_client.top.tones import COLOURS
from plow_client.top.words import bar

SAMPLE_S: Final = 5.0
SAMPLES: Final = 60  # five minutes
_STEPS: Final = "▁▂▃▄▅▆▇█"


class Header(Static):
    """Cores with their last minutes, nodes by state, tasks by state, and whether the server answers."""

    DEFAULT_CSS = "Header { height: 3; background: #2c3036; color: #dde1e6; padding: 0 1; }"

    def __init__(self, host: str) -> None:
        super().__init__(Text("reading the farm ..."))
        self._host = host
        self._used: deque[float] = deque(maxlen=SAMPLES)
        self._lost, self._told = "", ""
        self._farm = Farm()

    def show_farm(self, farm: Farm) -> None:
        """What is known of the farm now."""
        self._farm = farm
        self._redraw()

    def show_lost(self, why: str) -> None:
        """The server is out of reach; empty: it is there again."""
        self._lost = why
        self._redraw()

    def sample(self) -> None:
        """One more step of the history."""
        cores, used = self._cores()
        self._used.append(used / cores if cores else 0.0)
        self._redraw()

    @property
    def words(self) -> str:
        """What it says, without colours."""
        return self._told

    def _cores(self) -> tuple[int, int]:
        return (
            sum(one.total.upCores for one in self._farm.clusters),
            sum(one.total.runCores for one in self._farm.clusters),
        )

    def _redraw(self) -> None:
        lines = Text("\n").join([self._first(), self._by_node(), self._by_task()])
        if lines.markup != self._told:
            self._told = lines.markup
            self.update(lines)

    def _first(self) -> Text:
        cores, used = self._cores()
        line = Text.assemble(("plow top ", "bold"), (f"{self._host}  ", COLOURS["idle"]))
        if self._lost:
            return line.append(f"no connection, trying again: {self._lost}", f"bold {COLOURS['dead']}")
        share = f" {100 * used // cores}%" if cores else ""
        line.append(f"cores {bar(used, cores, 10)} {used:,}/{cores:,}{share}  ", COLOURS["running"])
        return line.append("".join(_STEPS[min(int(one * 8), 7)] for one in self._used), COLOURS["waiting"])

    def _by_node(self) -> Text:
        totals = [one.total for one in self._farm.clusters]
        line = Text("nodes  ", "bold")
        for word, tone, count in (
            ("up", "succeeded", sum(one.upNodes for one in totals)),
            ("down", "dead", sum(one.downNodes for one in totals)),
            ("repair", "repair", sum(one.repairNodes for one in totals)),
            ("locked", "paused", sum(one.lockedNodes for one in totals)),
        ):
            line.append(f"{count:,} {word}  ", COLOURS[tone if count else "quiet"])
        return line

    def _by_task(self) -> Text:
        jobs = self._farm.jobs.values()
        line = Text("tasks  ", "bold")
        for word, tone, count in (
            ("running", "running", sum(one.running for one in jobs)),
            ("waiting", "waiting", sum(one.waiting for one in jobs)),
            ("depend", "depend", sum(one.depend for one in jobs)),
            ("dead", "dead", sum(one.dead for one in jobs)),
        ):
            line.append(f"{count:,} {word}  ", COLOURS[tone if count else "quiet"])
        return line.append(time.strftime("%H:%M"), COLOURS["quiet"])
