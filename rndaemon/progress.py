"""Reads a task's output as it comes: its last line, and how far it says it is.

Pure. Output is bytes of any kind; a carriage return ends a line as a newline does, because
programs draw their progress that way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

LINE_LIMIT = 64 * 1024
_SHOWN_LIMIT = 500
_LOOK_AT = 16 * 1024
_ENDS = re.compile(rb"[\r\n]+")

PATTERNS: Mapping[str, str] = {
    "blender": r"^Fra:\d+ .*\| (?:Rendering \| .*?|Rendered |Sample )(\d+/\d+)",
    "mray": r"^JOB[\w. ]+:\s+([\d.]+%)\s+",
    "povray": r"Rendered \d+ of \d+ pixels \((\d+%)\)",
}
"""A regular expression per kind of program; its one group is `NN%`, `n/total` or a number up to 1 or 100."""

_OWN = r"^PLOW_PROGRESS[ =]+(\d+/\d+|[\d.]+%?)"
_ANY_PERCENT = r"(?:^|[\s(\[:=])(\d{1,3}(?:\.\d+)?\s?%)(?=[\s)\].,;|]|$)"


class Output:
    """What the output of one task says about it."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.last_line = ""
        self.fraction = 0.0
        self._patterns = [pattern.encode() for pattern in patterns]  # `re` compiles and keeps them when used
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next piece. Of a flood only the end is read: it is the newest."""
        fresh = chunk[-_LOOK_AT:] if len(chunk) > _LOOK_AT else self._rest + chunk
        lines = _ENDS.split(fresh)
        self._rest = lines.pop()[-LINE_LIMIT:]
        for line in lines:
            self._read(line)

    def finish(self) -> None:
        """The last line may have no end."""
        self._read(self._rest)
        self._rest = b""

    def _read(self, line: bytes) -> None:
        if not line.strip():
            return
        head = line[:4096]
        self.last_line = as_text(head[:_SHOWN_LIMIT])
        for pattern in self._patterns:
            found = re.search(pattern, head)
            if found:
                self._believe(found)
                return

    def _believe(self, found: re.Match[bytes]) -> None:
        said = next((group for group in found.groups() if group), b"")
        value = fraction_of(said.decode("ascii", "replace"))
        if value is not None:
            self.fraction = value


def rules_for(kinds: Iterable[str], patterns: Mapping[str, str], *, generic: bool = True) -> list[str]:
    """The patterns of a task: our own line, its kinds', any known program's, any percentage."""
    wanted = [patterns[kind] for kind in kinds if kind in patterns]
    others = [pattern for pattern in patterns.values() if pattern not in wanted] if generic else []
    return [_OWN, *wanted, *others, *([_ANY_PERCENT] if generic else [])]


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


def as_text(line: bytes) -> str:
    """Bytes as people may see them: no control characters, nothing that is not UTF-8."""
    text = line.decode("utf-8", "replace").strip()
    return "".join(character if character.isprintable() else "?" for character in text)
