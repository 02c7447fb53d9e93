"""Hours of the week, as the clock on the wall shows them: `mon-fri 09:00-18:00`. Pure.

A wall clock needs no rule for summer time: an hour that is skipped never comes, one that comes twice counts
twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60
_EXPECTED = "expected days, times or both, as in 'mon-fri 09:00-18:00', 'sat,sun' or '22:00-06:00'"


@dataclass(frozen=True)
class Hours:
    """Some days of the week, and minutes of the day; a span that ends before it begins ends the next day."""

    text: str
    days: frozenset[int]
    begin: int = 0
    end: int = _DAY

    def hold(self, when: datetime) -> bool:
        """Whether this moment is in them; its time zone does not matter, only what the clock shows."""
        minute, day = when.hour * 60 + when.minute, when.weekday()
        if self.begin < self.end:
            return day in self.days and self.begin <= minute < self.end
        yesterday = (day - 1) % 7
        return (day in self.days and minute >= self.begin) or (yesterday in self.days and minute < self.end)


def parse(text: str) -> Hours:
    """Read one span; ValueError says what is expected."""
    words = text.lower().split()
    if not 1 <= len(words) <= 2:
        raise ValueError(f"'{text}': {_EXPECTED}")
    times = words.pop() if ":" in words[-1] else "00:00-24:00"
    days = _days(words[0], text) if words else frozenset(range(7))
    begin, dash, end = times.partition("-")
    if not dash or len(words) > 1:
        raise ValueError(f"'{text}': {_EXPECTED}")
    return Hours(text, days, _minutes(begin, text), _minutes(end, text))


def first_of(spans: Iterable[Hours], when: datetime) -> Hours | None:
    """The first that holds now."""
    return next((span for span in spans if span.hold(when)), None)


def _days(words: str, text: str) -> frozenset[int]:
    found: set[int] = set()
    for word in words.split(","):
        first, dash, last = word.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(f"'{text}': {_EXPECTED}")
        begin = DAYS.index(first)
        length = (DAYS.index(last) - begin) % 7 if dash else 0
        found.update((begin + step) % 7 for step in range(length + 1))
    return frozenset(found)


def _minutes(text: str, whole: str) -> int:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else _DAY + 1
    if minutes > _DAY or (found and int(found[2]) > 59):
        raise ValueError(f"'{whole}': {_EXPECTED}")
    return minutes
