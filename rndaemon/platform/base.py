"""What differs between operating systems, as one interface; `current` gives the one of this machine.

Importing any of these files does nothing and fails nowhere: what a system lacks shows when it is asked for.
The shim does not use this layer: it must start fast, and it asks Linux directly.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from typing import Protocol, cast


class Platform(Protocol):
    """One operating system."""

    name: str  # linux, macos, windows

    def boot_id(self) -> str:
        """New at each boot; empty where nobody knows."""

    def idle_s(self) -> float | None:
        """Seconds since the last key or mouse move, where the system itself says so; None where it does not."""

    def groups_of(self, user: str) -> list[int]:
        """Ids of all groups of a user of this machine, by name; KeyError where there is none."""

    def limit_task(self) -> None:
        """In a task: no core files, and the first to go when memory runs out."""

    def pin(self, cpus: Iterable[int]) -> bool:
        """Run on these processors only; False where this system has no such thing."""

    def own_tree(self) -> object:
        """Before a task starts: whatever is needed to end its tree for certain."""

    def end_tree(self, root: int, tag: str, tree: object) -> list[int]:
        """End everything that a task started: pids that were hit. `tag` is NAME=value in its environment."""

    def reboot_words(self) -> list[str]:
        """The command that reboots this machine."""


_CLASSES = {
    "linux": ("rndaemon.platform.linux_node", "Linux"),
    "darwin": ("rndaemon.platform.macos", "MacOs"),
    "win32": ("rndaemon.platform.windows", "Windows"),
}


def current(system: str = sys.platform) -> Platform:
    """The layer of this machine; NotImplementedError names a system that has none."""
    if system not in _CLASSES:
        raise NotImplementedError(f"rndaemon knows Linux, macOS and Windows, not '{system}'")
    module, name = _CLASSES[system]
    return cast(Platform, getattr(importlib.import_module(module), name)())
