"""Ending everything below a shim. Used by the shim, so only the standard library."""

from __future__ import annotations

import os
import signal
import time

from rndaemon.cgroup import Group
from rndaemon.platform import tree

LOOK_S = 1.0  # how often the kill file is read without being told to
_FORCE_S = 0.01, 0.5  # first and longest pause between two rounds of SIGKILL
_PATIENT_ROUNDS = 2  # a tree that outlives these grows faster than it dies
_FREEZE_ROUNDS = 20


class Stop:
    """Ending a tree: asked politely once, forced from the deadline on, until no child is left."""

    def __init__(self, group: Group | None = None) -> None:
        self._group = group
        self._deadline: float | None = None
        self._rounds = 0
        self._pause_s = _FORCE_S[0]

    def ask(self, grace_s: float) -> None:
        """Ask everything to end; a later wish can only shorten the time it has."""
        deadline = time.monotonic() + grace_s
        first = self._deadline is None
        self._deadline = deadline if self._deadline is None else min(self._deadline, deadline)
        if first and grace_s > 0:
            tree.ask_to_end(_below())

    def press(self) -> None:
        """Force what is due; called until nothing is left, for a tree may grow while we look."""
        if self._deadline is None or time.monotonic() < self._deadline:
            return
        if self._group:
            self._group.kill(within_s=0)
        if self._rounds >= _PATIENT_ROUNDS:
            _freeze()
        tree.end(_below())
        self._rounds += 1
        self._pause_s = min(self._pause_s * 2, _FORCE_S[1])

    def wait_s(self) -> float:
        """How long nothing has to be done."""
        if self._deadline is None:
            return LOOK_S
        left = self._deadline - time.monotonic()
        return left if left > 0 else self._pause_s


def has_children() -> bool:
    """Whether anything is left below us, zombies too; a subreaper sees every orphan."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _below() -> list[tree.Process]:
    return tree.below(os.getpid(), tree.all_processes())


def _freeze() -> None:
    """Stop a tree that grows, first: each kill would make room for another child, a process that stands does not."""
    seen: set[tuple[int, int]] = set()
    for _ in range(_FREEZE_ROUNDS):
        fresh = [process for process in _below() if (process.pid, process.start) not in seen]
        if not fresh:
            return
        for process in fresh:
            tree.send(process, signal.SIGSTOP)
            seen.add((process.pid, process.start))
