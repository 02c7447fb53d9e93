"""Graphics processors, as far as their driver's own tool names them: no tool, none."""

from __future__ import annotations

import shutil
import subprocess
from typing import NamedTuple

_QUERY = ["--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits"]


class Gpu(NamedTuple):
    """One graphics processor."""

    number: int
    name: str
    memory_mb: int


def read_gpus() -> list[Gpu]:
    """What nvidia-smi lists; empty where it is missing, fails or hangs."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    try:
        answer = subprocess.run([tool, *_QUERY], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return parse(answer.stdout)


def parse(text: str) -> list[Gpu]:
    """Lines of `index, name, MB`; anything else is no processor."""
    found = []
    for line in text.splitlines():
        words = [word.strip() for word in line.split(",")]
        if len(words) == 3 and words[0].isdigit() and words[2].isdigit():
            found.append(Gpu(int(words[0]), words[1], int(words[2])))
    return found
