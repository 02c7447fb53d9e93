"""What shows that somebody uses this machine. Each source is a thin reader and a decision that needs no machine.

A source tells how long ago it last saw use, by the clock that never jumps: what counts is that something
has changed since the last look, never what the wall clock says about it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from glob import glob
from pathlib import Path
from typing import Protocol

from rndaemon.nimby.judge import Sign
from rndaemon.platform.tree import TICKS_PER_S, Process, all_processes, below

SOMEBODY = "somebody"


class Source(Protocol):
    """One kind of use."""

    def look(self, now: float) -> Sign | None:
        """The newest sign so far, or None where none was seen yet. Whatever it raises is told and passed over."""


class Changes:
    """Files whose times change when somebody uses them: terminals, or one that other programs touch."""

    def __init__(
        self, read: Callable[[], Mapping[str, float]], where: str, who: Callable[[str], str]
    ) -> None:
        """`read` gives a time for each name; `who` says whose it is."""
        self._read = read
        self._where = where
        self._who = who
        self._seen: Mapping[str, float] | None = None
        self._used: tuple[float, str] | None = None

    def look(self, now: float) -> Sign | None:
        """A time that is another than before, or a name that is new, is use; one that is gone is none."""
        seen = self._read()
        if self._seen is not None:
            changed = [name for name, at in seen.items() if self._seen.get(name) != at]
            if changed:
                self._used = now, max(changed, key=lambda name: seen[name])
        self._seen = seen
        if self._used is None:
            return None
        at, name = self._used
        return Sign(now - at, self._who(name), self._where)


class Devices:
    """Keyboards and mice, as the kernel hands on their events; only that there was one is noticed, never which."""

    def __init__(self, events: Callable[[], bool], who: Callable[[], str]) -> None:
        self._events = events
        self._who = who
        self._used: float | None = None

    def look(self, now: float) -> Sign | None:
        """What has come since the last look."""
        if self._events():
            self._used = now
        return None if self._used is None else Sign(now - self._used, self._who(), "at the keyboard")


class Idle:
    """A system that counts idle seconds itself: X11, macOS, Windows."""

    def __init__(self, read: Callable[[], float | None], who: Callable[[], str]) -> None:
        self._read = read
        self._who = who

    def look(self, now: float) -> Sign | None:
        """As it says, if it does."""
        idle_s = self._read()
        return None if idle_s is None else Sign(max(0.0, idle_s), self._who(), "at the keyboard")


class Users:
    """Somebody is logged in, active or not."""

    def __init__(self, read: Callable[[], Iterable[str]], ignored: Iterable[str] = ()) -> None:
        self._read = read
        self._ignored = frozenset(ignored)

    def look(self, now: float) -> Sign | None:
        """Use, as long as anybody is there."""
        names = sorted(set(self._read()) - self._ignored)
        return Sign(0.0, _listed(names), "logged in") if names else None


class Load:
    """Programs that are no tasks keep the machine busy; a short burst, such as a nightly job's, is none."""

    def __init__(self, read: Callable[[], Mapping[tuple[int, int], int]], cores: float, for_s: float) -> None:
        """`read` gives processor ticks for each process that is not ours."""
        self._read = read
        self._cores = cores
        self._for_s = for_s
        self._before: tuple[float, Mapping[tuple[int, int], int]] | None = None
        self._above_since: float | None = None
        self._used: float | None = None

    def look(self, now: float) -> Sign | None:
        """Busy cores between two looks, of the processes that were there at both."""
        seen, before = self._read(), self._before
        self._before = now, seen
        if before is not None and now > before[0]:
            self._note(now, before[0], foreign_cores(before[1], seen, now - before[0]))
        return None if self._used is None else Sign(now - self._used, "load of other programs", "")

    def _note(self, now: float, since: float, cores: float) -> None:
        if cores < self._cores:
            self._above_since = None
            return
        self._above_since = since if self._above_since is None else self._above_since
        if now - self._above_since >= self._for_s:
            self._used = now


