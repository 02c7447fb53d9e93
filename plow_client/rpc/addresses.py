"""What each address may have: so many connections, so many calls a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from plow_client.rpc.limits import Limits
from plow_client.rpc.peer import is_loopback

_FORGET_S = 60.0


@dataclass
class _Address:
    calls: float  # how many it may make at once now
    stamp: float
    connections: int = 0


class Addresses:
    """Counts by address; used by one thread. Loopback is exempt unless the limits say otherwise."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._known: dict[str, _Address] = {}

    def enter(self, host: str) -> bool:
        """Count a new connection; False if the address has enough."""
        if self._is_free(host):
            return True
        known = self._of(host)
        if 0 < self._limits.connections_per_address <= known.connections:
            return False
        known.connections += 1
        return True

    def leave(self, host: str) -> None:
        """A connection that had entered is gone."""
        if host in self._known:
            self._known[host].connections = max(0, self._known[host].connections - 1)

    def call(self, host: str) -> bool:
        """Count a call; False if the address makes too many."""
        if not self._limits.requests_per_s or self._is_free(host):
            return True
        known, now = self._of(host), self._clock()
        refilled = known.calls + (now - known.stamp) * self._limits.requests_per_s
        known.calls, known.stamp = min(refilled, float(self._limits.requests_burst)), now
        if known.calls < 1.0:
            return False
        known.calls -= 1.0
        return True

    def forget(self) -> None:
        """Drop addresses without connections that have been silent for a while."""
        before = self._clock() - _FORGET_S
        for host in [h for h, a in self._known.items() if not a.connections and a.stamp < before]:
            del self._known[host]

    def _is_free(self, host: str) -> bool:
        return not self._limits.loopback_is_limited and is_loopback(host)

    def _of(self, host: str) -> _Address:
        if host not in self._known:
            self._known[host] = _Address(float(self._limits.requests_burst), self._clock())
        return self._known[host]
