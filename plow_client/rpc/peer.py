"""Who is at the other end of the call that this thread is answering."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property

from plow_client.rpc.owner import Address, owner_of, packed

NOBODY = "unknown"
_LOOPBACK_V6 = bytes(15) + b"\x01"


@dataclass
class Introduction:
    """What a client says of itself; one for each connection."""

    username: str = ""
    program: str = ""


@dataclass(frozen=True)
class Peer:
    """The address a call came from, and the certificate it showed, if TLS asked for one."""

    host: str
    port: int
    certificate: Mapping[str, object] | None = None
    here: Address | None = None  # our end of the connection
    said: Introduction = field(default_factory=Introduction, compare=False)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @cached_property
    def owner(self) -> str | None:
        """The account that connected, where it did so on this machine and the kernel tells. Asked once."""
        if self.here is None or not is_loopback(self.host):
            return None
        return owner_of((self.host, self.port), self.here)

    def identify(self) -> None:
        """Find out the owner while there is one: at the first call, whatever it is, for who has gone by the time of a
        change is not known any more. Takes 50 µs, and up to 20 ms where only /proc tells: too long for the loop."""
        _ = self.owner

    @property
    def actor(self) -> str:
        """Who acts: the owner, or else whom the client names."""
        return self.owner or self.said.username or NOBODY

    @property
    def is_proven(self) -> bool:
        """Whether the connection itself says so, and not only the client."""
        return self.owner is not None

    @property
    def client(self) -> str:
        """The program, as it calls itself, and its address."""
        return f"{self.said.program} {self}".strip()


current_peer: ContextVar[Peer | None] = ContextVar("current_peer", default=None)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own, as the kernel writes it."""
    try:
        address = packed(host.partition("%")[0])
    except (OSError, ValueError):
        return False
    return address[0] == 127 if len(address) == 4 else address == _LOOPBACK_V6
