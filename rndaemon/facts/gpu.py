"""Graphics processors: which there are, what they are doing, and how a task is given some of them.

NVIDIA's are read with the driver's own program and not through its library: that program may hang or crash when
a device does, the daemon must not, and the library would stay in our memory for good. AMD's are files of the kernel.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

_QUERY = "index,uuid,memory.total,memory.free,utilization.gpu,name"
_WITHIN_S = 15.0  # a machine that keeps no driver loaded takes seconds to answer
_HIDDEN = "-1"
_MB = 1024 * 1024
DRM = Path("/sys/class/drm")
AMD = "0x1002"


class Gpu(NamedTuple):
    """One device; None where it does not tell."""

    number: int
    model: str
    memory_mb: int
    uuid: str = ""
    free_mb: int | None = None
    used_percent: int | None = None
    maker: str = "nvidia"


class Unreadable(Exception):
    """The devices could not be asked."""


def read_gpus(tool: str = "nvidia-smi", drm: Path = DRM) -> list[Gpu]:
    """All devices in one row: NVIDIA's by the driver's count, then AMD's; Unreadable where a driver fails."""
    if not tool:
        return []
    nvidia = read_nvidia(tool)
    first = max((gpu.number + 1 for gpu in nvidia), default=0)
    return [*nvidia, *(gpu._replace(number=first + place) for place, gpu in enumerate(read_amd(drm)))]


def read_nvidia(tool: str) -> list[Gpu]:
    """What the program lists; none where there is no such program."""
    found = shutil.which(tool)
    if found is None:
        return []
    command = [found, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_WITHIN_S,
        )
    except (OSError, subprocess.SubprocessError) as fault:
        raise Unreadable(f"'{tool}': {fault}") from fault
    if "No devices were found" in answer.stdout + answer.stderr:
        return []
    if answer.returncode != 0:
        said = (answer.stderr or answer.stdout).strip().splitlines()
        raise Unreadable(f"'{tool}' ended with {answer.returncode}: {said[0] if said else 'it said nothing'}")
    return parse(answer.stdout)


def parse(text: str) -> list[Gpu]:
    """One device a line, its model last: names may hold commas. What is no number there is not told."""
    found = []
    for line in text.splitlines():
        words = [word.strip() for word in line.split(",", 5)]
        if len(words) == 6 and words[0].isdigit():
            index, uuid, total, free, used, model = words
            found.append(
                Gpu(int(index), model, _whole(total) or 0, _uuid(uuid), _whole(free), _whole(used), "nvidia")
            )
    return sorted(found)


def read_amd(drm: Path) -> list[Gpu]:
    """Cards of the kernel's amdgpu driver, in the order of the bus, as AMD's own tools count them."""
    cards = [card / "device" for card in drm.glob("card[0-9]*") if card.name[4:].isdigit()]
    ours = [card for card in cards if _line(card / "vendor") == AMD and _line(card / "mem_info_vram_total")]
    return [_amd(place, card) for place, card in enumerate(sorted(ours, key=os.path.realpath))]


def visible(gpus: Sequence[Gpu], indices: Iterable[int]) -> dict[str, str]:
    """The variables that let a task see these devices and no others; of no devices, they hide all.

    PLOW_GPUS names them by our count. An index that this node does not have raises KeyError.
    """
    by_index = {gpu.number: gpu for gpu in gpus}
    chosen = [by_index[index] for index in indices]
    amd = [gpu for gpu in chosen if gpu.maker == "amd"]
    return {
        "PLOW_GPUS": ",".join(str(gpu.number) for gpu in chosen),
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        "CUDA_VISIBLE_DEVICES": _names([gpu for gpu in chosen if gpu.maker == "nvidia"], gpus),
        "ROCR_VISIBLE_DEVICES": _names(amd, gpus),
        # This one counts within what the other has left.
        "HIP_VISIBLE_DEVICES": ",".join(str(place) for place in range(len(amd))) or _HIDDEN,
    }


def _names(chosen: Sequence[Gpu], gpus: Sequence[Gpu]) -> str:
    """By their ids where all have one; else by their place among those of the same maker."""
    if not chosen:
        return _HIDDEN
    if all(gpu.uuid for gpu in chosen):
        return ",".join(gpu.uuid for gpu in chosen)
    alike = sorted(gpu.number for gpu in gpus if gpu.maker == chosen[0].maker)
    return ",".join(str(alike.index(gpu.number)) for gpu in chosen)


def _amd(place: int, card: Path) -> Gpu:
    total, used = _whole(_line(card / "mem_info_vram_total")), _whole(_line(card / "mem_info_vram_used"))
    unique = _line(card / "unique_id")
    return Gpu(
        place,
        _line(card / "product_name") or f"AMD {_line(card / 'device').removeprefix('0x')}",
        (total or 0) // _MB,
        f"GPU-{unique}" if unique and unique.strip("0") else "",
        None if total is None or used is None else (total - used) // _MB,
        _whole(_line(card / "gpu_busy_percent")),
        "amd",
    )


def _uuid(text: str) -> str:
    return text if text.startswith(("GPU-", "MIG-")) else ""


def _whole(text: str) -> int | None:
    """Devices that share the machine's memory say [N/A] for it."""
    return int(text) if text.isdigit() else None


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
