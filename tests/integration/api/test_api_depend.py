"""Calls about depends: each type, both directions, by hand."""

from __future__ import annotations

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import DependSpecT, DependType, JobFilterT, JobT, LayerT, TaskFilterT, TaskState, TaskT
from tests.integration.api.conftest import Api, Launch, layer

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def job(launch: Launch) -> JobT:
    return launch(layer("a", range="1-10"), layer("b", range="1-10"))


def parts(api: Api, job: JobT) -> tuple[LayerT, LayerT, list[TaskT], list[TaskT]]:
    a, b = api.getLayers(jobId=job.id)
    tasks = [api.getTasks(filter=TaskFilterT(layerIds=[one.id])) for one in (a, b)]
    return a, b, tasks[0], tasks[1]


def waiting_for(api: Api, job: JobT) -> int:
    return int(api.getJob(jobId=job.id).totals.dependTaskCount)


def test_a_job_on_a_job(api: Api, job: JobT, launch: Launch) -> None:
    other = launch(name="other")
    api.createJobOnJobDepend(jobId=other.id, onJobId=job.id)

    (depend,) = api.getJobDependsOn(jobId=other.id)
    assert api.getDependsOnJob(jobId=job.id) == [depend]
    assert api.getDependsOnJob(jobId=other.id) == api.getJobDependsOn(jobId=job.id) == []
    assert (depend.type, depend.active, depend.satisfiedTime) == (DependType.JOB_ON_JOB, True, 0)
    assert (depend.dependentJobName, depend.dependOnJobName, depend.dependentLayerId) == (
        "other",
        "shot",
        None,
    )
    assert waiting_for(api, other) == 2
    api.killJob(jobId=job.id, reason="")
    assert waiting_for(api, other) == 0
    assert not api.getJobDependsOn(jobId=other.id)[0].active


def test_a_layer_on_a_layer_and_on_a_task(api: Api, job: JobT) -> None:
    a, b, a_tasks, _ = parts(api, job)
    api.createLayerOnLayerDepend(layerId=b.id, onLayerId=a.id)
    api.createLayerOnTaskDepend(layerId=b.id, onTaskId=a_tasks[0].id)

    first, second = api.getLayerDependsOn(layerId=b.id)
    assert (first.type, first.dependentLayerName, first.dependOnLayerName) == (
        DependType.LAYER_ON_LAYER,
        "b",
        "a",
    )
    assert (second.type, second.dependOnTaskName) == (DependType.LAYER_ON_TASK, "0001-a")
    assert api.getDependsOnLayer(layerId=a.id) == [first]
    assert api.getDependsOnTask(taskId=a_tasks[0].id) == [second]
    assert waiting_for(api, job) == 10


def test_a_task_on_a_layer_and_on_a_task(api: Api, job: JobT) -> None:
    a, _, a_tasks, b_tasks = parts(api, job)
    api.createTaskOnLayerDepend(taskId=b_tasks[0].id, onLayerId=a.id)
    api.createTaskOnTaskDepend(taskId=b_tasks[1].id, onTaskId=a_tasks[1].id)

    (on_layer,) = api.getTaskDependsOn(taskId=b_tasks[0].id)
    (on_task,) = api.getTaskDependsOn(taskId=b_tasks[1].id)
    assert (on_layer.type, on_task.type) == (DependType.TASK_ON_LAYER, DependType.TASK_ON_TASK)
    assert api.getDependsOnLayer(layerId=a.id) == [on_layer]
    assert api.getDependsOnTask(taskId=a_tasks[1].id) == [on_task]
    assert waiting_for(api, job) == 2


def test_frame_by_frame(api: Api, job: JobT) -> None:
    a, b, a_tasks, b_tasks = parts(api, job)
    api.createTaskByTaskDepend(layerId=b.id, onLayerId=a.id)

    rows = [api.getTaskDependsOn(taskId=task.id) for task in b_tasks]
    assert [[row.dependOnTaskId for row in each] for each in rows] == [[task.id] for task in a_tasks]
    api.eatTasks(filter=TaskFilterT(taskIds=[a_tasks[3].id]))
    assert api.getTask(taskId=b_tasks[3].id).state == TaskState.WAITING
    assert waiting_for(api, job) == 9


@pytest.mark.parametrize(
    "sides",
    [
        {"type": DependType.LAYER_ON_LAYER, "dependentLayer": "b", "dependOnLayer": "a"},
        {"type": DependType.LAYER_ON_TASK, "dependentLayer": "b", "dependOnTask": "0001-a"},
        {"type": DependType.TASK_ON_LAYER, "dependentTask": "0001-b", "dependOnLayer": "a"},
        {"type": DependType.TASK_ON_TASK, "dependentTask": "0001-b", "dependOnTask": "0001-a"},
        {"type": DependType.TASK_BY_TASK, "dependentLayer": "b", "dependOnLayer": "a"},
    ],
)
def test_any_type_by_names(api: Api, job: JobT, sides: dict) -> None:
    made = api.createDepend(dependSpec=DependSpecT(dependentJob="shot", dependOnJob="shot", **sides))

    by_task = sides["type"] == DependType.TASK_BY_TASK
    assert made.type == (DependType.TASK_ON_TASK if by_task else sides["type"])
    assert (made.dependentJobId, made.dependOnJobId, made.active) == (job.id, job.id, True)
    with pytest.raises(AlreadyExists):
        api.createDepend(dependSpec=DependSpecT(dependentJob="shot", dependOnJob="shot", **sides))


