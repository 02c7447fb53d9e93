"""Facts that take long or may hang (devices, disks, who is logged in): looked at in a thread of their own.

Pings only ever take what was seen last. What was not seen for too long is left out rather than told wrongly.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from plow_client.logs import event

log = logging.getLogger(__name__)

Value = TypeVar("Value")

_STALE_ROUNDS = 3
_STALE_S = 60.0


class Slow(Generic[Value]):
    """One fact, read again and again."""

    def __init__(self, name: str, read: Callable[[], Value], empty: Value, every_s: float) -> None:
        self._name = name
        self._read = read
        self._empty = empty
        self._every_s = every_s
        self._seen: tuple[float, Value] | None = None
        self._fault = ""
        self._first = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"fact-{name}", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a look that hangs is left to itself."""
        self._stop.set()

    def wait(self, within_s: float) -> bool:
        """Wait for the first look; False when it takes longer."""
        return self._first.wait(within_s)

    @property
    def value(self) -> Value:
        """As last seen; empty when that was too long ago, or never."""
        seen = self._seen
        if seen is None or time.monotonic() - seen[0] > max(_STALE_S, _STALE_ROUNDS * self._every_s):
            return self._empty
        return seen[1]

    def look(self) -> None:
        """Once. A fault is told when it begins, and the last value stays until it is stale."""
        try:
            self._seen = time.monotonic(), self._read()
            self._fault = ""
        except Exception as fault:  # noqa: BLE001 - whatever a driver does, pings go on
            if str(fault) != self._fault:
                log.warning(event("fact not read", fact=self._name, error=fault))
            self._fault = str(fault)
        self._first.set()

    def _run(self) -> None:
        while True:
            self.look()
            if self._stop.wait(self._every_s):
                return
