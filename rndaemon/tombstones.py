"""Procs that must not start here any more: killed before they came, or already done.

One append-only file per hour, forgotten after a day; a late message is never older than that.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable

from rndaemon.spool import is_proc_id

KEPT_HOURS = 24


class Tombstones:
    """Once `add` returns, no restart forgets it."""

    def __init__(self, state: str, clock: Callable[[], float] = time.time) -> None:
        self._folder = os.path.join(state, "tombstones")
        self._clock = clock
        self._lock = threading.Lock()
        self._hours: dict[int, set[str]] = {}
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        for name in os.listdir(self._folder):
            if name.isdigit():
                self._hours[int(name)] = self._load(name)

    def add(self, proc_ids: Iterable[str]) -> None:
        """Bury these."""
        with self._lock:
            hour = int(self._clock() // 3600)
            fresh = [proc_id for proc_id in proc_ids if not self._knows(proc_id)]
            if fresh:
                self._append(hour, fresh)
                self._hours.setdefault(hour, set()).update(fresh)
            self._forget_before(hour - KEPT_HOURS)

    def __contains__(self, proc_id: str) -> bool:
        with self._lock:
            return self._knows(proc_id)

    def __len__(self) -> int:
        with self._lock:
            return sum(map(len, self._hours.values()))

    def _knows(self, proc_id: str) -> bool:
        return any(proc_id in buried for buried in self._hours.values())

    def _append(self, hour: int, proc_ids: list[str]) -> None:
        with open(os.path.join(self._folder, str(hour)), "a", encoding="ascii") as file:
            file.write("\n" + "\n".join(proc_ids) + "\n")  # a line cut off by a crash stays alone
            file.flush()
            os.fsync(file.fileno())

    def _forget_before(self, first: int) -> None:
        for hour in [hour for hour in self._hours if hour < first]:
            del self._hours[hour]
            os.unlink(os.path.join(self._folder, str(hour)))

    def _load(self, name: str) -> set[str]:
        with open(os.path.join(self._folder, name), encoding="ascii") as file:
            return set(filter(is_proc_id, file.read().splitlines()))
