"""Who is at the other end of the call that this thread is answering."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """The address a call came from, and the certificate it showed, if TLS asked for one."""

    host: str
    port: int
    certificate: Mapping[str, object] | None = None

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


current_peer: ContextVar[Peer | None] = ContextVar("current_peer", default=None)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own, as the kernel writes it."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
