"""What a container or a service file lets us have of the machine: a share of its processors, a part of its memory.

The limits of every control group around us hold, those of version 1 as well as 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

_MB = 1024 * 1024
_NOTHING = 2**60  # version 1 writes "no limit" as a number near 2**63


class Allowance:
    """Where the limits stand, read once; `cpus` is None and `memory_mb` 0 where there is none."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self.cpus = min(_cpu_limits(proc), default=None)
        self._groups = [group for group in _memory_groups(proc) if group.most < _NOTHING]
        self.memory_mb = min((group.most for group in self._groups), default=0) // _MB

    def cores(self, physical: int) -> int:
        """Cores for tasks: half a processor is none, but one there always is."""
        return physical if self.cpus is None else max(1, min(physical, int(self.cpus)))

    def free_mb(self) -> int | None:
        """What the groups still have; None where there is no limit. Files that the kernel remembers are free."""
        return min((max(0, group.most - group.used()) // _MB for group in self._groups), default=None)


class _MemoryGroup(NamedTuple):
    """A group that limits memory, in bytes."""

    most: int
    usage: Path
    stat: Path

    def used(self) -> int:
        words = (line.split() for line in _text(self.stat).splitlines())
        facts = {pair[0]: int(pair[1]) for pair in words if len(pair) == 2 and pair[1].isdigit()}
        cached = facts.get("total_inactive_file", facts.get("inactive_file", 0))
        return (_number(self.usage) or 0) - cached


def _cpu_limits(proc: Path) -> Iterator[float]:
    for group in _groups(proc, ""):
        quota, _, period = _text(group / "cpu.max").strip().partition(" ")
        if quota.isdigit() and period.isdigit():
            yield int(quota) / int(period)
    for group in _groups(proc, "cpu"):
        limit, span = _number(group / "cpu.cfs_quota_us"), _number(group / "cpu.cfs_period_us")
        if limit and span:
            yield limit / span


def _memory_groups(proc: Path) -> Iterator[_MemoryGroup]:
    for group in _groups(proc, ""):
        if most := _number(group / "memory.max"):
            yield _MemoryGroup(most, group / "memory.current", group / "memory.stat")
    for group in _groups(proc, "memory"):
        if most := _number(group / "memory.limit_in_bytes"):
            yield _MemoryGroup(most, group / "memory.usage_in_bytes", group / "memory.stat")


def _groups(proc: Path, controller: str) -> Iterator[Path]:
    """Ours and those around it, as far out as we can see; the empty controller stands for version 2."""
    mount, own = _mount(proc, controller), _own(proc, controller)
    if mount is None or own is None:
        return
    path = mount / own.lstrip("/")
    if not path.is_dir():
        path = mount  # a container may see itself as the root, under a name of the outside
    yield path
    yield from (parent for parent in path.parents if parent.is_relative_to(mount))


def _mount(proc: Path, controller: str) -> Path | None:
    for line in _text(proc / "self" / "mountinfo").splitlines():
        place, _, rest = line.partition(" - ")
        kind, _, options = rest.partition(" ")
        is_ours = kind == "cgroup" and controller in options.split(" ")[-1].split(",")
        if kind == "cgroup2" if not controller else is_ours:
            return Path(place.split()[4])
    return None


def _own(proc: Path, controller: str) -> str | None:
    for line in _text(proc / "self" / "cgroup").splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            return str(PurePosixPath(path))
    return None


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdigit() else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
