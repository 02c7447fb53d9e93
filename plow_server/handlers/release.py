"""What follows when work that others wait for is over by hand."""

from __future__ import annotations

from plow_server.database import Database, Transaction
from plow_server.deed import doing
from plow_server.launch import LARGE_S


def release_dependents(db: Database) -> None:
    """Let go what waited for eaten tasks and killed jobs. Housekeeping does the rest, should this be cut short."""
    with doing(None):  # what follows from a deed is the server's own
        while db.atomically(_release_some, limit_s=LARGE_S):
            pass


def _release_some(transaction: Transaction) -> bool:
    woken = transaction.all("release_dependents")
    if woken:
        transaction.run("ring_farm")
    return bool(woken)
