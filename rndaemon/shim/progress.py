"""Reads a task's output as it comes: its last line, how far it says it is, and what its lines mean.

Output is bytes of any kind; a carriage return ends a line as a newline does, because programs draw their
progress that way. Used by the shim, so only the standard library; the rules come ready from `rules.for_names`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rndaemon.shim.timebox import LIMIT_S, Timebox, TooSlow

_SHOWN_LIMIT = 500
_READ_LIMIT = 4096  # of each line
_PATIENCE_S = 0.1  # processor time for one piece and the rules of one kind
_FLOOD = 16 * 1024  # in one piece: the task writes faster than we read, and waits for us
_SHARE = 4  # of the time that passes, one part in four may go into reading; of a flood's none
_BURST_S = 0.5  # until that is looked at
_END = 2048  # what is kept of a flood, to be read later
_LATER_S = 1.0
FINISHED_S = 60.0  # how long a program may be silent after it has said that it is finished
_VERDICTS: Mapping[str, str] = {"licence": "LICENSE", "error": "ERROR", "done": "DONE"}


class _Rule(NamedTuple):
    kind: str
    pattern: bytes
    needs: bytes  # what each line that it finds holds; looking for that is cheap


class Output:
    """What the output of one task says about it. Feed it from the main thread, for its searches are bounded."""

    def __init__(self, rules: Iterable[str | Sequence[str]], limit_s: float = LIMIT_S) -> None:
        """Rules as `[verdict, pattern]` or `[verdict, pattern, text that each such line holds]`.

        Of an older spool they are patterns of percentages alone.
        """
        self.fraction = 0.0
        self.warnings = 0
        self._verdict = ""
        self._verdict_line = b""
        self._finished_at: float | None = None
        self._rules: dict[str, list[_Rule]] = {}
        for rule in rules:
            verdict, pattern, *needs = ("percent", rule) if isinstance(rule, str) else rule
            made = _Rule(verdict, pattern.encode(), needs[0].encode() if needs else b"")
            self._rules.setdefault(verdict, []).append(made)
        self._limit_s = limit_s
        self._box: Timebox | None = None
        self._notes: list[str] = []
        self._last = self._rest = self._unread = b""
        self._total = 0.0
        self._until = self._owed_s = 0.0
        self._looked_at = self._read_at = time.monotonic()

    @property
    def last_line(self) -> str:
        """The newest line that holds something, fit to be shown."""
        return as_text(self._last)

    @property
    def verdict(self) -> str:
        """LICENSE, ERROR, DONE, or nothing yet. Who has finished and is silent for a minute since is DONE."""
        if self._unread:
            self._read(0)
        at = self._finished_at
        if not self._verdict and at is not None and time.monotonic() - at > FINISHED_S:
            return "DONE"
        return self._verdict

    @property
    def verdict_line(self) -> str:
        """The line that says so."""
        return as_text(self._verdict_line if self._verdict else self._last) if self.verdict else ""

    def feed(self, chunk: bytes) -> None:
        """Take the next piece. Of a flood that would take too much time only parts are read, and its end."""
        text = self._rest + chunk.replace(b"\r", b"\n")
        end = text.rfind(b"\n") + 1
        self._rest = text[end:][:_READ_LIMIT]
        if end:
            self._unread += text[:end]
            self._read(len(chunk))

    def finish(self) -> None:
        """The last line may have no end."""
        self._unread += self._rest + b"\n"
        self._rest, self._owed_s = b"", 0.0
        self._read(0)

    def take_notes(self) -> list[str]:
        """What people should read in the log: rules that were dropped."""
        notes, self._notes = self._notes, []
        return notes

    def _read(self, size: int) -> None:
        """The whole lines that are here, unless too much time went into reading already."""
        last = self._unread.rstrip()
        last = last[last.rfind(b"\n") + 1 :][:_READ_LIMIT]
        self._last = last[:_SHOWN_LIMIT] or self._last
        now, began = time.monotonic(), time.process_time()
        if size < _FLOOD:
            self._owed_s = max(0.0, self._owed_s - (now - self._looked_at))
        self._looked_at = now
        if self._owed_s > _BURST_S:
            self._unread = self._unread[self._unread.rfind(b"\n", 0, max(len(self._unread) - _END, 0)) + 1 :]
            if now - self._read_at < _LATER_S:
                return
        self._read_at = now
        text, self._unread = self._unread, b""
        if not last:
            return
        self._judge(text)
        self._count(text)
        self._measure(text)
        is_finished = any(True for rule in self._of("finished") for _ in self._hits(rule, last + b"\n"))
        self._finished_at = now if is_finished else None
        self._owed_s += (_SHARE - 1) * (time.process_time() - began)

    def _count(self, text: bytes) -> None:
        self.warnings += len({start for rule in self._of("warning") for start, _ in self._hits(rule, text)})

    def _of(self, kind: str) -> list[_Rule]:
        """The rules of a kind, which have their own time: slow ones of another take nothing from them."""
        self._until = time.process_time() + _PATIENCE_S
        return self._rules.get(kind, [])

    def _hits(
        self, rule: _Rule, text: bytes, *, newest: bool = False
    ) -> Iterator[tuple[int, re.Match[bytes]]]:
        """The lines in which the rule finds something, by their places, from either end."""
        place = len(text) - 1 if newest else 0
        while time.process_time() < self._until:
            at = text.rfind(rule.needs, 0, place) if newest else text.find(rule.needs, place)
            if not 0 <= at < len(text):
                return
            start, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
            found = self._search(rule, text[start : min(end, start + _READ_LIMIT)])
            if found:
                yield start, found
            place = start - 1 if newest else end + 1
            if place < 0:
                return

    def _judge(self, text: bytes) -> None:
        """The first word counts; only a missing licence explains an error better than it does itself."""
        words = []
        for order, (kind, verdict) in enumerate(_VERDICTS.items()):
            if not self._verdict or (verdict == "LICENSE" and self._verdict == "ERROR"):
                firsts = [next(self._hits(rule, text), None) for rule in self._of(kind)]
                words += [(first[0], order, verdict, first[1].string) for first in firsts if first]
        for _, _, verdict, line in sorted(words):
            if not self._verdict or (verdict == "LICENSE" and self._verdict == "ERROR"):
                self._verdict, self._verdict_line = verdict, line[:_SHOWN_LIMIT]

    def _measure(self, text: bytes) -> None:
        """The newest line counts, and on it the first rule."""
        hits = []
        for index, rule in enumerate(self._of("percent")):
            for start, found in self._hits(rule, text, newest=True):
                if {"done", "total"} & _named(found).keys() or self._value_of(found) is not None:
                    hits.append((start, -index, found))
                    break
        for _, _, found in sorted(hits, key=lambda hit: hit[:2]):
            self._total = amount(_named(found).get("total", "")) or self._total
            value = self._value_of(found)
            self.fraction = self.fraction if value is None else value

    def _search(self, rule: _Rule, head: bytes) -> re.Match[bytes] | None:
        self._box = self._box or Timebox(self._limit_s)
        try:
            return self._box.search(re.compile(rule.pattern), head)  # `re` keeps what it has compiled
        except TooSlow:
            self._rules[rule.kind] = [other for other in self._rules[rule.kind] if other is not rule]
            pattern = rule.pattern.decode("utf-8", "replace")
            self._notes.append(
                f"rule dropped: {rule.kind} '{pattern}' takes too long on a line of this output"
            )
            return None

    def _value_of(self, found: re.Match[bytes]) -> float | None:
        named = _named(found)
        if "percent" in named:
            return fraction_of(named["percent"] + "%")
        if named:
            total = amount(named.get("total", "")) or self._total
            return _part(amount(named["done"]), total) if "done" in named else None
        said = next((group for group in found.groups() if group), b"")
        return fraction_of(said.decode("ascii", "replace"))


def _named(found: re.Match[bytes]) -> dict[str, str]:
    return {name: text.decode("ascii", "replace") for name, text in found.groupdict().items() if text}


def fraction_of(text: str) -> float | None:
    """`50.5%`, `10/60`, `0.5` and `50` as a part of 1; None for what is none of these."""
    text = text.replace(" ", "")
    try:
        if text.endswith("%"):
            value = float(text[:-1]) / 100
        elif "/" in text:
            done, _, total = text.partition("/")
            value = float(done) / float(total)
        else:
            value = float(text)
            value = value / 100 if value > 1 else value
    except (ValueError, ZeroDivisionError):
        return None
    return value if 0 <= value <= 1 else None


def amount(text: str) -> float:
    """A number, or a time such as `00:01:02.5` in seconds; 0 for anything else."""
    total = 0.0
    try:
        for part in text.split(":"):
            total = total * 60 + float(part)
    except ValueError:
        return 0.0
    return total


def _part(done: float, total: float) -> float | None:
    return min(done / total, 1.0) if done >= 0 and total > 0 else None


def as_text(line: bytes) -> str:
    """Bytes as people may see them: no control characters, nothing that is not UTF-8."""
    text = line.decode("utf-8", "replace").strip()
    return "".join(character if character.isprintable() else "?" for character in text)
