"""Where Plow keeps what it must remember on a machine, as root and as anyone else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MACHINE_SETTINGS = Path("/etc/plow")
MACHINE_STATE = Path("/var/lib/plow")


def running_as_root() -> bool:
    """Whether this process may do everything; never true where there is no such user."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def state_dir() -> Path:
    """The folder for databases, spools and the like; root's home is closed to others, so not there."""
    if running_as_root():
        return MACHINE_STATE
    return _own_folder("XDG_STATE_HOME", ".local/state")


def config_file(program: str) -> Path | None:
    """The settings file a program reads when none is named: the person's own, then the machine's."""
    files = config_files(program)
    return files[-1] if files else None


def config_files(program: str) -> list[Path]:
    """The settings files of a machine that exist, the stronger last: the machine's, then the person's own."""
    folders = (MACHINE_SETTINGS, _own_folder("XDG_CONFIG_HOME", ".config"))
    return [file for folder in folders if (file := folder / f"{program}.toml").is_file()]


def _own_folder(variable: str, below_home: str) -> Path:
    """Where this system wants what belongs to a person; the variable and the folder are those of Linux."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "plow"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "plow"
    return Path(os.environ.get(variable, "").strip() or Path.home() / below_home) / "plow"
