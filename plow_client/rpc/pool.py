"""A limited number of threads that run calls.

The standard pool joins its threads when the interpreter ends, so one call that never returns would keep
a stopped server alive. These threads are daemons: stop means stop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue


class Pool:
    """Runs what is submitted, in order, on so many threads. What is submitted must not raise."""

    def __init__(self, threads: int, name: str) -> None:
        self._most = threads
        self._name = name
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)  # threads that wait and that no work is meant for yet
        self._starting = threading.Lock()

    def start(self) -> None:
        """Start the first thread, so that a machine without room for it shows at once."""
        self._start_one()

    def submit(self, work: Callable[[], None]) -> None:
        """Run it as soon as a thread is free; a new one is started while none is and there may be more."""
        self._work.put(work)
        if len(self._threads) == self._most or self._idle.acquire(blocking=False):
            return
        with suppress(RuntimeError):  # no room for another: those that are there do it
            self._start_one()

    def stop(self, within_s: float) -> int:
        """End idle threads and wait for the others; returns how many are still busy after that time."""
        with self._starting:
            self._most = 0
        for _ in self._threads:
            self._work.put(None)
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in self._threads)

    def _start_one(self) -> None:
        with self._starting:
            number = len(self._threads)
            if number < self._most:
                thread = threading.Thread(target=self._run, name=f"{self._name}-{number}", daemon=True)
                thread.start()
                self._threads.append(thread)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            work()
            del work  # an idle thread must not keep the last connection alive

    def _next(self) -> Callable[[], None] | None:
        try:
            return self._work.get_nowait()
        except Empty:
            if len(self._threads) < self._most:
                self._idle.release()
            return self._work.get()
