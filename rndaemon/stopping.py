"""Ending everything below a shim. Used by the shim, so only the standard library."""

from __future__ import annotations

import os
import time
from typing import Any

from rndaemon.platform import tree

LOOK_S = 1.0  # how often the kill file is read without being told to
_FORCE_S = 0.01, 0.5  # first and longest pause between two rounds of SIGKILL


class Stop:
    """Ending a tree: asked politely once, forced from the deadline on, until no child is left."""

    def __init__(self) -> None:
        self.wish: dict[str, Any] = {}
        self._deadline: float | None = None
        self._pause_s = _FORCE_S[0]

    def ask(self, grace_s: float) -> None:
        """Ask everything to end; a later wish can only shorten the time it has."""
        deadline = time.monotonic() + grace_s
        first = self._deadline is None
        self._deadline = deadline if self._deadline is None else min(self._deadline, deadline)
        if first and grace_s > 0:
            tree.ask_to_end(tree.below(os.getpid(), tree.all_processes()))

    def press(self) -> None:
        """Force what is due; called until nothing is left, for a tree may grow while we look."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            tree.end(tree.below(os.getpid(), tree.all_processes()))
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
