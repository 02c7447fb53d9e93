"""Faults of Plow 2013, each by its number in docs/faults.md: what would have gone wrong there goes right here."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid, NotAllowed
from plow_client.idl import (
    ActionType,
    DependSpecT,
    DependType,
    JobFilterT,
    JobState,
    LayerSpecT,
    MatcherField,
    MatcherType,
    NodeState,
    QuotaFilterT,
    TaskFilterT,
    TaskState,
)
from tests.integration.calls.conftest import Scene
from tests.integration.dispatch_parts import wait_for


def test_w01_memory_is_booked_as_cores_are(scene: Scene) -> None:
    node = scene.node(cores=8, ram_mb=1000)
    scene.launch(scene.layer(minRam=400))
    scene.start(node, 2)
    node.ping()
    node.ping()
    found = scene.api.getNode(name=node.name)
    assert (len(node.starts), found.freeRamMb, found.idleCores, found.totalRamMb) == (2, 200, 6, 1000)


def test_w12_what_is_over_holds_nobody_back(scene: Scene) -> None:
    first, a, b = scene.pair()
    other = scene.launch(name=f"{scene.key}_other")
    (layer,) = scene.api.getLayers(jobId=other.id)
    scene.api.eatTasks(filter=TaskFilterT(layerIds=[a.id]))
    scene.api.createLayerOnLayerDepend(layerId=b.id, onLayerId=a.id)  # which is done
    (depend,) = scene.api.getLayerDependsOn(layerId=b.id)
    assert not depend.active and scene.api.getJob(jobId=first.id).totals.dependTaskCount == 0

    scene.api.createLayerOnLayerDepend(layerId=layer.id, onLayerId=b.id)
    scene.api.createTaskOnTaskDepend(
        taskId=scene.tasks(other)[0].id, onTaskId=scene.tasks(layerIds=[b.id])[0].id
    )
    assert scene.api.getJob(jobId=other.id).totals.dependTaskCount == 10
    scene.api.killJob(jobId=first.id, reason="")  # and with it what others waited for
    wait_for(lambda: scene.api.getJob(jobId=other.id).totals.dependTaskCount == 0)


def test_w21_w22_a_filter_asks_attributes_all_its_matchers_must_match_and_it_can_be_switched_off(
    scene: Scene,
) -> None:
    made = scene.api.createFilter(projectId=scene.project.id, name="light")
    scene.api.createFieldMatcher(filterId=made.id, field=MatcherField.USER, type=MatcherType.IS, value="anna")
    matcher = scene.api.createAttrMatcher(filterId=made.id, type=MatcherType.IS, attr="dept", value="light")
    assert matcher.attr == "dept"
    scene.api.createAction(filterId=made.id, type=ActionType.PAUSE, value="true")

    def paused(name: str, **fields: object) -> bool:
        return bool(scene.launch(name=f"{scene.key}_{name}", **fields).paused)

    assert paused("both", attrs={"dept": "light"})
    assert not paused("one", attrs={"dept": "comp"})
    assert not paused("none")
    scene.api.setFilterEnabled(id=made.id, enabled=False)
    assert not paused("off", attrs={"dept": "light"})


def test_w22_filters_have_whole_places_that_move(scene: Scene) -> None:
    made = [scene.api.createFilter(projectId=scene.project.id, name=name) for name in "abc"]
    for _ in range(2):
        scene.api.increaseFilterOrder(id=made[0].id)
    scene.api.setFilterOrder(id=made[2].id, order=0)
    found = scene.api.getFilters(projectId=scene.project.id)
    assert [one.name for one in found] == ["c", "b", "a"]
    assert len({one.order for one in found}) == 3


def test_w23_a_layer_asks_for_what_its_tasks_use_and_never_for_more_than_its_most(scene: Scene) -> None:
    node = scene.node(cores=1)
    job = scene.launch(scene.layer(range="1", minRam=100, maxRam=300))
    scene.start(node)
    for used, asked in ((90, 100), (200, 256), (250, 256), (900, 300), (100, 300)):
        told = node.message()
        told.tasks[0].rssMb = told.tasks[0].highRssMb = used
        node.ping(told)
        (layer,) = scene.api.getLayers(jobId=job.id)
        assert layer.minRam == asked
    assert scene.tasks(job)[0].minRam == 100


def test_w25_counters_of_two_layers_are_right_after_both_ran_on_one_node(scene: Scene) -> None:
    node = scene.node(cores=1)
    job = scene.launch(scene.layer("a", range="1"), scene.layer("b", range="1"))
    for n in (1, 2):
        node.wait_for(lambda n=n: len(node.starts) == n and bool(node.held))
        node.finish(list(node.held))
    wait_for(lambda: scene.api.getJob(jobId=job.id).state == JobState.FINISHED)
    assert [(one.runCores, one.runProcs) for one in scene.api.getLayers(jobId=job.id)] == [(0, 0)] * 2


def test_w26_a_post_job_follows_whatever_the_first_job_waited_for_and_can_be_killed(scene: Scene) -> None:
    before = scene.launch(name=f"{scene.key}_before")
    wait = DependSpecT(type=DependType.JOB_ON_JOB, dependOnJob=before.name)
    inside = DependSpecT(type=DependType.LAYER_ON_LAYER, dependentLayer="b", dependOnLayer="a")
    layers = [scene.layer("a"), scene.layer("b"), scene.layer("publish", isPost=True)]
    job = scene.launch(*layers, depends=[wait, inside])
    (post,) = scene.api.getJobs(filter=JobFilterT(project=[scene.key], states=[JobState.POST]))
    assert post.name.startswith(f"{job.name}__post_") and post.totals.dependTaskCount == 0
    assert [one.dependOnJobId for one in scene.api.getJobDependsOn(jobId=job.id)] == [before.id]

    scene.api.killJob(jobId=job.id, reason="")
    assert scene.api.getJob(jobId=post.id).state == JobState.RUNNING
    again = scene.launch(scene.layer("a"), scene.layer("publish", isPost=True))
    (post,) = scene.api.getJobs(filter=JobFilterT(project=[scene.key], states=[JobState.POST]))
    scene.api.killJob(jobId=post.id, reason="not needed")
    assert scene.api.getJob(jobId=post.id).state == JobState.FINISHED
    assert scene.api.getJob(jobId=again.id).state == JobState.RUNNING


def test_w30_as_many_depends_as_there_are_pairs(scene: Scene) -> None:
    """Nothing is refused because two sets of ids look alike in short."""
    job = scene.launch(scene.layer("a", range="1-40"), scene.layer("b", range="1-40"))
    a, b = scene.api.getLayers(jobId=job.id)
    on, first = scene.tasks(layerIds=[a.id]), scene.tasks(layerIds=[b.id])[0]
    for task in on:
        scene.api.createTaskOnTaskDepend(taskId=first.id, onTaskId=task.id)
    assert len(scene.api.getTaskDependsOn(taskId=first.id)) == 40


def test_w40_a_node_that_is_gone_keeps_no_other_from_being_told(scene: Scene) -> None:
    gone, here = scene.node(cores=1), scene.node(cores=1)
    job = scene.launch()
    scene.start(gone)
    scene.start(here)
    gone._listener.stop()
    scene.api.killJob(jobId=job.id, reason="wrong camera")
    here.wait_for(lambda: not here.held)
    gone._die(*gone.held)  # it comes back and says how that ended


def test_w42_a_large_node_is_filled_at_once_without_a_ping(scene: Scene) -> None:
    node = scene.node(cores=64, ram_mb=64_000)
    scene.launch(scene.layer(range="1-64"))
    scene.start(node, 64)


def test_w44_what_fits_nowhere_keeps_nothing_else_from_starting(scene: Scene) -> None:
    node = scene.node(cores=2)
    scene.launch(scene.layer("large", minCores=16, maxCores=16), scene.layer("small", range="1-2"))
    scene.start(node, 2)
    assert {command.layerName for command in node.held.values()} == {"small"}


def test_w46_a_job_that_says_next_to_nothing_runs_on_a_new_node_of_a_new_project(scene: Scene) -> None:
    node = scene.node(cores=1)
    (tag,) = scene.api.getCluster(name="render").tags
    scene.api.setNodeTags(id=scene.node_id(node), tags={tag})  # as every node has that joins
    scene.launch(LayerSpecT(name="bare", command=["true"], range="1"))
    scene.start(node)
    assert scene.api.getQuotas(filter=QuotaFilterT(project=[scene.project.id]))


def test_w47_of_two_jobs_the_more_important_one_is_first(scene: Scene) -> None:
    jobs = [scene.launch(name=f"{scene.key}_{n}", paused=True) for n in (1, 2)]
    scene.api.setJobPriority(jobId=jobs[1].id, priority=10)
    for job in jobs:
        scene.api.pauseJob(jobId=job.id, paused=False)
    node = scene.node(cores=1)
    scene.start(node)
    assert [command.jobId for command in node.held.values()] == [jobs[1].id]


def test_w50_answers_are_pages_in_one_order_and_changes_come_as_events(scene: Scene) -> None:
    page = scene.api.getEvents(since=-1, limit=0, waitMs=0)
    job = scene.launch(scene.layer(range="1-7"))
    pages = [scene.tasks(job, limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [task.number for page in pages for task in page] == [1, 2, 3, 4, 5, 6, 7]
    scene.api.pauseJob(jobId=job.id, paused=True)
    changes: list[tuple[str, str]] = []
    while ("job", "paused") not in changes:
        page = scene.api.getEvents(since=page.nextSequence, limit=100, waitMs=5000)
        changes += [(event.noun, event.change) for event in page.events if event.jobId == job.id]
    assert changes.index(("job", "made")) < changes.index(("job", "paused"))


def test_w53_a_node_is_set_aside_and_taken_back_by_a_call(scene: Scene) -> None:
    node = scene.node(cores=1)
    scene.api.setNodeState(id=scene.node_id(node), state=NodeState.REPAIR)
    scene.launch()
    node.ping()
    assert (node.orders, scene.api.getNode(name=node.name).state) == (0, NodeState.REPAIR)
    scene.api.setNodeState(id=scene.node_id(node), state=NodeState.UP)
    scene.start(node)


def test_w54_a_call_that_returns_has_done_it_and_one_that_cannot_says_why(scene: Scene) -> None:
    job = scene.launch()
    scene.api.eatTasks(filter=TaskFilterT(jobId=job.id))
    assert {task.state for task in scene.tasks(job)} == {TaskState.EATEN}
    with pytest.raises(NotAllowed, match=f"job '{job.name}' has finished"):
        scene.api.createJobOnJobDepend(jobId=job.id, onJobId=scene.launch(name=f"{scene.key}_x").id)
    with pytest.raises(Invalid, match="a filter for tasks needs"):
        scene.api.killTasks(filter=TaskFilterT())
