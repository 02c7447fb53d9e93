"""A control group of the kernel (version 2) for each attempt: its memory, its processes, its end as a whole.

Only below a folder that was delegated to us: with systemd by `Delegate=yes` and `DelegateSubgroup=daemon` in
the unit, elsewhere by the setting `task.cgroup`. Everywhere else the shim watches and kills without one.

Used by the shim, so only the standard library; nothing here needs root where the folder belongs to our user.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Collection
from contextlib import suppress
from typing import NamedTuple

OURS = (
    "daemon"  # the daemon and its shims: a group that gives controllers to others may hold no process itself
)
PREFIX = "attempt-"
_NEEDED = ("memory", "pids")
_WELCOME = ("cpu", "io")
_MB = 1024 * 1024
_NO_LIMIT = "max"
_MOST_WEIGHT = 10_000


class Base(NamedTuple):
    """The folder in which attempts get their groups, or why there is none."""

    path: str | None
    why: str = ""


class NoGroup(OSError):
    """A group cannot be made or used; the attempt can do without."""


def base(wish: str = "auto") -> str | None:
    """Where groups of attempts are made on this node, or None."""
    return find_base(wish).path


def find_base(wish: str = "auto", *, proc: str = "/proc") -> Base:
    """Look for the delegated folder and make it ready. Called by the daemon, once, before it starts a shim.

    `wish` is the setting: "auto", "off", or a folder.
    """
    if wish == "off":
        return Base(None, "task.cgroup is off")
    try:
        path = _own_folder(proc) if wish == "auto" else _named_folder(wish)
        _hand_down_controllers(path)
    except OSError as fault:
        return Base(None, fault.strerror or str(fault))
    return Base(path)


def remove_leftovers(path: str, alive: Collection[str]) -> list[str]:
    """Take away the empty groups of attempts that are over; which ones. Call it at the start.

    One with processes is let be: it may be another daemon's, and strays of ours are ended with their attempt.
    """
    ours = (name.removeprefix(PREFIX) for name in os.listdir(path) if name.startswith(PREFIX))
    return [proc_id for proc_id in ours if proc_id not in alive and group_of(path, proc_id).remove()]


def group_of(path: str, proc_id: str) -> Group:
    """The group of an attempt in the delegated folder, made or not."""
    return Group(os.path.join(path, PREFIX + proc_id))


class Group:
    """One group. It is a folder: an attempt found after a restart is reached by the same path."""

    def __init__(self, path: str) -> None:
        self.path = path

    def create(self) -> None:
        """Make it, empty and without limits; NoGroup where that cannot be."""
        try:
            os.mkdir(self.path, 0o755)
        except FileExistsError:
            return
        except OSError as fault:
            raise NoGroup(fault.errno, fault.strerror, self.path) from fault

    def limit(self, memory_mb: int = 0, pids: int = 0, weight: int = 0) -> None:
        """Set limits; 0 leaves one open. Above its memory the whole group is ended, and it never swaps.

        `weight` is its share of processor time when all want some, in cores.
        """
        self._write("memory.max", str(memory_mb * _MB) if memory_mb else _NO_LIMIT)
        self._write("pids.max", str(pids) if pids else _NO_LIMIT)
        self._write("memory.oom.group", "1")
        with suppress(OSError):  # a kernel without swap, or a unit without the processor's controller
            self._write("memory.swap.max", "0")
        if weight:
            with suppress(OSError):
                self._write("cpu.weight", str(min(weight * 100, _MOST_WEIGHT)))

    def add(self, pid: int = 0) -> None:
        """Put a process into it, with all that it starts from now on; 0 is the caller itself."""
        self._write("cgroup.procs", str(pid))

    def pids(self) -> list[int]:
        """What is in it now, zombies too."""
        return [int(line) for line in self._read("cgroup.procs").split()]

    def kill(self, within_s: float = 5.0) -> bool:
        """End everything in it at once, also what forks meanwhile; True when nothing is left."""
        deadline = time.monotonic() + within_s
        pause_s = 0.001
        while self._has_processes():
            try:
                self._write("cgroup.kill", "1")
            except OSError:  # older than Linux 5.14
                self._kill_one_by_one()
            if time.monotonic() > deadline:
                return False
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, 0.1)
        return True

    def used_mb(self) -> int | None:
        """Memory that its processes hold now, files that the kernel merely remembers not counted."""
        held = self._numbers("memory.stat")
        if "anon" not in held:
            return None
        return (held["anon"] + held.get("shmem", 0)) // _MB

    def peak_mb(self) -> int | None:
        """Most memory that it was charged for, remembered files included: what the limit is held against."""
        told = self._read("memory.peak").strip()
        return int(told) // _MB if told.isdigit() else None

    def oom_kills(self) -> int:
        """How many of its processes the kernel ended because memory had run out."""
        return self._numbers("memory.events").get("oom_kill", 0)

    def refused_forks(self) -> int:
        """How often it was kept from starting another process."""
        return self._numbers("pids.events").get("max", 0)

    def remove(self) -> bool:
        """Take it away, and groups that the task made in it; False while a process is left."""
        for folder, _, _ in os.walk(self.path, topdown=False):
            try:
                os.rmdir(folder)
            except FileNotFoundError:
                continue
            except OSError:
                return False
        return True

    def _has_processes(self) -> bool:
        """As the kernel counts, so a zombie that nobody has taken in does not keep us waiting."""
        told = self._numbers("cgroup.events")
        return bool(told.get("populated", 0))

    def _kill_one_by_one(self) -> None:
        for folder, _, _ in os.walk(self.path):
            for pid in Group(folder).pids():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, 9)

    def _numbers(self, name: str) -> dict[str, int]:
        """A file of `name value` lines; empty where there is none."""
        words = (line.split() for line in self._read(name).splitlines())
        return {pair[0]: int(pair[1]) for pair in words if len(pair) == 2 and pair[1].isdigit()}

    def _read(self, name: str) -> str:
        return _read(os.path.join(self.path, name))

    def _write(self, name: str, text: str) -> None:
        """The folder is the kernel's, so its files are never made by us."""
        _write(os.path.join(self.path, name), text)


