"""Columns of a list, and how their cells are written for people.

COLUMNS = [
    Column("JOB", "name"),                          # a field of what is listed, by its path
    Column("RAM", "stats.high_ram", memory),        # written for people; programs get the field itself
    Column("STATE", _state),                        # worked out
    Column("FOLDER", "folder_name", extra=True),    # only with --long, or where --columns names it
]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from plow_client.current import get_plow_time

Cell = str | int | float | None
Present = Callable[[Any], Cell]
_clock: list[float] = []  # the farm's clock minus ours, once it has been asked, in ms


class Column:
    """One column: its title, where its value is, and how people read it."""

    __slots__ = ("_present", "_read", "is_extra", "path", "title")

    def __init__(
        self,
        title: str,
        field: str | Callable[[Any], Cell],
        present: Present | None = None,
        extra: bool = False,
    ) -> None:
        self.title = title
        self.path = field if isinstance(field, str) else None
        self.is_extra = extra
        self._read: Callable[[Any], Any] = (lambda row: at(row, field)) if isinstance(field, str) else field
        self._present = present

    @property
    def key(self) -> str:
        """Its name for --columns and in the first line of CSV."""
        return key_of(self.title)

    def cell(self, row: object) -> Cell:
        """What people read."""
        value = self._read(row)
        if value is None or self._present is None:
            return label(value) if isinstance(value, IntEnum) else value
        return self._present(value)


def key_of(title: str) -> str:
    """``HELD BACK`` is ``held_back``."""
    return "_".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split()) or title


def at(row: object, path: str) -> Any:
    """A value by its path, ``totals.dead``; None where the server did not say what it is part of."""
    value: Any = row
    for part in path.split("."):
        if value is None:
            return None
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part)
    return value


def farm_now() -> int:
    """The farm's clock in milliseconds; asked once for a command, then counted on."""
    if not _clock:
        _clock.append(get_plow_time() - time.time() * 1000)
    return int(time.time() * 1000 + _clock[0])


def forget_clock() -> None:
    """Ask again: another command may be for another farm."""
    _clock.clear()


def label(value: object) -> str:
    """The name of a state; a number that only the server knows stays one."""
    return value.name if isinstance(value, IntEnum) else str(value)


def when(ms: int | None) -> str:
    """A time of the farm by the clock on the wall here; a dash where it has not come."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(ms / 1000)) if ms else "-"


def lasted(start_ms: int | None, stop_ms: int | None = None) -> str:
    """How long something has run, ``h:mm:ss``; a dash where it has not begun."""
    return spell((stop_ms or farm_now()) - start_ms) if start_ms else "-"


def spell(ms: float | None) -> str:
    """So long, ``h:mm:ss``."""
    if ms is None:
        return "-"
    seconds = max(0, int(ms)) // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def capped(cores: int) -> Cell:
    """A cap in cores; a dash where there is none."""
    return "-" if cores == -1 else cores


def memory(mb: int | None) -> str:
    """Memory as people say it: ``512 MB``, ``7.5 GB``."""
    if mb is None:
        return "-"
    return f"{mb} MB" if mb < 1024 else f"{mb / 1024:.1f} GB"


def yes(value: object) -> str:
    """A flag."""
    return "yes" if value else "no"


def words(values: object) -> str:
    """Several words with commas; sets in the order of the alphabet."""
    if not isinstance(values, list | tuple | set | frozenset):
        return str(values)
    return ",".join(map(str, values if isinstance(values, list | tuple) else sorted(values)))


def pairs(values: Mapping[str, object] | None) -> str:
    """Attributes: ``kind=beauty,res=4k``."""
    return ",".join(f"{key}={value}" for key, value in sorted((values or {}).items()))


def long_part(identity: str) -> str:
    """The same of things that are made many at a time: the last eight characters of theirs only count."""
    return identity[-12:]


def short(identity: str) -> str:
    """The end of an id, which commands take for the whole: the beginning is a time and much the same for all."""
    return identity[-8:]


def count(number: int, noun: str) -> str:
    """``1 task``, ``12,000 tasks``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
