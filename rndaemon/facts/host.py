"""What this machine is called and since when it runs."""

from __future__ import annotations

import platform
import socket

import psutil


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


def platform_name() -> str:
    """Kernel and distribution in one line."""
    return platform.platform()
