"""Calls about tasks: look, kill, retry, eat."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid, NotAllowed, NotFound
from plow_client.idl import AttemptEnd, JobState, TaskFilterT, TaskSpecT, TaskState
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_tasks_of_an_archived_job_are_refused_with_the_reason(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch(layer(range="1-2"))
    api.killJob(jobId=job.id, reason="")
    farm.execute("select plow.archive_jobs(0)")

    with pytest.raises(NotAllowed, match="the tasks of job 'shot' are archived since"):
        api.getTasks(filter=TaskFilterT(jobId=job.id))


def test_a_task_says_where_it_stands(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch(layer(range="1-4", chunk=2))
    first, second = api.getTasks(filter=TaskFilterT(jobId=job.id))

    assert first == api.getTask(taskId=first.id)
    assert (first.name, first.number, first.frames, first.order, first.retries) == (
        "0001-beauty",
        1,
        "1-2",
        0,
        -1,
    )
    assert (first.layerName, first.jobName, first.minCores, first.minRam) == ("beauty", "shot", 1, 512)
    assert api.getTaskLogPath(taskId=first.id) == f"{job.logPath}/0001-beauty.-1.log"

    node = farm.node("r12")
    (booked,) = farm.book((farm.value("select id from plow.layer"), node, 1))
    farm.execute(
        "insert into plow.proc_use (proc_id, updated, rss, high_rss, cores, high_cores, progress, last_log)"
        " values (%s, plow.now(), 100, 200, 0.5, 0.9, 42, 'line 7')",
        booked["proc_id"],
    )
    stats = api.getTask(taskId=first.id).stats
    assert (stats.active, stats.progress, stats.lastLogLine, stats.lastNode) == (True, 42, "line 7", "r12")
    assert (stats.usedRam, stats.highRam, stats.usedCores, stats.highCores) == (100, 200, 0.5, 0.9)
    assert (stats.procId, stats.retryNum) == (str(booked["proc_id"]), 0)
    assert stats.logPath == api.getTaskLogPath(taskId=first.id) == f"{job.logPath}/0001-beauty.0.log"
    assert second.frames == "3-4"


def test_each_attempt_is_told_oldest_first(api: Api, launch: Launch, farm: Farm) -> None:
    launch(layer(range="1"))
    beauty, node = farm.value("select id from plow.layer"), farm.node()
    task = str(farm.value("select id from plow.task"))
    assert api.getTaskStats(taskId=task) == []
    (first,) = farm.book((beauty, node, 1))
    farm.complete([first["proc_id"]], status=3, high_ram=50)
    (second,) = farm.book((beauty, node, 1))

    ended, running = api.getTaskStats(taskId=task)

    assert (ended.retryNum, ended.exitStatus, ended.active, ended.highRam) == (0, 3, False, 50)
    assert (ended.endReason, ended.lastNode, ended.stopTime >= ended.startTime) == (
        AttemptEnd.EXITED,
        "n1",
        True,
    )
    assert ended.logPath.endswith("/0001-beauty.0.log")
    assert (running.retryNum, running.active, running.endReason, running.stopTime) == (1, True, None, 0)
    assert running.procId == str(second["proc_id"])


def test_tasks_without_frames_have_none(api: Api, launch: Launch) -> None:
    job = launch(layer(tasks=[TaskSpecT(name="model")]))
    (task,) = api.getTasks(filter=TaskFilterT(jobId=job.id))
    assert (task.frames, task.number, task.name) == (None, 0, "model")


def test_kill_retry_and_eat_by_job_layer_task_and_node(api: Api, launch: Launch, farm: Farm) -> None:
    job, node = launch(layer(range="1-9")), farm.node(cores=8)
    beauty = farm.value("select id from plow.layer")
    tasks = api.getTasks(filter=TaskFilterT(jobId=job.id))
    filters = (
        TaskFilterT(jobId=job.id),
        TaskFilterT(layerIds=[str(beauty)]),
        TaskFilterT(taskIds=[task.id for task in tasks]),
        TaskFilterT(nodeIds=[str(node)]),
    )
    for chosen in filters:
        for call, state in ((api.killTasks, TaskState.WAITING), (api.retryTasks, TaskState.WAITING)):
            (booked,) = farm.book((beauty, node, 1))
            call(filter=chosen)
            assert api.getTask(taskId=str(booked["task_id"])).state == state
            farm.complete([booked["proc_id"]], signal=9, end="KILLED")
    (booked,) = farm.book((beauty, node, 1))
    api.eatTasks(filter=filters[3])
    assert api.getTask(taskId=str(booked["task_id"])).state == TaskState.EATEN
    farm.complete([booked["proc_id"]], signal=9, end="KILLED")
    api.eatTasks(filter=filters[0])
    assert api.getJob(jobId=job.id).state == JobState.FINISHED


def test_only_the_dead_are_eaten_if_so_said(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch(layer(maxRetries=0))
    (booked,) = farm.book((farm.value("select id from plow.layer"), farm.node(), 1))
    farm.complete([booked["proc_id"]], status=1)

    api.eatTasks(filter=TaskFilterT(jobId=job.id, states=[TaskState.DEAD]))

    totals = api.getJob(jobId=job.id).totals
    assert (totals.eatenTaskCount, totals.waitingTaskCount) == (1, 1)


def test_limit_and_offset_count_in_actions_too(api: Api, launch: Launch) -> None:
    job = launch(layer(range="1-5"))

    api.eatTasks(filter=TaskFilterT(jobId=job.id, limit=2, offset=1))

    tasks = api.getTasks(filter=TaskFilterT(jobId=job.id))
    assert [task.number for task in tasks if task.state == TaskState.EATEN] == [2, 3]
    page = api.getTasks(filter=TaskFilterT(jobId=job.id, limit=2, offset=3))
    assert [task.number for task in page] == [4, 5]


def test_only_what_changed_since(api: Api, launch: Launch) -> None:
    job = launch()
    first, second = api.getTasks(filter=TaskFilterT(jobId=job.id))
    now = api.getPlowTime() + 1
    while api.getPlowTime() <= now:
        pass
    api.eatTasks(filter=TaskFilterT(taskIds=[second.id]))

    assert [task.id for task in api.getTasks(filter=TaskFilterT(jobId=job.id, lastUpdateTime=now))] == [
        second.id
    ]
    assert first.id != second.id


@pytest.mark.parametrize("call", ["getTasks", "killTasks", "retryTasks", "eatTasks"])
def test_a_filter_without_any_of_the_four_is_invalid(api: Api, launch: Launch, call: str) -> None:
    launch()
    with pytest.raises(Invalid, match="needs a job, layers, tasks or nodes"):
        getattr(api, call)(filter=TaskFilterT(states=[TaskState.WAITING]))
    with pytest.raises(Invalid, match="not an id: 'x'"):
        getattr(api, call)(filter=TaskFilterT(jobId="x"))
    with pytest.raises(Invalid, match="limit and offset"):
        getattr(api, call)(filter=TaskFilterT(jobId=NOBODY, limit=-1))


def test_an_empty_list_means_none_of_them(api: Api, launch: Launch) -> None:
    job = launch()
    api.eatTasks(filter=TaskFilterT(jobId=job.id, taskIds=[]))
    assert api.getJob(jobId=job.id).totals.eatenTaskCount == 0


def test_an_unknown_task_is_told(api: Api) -> None:
    for call in (api.getTask, api.getTaskLogPath):
        with pytest.raises(NotFound, match="no task '0000"):
            call(taskId=NOBODY)
    assert api.getTaskStats(taskId=NOBODY) == []
