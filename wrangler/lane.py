"""A thread of its own with a queue: whatever may take long runs here, never on the window's thread.

A request may have a key. A newer request of the same key replaces an older one: an older one still in
the queue is not run, and the result of one that already runs is dropped.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

log = logging.getLogger(__name__)
Result = TypeVar("Result")
Post = Callable[[Callable[[], None]], None]
URGENT, NORMAL = 0, 1


@dataclass(order=True)
class _Request:
    rank: int
    number: int
    key: str | None = field(compare=False)
    work: Callable[[], Any] = field(compare=False)
    then: Callable[[Any], None] = field(compare=False)
    failed: Callable[[Exception], None] = field(compare=False)


class Lane:
    """`post` brings a call to the window's thread; `then` and `failed` run there."""

    def __init__(self, name: str, post: Post) -> None:
        self._post = post
        self._queue: list[_Request] = []
        self._newest: dict[str, int] = {}
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._is_stopping = False
        self._since: float | None = None
        # A daemon: a call that hangs must not keep a closed window's process alive.
        self._thread = threading.Thread(target=self._run, name=f"wrangler-{name}", daemon=True)

    def start(self) -> None:
        """Begin to work on the queue."""
        self._thread.start()

    def stop(self, wait_s: float = 2.0) -> None:
        """Take nothing more from the queue and deliver nothing more."""
        with self._changed:
            self._is_stopping = True
            self._newest.clear()
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def submit(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[Exception], None],
        *,
        key: str | None = None,
        rank: int = NORMAL,
    ) -> None:
        """Run `work` here when its turn comes, urgent requests first, then oldest first."""
        with self._changed:
            request = _Request(rank, next(self._numbers), key, work, then, failed)
            if key is not None:
                self._newest[key] = request.number
            heapq.heappush(self._queue, request)
            self._changed.notify()

    def forget(self, key: str) -> None:
        """Nobody waits for this any more."""
        with self._changed:
            self._newest.pop(key, None)

    def busy_s(self) -> float:
        """How long the request that runs now has been running; 0 where none is."""
        since = self._since
        return 0.0 if since is None else time.monotonic() - since

    def _is_wanted(self, request: _Request) -> bool:
        if self._is_stopping:
            return False
        return request.key is None or self._newest.get(request.key) == request.number

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._is_stopping)
                if self._is_stopping:
                    return
                request = heapq.heappop(self._queue)
                if not self._is_wanted(request):
                    continue
            self._since = time.monotonic()
            self._answer(request)
            self._since = None

    def _answer(self, request: _Request) -> None:
        try:
            result = request.work()
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it was
            failure = error
            self._deliver(request, lambda: request.failed(failure))
        else:
            self._deliver(request, lambda: request.then(result))

    def _deliver(self, request: _Request, call: Callable[[], None]) -> None:
        def on_window_thread() -> None:
            with self._changed:
                is_wanted = self._is_wanted(request)
            if is_wanted:
                call()

        if not self._is_stopping:
            self._post(on_window_thread)
