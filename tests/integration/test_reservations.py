"""A large task among small ones: the dispatcher keeps a node for it, and lets it go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from benchmarks.fake_node import FakeNode
from tests.integration.dispatch_parts import Stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with Stage(database_url) as made:
        made.serve("dispatch.reserve_after_s=0.2", "dispatch.reload_s=1")
        yield made


@contextmanager
def at_work(node: FakeNode) -> Iterator[None]:
    """The node ends its tasks one by one, the oldest first, without end."""
    stopping = threading.Event()

    def work() -> None:
        while not stopping.wait(0.02):
            node.finish(list(node.held)[:1])

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def started(stage: Stage, layer: UUID) -> bool:
    return "RUNNING" in stage.states(layer) or "SUCCEEDED" in stage.states(layer)


def is_predicted(stage: Stage, layer: UUID) -> bool:
    """Whether what runs of it now is known to end soon."""
    query = "select bool_and(predicted_clock_ms is not null) from plow.proc where layer_id = %s"
    return bool(stage.farm.value(query, layer))


def kept_for(stage: Stage) -> list[UUID]:
    return [row["layer_id"] for row in stage.farm.execute("select layer_id from plow.reservation")]


@pytest.mark.parametrize("knows", [False, True], ids=["of unknown length", "known to be short"])
def test_a_large_task_starts_among_endless_small_ones(stage: Stage, knows: bool) -> None:
    node = stage.node(cores=4)
    small = stage.launch(5000, "small")
    node.wait_for(lambda: len(node.starts) >= 4)
    with at_work(node):
        if knows:
            stage.wait(lambda: is_predicted(stage, small), 30)
        big = stage.launch(1, "big", min_cores=4)
        stage.wait(lambda: started(stage, big), 60)
    assert kept_for(stage) == []


def test_a_node_that_is_kept_is_for_all_again_when_the_large_task_is_gone(stage: Stage) -> None:
    node = stage.node(cores=4)
    small = stage.launch(9, "small")
    node.wait_for(lambda: len(node.starts) == 4)
    big = stage.launch(1, "big", min_cores=4)
    stage.wait(lambda: stage.app.dispatcher.held["node"] == 6, 30)
    node.finish(list(node.held)[:1])
    node.wait_for(lambda: len(node.starts) == 5)  # it is passed over, and nothing else happens
    stage.wait(lambda: kept_for(stage) == [big], 30)
    node.finish(list(node.held)[:2])
    stage.wait(lambda: stage.states(small).count("SUCCEEDED") == 3)
    assert len(node.starts) == 5, "what is free is kept"

    stage.rpc(
        "killJob",
        jobId=str(stage.farm.value("select job_id from plow.layer where id = %s", big)),
        reason="test",
    )

    stage.wait(lambda: kept_for(stage) == [])
    node.wait_for(lambda: len(node.starts) == 7)
