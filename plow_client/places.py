"""Where Plow keeps what it must remember on a machine, as root and as anyone else."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

MACHINE_SETTINGS = Path("/etc/plow")
MACHINE_STATE = Path("/var/lib/plow")


def running_as_root() -> bool:
    """Whether this process may do everything; never true where there is no such user."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def state_dir() -> Path:
    """The folder for databases, spools and the like; root's home is closed to others, so not there."""
    if running_as_root():
        return MACHINE_STATE
    return platformdirs.user_state_path("plow", appauthor=False)


def config_file(program: str) -> Path | None:
    """The settings file a program reads when none is named: the person's own, then the machine's."""
    files = config_files(program)
    return files[-1] if files else None


def config_files(program: str) -> list[Path]:
    """The settings files of a machine that exist, the stronger last: the machine's, then the person's own."""
    folders = (MACHINE_SETTINGS, platformdirs.user_config_path("plow", appauthor=False))
    return [file for folder in folders if (file := folder / f"{program}.toml").is_file()]
