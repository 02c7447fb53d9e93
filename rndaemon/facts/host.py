"""What this machine is called, what it is, since when it runs, and who sits at it."""

from __future__ import annotations

import functools
import platform
import socket
import sys
from pathlib import Path

import psutil

_NAMES = {"linux": "linux", "darwin": "macos", "win32": "windows"}
SESSIONS = Path("/run/systemd/sessions")


def host_name() -> str:
    """The machine's own name; asks no name server, which could keep us waiting."""
    return socket.gethostname()


def ip_address() -> str:
    """The address other machines see, as the routing table says; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation network: never a real host
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def boot_time_s() -> int:
    """Seconds since 1970 of the last boot."""
    return int(psutil.boot_time())


@functools.cache
def platform_name() -> str:
    """Kernel and distribution in one line."""
    return platform.platform()


def os_name() -> str:
    """linux, macos or windows."""
    return _NAMES.get(sys.platform, sys.platform)


def arch() -> str:
    """The processor's kind, e.g. x86_64 or aarch64."""
    return platform.machine()


def users(sessions: Path = SESSIONS) -> list[str]:
    """Who is logged in, each once: as the machine's list of terminals says, or its service manager."""
    told = {user.name for user in psutil.users()}
    return sorted(told | _users_of_sessions(sessions))


def _users_of_sessions(folder: Path) -> set[str]:
    """Newer systems keep no list of terminals; what a session file holds is one NAME=value a line."""
    found = set()
    for path in folder.glob("[!.]*"):
        if not path.is_file():
            continue  # the pipe that keeps a session open: reading it would never end
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue  # the session ended while we looked
        facts = dict(line.split("=", 1) for line in lines if "=" in line)
        if facts.get("CLASS") == "user" and facts.get("STATE") != "closing" and facts.get("USER"):
            found.add(facts["USER"])
    return found
