"""Room on the disks that tasks of this node use."""

from __future__ import annotations

import shutil
from pathlib import Path

_MB = 1024 * 1024


def free_mb(folder: Path) -> int:
    """Room left where this folder is."""
    return shutil.disk_usage(folder).free // _MB
