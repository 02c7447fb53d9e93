"""A small show of 20 versions: memory is booked close to what is used, and hardly anything is killed for want of it."""

from __future__ import annotations

from benchmarks.simulated_show import Wish, play
from plow_server.database import Database


def test_memory_is_booked_as_it_is_used(db: Database) -> None:
    outcome = play(db, Wish(layers=2, frames=32), with_history=True)

    assert len(outcome.ratios) == 20 * 2 * 32
    assert outcome.within >= 0.9
    assert outcome.lost < 0.01
    assert db.all("audit") == []
