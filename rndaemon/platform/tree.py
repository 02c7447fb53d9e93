"""Process trees as /proc shows them: who is below whom, since when, and what they use.

Used by the shim, so only the standard library. A process that ends while we look is simply not there.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Process(NamedTuple):
    """One line of /proc/PID/stat; `start` (ticks since boot) tells two users of one pid apart."""

    pid: int
    parent: int
    state: str
    cpu_ticks: int
    start: int
    rss_bytes: int


class Use(NamedTuple):
    """What a tree uses at one moment; the disk and processor figures only ever rise."""

    rss_bytes: int
    cpu_ticks: int
    read_count: int
    write_count: int
    read_bytes: int
    write_bytes: int


def look(pid: int) -> Process | None:
    """One process, or None where there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return parse_stat(file.read())
    except OSError:
        return None


def parse_stat(text: bytes) -> Process:
    """The name may hold blanks and brackets: what counts comes after the last bracket."""
    pid = int(text[: text.index(b" ")])
    words = text[text.rindex(b")") + 2 :].split()
    return Process(
        pid,
        int(words[1]),
        words[0].decode("ascii"),
        sum(int(word) for word in words[11:15]),
        int(words[19]),
        int(words[21]) * PAGE_BYTES,
    )


def all_processes() -> dict[int, Process]:
    """Every process of the machine by pid."""
    seen = (look(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {process.pid: process for process in seen if process}


def below(root: int, processes: dict[int, Process]) -> list[Process]:
    """Everything under a process, zombies too, parents before their children."""
    children: dict[int, list[Process]] = {}
    for process in processes.values():
        children.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    waiting = list(children.get(root, ()))
    while waiting:
        process = waiting.pop(0)
        found.append(process)
        waiting.extend(children.get(process.pid, ()))
    return found


def descendants(root: int) -> list[Process]:
    """What runs under a process now; looks only at that tree where the kernel lists children."""
    if not os.path.exists(f"/proc/{root}/task/{root}/children"):
        return below(root, all_processes())
    found: list[Process] = []
    waiting = list(_children(root))
    while waiting:
        process = look(waiting.pop(0))
        if process:
            found.append(process)
            waiting.extend(_children(process.pid))
    return found


def _children(pid: int) -> Iterator[int]:
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                yield from map(int, file.read().split())
    except OSError:
        return


def measure(processes: Iterable[Process]) -> Use:
    """Add up a tree. The kernel adds an ended child to its parent, so nothing is lost when one ends."""
    rss = cpu = 0
    disk = [0, 0, 0, 0]
    for process in processes:
        rss += process.rss_bytes
        cpu += process.cpu_ticks
        for place, value in enumerate(_disk(process.pid)):
            disk[place] += value
    return Use(rss, cpu, *disk)


def disk_of_ended(pid: int) -> list[int]:
    """Disk traffic of the children that a process has taken in: all of its own but that of its threads."""
    total = list(_disk(pid))
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return total
    for thread in threads:
        for place, value in enumerate(_disk(f"{pid}/task/{thread}")):
            total[place] = max(0, total[place] - value)
    return total


def shared_once(processes: Iterable[Process]) -> int:
    """Memory of a tree in bytes, what several of them share counted once. Dear: the kernel walks every page."""
    return sum(_proportional(process) for process in processes)


def _proportional(process: Process) -> int:
    try:
        with open(f"/proc/{process.pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass  # it ended, or we may not look: what it holds alone is then all we know
    return process.rss_bytes


def _disk(pid: int | str) -> tuple[int, int, int, int]:
    try:
        with open(f"/proc/{pid}/io") as file:
            lines = dict(line.split(": ") for line in file)
    except OSError:
        return (0, 0, 0, 0)
    read, write = int(lines["syscr"]), int(lines["syscw"])
    return (read, write, int(lines["read_bytes"]), int(lines["write_bytes"]))


def send(process: Process, number: int) -> None:
    """Signal a process if it is still the one we saw."""
    now = look(process.pid)
    if now is None or now.start != process.start or now.state == "Z":
        return
    with suppress(ProcessLookupError, PermissionError):  # gone, or not ours: the caller looks again
        os.kill(process.pid, number)


def ask_to_end(processes: Iterable[Process]) -> None:
    """SIGTERM, and a push for those that are stopped."""
    for process in processes:
        send(process, signal.SIGTERM)
        send(process, signal.SIGCONT)


def end(processes: Iterable[Process]) -> None:
    """SIGKILL."""
    for process in processes:
        send(process, signal.SIGKILL)


def tagged(variable: str) -> list[Process]:
    """Processes whose environment holds ``NAME=value``; those that cleared theirs are not found."""
    wanted = variable.encode()
    return [process for process in all_processes().values() if wanted in _environment(process.pid)]


def _environment(pid: int) -> list[bytes]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read().split(b"\0")
    except OSError:
        return []
