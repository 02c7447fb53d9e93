"""Which of the last lines that a task wrote tells best why it failed. Pure.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import re

from rndaemon.shim.progress import as_text

KEPT = 16 * 1024  # bytes of output, the newest
_LINES = 200
_LIMIT = 400  # characters
_SAID = re.compile(
    r"\b(?:error|fatal|fail(?:ed|ure)?|cannot|can't|can not|could not|couldn't|unable|no such|not found|missing|denied"
    r"|refused|invalid|illegal|exception|abort(?:ed|ing)?|panic|killed|segmentation fault|core dumped|timed out)\b"
    r"|\w(?:Error|Exception)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:0|no|without) (?:errors?|failures?|exceptions?)\b|\berrors?: 0\b", re.IGNORECASE)


class LastWords:
    """The end of a task's output."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next piece."""
        self._tail = (self._tail + chunk)[-KEPT:]

    def line(self, *, any_line: bool) -> str:
        """The last line that speaks of an error; where none does, the last one that holds something, or nothing."""
        lines = [line for line in self._tail.replace(b"\r", b"\n").split(b"\n") if line.strip()][-_LINES:]
        for line in reversed(lines):
            text = as_text(line[: 4 * _LIMIT])
            if _SAID.search(text) and not _DENIED.search(text):
                return text[:_LIMIT]
        return as_text(lines[-1])[:_LIMIT] if lines and any_line else ""
