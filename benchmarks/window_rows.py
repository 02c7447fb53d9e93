"""How long the window is deaf while long lists change, against doing the same on the window's own thread.

python -m benchmarks.window_rows [ROWS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from plow_client.connection import Connection
from plow_client.idl import TaskState
from wrangler.models.listing import Order, Patch, everything
from wrangler.models.task import TaskRow
from wrangler.session import Session
from wrangler.theme import dress
from wrangler.window import Window

Work = Callable[[], list[Patch[TaskRow]]]


class Gaps:
    """The longest time between two turns of the window's event loop."""

    def __init__(self) -> None:
        self.largest_s, self._last = 0.0, time.perf_counter()
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self.beat)
        self._timer.start()

    def beat(self) -> None:
        """A turn."""
        now = time.perf_counter()
        self.largest_s, self._last = max(self.largest_s, now - self._last), now


def rows(count: int, state: TaskState, step: int = 1) -> list[TaskRow]:
    """Every `step`-th task of a huge job, in this state."""
    return [
        TaskRow(
            id=f"t{number}", name=f"{number:06}-beauty", layer_id="l", layer="beauty", state=state, retries=0,
            cores=1, ram_mb=512, used_ram_mb=0, high_ram_mb=0, high_cores=0.0, start_ms=1, stop_ms=0,
            percent=0, node="r1", ended="", log_line="",
        )
        for number in range(0, count, step)
    ]  # fmt: skip


def measure(app: QApplication, window: Window, work: Work, *, at_desk: bool) -> tuple[float, float]:
    """Seconds until the list shows it, and the largest gap meanwhile."""
    done: list[bool] = []
    gaps, began = Gaps(), time.perf_counter()
    if at_desk:
        window.session.arrange(work, lambda patches: window.tasks.apply(patches, lambda: done.append(True)))
    else:
        QTimer.singleShot(0, lambda: window.tasks.apply(work(), lambda: done.append(True)))
    while not done:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    gaps.beat()
    return time.perf_counter() - began, gaps.largest_s


def stories(window: Window, count: int) -> list[tuple[str, Work]]:
    """What happens to a long list, one after the other."""
    listing = window.tasks.listing
    whole, some = rows(count, TaskState.WAITING), rows(count, TaskState.RUNNING, 7)
    few, third = rows(count, TaskState.DEAD, 1000), rows(count, TaskState.SUCCEEDED, 3)
    by_state = Order(2)
    return [
        ("all come", lambda: listing.replace(whole)),
        ("a thousandth changes", lambda: listing.merge(few)),
        ("a seventh changes", lambda: listing.merge(some)),
        ("sorted by state", lambda: listing.arrange(by_state, everything)),
        ("a third changes and moves", lambda: listing.merge(third)),
        ("filtered", lambda: listing.arrange(by_state, lambda row: row.state == TaskState.SUCCEEDED)),
        ("filter off", lambda: listing.arrange(Order(), everything)),
    ]


def run(app: QApplication, count: int, *, at_desk: bool) -> list[tuple[str, float, float]]:
    """All stories in a window of their own; no server is needed."""
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "wrangler.ini"), QSettings.Format.IniFormat)
        window = Window(Session(Connection("127.0.0.1:1")), settings)
        window.resize(1500, 900)
        window.open_workspace("Wrangler")
        window.show()
        window.session.start()
        app.processEvents()
        found = [
            (name, *measure(app, window, work, at_desk=at_desk)) for name, work in stories(window, count)
        ]
        window.close()
    return found


def main(count: int = 100_000) -> None:
    """One line for each story."""
    app = QApplication(["plow-wrangler"])
    dress(app)
    print(f"{count:,} rows: largest gap of the window, ms")
    for (name, took, gap), (_, _, baseline) in zip(
        run(app, count, at_desk=True), run(app, count, at_desk=False), strict=True
    ):
        print(
            f"{name:28} {gap * 1000:7.0f}  on its own thread {baseline * 1000:7.0f}"
            f"  ratio {gap / baseline:5.2f}  (shown after {took * 1000:.0f} ms)"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
