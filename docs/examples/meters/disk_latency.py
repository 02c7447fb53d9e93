"""How long the disk below the temporary folder takes to keep 4 KB for good: `disk_latency.write_ms`."""

from __future__ import annotations

import os
import tempfile
import time


def measure() -> dict[str, float]:
    """One small write that is waited for."""
    with tempfile.TemporaryFile() as file:
        began = time.perf_counter()
        file.write(b"\0" * 4096)
        file.flush()
        os.fsync(file.fileno())
        return {"write_ms": (time.perf_counter() - began) * 1000}