def test_dropped_and_activated(api: Api, job: JobT) -> None:
    a, b, _, _ = parts(api, job)
    api.createLayerOnLayerDepend(layerId=b.id, onLayerId=a.id)
    (depend,) = api.getLayerDependsOn(layerId=b.id)

    api.dropDepend(dependId=depend.id)
    assert waiting_for(api, job) == 0
    api.activateDepend(dependId=depend.id)
    assert waiting_for(api, job) == 10
    (again,) = api.getLayerDependsOn(layerId=b.id)
    assert (again.active, again.satisfiedTime) == (True, 0)
    for call in (api.dropDepend, api.activateDepend):
        with pytest.raises(NotFound, match="no depend"):
            call(dependId=NOBODY)


def test_a_circle_through_others_is_refused_with_its_names(api: Api, job: JobT, launch: Launch) -> None:
    second, third = launch(layer("c"), name="second"), launch(layer("d"), name="third")
    a, b, a_tasks, b_tasks = parts(api, job)
    (c,) = api.getLayers(jobId=second.id)
    api.createJobOnJobDepend(jobId=second.id, onJobId=job.id)
    api.createJobOnJobDepend(jobId=third.id, onJobId=second.id)

    with pytest.raises(Invalid, match="that would be a circle: .*shot") as refused:
        api.createJobOnJobDepend(jobId=job.id, onJobId=third.id)
    assert "second" in refused.value.why and "third" in refused.value.why
    with pytest.raises(Invalid, match="that would be a circle"):
        api.createLayerOnTaskDepend(
            layerId=a.id, onTaskId=api.getTasks(filter=TaskFilterT(layerIds=[c.id]))[0].id
        )
    assert waiting_for(api, job) == 0

    api.createLayerOnTaskDepend(layerId=b.id, onTaskId=a_tasks[0].id)
    with pytest.raises(Invalid, match="that would be a circle: .*0003-b"):
        api.createTaskOnTaskDepend(taskId=a_tasks[0].id, onTaskId=b_tasks[2].id)
    api.createTaskOnTaskDepend(taskId=a_tasks[1].id, onTaskId=b_tasks[2].id)
    assert waiting_for(api, job) == 11


def test_a_post_job_waits_for_its_first_job_in_a_circle_too(api: Api, launch: Launch) -> None:
    first, second = (
        launch(layer("a"), layer("p", isPost=True), name="first"),
        launch(layer("b"), name="second"),
    )
    (post,) = (job for job in api.getJobs(filter=JobFilterT()) if "__post_" in job.name)

    api.createJobOnJobDepend(jobId=first.id, onJobId=second.id)
    with pytest.raises(Invalid, match="that would be a circle: .*__post_"):
        api.createJobOnJobDepend(jobId=second.id, onJobId=post.id)


def test_dropped_depends_are_no_part_of_a_circle(api: Api, job: JobT, launch: Launch) -> None:
    other = launch(name="other")
    api.createJobOnJobDepend(jobId=other.id, onJobId=job.id)
    api.dropDepend(dependId=api.getJobDependsOn(jobId=other.id)[0].id)

    api.createJobOnJobDepend(jobId=job.id, onJobId=other.id)
    with pytest.raises(Invalid, match="that would be a circle: .*other"):
        api.activateDepend(dependId=api.getJobDependsOn(jobId=other.id)[0].id)
    assert (waiting_for(api, job), waiting_for(api, other)) == (20, 0)


def test_what_makes_no_sense_is_told(api: Api, job: JobT, launch: Launch) -> None:
    a, _, _, _ = parts(api, job)
    with pytest.raises(Invalid, match="nothing can wait for itself"):
        api.createJobOnJobDepend(jobId=job.id, onJobId=job.id)
    with pytest.raises(Invalid, match="nothing can wait for itself"):
        api.createTaskByTaskDepend(layerId=a.id, onLayerId=a.id)
    with pytest.raises(Invalid, match="a LAYER_ON_LAYER depend names no layer"):
        api.createDepend(dependSpec=DependSpecT(type=DependType.LAYER_ON_LAYER, dependentJob="shot"))
    with pytest.raises(Invalid, match="a depend without a type"):
        api.createDepend(dependSpec=DependSpecT(dependentJob="shot", dependOnJob="shot"))
    with pytest.raises(NotFound, match="no layer"):
        api.createLayerOnLayerDepend(layerId=a.id, onLayerId=NOBODY)
    with pytest.raises(NotFound, match="no unfinished job"):
        api.createJobOnJobDepend(jobId=job.id, onJobId=NOBODY)
    far = launch(layer("c", range="100-101"), name="far")
    (c,) = api.getLayers(jobId=far.id)
    with pytest.raises(Invalid, match="no frame in common"):
        api.createTaskByTaskDepend(layerId=c.id, onLayerId=a.id)
    api.killJob(jobId=far.id, reason="")
    with pytest.raises(NotAllowed, match="job 'far' has finished"):
        api.createJobOnJobDepend(jobId=far.id, onJobId=job.id)
