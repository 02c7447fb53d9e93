"""macOS: no /proc, no subreaper, no pinning. A tree is its process groups and whatever carries the tag.

Written from Apple's manual pages and tested with stand-ins for its commands; never run on a real Mac.
`rndaemon --selftest` there tells what holds.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

_COMMAND_WITHIN_S = 5.0
_ROUNDS = 50  # a tree may grow while it is ended

Ask = Callable[[list[str]], str]


class Process(NamedTuple):
    """One line of `ps`."""

    pid: int
    parent: int
    group: int
    text: str  # command and environment


class MacOs:
    """The layer of macOS."""

    name = "macos"

    def __init__(self, ask: Ask | None = None, kill: Callable[[int, int], None] | None = None) -> None:
        """`ask` runs a command and gives its output; `kill` sends a signal, to a group where the pid is negative."""
        self._ask = ask or ask_command
        self._kill = kill or os.kill

    def boot_id(self) -> str:
        """The kernel's session id, new at each boot."""
        return self._ask(["sysctl", "-n", "kern.bootsessionuuid"]).strip()

    def idle_s(self) -> float | None:
        """HIDIdleTime of the input system counts nanoseconds."""
        return parse_idle_s(self._ask(["ioreg", "-c", "IOHIDSystem", "-d", "4", "-r"]))

    def groups_of(self, user: str) -> list[int]:
        """By name, from the directory that this machine uses."""
        text = self._ask(["id", "-G", "--", user])
        if not text.strip():
            raise KeyError(user)
        return sorted(int(word) for word in text.split())

    def limit_task(self) -> None:
        """No core files; macOS has no say in who goes first when memory runs out."""
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))

    def pin(self, cpus: Iterable[int]) -> bool:
        """macOS has no such thing."""
        return False

    def own_tree(self) -> object:
        """A session of its own, so that it has a group of its own."""
        with suppress(PermissionError):  # it leads one already
            os.setsid()
        return None

    def end_tree(self, root: int, tag: str, tree: object) -> list[int]:
        """Groups first, then whatever has left them but carries the tag; what did both and has no tag escapes."""
        hit: set[int] = set()
        for _ in range(_ROUNDS):
            alive = tree_of(
                root, tag, parse_ps(self._ask(["ps", "-axEww", "-o", "pid=,ppid=,pgid=,command="]))
            )
            if not alive:
                break
            hit.update(process.pid for process in alive)
            for process in alive:
                if process.group == process.pid:
                    self._send(-process.group)
                self._send(process.pid)
        return sorted(hit)

    def reboot_words(self) -> list[str]:
        """Needs root."""
        return ["/sbin/shutdown", "-r", "now"]

    def _send(self, pid: int) -> None:
        with suppress(ProcessLookupError, PermissionError):  # gone, or not ours: the next look tells
            self._kill(pid, signal.SIGKILL)


def parse_idle_s(text: str) -> float | None:
    """From the output of `ioreg`."""
    found = re.search(r'"HIDIdleTime" = (\d+)', text)
    return int(found[1]) / 1e9 if found else None


def parse_ps(text: str) -> list[Process]:
    """Lines that are none are passed over."""
    found = (re.match(r"\s*(\d+)\s+(\d+)\s+(\d+)\s(.*)", line) for line in text.splitlines())
    return [Process(int(one[1]), int(one[2]), int(one[3]), one[4]) for one in found if one]


def tree_of(root: int, tag: str, processes: list[Process]) -> list[Process]:
    """The root, what is below it, what shares a group with any of those, and what carries the tag."""
    ours = {root}
    groups: set[int] = set()
    grown = True
    while grown:
        before = len(ours)
        for one in processes:
            if one.pid in ours or one.parent in ours or one.group in groups or tag in one.text.split():
                ours.add(one.pid)
                if one.pid == one.group:
                    groups.add(one.group)
        grown = len(ours) > before
    return [one for one in processes if one.pid in ours and one.pid != os.getpid()]


def ask_command(words: list[str]) -> str:
    """The output of a command; empty where it fails."""
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, errors="replace", timeout=_COMMAND_WITHIN_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
