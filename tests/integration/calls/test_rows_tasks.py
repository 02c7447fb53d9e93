"""Calls about layers, tasks and depends, row by row of docs/reference/calls.csv."""

from __future__ import annotations

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import DependSpecT, DependT, DependType, JobState, JobT, TaskFilterT, TaskState
from tests.integration.calls.conftest import NOBODY, Scene
from tests.integration.dispatch_parts import wait_for


def held_back(scene: Scene, job: JobT) -> int:
    """How many tasks of a job wait for others."""
    return int(scene.api.getJob(jobId=job.id).totals.dependTaskCount)


def test_rows_039_040_041_layers_by_id_by_name_and_in_order(scene: Scene) -> None:
    job = scene.launch(scene.layer("z"), scene.layer("a"))
    z, a = scene.api.getLayers(jobId=job.id)
    assert [one.name for one in (z, a)] == ["z", "a"]
    assert scene.api.getLayerById(layerId=a.id) == scene.api.getLayer(jobId=job.id, name="a") == a
    assert scene.api.getLayers(jobId=NOBODY) == []
    for call in (
        lambda: scene.api.getLayer(jobId=job.id, name="x"),
        lambda: scene.api.getLayerById(layerId=NOBODY),
    ):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize(
    "call, argument, said, field, kept",
    [
        pytest.param(
            "setLayerTags", "tags", ["t1", "t2", "t3", "t1"], "tags", ["t1", "t2", "t3"], id="row_042"
        ),
        pytest.param("setLayerMinCoresPerTask", "minCores", 0, "minCores", 1, id="row_043"),
        pytest.param("setLayerMaxCoresPerTask", "maxCores", 40_000, "maxCores", 32_767, id="row_044"),
        pytest.param("setLayerMinRamPerTask", "minRam", 8, "minRam", 256, id="row_045"),
        pytest.param("setLayerThreadable", "threadable", True, "threadable", True, id="row_046"),
    ],
)
def test_a_setting_of_a_layer_is_brought_within_its_bounds(
    scene: Scene, call: str, argument: str, said: object, field: str, kept: object
) -> None:
    _, a, _ = scene.pair()
    getattr(scene.api, call)(guid=a.id, **{argument: said})
    assert getattr(scene.api.getLayerById(layerId=a.id), field) == kept
    with pytest.raises(NotFound):
        getattr(scene.api, call)(guid=NOBODY, **{argument: said})


TYPES = [
    pytest.param("createLayerOnLayerDepend", "layer", "layer", DependType.LAYER_ON_LAYER, 10, id="row_049"),
    pytest.param("createLayerOnTaskDepend", "layer", "task", DependType.LAYER_ON_TASK, 10, id="row_050"),
    pytest.param("createTaskOnLayerDepend", "task", "layer", DependType.TASK_ON_LAYER, 1, id="row_061"),
    pytest.param("createTaskOnTaskDepend", "task", "task", DependType.TASK_ON_TASK, 1, id="row_062"),
]


@pytest.mark.parametrize("call, dependent, on, kind, count", TYPES)
def test_each_side_of_a_depend_lists_it_with_its_type(
    scene: Scene, call: str, dependent: str, on: str, kind: DependType, count: int
) -> None:
    """Rows 047, 048, 058, 059. W9: the type is the one asked for. W14: each name stands at its own thing."""
    job, a, b = scene.pair()
    parts = {
        "layer": (b.id, a.id),
        "task": (scene.tasks(layerIds=[b.id])[0].id, scene.tasks(layerIds=[a.id])[0].id),
    }
    side, other = parts[dependent][0], parts[on][1]
    getattr(scene.api, call)(**{f"{dependent}Id": side, f"on{on.title()}Id": other})

    ahead = {"layer": lambda: scene.api.getLayerDependsOn(layerId=side),
             "task": lambda: scene.api.getTaskDependsOn(taskId=side)}[dependent]()  # fmt: skip
    behind = {"layer": lambda: scene.api.getDependsOnLayer(layerId=other),
              "task": lambda: scene.api.getDependsOnTask(taskId=other)}[on]()  # fmt: skip
    assert ahead == behind
    (depend,) = ahead
    assert (depend.type, held_back(scene, job)) == (kind, count)
    assert names(depend) == {
        "dependentJobName": job.name, "dependOnJobName": job.name,
        "dependentLayerName": "b", "dependOnLayerName": "a",
        "dependentTaskName": "0001-b" if dependent == "task" else None,
        "dependOnTaskName": "0001-a" if on == "task" else None,
    }  # fmt: skip
    with pytest.raises(NotFound):
        getattr(scene.api, call)(**{f"{dependent}Id": side, f"on{on.title()}Id": NOBODY})


