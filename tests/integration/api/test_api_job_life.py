"""Calls about jobs and layers after their launch: restart, append, edit."""

from __future__ import annotations

import getpass
from uuid import UUID

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import (
    DependSpecT,
    DependType,
    JobState,
    JobT,
    LayerT,
    ProcFilterT,
    ServiceT,
    TaskFilterT,
    TaskSpecT,
    TaskState,
)
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

NOBODY = "00000000-0000-0000-0000-000000000000"


def layers_of(api: Api, job: JobT) -> dict[str, LayerT]:
    return {layer.name: layer for layer in api.getLayers(jobId=job.id)}


def states(api: Api, job: JobT) -> list[TaskState]:
    return [task.state for task in api.getTasks(filter=TaskFilterT(jobId=job.id))]


def test_a_killed_job_runs_again_under_its_id(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch()
    api.killJob(jobId=job.id, reason="wrong camera")
    killed = api.getJob(jobId=job.id)
    assert (killed.state, killed.endReason, killed.restarts) == (JobState.FINISHED, "wrong camera", 0)
    assert killed.endedBy == getpass.getuser()  # as the kernel says of a caller on the same machine

    api.restartJob(jobId=job.id, failedOnly=False, reason="camera fixed")

    again = api.getActiveJob(name="shot")
    assert (again.id, again.state, again.restarts, again.endReason, again.isPost) == (
        job.id,
        JobState.RUNNING,
        1,
        None,
        False,
    )
    assert states(api, job) == [TaskState.WAITING] * 2


def test_who_waits_for_a_killed_job_goes_before_it_restarts(api: Api, launch: Launch) -> None:
    job = launch()
    other = launch(name="other", depends=[DependSpecT(type=DependType.JOB_ON_JOB, dependOnJob="shot")])
    api.killJob(jobId=job.id, reason="")

    api.restartJob(jobId=job.id, failedOnly=True, reason="")

    assert states(api, other) == [TaskState.WAITING] * 2


def test_a_job_that_is_not_over_or_whose_name_is_taken_is_told(api: Api, launch: Launch) -> None:
    job = launch()
    with pytest.raises(NotAllowed, match="job 'shot' is not over"):
        api.restartJob(jobId=job.id, failedOnly=False, reason="")
    api.killJob(jobId=job.id, reason="")
    launch()
    with pytest.raises(AlreadyExists, match="there is an unfinished job 'shot' already"):
        api.restartJob(jobId=job.id, failedOnly=False, reason="")


def test_a_job_gets_layers_frames_and_tasks(api: Api, launch: Launch) -> None:
    job = launch()
    on_beauty = DependSpecT(type=DependType.TASK_BY_TASK, dependOnLayer="beauty")
    made = api.appendLayers(
        jobId=job.id,
        layers=[layer("comp", depends=[on_beauty]), layer("clean", tasks=[TaskSpecT(name="one")])],
    )

    grown = api.appendFrames(layerId=layers_of(api, job)["beauty"].id, range="3-4")
    more = api.appendFrames(layerId=made[0].id, range="3")
    named = api.appendTasks(layerId=made[1].id, tasks=[TaskSpecT(name="two")])

    assert [one.name for one in made] == ["comp", "clean"] and made[0].order == 1
    assert (grown.range, grown.totals.totalTaskCount) == ("1-2,3-4", 4)
    assert (more.totals.totalTaskCount, more.totals.dependTaskCount) == (3, 3)
    assert named.totals.totalTaskCount == 2
    assert api.getJob(jobId=job.id).totals.totalTaskCount == 9


def test_what_cannot_be_appended_is_told(api: Api, launch: Launch) -> None:
    job = launch()
    beauty = layers_of(api, job)["beauty"].id

    with pytest.raises(Invalid, match="layer 'beauty' has frame 2 already"):
        api.appendFrames(layerId=beauty, range="2-3")
    with pytest.raises(Invalid, match="layer 'beauty' has frames, not named tasks"):
        api.appendTasks(layerId=beauty, tasks=[TaskSpecT(name="x")])
    with pytest.raises(AlreadyExists, match="job 'shot' has a layer 'beauty' already"):
        api.appendLayers(jobId=job.id, layers=[layer()])
    api.killJob(jobId=job.id, reason="")
    with pytest.raises(NotAllowed, match="job 'shot' is over: restart it first"):
        api.appendFrames(layerId=beauty, range="3")


def test_a_layers_settings_are_read_back(api: Api, launch: Launch) -> None:
    beauty = layers_of(api, launch())["beauty"].id
    api.createService(svc=ServiceT(name="big", minCores=4, tags=["huge"]))
    api.setLayerMaxRamPerTask(layerId=beauty, maxRam=1024)
    api.setLayerMaxRetries(layerId=beauty, maxRetries=7)
    api.setLayerPriority(layerId=beauty, priority=5)
    api.setLayerKillGrace(layerId=beauty, killGraceS=30)
    api.setLayerService(layerId=beauty, serv="big")
    api.setLayerChunk(layerId=beauty, chunk=0)

    told = api.getLayerById(layerId=beauty)

    assert (told.maxRam, told.maxRetries, told.priority, told.killGraceS) == (1024, 7, 5, 30)
    assert (told.serv, told.minCores, told.tags) == ("big", 4, ["huge"])
    assert (told.chunk, told.totals.totalTaskCount) == (2, 1)


def test_a_command_is_changed_and_its_versions_kept(api: Api, launch: Launch) -> None:
    beauty = layers_of(api, launch())["beauty"].id

    made = api.setLayerCommand(layerId=beauty, command=["render", "%{FRAME}"], env={"A": "b"}, reason="flag")

    assert (made.version, made.command, made.env, made.reason) == (
        2,
        ["render", "%{FRAME}"],
        {"A": "b"},
        "flag",
    )
    assert [version.version for version in api.getLayerVersions(layerId=beauty)] == [1, 2]
    told = api.getLayerById(layerId=beauty)
    assert (told.version, told.command, told.env) == (2, ["render", "%{FRAME}"], {"A": "b"})


@pytest.mark.parametrize(
    "command, env", [([], {}), (["a", "%{FRAMES}"], {}), (["a"], {"A B": "c"}), ([""], {})]
)
def test_a_command_is_checked_like_that_of_a_launch(
    api: Api, launch: Launch, command: list, env: dict
) -> None:
    beauty = layers_of(api, launch())["beauty"].id

    with pytest.raises(Invalid):
        api.setLayerCommand(layerId=beauty, command=command, env=env, reason="")
    assert api.getLayerById(layerId=beauty).version == 1


@pytest.mark.parametrize(
    "call, noun, key, arguments",
    [
        ("restartJob", "job", "jobId", {"failedOnly": False, "reason": ""}),
        ("appendLayers", "job", "jobId", {"layers": [layer()]}),
        ("appendFrames", "layer", "layerId", {"range": "1"}),
        ("appendTasks", "layer", "layerId", {"tasks": [TaskSpecT(name="x")]}),
        ("setLayerMaxRamPerTask", "layer", "layerId", {"maxRam": 1}),
        ("setLayerMaxRetries", "layer", "layerId", {"maxRetries": 1}),
        ("setLayerService", "layer", "layerId", {"serv": "default"}),
        ("setLayerChunk", "layer", "layerId", {"chunk": 1}),
        ("setLayerPriority", "layer", "layerId", {"priority": 1}),
        ("setLayerKillGrace", "layer", "layerId", {"killGraceS": 1}),
        ("setLayerCommand", "layer", "layerId", {"command": ["a"], "env": {}, "reason": ""}),
        ("getLayerVersions", "layer", "layerId", {}),
        ("killProc", "proc", "id", {"reason": ""}),
        ("setNodeState", "node", "id", {"state": 2}),
        ("rebootNode", "node", "id", {"now": False}),
        ("deleteNode", "node", "id", {}),
        ("deleteQuota", "quota", "id", {}),
        ("deleteProject", "project", "id", {}),
        ("setFolderOrder", "folder", "folderId", {"order": 0}),
        ("readTaskLog", "task", "taskId", {"attempt": -1, "offset": 0, "length": 1}),
    ],
)
def test_an_unknown_or_malformed_id_is_told(
    api: Api, call: str, noun: str, key: str, arguments: dict
) -> None:
    with pytest.raises(NotFound, match=f"no {noun} '{NOBODY}'"):
        getattr(api, call)(**{key: NOBODY}, **arguments)
    with pytest.raises(Invalid, match="not an id: 'x'"):
        getattr(api, call)(**{key: "x"}, **arguments)


def test_a_proc_is_killed_and_its_task_waits_again(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch()
    farm.book((UUID(layers_of(api, job)["beauty"].id), farm.node(), 1))
    (proc,) = api.getProcs(filter=ProcFilterT(jobIds=[job.id]))

    api.killProc(id=proc.id, reason="stuck")

    assert states(api, job) == [TaskState.WAITING] * 2
    assert farm.value("select kill_reason from plow.proc") == "stuck"
