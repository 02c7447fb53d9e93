"""A job whose time comes starts then, with nobody ringing; priorities and grace times reach the nodes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plow_client.idl import JobSpecT, LayerSpecT
from tests.integration.dispatch_parts import Stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """Its server reads the farm anew once in a thousand seconds, unless it knows why."""
    with Stage(database_url) as made:
        made.serve("dispatch.reload_s=1000")
        yield made


def spec(name: str, *layers: LayerSpecT, **fields: object) -> JobSpecT:
    return JobSpecT(name=name, project="test", username="anna", layers=list(layers) or [layer()], **fields)


def layer(name: str = "beauty", **fields: object) -> LayerSpecT:
    return LayerSpecT(**{"name": name, "command": ["true"], "range": "1", "minRam": 512, **fields})


def test_a_job_starts_when_its_time_comes_and_not_before(stage: Stage) -> None:
    node = stage.node(cores=4)
    due = stage.rpc("getPlowTime") + 1500
    job = stage.rpc("launch", spec=spec("later", startAfter=due))
    stage.rpc("launch", spec=spec("now"))

    node.wait_for(lambda: len(node.starts) == 2)
    names = [command.jobName for command in node.held.values()]
    assert names == ["now", "later"]
    started = stage.farm.value("select plow.ms(created) from plow.proc where job_id = %s", job.id)
    assert started >= due


def test_a_job_whose_time_is_taken_back_starts_at_once(stage: Stage) -> None:
    node = stage.node(cores=4)
    job = stage.rpc("launch", spec=spec("later", startAfter=4_000_000_000_000))
    assert node.starts == []

    stage.rpc("setJobStartAfter", jobId=job.id, startAfter=0)

    node.wait_for(lambda: len(node.starts) == 1)


def test_higher_priorities_start_first_and_the_grace_time_arrives(stage: Stage) -> None:
    layers = [layer("low"), layer("high", priority=1, killGraceS=77)]
    for name, priority in (("a", 0), ("b", 5), ("c", 0)):
        stage.rpc("launch", spec=spec(name, *layers, priority=priority))
    third = stage.rpc("getActiveJob", name="c")
    stage.rpc("setJobPriority", jobId=third.id, priority=9)
    node = stage.node(cores=1)

    for count in range(1, 7):
        node.wait_for(lambda n=count: len(node.starts) == n)
        (command,) = node.held.values()
        assert command.killGraceS == (77 if command.layerName == "high" else 10)
        node.finish(list(node.held))

    stage.wait(lambda: len(stage.ends()) == 6)
    rows = stage.farm.execute(
        "select job.name as job, layer.name as layer from plow.attempt"
        " join plow.job on job.id = attempt.job_id join plow.layer on layer.id = layer_id order by attempt.started"
    )
    assert [(row["job"], row["layer"]) for row in rows] == [
        (job, name) for job in "cba" for name in ("high", "low")
    ]