def names(depend: DependT) -> dict[str, str | None]:
    """All names of a depend."""
    return {key: value for key, value in vars(depend).items() if key.endswith("Name")}


def test_rows_047_048_a_layer_lists_no_more_than_its_own_depends(scene: Scene) -> None:
    _, a, b = scene.pair()
    scene.api.createLayerOnLayerDepend(layerId=b.id, onLayerId=a.id)
    assert scene.api.getDependsOnLayer(layerId=b.id) == scene.api.getLayerDependsOn(layerId=a.id) == []
    assert (
        len(scene.api.getDependsOnLayer(layerId=a.id)) == len(scene.api.getLayerDependsOn(layerId=b.id)) == 1
    )


@pytest.mark.parametrize(
    "mine, theirs, rows",
    [
        pytest.param({}, {}, 10, id="1on1"),
        pytest.param({"chunk": 5}, {}, 10, id="5on1"),
        pytest.param({}, {"chunk": 5}, 10, id="1on5"),
        pytest.param({"chunk": 5}, {"chunk": 5}, 2, id="5on5"),
        pytest.param({"chunk": 2}, {"chunk": 5}, 6, id="2on5"),
        pytest.param({"range": "1-9x2", "chunk": 5}, {"range": "1-10"}, 5, id="stepped"),
        pytest.param({"range": "10,9", "chunk": 2}, {"range": "1-10", "chunk": 10}, 1, id="backwards"),
    ],
)
def test_row_051_frame_by_frame_whatever_step_and_chunk(
    scene: Scene, mine: dict[str, object], theirs: dict[str, object], rows: int
) -> None:
    """W29: the frames of a chunk are those of the range, not the next whole numbers."""
    job = scene.launch(scene.layer("a", **theirs), scene.layer("b", **mine))
    a, b = scene.api.getLayers(jobId=job.id)
    scene.api.createTaskByTaskDepend(layerId=b.id, onLayerId=a.id)
    made = [
        row for task in scene.tasks(layerIds=[b.id]) for row in scene.api.getTaskDependsOn(taskId=task.id)
    ]
    assert len(made) == rows
    assert {row.type for row in made} == {DependType.TASK_ON_TASK}
    with pytest.raises(NotFound):
        scene.api.createTaskByTaskDepend(layerId=b.id, onLayerId=NOBODY)


def test_row_052_a_task_by_id_with_what_it_uses_in_its_own_place(scene: Scene) -> None:
    """W18: used and highest are not exchanged, an ended attempt is not active. W17: progress in percent."""
    node = scene.node(cores=1)
    job = scene.launch(scene.layer(range="1"))
    scene.start(node)
    told = node.message()
    told.tasks[0].rssMb, told.tasks[0].highRssMb = 100, 200
    told.tasks[0].usedCores, told.tasks[0].progress = 0.5, 0.42
    node.ping(told)
    told = node.message()
    told.tasks[0].rssMb, told.tasks[0].highRssMb, told.tasks[0].usedCores = 50, 200, 0.25
    told.tasks[0].progress = 0.42
    node.ping(told)
    (task,) = scene.tasks(job)
    stats = scene.api.getTask(taskId=task.id).stats
    assert (stats.usedRam, stats.highRam, stats.usedCores, stats.highCores) == (50, 200, 0.25, 0.5)
    assert (stats.progress, stats.active) == (42, True)
    node.finish(list(node.held))
    wait_for(lambda: not scene.api.getTask(taskId=task.id).stats.active)


def test_row_053_tasks_by_state_and_change_page_by_page(scene: Scene) -> None:
    """W20: limit and offset count."""
    job = scene.launch()
    since = scene.api.getPlowTime() + 1
    wait_for(lambda: scene.api.getPlowTime() > since)
    first = scene.tasks(job)[0]
    scene.api.eatTasks(filter=TaskFilterT(taskIds=[first.id]))
    assert [one.id for one in scene.tasks(job, states=[TaskState.EATEN])] == [first.id]
    assert [one.id for one in scene.tasks(job, lastUpdateTime=since)] == [first.id]
    page = scene.api.getTasks(filter=TaskFilterT(jobId=job.id, limit=3, offset=2))
    assert [one.number for one in page] == [3, 4, 5]
    with pytest.raises(Invalid, match="needs a job, layers, tasks or nodes"):
        scene.tasks(states=[TaskState.WAITING])


