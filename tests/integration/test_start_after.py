"""A job starts when its time comes, a layer when its wait is over, by itself; how tasks run reaches the nodes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plow_client.idl import (
    AttemptEnd,
    AttemptFilterT,
    DiskT,
    GpuT,
    JobSpecT,
    LayerSpecT,
    NodeFilterT,
    RetryRulesT,
    RunSettingsT,
    RunTaskCommand,
    RunTaskResult,
)
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


def test_work_without_a_licence_starts_again_when_its_wait_is_over(stage: Stage) -> None:
    node = stage.node(cores=4)
    run = RunSettingsT(maxRunS=60, beforeCommand=["mkdir", "%{FRAME}"], logRules=["maya"])
    made = layer(run=run, maxRam=4000)
    stage.rpc("launch", spec=spec("scarce", made))
    node.wait_for(lambda: len(node.starts) == 1)
    (first,) = node.held.values()
    assert (first.run.beforeCommand, first.taskTypes, first.memoryLimitMb) == (["mkdir", "1"], ["maya"], 4000)

    node.forget(first.procId)
    node.report([result_of(first, AttemptEnd.LICENSE)])
    stage.rpc("launch", spec=spec("other"))
    node.wait_for(lambda: len(node.starts) == 2)
    assert [command.jobName for command in node.held.values()] == ["other"]
    stage.farm.execute("update plow.retry_wait set until = plow.now() + interval '1.2 s'")
    stage.farm.execute("notify plow_farm")

    node.wait_for(lambda: len(node.starts) == 3)
    again, wait = (
        stage.farm.value("select max(created) from plow.proc"),
        stage.farm.value("select until from plow.retry_wait"),
    )
    assert again >= wait
    (attempt,) = stage.rpc("getAttempts", filter=AttemptFilterT(layerIds=[first.layerId]))
    assert (attempt.endReason, attempt.commandIndex, attempt.warnings) == (AttemptEnd.LICENSE, 0, 3)


def test_a_failed_task_is_tried_again_when_its_wait_is_over_and_others_go_on(stage: Stage) -> None:
    node = stage.node(cores=1)
    made = layer(range="1-2", minCores=1, maxRetries=1, retryRules=RetryRulesT(delayS=1))
    stage.rpc("launch", spec=spec("waits", made))
    node.wait_for(lambda: len(node.starts) == 1)
    (failed,) = node.held.values()
    node.finish(list(node.held), status=3)
    node.wait_for(lambda: len(node.starts) == 2)
    (other,) = node.held.values()
    node.finish(list(node.held))

    node.wait_for(lambda: len(node.starts) == 3)

    (again,) = node.held.values()
    assert (again.taskId, again.attempt) == (failed.taskId, 1)
    assert other.taskId != failed.taskId
    waited = stage.farm.value(
        "select extract(epoch from proc.created - attempt.stopped)::float8"
        " from plow.proc join plow.attempt on attempt.task_id = proc.task_id"
    )
    assert waited >= 1


def test_a_job_that_fails_everywhere_is_paused_and_leaves_the_farm_to_others(stage: Stage) -> None:
    nodes = [stage.node(f"r{n}", cores=2) for n in range(5)]
    job = stage.rpc("launch", spec=spec("broken", layer(range="1-99", minCores=1, maxRetries=0)))
    for node in nodes:
        node.wait_for(lambda node=node: len(node.held) == 2)
        stage.farm.execute("select plow.set_node_locked(id, true) from plow.node where name = %s", node.name)
        node.finish(list(node.held), status=1)
    stage.wait(lambda: stage.rpc("getJob", jobId=job.id).paused)
    stage.farm.execute("select plow.set_node_locked(id, false) from plow.node")

    stage.rpc("launch", spec=spec("other", layer(minCores=1)))

    stage.wait(lambda: [command.jobName for node in nodes for command in node.held.values()] == ["other"])
    assert "10 attempts on 5 nodes failed" in stage.rpc("getJob", jobId=job.id).pauseReason
    stage.rpc("pauseJob", jobId=job.id, paused=False)
    stage.wait(lambda: sum(len(node.held) for node in nodes) == 10)


def test_what_a_node_tells_of_itself_is_seen_and_one_that_is_taken_back_takes_nothing(stage: Stage) -> None:
    node = stage.node(cores=4)
    told = node.message()
    told.gpus, told.disks = [GpuT(index=0, model="A6000", memoryMb=49_152)], [DiskT("/", 9, 5)]
    told.os, told.users, told.metrics, told.awayReason = "linux", ["anna"], {"heat": 40.5}, "anna works here"
    told.complaints = ["the reboot failed", "user 'plowtask' may not run python"]
    node.ping(told)
    stage.rpc("launch", spec=spec("waits"))

    (seen,) = stage.rpc("getNodes", filter=NodeFilterT())
    assert (seen.gpus, seen.disks, seen.complaints) == (told.gpus, told.disks, told.complaints)
    assert (seen.os, seen.users, seen.metrics, seen.awayReason) == (
        "linux", ["anna"], {"heat": 40.5}, "anna works here",
    )  # fmt: skip
    assert node.starts == []
    node.ping()
    node.wait_for(lambda: len(node.starts) == 1)


def result_of(command: RunTaskCommand, end: AttemptEnd) -> RunTaskResult:
    return RunTaskResult(
        procId=command.procId,
        taskId=command.taskId,
        jobId=command.jobId,
        exitStatus=1,
        endReason=end,
        commandIndex=0,
        warnings=3,
    )


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
