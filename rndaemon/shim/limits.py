"""How long an attempt may run and be silent, and what is allowed to each of its processes.

Used by the shim, so only the standard library. Its memory is the meter's matter.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

_CALM_S = 1.0
_PROCESSES, _PROCESSES_PER_CPU = 4096, 512
MEMORY_GRACE_S = 1.0  # nobody else on the machine shall pay for politeness


class Limits:
    """Run time and silence."""

    def __init__(self, run_s: float, silence_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """0 stands for no limit."""
        self._run_s = run_s
        self._silence_s = silence_s
        self._clock = clock
        self._began = self._heard = clock()

    def hear(self) -> None:
        """Output has come, or could not come for a reason of ours."""
        self._heard = self._clock()

    def broken(self) -> tuple[str, str] | None:
        """The end that is due and its reason."""
        now = self._clock()
        if self._run_s and now - self._began >= self._run_s:
            return "RUN_TIME", f"it ran longer than the {self._run_s:g} s it may"
        if self._silence_s and now - self._heard >= self._silence_s:
            return "SILENCE", f"it wrote nothing for {self._silence_s:g} s"
        return None

    def wait_s(self) -> float:
        """Until one may be broken."""
        due = [self._began + self._run_s] if self._run_s else []
        due += [self._heard + self._silence_s] if self._silence_s else []
        return max(0.0, min(due) - self._clock()) if due else _CALM_S


def machine_oom_kills() -> int:
    """How many processes the kernel has ended on this machine because memory had run out."""
    try:
        with open("/proc/vmstat", "rb") as file:
            return next((int(line.split()[1]) for line in file if line.startswith(b"oom_kill ")), 0)
    except OSError:
        return 0


def processes_for(wanted: int) -> int:
    """How many a task may have: enough for everything that runs under one name, and far too few for a program that
    multiplies to stop the node.
    """
    return wanted or _PROCESSES + _PROCESSES_PER_CPU * (os.cpu_count() or 1)


def limit_process(max_processes: int, open_files: int) -> None:
    """For the task itself, before it is another user. The kernel counts processes for each user, not for each task."""
    _lower(resource.RLIMIT_NPROC, processes_for(max_processes), hard=True)
    if open_files:
        _lower(resource.RLIMIT_NOFILE, open_files, hard=False)


def _lower(kind: int, wanted: int, *, hard: bool) -> None:
    """The soft limit becomes what is wanted, as far as we may; the hard one only where it must not be undone."""
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    resource.setrlimit(kind, (wanted, wanted if hard else most))