def test_row_054_the_log_path_says_minus_one_before_the_first_run(scene: Scene) -> None:
    node = scene.node(cores=1)
    job = scene.launch(scene.layer(range="7"), paused=True)
    (task,) = scene.tasks(job)
    assert scene.api.getTaskLogPath(taskId=task.id) == f"{job.logPath}/0007-beauty.-1.log"
    scene.api.pauseJob(jobId=job.id, paused=False)
    scene.start(node)
    (command,) = node.held.values()
    assert scene.api.getTaskLogPath(taskId=task.id) == command.logFile == f"{job.logPath}/0007-beauty.0.log"


def test_row_055_dead_tasks_are_tried_again_with_a_fresh_budget(scene: Scene) -> None:
    """W28: retrying by hand resets the count of failures."""
    node = scene.node(cores=1)
    job = scene.launch(scene.layer(range="1", maxRetries=1))
    for budget in (1, 2):
        for attempt in (1, 2):
            node.wait_for(lambda n=2 * budget - 2 + attempt: len(node.starts) == n and bool(node.held))
            node.finish(list(node.held), status=1)
        wait_for(lambda: scene.tasks(job)[0].state == TaskState.DEAD)
        scene.api.pauseJob(jobId=job.id, paused=budget == 2)
        scene.api.retryTasks(filter=TaskFilterT(jobId=job.id))
    assert scene.tasks(job)[0].state == TaskState.WAITING


def test_row_055_a_running_task_is_stopped_and_queued(scene: Scene) -> None:
    """W4: the node is told, and all of the batch is done."""
    node = scene.node(cores=2)
    job = scene.launch(scene.layer(range="1-2"))
    scene.start(node, 2)
    scene.api.retryTasks(filter=TaskFilterT(jobId=job.id))
    node.wait_for(lambda: len(node.starts) == 4)
    for task in scene.tasks(job):
        first, again = scene.api.getTaskStats(taskId=task.id)
        assert (first.exitSignal, again.active) == (670, True)


def test_row_056_a_job_of_eaten_tasks_is_finished(scene: Scene) -> None:
    """W5: a filter by job is taken. W4: what runs is stopped, and the job ends. W11: eaten counts as done."""
    node = scene.node(cores=1)
    job, a, b = scene.pair()
    scene.api.createLayerOnLayerDepend(layerId=b.id, onLayerId=a.id)
    scene.start(node)
    scene.api.eatTasks(filter=TaskFilterT(layerIds=[a.id]))
    wait_for(lambda: held_back(scene, job) == 0)
    node.wait_for(lambda: len(node.held) == 1 and len(node.starts) == 2)
    scene.api.eatTasks(filter=TaskFilterT(jobId=job.id))
    assert scene.api.getJob(jobId=job.id).state == JobState.FINISHED
    node.wait_for(lambda: not node.held)


def test_row_057_a_killed_task_is_stopped_on_its_node_and_waits_again(scene: Scene) -> None:
    """W4, W15, W39: told to the node, its cores taken until it is gone, and booked again in peace."""
    node = scene.node(cores=1)
    job = scene.launch(scene.layer(range="1"))
    scene.start(node)
    (first,) = node.held
    scene.api.killTasks(filter=TaskFilterT(jobId=job.id))
    node.wait_for(lambda: len(node.starts) == 2)
    assert first in node.tombstones
    (task,) = scene.tasks(job)
    ended, running = scene.api.getTaskStats(taskId=task.id)
    assert (ended.exitSignal, running.active, running.retryNum) == (669, True, 1)
    assert (ended.procId, ended.procId != running.procId) == (first, True)


def test_rows_058_059_a_task_lists_no_more_than_its_own_depends(scene: Scene) -> None:
    _, a, b = scene.pair()
    ((first, other, *_), (then, *_)) = (scene.tasks(layerIds=[one.id]) for one in (a, b))
    scene.api.createTaskOnTaskDepend(taskId=then.id, onTaskId=first.id)
    assert scene.api.getDependsOnTask(taskId=other.id) == scene.api.getTaskDependsOn(taskId=first.id) == []
    assert scene.api.getDependsOnTask(taskId=first.id) == scene.api.getTaskDependsOn(taskId=then.id)
    assert len(scene.api.getTaskDependsOn(taskId=then.id)) == 1


