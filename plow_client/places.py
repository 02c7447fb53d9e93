"""Where Plow keeps what it must remember on a machine, as root and as anyone else."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def running_as_root() -> bool:
    """Whether this process may do everything; never true where there is no such user."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def state_dir() -> Path:
    """The folder for databases, spools and the like; root's home is closed to others, so not there."""
    if running_as_root():
        return Path("/var/lib/plow")
    return platformdirs.user_state_path("plow", appauthor=False)


def config_file(program: str) -> Path | None:
    """The settings file a program reads when none is named: the person's own, then the machine's."""
    for folder in (platformdirs.user_config_path("plow", appauthor=False), Path("/etc/plow")):
        file = folder / f"{program}.toml"
        if file.is_file():
            return file
    return None