def foreign_cores(
    before: Mapping[tuple[int, int], int], now: Mapping[tuple[int, int], int], s: float
) -> float:
    """Ticks made between two looks, as cores. A parent gets those of a child that ended, so some are told twice."""
    ticks = sum(max(0, now[who] - before[who]) for who in now.keys() & before.keys())
    return ticks / TICKS_PER_S / s


def not_ours(
    ours: Iterable[int], processes: Mapping[int, Process] | None = None
) -> dict[tuple[int, int], int]:
    """Ticks of every process that is neither this daemon nor below one of ours."""
    everything = all_processes() if processes is None else dict(processes)
    roots = {os.getpid(), *ours}
    mine = roots.union(*({one.pid for one in below(pid, everything)} for pid in roots))
    return {(one.pid, one.start): one.cpu_ticks for one in everything.values() if one.pid not in mine}


# ---- readers


def terminal_times(patterns: Iterable[str] = ("/dev/tty[1-9]*", "/dev/pts/[0-9]*")) -> dict[str, float]:
    """When each terminal was last read from, which is when somebody typed: what `w` calls idle."""
    found = {}
    for path in (path for pattern in patterns for path in glob(pattern)):
        with suppress(OSError):  # it was closed while we looked
            found[path] = os.stat(path).st_atime
    return found


def owner_of(path: str) -> str:
    """Whose terminal it is; root's is nobody's in particular."""
    import pwd

    with suppress(OSError, KeyError):  # it was closed, or has an owner without a name
        uid = os.stat(path).st_uid
        return pwd.getpwuid(uid).pw_name if uid else SOMEBODY
    return SOMEBODY


def touched(path: Path) -> dict[str, float]:
    """The time of one file; none while there is no file."""
    try:
        return {str(path): path.stat().st_mtime}
    except OSError:
        return {}


class EventDevices:
    """Open for reading as long as we live, so that the kernel keeps events for us."""

    def __init__(self, folder: str = "/dev/input", listing: str = "/proc/bus/input/devices") -> None:
        self._folder = folder
        self._listing = listing
        self._open: dict[str, int] = {}
        self._refused: set[str] = set()

    def readable(self) -> int:
        """How many keyboards and mice we can hear."""
        self._find()
        return len(self._open)

    def any(self) -> bool:
        """Whether anything has come since the last call; its content is dropped unread."""
        self._find()
        return sum(self._drain(name) for name in list(self._open)) > 0

    def close(self) -> None:
        """Hear no more."""
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open.clear()

    def _find(self) -> None:
        try:
            names = person_devices(Path(self._listing).read_text(encoding="utf-8", errors="replace"))
        except OSError:
            names = set()
        for name in names - self._open.keys() - self._refused:
            try:
                flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
                self._open[name] = os.open(os.path.join(self._folder, name), flags)
            except OSError:
                self._refused.add(name)  # not ours to read: the self-test tells
        self._refused &= names

    def _drain(self, name: str) -> bool:
        came = False
        try:
            while os.read(self._open[name], 4096):
                came = True
        except BlockingIOError:
            return came
        except OSError:
            pass  # unplugged
        os.close(self._open.pop(name))
        return came


def person_devices(listing: str) -> set[str]:
    """Names of the event devices that a person moves: those that the kernel also calls a keyboard or a mouse."""
    found: set[str] = set()
    for line in listing.splitlines():
        name, _, handlers = line.partition("=")
        words = handlers.split()
        if name == "H: Handlers" and any(word == "kbd" or word.startswith("mouse") for word in words):
            found.update(word for word in words if word.startswith("event"))
    return found


def seated(names: Iterable[str]) -> str:
    """Who it probably is at the keyboard: the only one who is logged in."""
    known = list(names)
    return known[0] if len(known) == 1 else SOMEBODY


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
