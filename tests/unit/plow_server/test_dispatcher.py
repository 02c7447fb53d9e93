"""What the dispatcher decides without a database."""

from __future__ import annotations

import pytest

from plow_client.errors import Unavailable
from plow_server.config import Config
from plow_server.database import Dedicated
from plow_server.dispatcher import Dispatcher, _by_node
from plow_server.inbox import Ending


def test_starts_of_a_node_go_together_in_their_order():
    rows = [{"node_id": n, "address": n, "place": i} for i, n in enumerate("abab")]
    assert [(key, [row["place"] for row in group]) for key, group in _by_node(rows)] == [
        (("a", "a"), [0, 2]),
        (("b", "b"), [1, 3]),
    ]


def no_database() -> Dedicated:
    raise Unavailable("no database")


def test_without_a_database_whoever_delivers_has_to_come_again():
    dispatcher = Dispatcher(no_database, Config())
    dispatcher.start()
    try:
        for _ in range(3):
            with pytest.raises(Unavailable, match="no database"):
                dispatcher.complete([Ending("a")])
    finally:
        dispatcher.stop()
    with pytest.raises(Unavailable, match="the server is stopping"):
        dispatcher.complete([Ending("a")])


def test_a_standby_waits_for_what_arrives_and_for_nothing_else():
    dispatcher = Dispatcher(no_database, Config())
    dispatcher._pauses.begin("a node it asked", 0.0)
    dispatcher._hurry = True
    assert dispatcher._wait_s() == 1.0
