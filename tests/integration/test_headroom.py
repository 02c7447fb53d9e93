"""A large task among small ones under one cap: the dispatcher keeps cores under the cap for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.dispatch_parts import Stage
from tests.integration.test_reservations import at_work, started


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with Stage(database_url) as made:
        made.serve("dispatch.reserve_after_s=0.2", "dispatch.reload_s=1")
        yield made


def kept(stage: Stage) -> int:
    found: int = stage.farm.value("select count(*) from plow.headroom")
    return found


@pytest.mark.parametrize("cap", ["quota_counter set burst = 4", "folder set max_cores = 4"])
def test_a_large_task_starts_though_endless_small_ones_fill_its_cap(stage: Stage, cap: str) -> None:
    node = stage.node(cores=16)
    stage.farm.execute(f"update plow.{cap}")
    stage.launch(9000, "small")
    node.wait_for(lambda: len(node.starts) >= 4)
    with at_work(node):
        big = stage.launch(1, "big", min_cores=4)
        stage.wait(lambda: started(stage, big), 60)
        node.wait_for(lambda: len(node.starts) >= 60)
    assert kept(stage) == 0


def test_what_is_kept_is_for_all_again_when_the_large_task_is_gone(stage: Stage) -> None:
    node = stage.node(cores=16)
    stage.farm.execute("update plow.quota_counter set burst = 4")
    small = stage.launch(9, "small")
    node.wait_for(lambda: len(node.starts) == 4)
    big = stage.launch(1, "big", min_cores=4)
    stage.wait(lambda: stage.app.dispatcher.held["quota"] == 6, 30)
    node.finish(list(node.held)[:1])
    node.wait_for(lambda: len(node.starts) == 5)  # it is passed over
    stage.wait(lambda: kept(stage) == 1, 30)
    node.finish(list(node.held)[:2])
    stage.wait(lambda: stage.app.dispatcher.held["headroom"] == 4, 30)
    assert len(node.starts) == 5
    assert "4 cores under its caps are kept free for it" in stage.rpc("explain", id=str(big)).sentence
    (rule,) = stage.rpc("explain", id=str(small)).rules
    assert rule.sentence.endswith("kept for a large task (4 for layer 'beauty' of job 'big')")

    job = stage.farm.value("select job_id from plow.layer where id = %s", big)
    stage.rpc("pauseJob", jobId=str(job), paused=True)

    node.wait_for(lambda: len(node.starts) == 7)
    assert kept(stage) == 0
