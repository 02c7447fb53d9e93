"""Frame numbers in a command: what a server left of %{FRAME} and its relatives is filled in here. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_TOKEN = re.compile(r"%\{(FRAME|TASK|RANGE|START|END|STEP)\}")
_PART = re.compile(r"(-?\d+)(?:-(-?\d+)(?:x(\d+))?)?")


def tokens_of(frames: str, task_name: str) -> dict[str, str]:
    """The value of each token; of several parts START is the first's first and END the last's last."""
    values = {"TASK": task_name} if task_name else {}
    parts = [_PART.fullmatch(part.strip()) for part in frames.split(",")] if frames else []
    first, last = (parts[0], parts[-1]) if parts else (None, None)
    if first and last:
        values |= {
            "FRAME": first.group(1),
            "RANGE": frames,
            "START": first.group(1),
            "END": last.group(2) or last.group(1),
            "STEP": (first.group(3) or "1") if len(parts) == 1 else "1",
        }
    return values


def fill_in(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """Replace tokens inside each word, once; a token without a value stays as it is."""
    return [_TOKEN.sub(lambda found: values.get(found.group(1), found.group(0)), word) for word in command]