def _own_folder(proc: str) -> str:
    """The group that was given to the service or scope we run in."""
    mount = _mount_of_version_2(_read(f"{proc}/self/mountinfo"))
    found = re.search(r"^0::(/.*)$", _read(f"{proc}/self/cgroup"), re.MULTILINE)
    if not mount or not found:
        raise OSError(0, "this machine has no control groups of version 2")
    path = mount + found[1].rstrip("/")
    if os.path.basename(path) == OURS:
        return os.path.dirname(path)
    if path == mount:
        raise OSError(
            0, "no service manager gave us a control group of our own: name a folder in task.cgroup"
        )
    if path.endswith(".service"):  # it could not start us again while attempts lived in groups below it
        raise OSError(0, f"the unit needs Delegate=yes and DelegateSubgroup={OURS} (systemd 254 or later)")
    _move_into_child(path)
    return path


def _move_into_child(path: str) -> None:
    """In a scope that is ours alone we make room ourselves."""
    if Group(path).pids() != [os.getpid()]:
        raise OSError(0, f"the control group '{path}' is not ours alone")
    child = Group(os.path.join(path, OURS))
    child.create()
    child.add(os.getpid())


def _named_folder(path: str) -> str:
    """Made if need be, but only as a group in a group: anywhere else it would be a folder that means nothing."""
    above = os.path.dirname(path.rstrip("/"))
    if os.path.exists(f"{above}/cgroup.controllers"):
        os.makedirs(path, exist_ok=True)
    if not os.path.exists(f"{path}/cgroup.controllers"):
        raise OSError(0, f"'{path}' is no control group of version 2, and not inside of one")
    _hand_down_controllers(above, if_possible=True)
    return path


def _hand_down_controllers(path: str, *, if_possible: bool = False) -> None:
    """Let groups below use memory and processes, and processor and disk where there are such controllers."""
    there = _read(f"{path}/cgroup.controllers").split()
    lacking = [name for name in _NEEDED if name not in there]
    if lacking and not if_possible:
        raise OSError(0, f"the control group '{path}' has no controller for {' and '.join(lacking)}")
    for name in (*_NEEDED, *_WELCOME):
        if name in there and name not in _read(f"{path}/cgroup.subtree_control").split():
            try:
                _write(f"{path}/cgroup.subtree_control", f"+{name}")
            except OSError as fault:
                if name in _NEEDED and not if_possible:
                    raise OSError(
                        0, f"'{path}' cannot give the controller {name}: {fault.strerror}"
                    ) from fault


def _mount_of_version_2(mountinfo: str) -> str:
    for line in mountinfo.splitlines():
        place, _, kind = line.partition(" - ")
        if kind.startswith("cgroup2 "):
            return place.split()[4]
    return ""


def _read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
