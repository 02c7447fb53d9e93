"""What the dispatcher decides without a database."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, cast

import pytest

from plow_client.errors import Internal, Unavailable
from plow_server.config import Config, Dispatch
from plow_server.database import Dedicated
from plow_server.dispatcher import Dispatcher
from plow_server.inbox import Ending
from plow_server.orders import by_node
from plow_server.snapshot import Plan, Start


def test_starts_of_a_node_go_together_in_their_order():
    rows = [{"node_id": n, "address": n, "place": i} for i, n in enumerate("abab")]
    assert [(key, [row["place"] for row in group]) for key, group in by_node(rows)] == [
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


def test_the_leader_looks_again_when_somebodys_patience_ends():
    dispatcher = Dispatcher(no_database, Config(dispatch=Dispatch(reserve_after_s=0.4)))
    dispatcher._leads = True
    dispatcher._reload_at = dispatcher._resend_at = time.monotonic() + 60
    assert dispatcher._wait_s() == 1.0
    made = Plan([Start("small", "n", 1)], Counter(), {}, passed=["big"])
    dispatcher._patience._overtaken.notice(made, lambda layer: True, time.monotonic())
    assert 0 < dispatcher._wait_s() <= 0.4


class Unwilling:
    """A session that stores results, but none of a batch with `poison` in it."""

    def __init__(self) -> None:
        self.stored: list[str] = []

    def all(self, name: str, **values: Any) -> list[dict[str, Any]]:
        if name == "complete_tasks":
            if "poison" in values["p_proc"]:
                raise ValueError("poison")
            self.stored += values["p_proc"]
        return []

    def close(self) -> None:
        pass


def test_a_result_that_cannot_be_stored_holds_up_no_others():
    session = Unwilling()
    dispatcher = Dispatcher(lambda: cast("Dedicated", session), Config())
    procs = ["a", "poison", "b"]
    first = [dispatcher._inbox.deliver([Ending(proc)]) for proc in procs]
    dispatcher.start()
    try:
        for future in first:
            with pytest.raises(Internal, match="could not be stored"):
                future.result(10)
        again = {proc: dispatcher._inbox.deliver([Ending(proc)]) for proc in procs}
        with pytest.raises(Internal):
            again["poison"].result(10)
        assert again["a"].result(10) is again["b"].result(10) is None
    finally:
        dispatcher.stop()
    assert session.stored == ["a", "b"]


class Releasing:
    """A session in which two tasks of one layer are released, once."""

    def __init__(self) -> None:
        self.rows = [{"layer_id": "l", "job_id": "j", "woken": 2}]
        self.said: list[str] = []

    def all(self, name: str, **values: Any) -> list[dict[str, Any]]:
        rows, self.rows = self.rows, []
        return rows

    def run(self, name: str, **values: Any) -> None:
        self.said.append(name)


@pytest.mark.parametrize(("leads", "said"), [(False, ["ring_farm"]), (True, [])])
def test_a_standby_that_released_something_rings_for_the_leader(leads: bool, said: list[str]):
    dispatcher, session = Dispatcher(no_database, Config()), Releasing()
    dispatcher.lead(leads)
    dispatcher._release(cast("Dedicated", session))
    assert session.said == said
