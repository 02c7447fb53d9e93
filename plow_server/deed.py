"""For whom something is done: said to the database at the begin of each transaction, so that blame knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass

from plow_client.rpc.peer import Peer

# Calls that begin like this change nothing, so nobody is blamed for them.
READS = ("get", "check", "read", "explain", "introduce", "parse")


@dataclass(frozen=True)
class Deed:
    """A call that changes something, and who made it."""

    actor: str
    is_proven: bool
    client: str  # program and address
    call: str
    reason: str | None = None

    def as_json(self) -> str:
        """What `plow.deed` takes; PostgreSQL keeps no zero bytes."""
        return json.dumps(asdict(self)).replace("\\u0000", "")


# What the thread is doing now for somebody; None: the server acts by itself.
current_deed: ContextVar[Deed | None] = ContextVar("current_deed", default=None)


@contextmanager
def doing(deed: Deed | None) -> Iterator[None]:
    """For the length of the block, changes are this deed's."""
    told = current_deed.set(deed)
    try:
        yield
    finally:
        current_deed.reset(told)


def is_read(call: str) -> bool:
    """Whether a call, by its name on the wire, changes nothing."""
    return call.startswith(READS)


def deed_of(peer: Peer | None, call: str, reason: object) -> Deed | None:
    """What a call of this peer is blamed on; without a peer it is the server's own."""
    if peer is None:
        return None
    said = reason if isinstance(reason, str) and reason else None
    return Deed(peer.actor, peer.is_proven, peer.client, call, said)
