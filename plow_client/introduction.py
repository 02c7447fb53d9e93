"""Who we are, for the farm's history: said once on each connection."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

_LONGEST = 64


def introduction() -> dict[str, str]:
    """What `introduce` takes: the user of this process and the name of its program."""
    return {"username": username(), "program": program()}


def username() -> str:
    """The user of this process, as the environment or the system says; empty where neither does."""
    try:
        return getpass.getuser()[:_LONGEST]
    except (ImportError, KeyError, OSError):
        return ""


def program() -> str:
    """What runs us: the script's name, the package's for `python -m`, or else the interpreter's."""
    script = Path(sys.argv[0] if sys.argv else "")
    name = script.parent.name if script.name == "__main__.py" else script.name
    return (name or Path(sys.executable).name)[:_LONGEST]
