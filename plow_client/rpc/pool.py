"""A fixed number of threads that run calls.

The standard pool joins its threads when the interpreter ends, so one call that never returns would keep
a stopped server alive. These threads are daemons: stop means stop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue


class Pool:
    """Runs what is submitted, in order, on so many threads. What is submitted must not raise."""

    def __init__(self, threads: int, name: str) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Start all threads; an idle one costs some twenty kilobytes."""
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], None]) -> None:
        """Run it as soon as a thread is free."""
        self._work.put(work)

    def stop(self, within_s: float) -> int:
        """End idle threads and wait for the others; returns how many are still busy after that time."""
        for _ in self._threads:
            self._work.put(None)
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            del work  # an idle thread must not keep the last connection alive
