"""Calls about jobs and outputs, row by row of docs/reference/calls.csv."""

from __future__ import annotations

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import DependSpecT, DependType, JobFilterT, JobState, TaskFilterT, TaskState
from tests.integration.calls.conftest import NOBODY, Scene
from tests.integration.dispatch_parts import wait_for


def test_row_012_a_launched_job_runs_and_its_totals_are_those_of_its_tasks(scene: Scene) -> None:
    wait = DependSpecT(type=DependType.LAYER_ON_LAYER, dependOnLayer="a")
    job = scene.launch(scene.layer("a"), scene.layer("b", range="1-4", chunk=2, depends=[wait]))
    states = [task.state for task in scene.tasks(job)]
    assert job.state == JobState.RUNNING
    assert (job.totals.totalTaskCount, job.totals.waitingTaskCount, job.totals.dependTaskCount) == (
        len(states), states.count(TaskState.WAITING), states.count(TaskState.DEPEND),
    ) == (12, 10, 2)  # fmt: skip
    with pytest.raises(AlreadyExists):
        scene.launch()
    with pytest.raises(Invalid, match="'x'"):
        scene.launch(scene.layer(range="1-3,x"), name=f"{scene.key}_other")


def test_row_013_an_active_job_is_found_by_name_until_it_has_finished(scene: Scene) -> None:
    job = scene.launch()
    assert scene.api.getActiveJob(name=job.name) == job
    scene.api.eatTasks(filter=TaskFilterT(jobId=job.id))
    with pytest.raises(NotFound, match=f"no unfinished job '{job.name}'"):
        scene.api.getActiveJob(name=job.name)


def test_row_014_a_job_is_found_by_id_when_it_has_finished_too(scene: Scene) -> None:
    job = scene.launch()
    assert scene.api.getJob(jobId=job.id) == job
    scene.api.killJob(jobId=job.id, reason="")
    assert scene.api.getJob(jobId=job.id).state == JobState.FINISHED


def test_row_015_a_killed_job_is_over_and_its_node_hears_of_it(scene: Scene) -> None:
    """W7, W8, W40: nothing of it starts again, and the next command to the node is whole."""
    node = scene.node(cores=1)
    job = scene.launch()
    scene.start(node)
    (first,) = node.held
    waiting = scene.launch(name=f"{scene.key}_other")
    scene.api.createJobOnJobDepend(jobId=waiting.id, onJobId=job.id)

    scene.api.killJob(jobId=job.id, reason="wrong camera")
    killed = scene.api.getJob(jobId=job.id)
    assert (killed.state, killed.stopTime > 0) == (JobState.FINISHED, True)
    node.wait_for(lambda: first not in node.held and len(node.held) == 1)
    (command,) = node.held.values()
    assert (command.jobId, command.env["PLOW_JOB_NAME"]) == (waiting.id, waiting.name)
    assert scene.launch().id != job.id
    scene.api.killJob(jobId=job.id, reason="again: nothing happens")
    with pytest.raises(NotFound):
        scene.api.killJob(jobId=NOBODY, reason="")


def test_row_016_a_paused_job_starts_nothing_and_runs_on(scene: Scene) -> None:
    """W7: a proc of a paused job is not used again."""
    node = scene.node(cores=1)
    job = scene.launch()
    scene.start(node)
    scene.api.pauseJob(jobId=job.id, paused=True)
    assert scene.api.getJob(jobId=job.id).paused
    other = scene.launch(name=f"{scene.key}_other")
    node.finish(list(node.held))
    node.wait_for(lambda: len(node.held) == 1)
    assert [command.jobId for command in node.held.values()] == [other.id]
    scene.api.pauseJob(jobId=job.id, paused=False)
    assert not scene.api.getJob(jobId=job.id).paused


def test_row_017_jobs_by_every_criterion(scene: Scene) -> None:
    names = [f"{scene.key}_{part}" for part in ("a_light", "b_light", "b_comp")]
    jobs = [scene.launch(name=name, username=f"{name[-5:]}_{scene.key}") for name in names]
    scene.api.killJob(jobId=jobs[0].id, reason="")

    def found(**criteria: object) -> list[str]:
        answer = scene.api.getJobs(filter=JobFilterT(project=[scene.key], **criteria))
        return [job.name for job in answer]

    assert found() == names[::-1]
    assert found(regex="b_(light|comp)$") == [names[2], names[1]]
    assert found(regex="LIGHT") == []
    assert found(states=[JobState.FINISHED]) == found(jobIds=[jobs[0].id]) == [names[0]]
    assert found(user=[f"light_{scene.key}"], states=[JobState.RUNNING]) == [names[1]]
    assert found(name=names[:1]) == names[:1]
    assert scene.api.getJobs(filter=JobFilterT(matchingOnly=True)) == []
    for wrong in ({"regex": "("}, {"jobIds": ["x"]}):
        with pytest.raises(Invalid):
            found(**wrong)


