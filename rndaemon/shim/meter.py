"""What an attempt's tree uses, sampled by its shim. Used by the shim, so only the standard library.

Two looks of different price: the full sample every few seconds, and, for an attempt whose memory is limited
and that no control group holds, a look at memory alone: once a second, and sooner when the limit is near. Both
slow down where a tree is so large that looking would cost more than a hundredth of a core.
"""

from __future__ import annotations

import os
import resource
import time

from rndaemon.cgroup import Group
from rndaemon.platform import tree

_FIRST_S = 0.5
_WATCH_S, _CLOSE_WATCH_S = 1.0, 0.1
_DEAREST = 100  # a look that took 5 ms is not repeated for half a second
_MB = 1024 * 1024
_TREE_LIMIT = 256  # processes named in the status; enough to find strays after a shim's death


class Meter:
    """Memory now and at most, cores used, disk traffic."""

    def __init__(self, every_s: float, limit_mb: int = 0, group: Group | None = None) -> None:
        """`limit_mb` is what the attempt may use, 0 for no limit; `group` holds it, where there is one."""
        now = time.monotonic()
        self._every_s = every_s
        self._limit_mb = limit_mb
        self._group = group
        self._watches = bool(limit_mb) and group is None
        self._next = now + min(_FIRST_S, every_s)
        self._next_look = self._next if self._watches else float("inf")
        self._last_at = now
        self._last_cpu_s = 0.0
        self._use = tree.Use(0, 0, 0, 0, 0, 0)
        self._disk = [0, 0, 0, 0]
        self._rss = 0
        self._members: list[tuple[int, int]] = []
        self._high_rss = 0
        self._excess_mb = 0
        self._used_cores = 0.0
        self._high_cores = 0.0

    def is_due(self) -> bool:
        """Time for the next look."""
        return self.wait_s() <= 0

    def wait_s(self) -> float:
        """Until the next look."""
        return max(0.0, min(self._next, self._next_look) - time.monotonic())

    def sample(self) -> None:
        """Look at the tree below this process: at everything, or where only that is due, at its memory."""
        began = time.monotonic()
        processes = tree.descendants(os.getpid())
        if began >= self._next:
            self._measure(processes, began)
        else:
            self._note_memory(processes, sum(process.rss_bytes for process in processes))
        now = time.monotonic()
        pause_s = (now - began) * _DEAREST
        if began >= self._next:
            self._next = now + max(self._every_s, pause_s)
        if self._watches:
            is_close = self._rss * 2 > self._limit_mb * _MB
            self._next_look = now + max(_CLOSE_WATCH_S if is_close else _WATCH_S, pause_s)

    def excess(self) -> str:
        """Why it must end for its memory, as a sentence; empty as long as it may go on."""
        if self._group is not None and self._group.oom_kills():
            return f"it needed more than the {self._limit_mb} MB of memory it may use"
        if self._excess_mb:
            return f"it used {self._excess_mb} MB of memory and may use {self._limit_mb} MB"
        return ""

    def as_dict(self) -> dict[str, object]:
        """The part of the status that is measured."""
        return {
            "rss_mb": self._rss // _MB,
            "high_rss_mb": self._high_rss // _MB,
            "used_cores": round(self._used_cores, 2),
            "disk": list(self._disk),
            "tree": self._members,
        }

    def finish(self, clock_s: float) -> dict[str, object]:
        """The totals, when everything below has ended and was taken in."""
        cpu_s = _reaped_cpu_s()
        largest_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        high_cores = self._high_cores or (cpu_s / clock_s if clock_s > 0 else 0.0)
        self._note_disk(())
        return {
            "cpu_ms": int(cpu_s * 1000),
            "max_rss_mb": max(self._high_rss // _MB, largest_kb // 1024),
            "high_cores": round(high_cores, 2),
            "disk": list(self._disk),
        }

    def _measure(self, processes: list[tree.Process], now: float) -> None:
        self._use = tree.measure(processes)
        self._members = [(process.pid, process.start) for process in processes[:_TREE_LIMIT]]
        self._note_memory(processes, self._use.rss_bytes)
        self._note_disk(self._use[2:])
        self._note_cores(self._use.cpu_ticks / tree.TICKS_PER_S + _reaped_cpu_s(), now)

    def _note_memory(self, processes: list[tree.Process], rss: int) -> None:
        """Resident memory counts what processes share once for each: only where that decides, look closer."""
        limit = self._limit_mb * _MB
        if self._watches and rss > limit:
            rss = tree.shared_once(processes)
            self._excess_mb = rss // _MB if rss > limit else 0
        self._rss = rss
        self._high_rss = max(self._high_rss, rss)

    def _note_disk(self, living: tuple[int, ...]) -> None:
        """What lives, and what we took in when it had ended. A figure that was told never falls."""
        ended = tree.disk_of_ended(os.getpid())
        now = [sum(pair) for pair in zip(ended, living or (0, 0, 0, 0), strict=True)]
        self._disk = [max(pair) for pair in zip(self._disk, now, strict=True)]

    def _note_cores(self, cpu_s: float, now: float) -> None:
        """One that ends while we look can be missed once: then the next sample speaks for both intervals."""
        if cpu_s < self._last_cpu_s:
            return
        self._used_cores = (cpu_s - self._last_cpu_s) / max(now - self._last_at, 1e-3)
        self._high_cores = max(self._high_cores, self._used_cores)
        self._last_at, self._last_cpu_s = now, cpu_s


def _reaped_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
