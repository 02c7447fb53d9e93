"""Which boot of the machine this is: what a process id was before it means nothing after it."""

from __future__ import annotations


def boot_id() -> str:
    """New at each boot; empty where the kernel does not say."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return ""
