"""How long the window was deaf: a timer on its own thread, and the largest gap between two beats."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer


class Heartbeat:
    """`largest_gap_s` is the longest time in which the window could not have answered a person."""

    def __init__(self) -> None:
        self.largest_gap_s = 0.0
        self._last = time.monotonic()
        self._timer = QTimer(interval=10)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def stop(self) -> None:
        """No more beats."""
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        now = time.monotonic()
        self.largest_gap_s = max(self.largest_gap_s, now - self._last)
        self._last = now


@contextmanager
def heartbeat() -> Iterator[Heartbeat]:
    """Watch the window while something happens."""
    watch = Heartbeat()
    try:
        yield watch
    finally:
        watch.stop()
