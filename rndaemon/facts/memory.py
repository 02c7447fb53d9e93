"""Memory of this machine in MB."""

from __future__ import annotations

from typing import NamedTuple

import psutil

_MB = 1024 * 1024


class Memory(NamedTuple):
    """How much there is and how much of it is free: what new programs can have without swapping."""

    total_mb: int
    free_mb: int
    total_swap_mb: int
    free_swap_mb: int


def read_memory(most_mb: int = 0, allowed_free_mb: int | None = None) -> Memory:
    """As it is now; `most_mb` is what a setting or a container lets us have, 0 for all."""
    ram, swap = psutil.virtual_memory(), psutil.swap_memory()
    total = told_mb(int(ram.total) // _MB, most_mb)
    free = min(int(ram.available) // _MB, total)
    if allowed_free_mb is not None:
        free = min(free, allowed_free_mb)
    return Memory(total, free, int(swap.total) // _MB, int(swap.free) // _MB)


def total_mb() -> int:
    """All of it."""
    return int(psutil.virtual_memory().total) // _MB


def told_mb(total: int, configured: int) -> int:
    """What we tell: a setting lowers it and never raises it."""
    return configured if 0 < configured <= total else total


def for_tasks_mb(total: int, configured: int) -> int:
    """What tasks may book: as configured, where there is so much; else all but a reserve for us."""
    if 0 < configured <= total:
        return configured
    return total - min(total // 20, 384)
