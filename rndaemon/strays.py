"""Ends what an attempt left behind when its shim was killed.

The task itself dies with its shim. Its children are found by its control group where it had one, by their
environment, by what the shim had last seen below it, and by their parents.
"""

from __future__ import annotations

import os
import time
from typing import Any

from rndaemon.cgroup import Group
from rndaemon.platform import tree
from rndaemon.taskenv import TAG


def sweep(proc_id: str, status: dict[str, Any], cgroup: str = "", *, within_s: float = 30.0) -> bool:
    """Kill until none is found; False when some cannot be killed."""
    deadline = time.monotonic() + within_s
    if cgroup and os.path.isdir(cgroup):
        group = Group(cgroup)
        if not group.kill(within_s) or not group.remove():
            return False
    pause_s = 0.005
    while found := _find(proc_id, status):
        if time.monotonic() > deadline:
            return False
        tree.end(found)
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, 0.5)
    return True


def _find(proc_id: str, status: dict[str, Any]) -> list[tree.Process]:
    everything = tree.all_processes()
    known = {(pid, start) for pid, start in status.get("tree", ())}
    roots = {process.pid: process for process in tree.tagged(f"{TAG}={proc_id}")}
    roots |= {
        process.pid: process for process in everything.values() if (process.pid, process.start) in known
    }
    below = {process.pid: process for pid in roots for process in tree.below(pid, everything)}
    found = {**roots, **below}
    return [process for pid, process in found.items() if process.state not in "ZX" and pid != os.getpid()]