def test_row_060_a_retried_task_has_two_attempts(scene: Scene) -> None:
    node = scene.node(cores=1)
    job = scene.launch(scene.layer(range="1"))
    scene.start(node)
    node.finish(list(node.held), status=3)
    node.wait_for(lambda: len(node.starts) == 2)
    (task,) = scene.tasks(job)
    first, second = scene.api.getTaskStats(taskId=task.id)
    assert (first.retryNum, first.exitStatus, first.active) == (0, 3, False)
    assert (second.retryNum, second.active) == (1, True)
    assert scene.api.getTaskStats(taskId=NOBODY) == []
    node.finish(list(node.held))
    wait_for(lambda: scene.api.getJob(jobId=job.id).state == JobState.FINISHED)
    assert len(scene.api.getTaskStats(taskId=task.id)) == 2


def test_rows_063_064_a_depend_is_dropped_and_holds_again(scene: Scene) -> None:
    """W31: a depend that holds again was not satisfied."""
    job, a, b = scene.pair()
    scene.api.createLayerOnLayerDepend(layerId=b.id, onLayerId=a.id)
    (made,) = scene.api.getLayerDependsOn(layerId=b.id)

    def told() -> tuple[bool, bool, int]:
        (depend,) = scene.api.getLayerDependsOn(layerId=b.id)
        return depend.active, depend.satisfiedTime > 0, held_back(scene, job)

    for _ in range(2):  # again: nothing happens
        scene.api.dropDepend(dependId=made.id)
        assert told() == (False, True, 0)
    for _ in range(2):
        scene.api.activateDepend(dependId=made.id)
        assert told() == (True, False, 10)


SPECS = [
    DependSpecT(type=DependType.JOB_ON_JOB),
    DependSpecT(type=DependType.LAYER_ON_LAYER, dependentLayer="b", dependOnLayer="a"),
    DependSpecT(type=DependType.LAYER_ON_TASK, dependentLayer="b", dependOnTask="0001-a"),
    DependSpecT(type=DependType.TASK_ON_LAYER, dependentTask="0001-b", dependOnLayer="a"),
    DependSpecT(type=DependType.TASK_ON_TASK, dependentTask="0001-b", dependOnTask="0001-a"),
    DependSpecT(type=DependType.TASK_BY_TASK, dependentLayer="b", dependOnLayer="a"),
]


@pytest.mark.parametrize("spec", SPECS, ids=[spec.type.name for spec in SPECS])
def test_row_065_a_depend_of_any_type_by_names(scene: Scene, spec: DependSpecT) -> None:
    """W10: frame by frame, too, answers. W30: only a real repetition is one."""
    first, then = (scene.launch(scene.layer("a"), scene.layer("b"), name=f"{scene.key}_{n}") for n in (1, 2))
    said = DependSpecT(**{**vars(spec), "dependentJob": then.name, "dependOnJob": first.id})
    made = scene.api.createDepend(dependSpec=said)
    stored = DependType.TASK_ON_TASK if spec.type == DependType.TASK_BY_TASK else spec.type
    assert (made.type, made.dependentJobId, made.dependOnJobId) == (stored, then.id, first.id)
    with pytest.raises(AlreadyExists):
        scene.api.createDepend(dependSpec=said)


def test_row_065_what_makes_no_depend_is_refused(scene: Scene) -> None:
    job, a, b = scene.pair()
    on_itself = DependSpecT(type=DependType.LAYER_ON_LAYER, dependentLayer=a.id, dependOnLayer=a.id)
    without_names = DependSpecT(type=DependType.LAYER_ON_LAYER, dependentJob=job.name, dependOnJob=job.name)
    for wrong in (on_itself, without_names, DependSpecT(dependentJob=job.id, dependOnJob=job.id)):
        with pytest.raises(Invalid):
            scene.api.createDepend(dependSpec=wrong)
    unknown = DependSpecT(type=DependType.JOB_ON_JOB, dependentJob=job.id, dependOnJob="nothing")
    with pytest.raises(NotFound):
        scene.api.createDepend(dependSpec=unknown)
    scene.api.killJob(jobId=job.id, reason="")
    with pytest.raises(NotAllowed, match="has finished"):
        scene.api.createLayerOnLayerDepend(layerId=b.id, onLayerId=a.id)
