"""Keeps a flood of equal events from becoming a flood of log lines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable

_KINDS = 1000  # remembered at most; when there are more, all are forgotten at once


class Seldom:
    """Lets each kind of event through once in a while, and counts those in between."""

    def __init__(
        self, every_s: float, clock: Callable[[], float] = time.monotonic, kinds: int = 1000
    ) -> None:
        """At most so many kinds are remembered; when there are more, all are forgotten at once."""
        self._every_s = every_s
        self._clock = clock
        self._kinds = kinds
        self._lock = threading.Lock()
        self._last: dict[Hashable, tuple[float, int]] = {}

    def due(self, kind: Hashable) -> int | None:
        """None to stay silent; otherwise how many were passed over since the last time."""
        now = self._clock()
        with self._lock:
            last = self._last.get(kind)
            if last is not None and now - last[0] < self._every_s:
                self._last[kind] = (last[0], last[1] + 1)
                return None
            if len(self._last) >= _KINDS:
                self._last.clear()
            self._last[kind] = (now, 0)
            return last[1] if last else 0
