"""Nodes on which nothing is booked for a while, because they refused a start or could not be called."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pauses:
    """Each failure in a row doubles the pause; a success ends the row. For one thread."""

    def __init__(self, most_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_s = most_s
        self._clock = clock
        self._until: dict[str, float] = {}
        self._last_s: dict[str, float] = {}

    @property
    def nodes(self) -> list[str]:
        """Nodes that pause now."""
        return list(self._until)

    def begin(self, node_id: str, first_s: float) -> float | None:
        """The node failed; how long it pauses from now. What fails during a pause is the same failure: None."""
        if node_id in self._until:
            return None
        pause_s = min(max(2 * self._last_s.get(node_id, 0.0), first_s), self._most_s)
        self._last_s[node_id] = pause_s
        self._until[node_id] = self._clock() + pause_s
        return pause_s

    def succeeded(self, node_id: str) -> None:
        """The node took a start: the next failure begins a new row."""
        self._last_s.pop(node_id, None)

    def end(self, node_id: str) -> None:
        """What it failed for is over: it pauses no more, and the next failure begins a new row."""
        self._until.pop(node_id, None)
        self._last_s.pop(node_id, None)

    def over(self) -> list[str]:
        """Nodes whose pause has ended since this was last asked."""
        now = self._clock()
        ended = [node_id for node_id, until in self._until.items() if until <= now]
        for node_id in ended:
            del self._until[node_id]
        return ended

    def left_s(self) -> float:
        """Seconds until the next pause ends."""
        return min(self._until.values(), default=float("inf")) - self._clock()
