"""Which failures belong together: their last words without what differs from attempt to attempt. Pure.

What stands in a line by chance (frames, ids, times, addresses, hosts, temporary names) becomes a mark; what is left
says what failed. Marks are marked as themselves, so that a masked line stays as it is.
"""

from __future__ import annotations

import hashlib
import re

MOST = 500  # of a line
_ID = r"(?<![0-9a-fA-F])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9a-fA-F])"
_TIME = (
    r"\b\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d+)?\b"
)
_TEMPORARY = r"(?:/(?:var/|private/var/|usr/)?tmp|/scratch)/[^\s'\",;:()\[\]]+"
_TEMP_NAME = r"\btmp[-_.]?[A-Za-z0-9_]{6,}"
_HOST = r"(?<=://)[^/\s:@'\"]+|(?<=\\\\)[^\\\s'\"]+(?=\\)|\b(?:\d{1,3}\.){3}\d{1,3}\b"
_NAMED_HOST = (
    r"(?i:(?<=\bhost )|(?<=\bhost ')|(?<=\bnode )|(?<=\bnode ')|(?<=\bserver )|(?<=\bserver '))"
    r"(?![a-z]+\b(?!['.\d]))[\w.-]*\w"
)
_HEX = (
    r"\b0[xX][0-9a-fA-F]+\b|(?<![0-9a-zA-Z])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}(?![0-9a-zA-Z])"
)
_FRAME = r"(?<=[._-])-?\d+(?=\.[A-Za-z]\w{0,9}\b)"
_NUMBER = r"\d+(?:[.,]\d+)*"

_PARTS = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("id", _ID),
            ("time", _TIME),
            ("temp", _TEMPORARY),
            ("temp_name", _TEMP_NAME),
            ("host", _HOST),
            ("named_host", _NAMED_HOST),
            ("hex", _HEX),
            ("frame", _FRAME),
            ("number", _NUMBER),
        )
    )
)
_FINAL = r"exit status \d+ is not tried again"
_OURS = re.compile(rf"(?:exit status -?\d+|ended by signal \d+(?: \(\w+\))?)(?:; {_FINAL})?|{_FINAL}")
_MARKS = {
    "id": "<id>",
    "time": "<time>",
    "temp": "<temp>",
    "temp_name": "<temp>",
    "host": "<host>",
    "named_host": "<host>",
    "hex": "<hex>",
    "frame": "####",
    "number": "#",
}


def last_words(line: str, reason: str, status: int, signal: int) -> str:
    """What tells best why an attempt failed, of what is known; nodes of Plow 2013 send no line and no reason."""
    if line.strip() or reason.strip():
        return line if line.strip() else reason
    return f"ended by signal {signal}" if signal else f"exit status {status}"


def masked(line: str) -> str:
    """The line with marks for what differs by chance."""
    text = " ".join(line[: 4 * MOST].split())
    return _PARTS.sub(lambda found: _MARKS[found.lastgroup or "number"], text)[:MOST]


def fingerprint(line: str) -> str:
    """16 hexadecimal digits, the same for lines that say the same."""
    said = line if _is_ours(line) else masked(line)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def shown(line: str) -> str:
    """The line that stands for all with its fingerprint."""
    return line if _is_ours(line) else masked(line)


def _is_ours(line: str) -> bool:
    """What we say where nobody said anything: there the number is all there is."""
    return _OURS.fullmatch(line) is not None
