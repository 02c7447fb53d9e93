"""Memory of this machine in MB."""

from __future__ import annotations

import psutil

_MB = 1024 * 1024


def total_mb() -> int:
    """All of it."""
    return int(psutil.virtual_memory().total) // _MB


def free_mb() -> int:
    """What new programs can have without swapping."""
    return int(psutil.virtual_memory().available) // _MB


def swap_mb() -> tuple[int, int]:
    """All swap, free swap."""
    swap = psutil.swap_memory()
    return int(swap.total) // _MB, int(swap.free) // _MB


def for_tasks_mb(total: int, configured: int) -> int:
    """What tasks may book: as configured, but never more than there is; else all but a reserve for us."""
    if configured:
        return min(configured, total)
    return total - min(total // 20, 384)
