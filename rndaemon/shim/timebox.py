"""A search by regular expression that cannot last: it is interrupted after some processor time.

Python's engine looks for signals while it works, so an interval timer ends even a pattern that would take years.
Used by the shim, so only the standard library.
"""

from __future__ import annotations

import re
import signal

LIMIT_S = 0.1


class TooSlow(Exception):
    """The search was given up."""


class Timebox:
    """For the main thread, where Python handles signals; elsewhere it searches without a limit."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._is_searching = False
        self._is_armed = _listen(self._interrupt)

    def search(self, pattern: re.Pattern[bytes], text: bytes) -> re.Match[bytes] | None:
        """What `pattern.search` finds, or TooSlow."""
        if not self._is_armed:
            return pattern.search(text)
        self._is_searching = True
        signal.setitimer(signal.ITIMER_VIRTUAL, self._limit_s)
        try:
            return pattern.search(text)
        finally:
            self._is_searching = False
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _interrupt(self, _number: int, _frame: object) -> None:
        if self._is_searching:  # a signal that comes late must hit nothing else
            self._is_searching = False
            raise TooSlow


def _listen(interrupt: object) -> bool:
    """Processor time of ours is what counts, so that a busy machine makes no search too slow."""
    try:
        signal.signal(signal.SIGVTALRM, interrupt)  # type: ignore[arg-type]
    except (AttributeError, ValueError):
        return False  # not on this system, or not in this thread
    return True
