"""Room on the disks that tasks of this node use."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from plow_client.logs import event
from rndaemon.config import Config, state_folder

log = logging.getLogger(__name__)

_MB = 1024 * 1024


class Disk(NamedTuple):
    """One disk, named by a folder on it."""

    path: str
    total_mb: int
    free_mb: int


def free_mb(folder: Path) -> int:
    """Room left where this folder is."""
    return shutil.disk_usage(folder).free // _MB


def folders(config: Config) -> list[str]:
    """Whose disks are told: scratch files first."""
    return [str(config.task.temp_root), str(state_folder(config)), *config.facts.disks]


def read_disks(paths: Iterable[str]) -> list[Disk]:
    """The disks of these folders, each once; a folder that is not there has none. A dead file server can block it."""
    found: dict[int, Disk] = {}
    for path in paths:
        try:
            device, room = os.stat(path).st_dev, shutil.disk_usage(path)
        except OSError as fault:
            log.debug(event("disk not read", path=path, error=fault.strerror))
            continue
        found.setdefault(device, Disk(path, room.total // _MB, room.free // _MB))
    return list(found.values())


def shortage(config: Config) -> str:
    """Why no new task should come, as a sentence; empty when there is room for its scratch files."""
    root, least = config.task.temp_root, config.task.min_temp_mb
    try:
        free = free_mb(root)
    except OSError as fault:
        return f"the folder for scratch files '{root}' cannot be used: {fault.strerror}"
    if free < least:
        return f"only {free} MB free in '{root}', {least} MB wanted for scratch files: no new tasks"
    return ""
