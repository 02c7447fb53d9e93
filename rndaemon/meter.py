"""What an attempt's tree uses, sampled by its shim. Used by the shim, so only the standard library."""

from __future__ import annotations

import os
import resource
import time

from rndaemon.platform import tree

_FIRST_S = 0.5
_MB = 1024 * 1024
_TREE_LIMIT = 256  # processes named in the status; enough to find strays after a shim's death


class Meter:
    """Memory now and at most, cores used, disk traffic."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next = time.monotonic() + min(_FIRST_S, every_s)
        self._last_at = time.monotonic()
        self._last_cpu_s = 0.0
        self._use = tree.Use(0, 0, 0, 0, 0, 0)
        self._members: list[tuple[int, int]] = []
        self._high_rss = 0
        self._used_cores = 0.0
        self._high_cores = 0.0

    def is_due(self) -> bool:
        """Time for the next sample."""
        return self.wait_s() <= 0

    def wait_s(self) -> float:
        """Until the next sample."""
        return max(0.0, self._next - time.monotonic())

    def sample(self) -> None:
        """Look at the tree below this process."""
        now = time.monotonic()
        processes = tree.descendants(os.getpid())
        self._use = tree.measure(processes)
        self._members = [(process.pid, process.start) for process in processes[:_TREE_LIMIT]]
        self._high_rss = max(self._high_rss, self._use.rss_bytes)
        cpu_s = self._use.cpu_ticks / tree.TICKS_PER_S + _reaped_cpu_s()
        elapsed = max(now - self._last_at, 1e-3)
        self._used_cores = max(0.0, cpu_s - self._last_cpu_s) / elapsed
        self._high_cores = max(self._high_cores, self._used_cores)
        self._last_at, self._last_cpu_s = now, cpu_s
        self._next = now + self._every_s

    def as_dict(self) -> dict[str, object]:
        """The part of the status that is measured."""
        own = tree.measure([process] if (process := tree.look(os.getpid())) else [])
        return {
            "rss_mb": self._use.rss_bytes // _MB,
            "high_rss_mb": self._high_rss // _MB,
            "used_cores": round(self._used_cores, 2),
            "disk": [mine + theirs for mine, theirs in zip(own[2:], self._use[2:], strict=True)],
            "tree": self._members,
        }

    def finish(self, clock_s: float) -> dict[str, object]:
        """The totals, when everything below has ended and was taken in."""
        cpu_s = _reaped_cpu_s()
        largest_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        high_cores = self._high_cores or (cpu_s / clock_s if clock_s > 0 else 0.0)
        return {
            "cpu_ms": int(cpu_s * 1000),
            "max_rss_mb": max(self._high_rss // _MB, largest_kb // 1024),
            "high_cores": round(high_cores, 2),
        }


def _reaped_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
