"""Times, memory and shares in few letters. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_NUMBER: Final = re.compile(r"(\d+)")
BAR: Final = 12


@lru_cache(maxsize=50_000)
def natural(text: str) -> tuple[int | str, ...]:
    """r2 before r10; kept, because thousands of names are sorted again with each reading."""
    return tuple(int(part) if place % 2 else part.lower() for place, part in enumerate(_NUMBER.split(text)))


def ago(ms: int, now_ms: int) -> str:
    """``7s``, ``12m``, ``3h04``, ``2d03``; a dash where it has not come."""
    return short(max(now_ms - ms, 0)) if ms else "-"


def short(ms: int) -> str:
    """A length of time in at most five letters."""
    seconds = ms // 1000
    if seconds < 60:
        return f"{seconds}s"
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 60:
        return f"{minutes}m"
    if hours < 24:
        return f"{hours}h{minutes % 60:02}"
    return f"{hours // 24}d{hours % 24:02}"


def left(ms: int, now_ms: int) -> str:
    """Until then, as predicted."""
    if not ms:
        return "-"
    return short(ms - now_ms) if ms > now_ms else "late"


def memory(mb: int) -> str:
    """``512M``, ``3.5G``, ``1.2T``."""
    if mb < 1024:
        return f"{mb}M"
    return f"{mb / 1024:.1f}G" if mb < 1024 * 1024 else f"{mb / 1024 / 1024:.1f}T"


def bar(done: int, total: int, width: int = BAR) -> str:
    """How much of it is done, in eighths of a letter."""
    eighths = round(8 * width * min(done, total) / total) if total else 0
    full, part = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[part] if part else "")).ljust(width, "·")
