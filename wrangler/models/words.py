"""Times, ages and memory as short words for a table cell."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from plow_client.idl import AttemptEnd

_ENDS: Final[Mapping[int, str]] = {
    AttemptEnd.MEMORY: "out of memory",
    AttemptEnd.RUN_TIME: "ran too long",
    AttemptEnd.SILENCE: "silent too long",
    AttemptEnd.LICENSE: "no licence",
    AttemptEnd.ENVIRONMENT: "no environment",
    AttemptEnd.LOG_ERROR: "error in its log",
    AttemptEnd.RECALLED: "machine taken back",
}


def duration(ms: int) -> str:
    """``0:07``, ``12:03``, ``3:04:05``, ``2d 03:04``; nothing yet is an empty text."""
    if ms < 0:
        return ""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours:02}:{minutes:02}"
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}"


def between(start_ms: int, stop_ms: int, now_ms: int) -> str:
    """How long something took, or has taken until now; empty before it started."""
    if not start_ms:
        return ""
    return duration(max((stop_ms or now_ms) - start_ms, 0))


def memory(mb: int) -> str:
    """``512 MB``, ``3.5 GB``, ``1.2 TB``; nothing measured is an empty text."""
    if mb <= 0:
        return ""
    if mb < 1024:
        return f"{mb} MB"
    if mb < 1024 * 1024:
        return f"{mb / 1024:.1f} GB"
    return f"{mb / 1024 / 1024:.1f} TB"


def moment(ms: int) -> str:
    """A time of the clock on the wall here; empty for not yet."""
    return datetime.fromtimestamp(ms / 1000).strftime("%Y-%m-%d %H:%M:%S") if ms else ""


def counted(count: int, noun: str) -> str:
    """``1 task``, ``1,204 tasks``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def one_line(text: str) -> str:
    """Server text that is safe in a cell: line breaks and control characters become spaces."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def end_of(reason: int) -> str:
    """How an attempt ended, as people say it; a number that only a newer server knows stays one."""
    if reason in _ENDS:
        return _ENDS[reason]
    return AttemptEnd(reason).name.lower().replace("_", " ") if reason in set(AttemptEnd) else f"end {reason}"


def plain_tip(text: str) -> str:
    """Text for a tooltip, which Qt would otherwise take for HTML where it looks like it."""
    return f'<p style="white-space:pre-wrap">{html.escape(text)}</p>' if text else ""