def test_rows_018_029_030_outputs_of_a_layer_are_outputs_of_its_job(scene: Scene) -> None:
    job, a, b = scene.pair()
    made = [scene.api.addOutput(layerId=one.id, path="/o/x.exr", attrs={"n": "1"}) for one in (a, a, b)]
    assert scene.api.getLayerOutputs(layerId=a.id) == made[:2]
    assert scene.api.getLayerOutputs(layerId=b.id) == made[2:]
    assert scene.api.getJobOutputs(jobId=job.id) == made
    assert scene.api.getJobOutputs(jobId=NOBODY) == []
    with pytest.raises(NotFound):
        scene.api.addOutput(layerId=NOBODY, path="/o", attrs={})


def test_rows_019_020_a_job_has_a_weight_and_a_cap(scene: Scene) -> None:
    node = scene.node(cores=8)
    job = scene.launch(paused=True)
    scene.api.setJobMinCores(jobId=job.id, value=4)
    scene.api.setJobMaxCores(jobId=job.id, value=3)
    found = scene.api.getJob(jobId=job.id)
    assert (found.minCores, found.maxCores) == (4, 3)
    scene.api.pauseJob(jobId=job.id, paused=False)
    scene.start(node, 3)  # W44: the cap holds inside one pass
    scene.api.setJobMaxCores(jobId=job.id, value=-1)
    scene.start(node, 8)
    assert scene.api.getJob(jobId=job.id).maxCores == -1


def test_row_021_attributes_are_replaced_whole(scene: Scene) -> None:
    job = scene.launch(attrs={"old": "1", "both": "1"})
    scene.api.setJobAttrs(jobId=job.id, attrs={"both": "2", "new": "3"})
    assert scene.api.getJob(jobId=job.id).attrs == {"both": "2", "new": "3"}


def test_rows_022_023_025_a_job_waits_for_a_job_and_each_side_knows(scene: Scene) -> None:
    """W13: the side that is waited for lists who waits."""
    first, then = (scene.launch(name=f"{scene.key}_{n}") for n in (1, 2))
    scene.api.createJobOnJobDepend(jobId=then.id, onJobId=first.id)
    (depend,) = scene.api.getDependsOnJob(jobId=first.id)
    assert scene.api.getJobDependsOn(jobId=then.id) == [depend]
    assert scene.api.getDependsOnJob(jobId=then.id) == scene.api.getJobDependsOn(jobId=first.id) == []
    assert (depend.type, depend.dependentJobId, depend.dependOnJobId) == (
        DependType.JOB_ON_JOB, then.id, first.id,
    )  # fmt: skip
    assert scene.api.getJob(jobId=then.id).totals.dependTaskCount == 10
    with pytest.raises(Invalid, match="nothing can wait for itself"):
        scene.api.createJobOnJobDepend(jobId=then.id, onJobId=then.id)
    scene.api.killJob(jobId=first.id, reason="")
    wait_for(lambda: scene.api.getJob(jobId=then.id).totals.dependTaskCount == 0)
    with pytest.raises(NotAllowed):
        scene.api.createJobOnJobDepend(jobId=first.id, onJobId=then.id)


def test_row_024_the_spec_is_the_one_that_was_sent(scene: Scene) -> None:
    spec = scene.spec(scene.layer("a", command=["render", "%{FRAME}"]), scene.layer("b", chunk=5))
    job = scene.api.launch(spec=spec)
    assert scene.api.getJobSpec(jobId=job.id) == spec


def test_rows_026_027_028_attributes_of_an_output_are_merged_or_replaced(scene: Scene) -> None:
    """W32: an output without attributes has none, it is no fault."""
    _, a, _ = scene.pair()
    output = scene.api.addOutput(layerId=a.id, path="/o/x.exr", attrs={}).outputId

    def attrs() -> object:
        return scene.api.getOutputAttrs(outputId=output)

    assert attrs() == {}
    scene.api.updateOutputAttrs(outputId=output, attrs={"a": "1", "b": "1"})
    scene.api.updateOutputAttrs(outputId=output, attrs={"b": "2", "c": "3"})
    assert attrs() == {"a": "1", "b": "2", "c": "3"}
    scene.api.setOutputAttrs(outputId=output, attrs={"d": "4"})
    assert attrs() == {"d": "4"}
