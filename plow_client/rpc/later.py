"""An answer that comes later, without a thread that waits for it.

A handler that would have to wait returns a `Later` instead. Somebody else calls `go_on` when there is something to
say; then the rest of the handler runs in the listener's pool, and what it returns is the answer. A peer that hangs up
drops it: then the rest never runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Later:
    """The rest of a call."""

    def __init__(self, rest: Callable[[], object]) -> None:
        """`rest` returns the answer, or raises one of our errors."""
        self.rest = rest
        self._lock = threading.Lock()
        self._is_due = self._is_dropped = False
        self._run: Callable[[], None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody waits here any more."""
        return self._is_due or self._is_dropped

    def go_on(self) -> None:
        """It can be answered now; calling this again changes nothing. Any thread may call it."""
        with self._lock:
            if self.is_over:
                return
            self._is_due = True
            run, self._run = self._run, None
        if run is not None:
            run()

    def drop(self) -> None:
        """Nobody wants the answer any more. Any thread may call it."""
        with self._lock:
            self._is_dropped = True
            self._run = None

    def when_due(self, run: Callable[[], None]) -> None:
        """Call this as soon as it can be answered; at once if it can already, never if it was dropped."""
        with self._lock:
            if not self._is_due:
                self._run = None if self._is_dropped else run
                return
        run()
