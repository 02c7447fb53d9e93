"""Tells when processes end, our own children or not, by the kernel's process descriptors."""

from __future__ import annotations

import logging
import os
import select
import threading
from collections.abc import Callable

from plow_client.logs import event

log = logging.getLogger(__name__)

_TICK_S = 1.0


class Watch:
    """One thread for all shims of the node."""

    def __init__(self, tick: Callable[[], None]) -> None:
        """`tick` is called about once a second, for what has a deadline."""
        self._tick = tick
        self._poll = select.epoll()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._poll.register(self._wake, select.EPOLLIN)
        self._ended: dict[int, Callable[[], None]] = {}
        self._lock = threading.Lock()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is watched runs on."""
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join(timeout=_TICK_S)

    def add(self, descriptor: int, ended: Callable[[], None]) -> None:
        """Call `ended` once, when the process of this descriptor is gone; the descriptor becomes ours."""
        with self._lock:
            self._ended[descriptor] = ended
        self._poll.register(descriptor, select.EPOLLIN | select.EPOLLONESHOT)

    def _run(self) -> None:
        while not self._stopping:
            for descriptor, _ in self._poll.poll(_TICK_S):
                if descriptor == self._wake:
                    return
                with self._lock:
                    ended = self._ended.pop(descriptor)
                os.close(descriptor)
                self._safely(ended)
            self._safely(self._tick)

    def _safely(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            log.exception(event("watch met a fault"))
