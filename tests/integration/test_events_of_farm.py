"""What a reader hears of a farm at work, with two servers that both number what happens."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pytest

from plow_client.connection import Connection
from plow_client.idl import EventT
from plow_server.app import App
from tests.integration.dispatch_parts import Stage

TASKS = 12


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with Stage(database_url) as made:
        yield made


class Listening:
    """A reader of one server, in a thread, until it has heard that the job is over."""

    def __init__(self, app: App) -> None:
        self.heard: list[EventT] = []
        self._address = app.rpc_address
        with Connection(self._address) as farm:
            self.began = self._since = farm.getEvents(-1, 0, 0).nextSequence
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with Connection(self._address) as farm:
            while not any(event.newValue == "FINISHED" for event in self.heard):
                page = farm.getEvents(self._since, 5, 5000)
                self.heard += page.events
                self._since = page.nextSequence

    def end(self) -> list[EventT]:
        """All it has heard."""
        self._thread.join(20)
        assert not self._thread.is_alive(), f"heard only {len(self.heard)}"
        return self.heard


def test_readers_of_two_servers_hear_every_step_once_and_in_order(stage: Stage) -> None:
    readers = [Listening(app) for app in (stage.serve(), stage.serve())]
    node = stage.node(cores=3)
    layer = stage.launch(TASKS, max_retries=1)
    node.wait_for(lambda: bool(node.held))
    node.finish([next(iter(node.held))], status=1)
    while stage.farm.value("select state from plow.job") != "FINISHED":
        node.finish(list(node.held))

    heard = [reader.end() for reader in readers]
    steps: dict[str, list[str]] = defaultdict(list)
    for event in heard[0]:
        if event.noun == "task":
            assert event.oldValue == (steps[event.objectId] or ["WAITING"])[-1]
            steps[event.objectId].append(event.newValue)
    assert set(steps) == {str(task["id"]) for task in stage.farm.tasks(layer)}
    good = ["RUNNING", "SUCCEEDED"]
    assert sorted(steps.values(), key=len) == [good] * (TASKS - 1) + [["RUNNING", "WAITING", *good]]
    assert all(b.sequence == a.sequence + 1 for a, b in pairwise(heard[0]))
    theirs = {event.sequence: event for event in heard[1]}
    ours = {event.sequence: event for event in heard[0]}
    assert all(vars(theirs[n]) == vars(ours[n]) for n in theirs.keys() & ours.keys())
    assert len(theirs.keys() & ours.keys()) >= 2 * TASKS


def test_a_server_that_stops_does_not_wait_for_those_who_wait(stage: Stage) -> None:
    app = stage.serve("server.stop_s=60")
    answer: list[object] = []

    def wait() -> None:
        with Connection(app.rpc_address) as farm:
            answer.append(farm.getEvents(-1, 0, 30_000).events)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    stage.wait(lambda: app.events.waiting > 0)
    app.stop()
    thread.join(10)
    assert answer == [[]]
