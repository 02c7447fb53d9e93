"""A time of the farm by the clock on the wall here."""

from __future__ import annotations

import time

_NEAR_MS = 120_000


def clock(ms: int, now_ms: float | None = None) -> str:
    """To the minute; within two minutes of now, the time here where it is not given, to the second."""
    now = time.time() * 1000 if now_ms is None else now_ms
    near = abs(ms - now) < _NEAR_MS
    return time.strftime("%Y-%m-%d %H:%M:%S" if near else "%Y-%m-%d %H:%M", time.localtime(ms / 1000))
