"""Rows A44 to A50 and A64 to A66, A70: tasks, depends, and the old names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import plow_client as plow
from plow_client import compat
from tests.integration.client.conftest import Show
from tests.integration.dispatch_parts import wait_for


def states(job: plow.Job) -> list[str]:
    return [task.state.name for task in job.get_tasks()]


def test_row_a44_tasks_by_each_criterion(show: Show) -> None:
    node = show.node(cores=1)
    job, other = show.two_jobs()
    show.start(node)
    (command,) = node.held.values()
    (a, b), tasks = job.get_layers(), job.get_tasks()

    assert [task.name for task in tasks] == ["0001-a", "0002-a", "0001-b", "0002-b"]
    assert plow.get_task(tasks[0].id) == tasks[0]
    assert plow.get_tasks(job=job.id) == plow.get_tasks(layers=[a, b]) == plow.get_tasks(tasks=tasks) == tasks
    assert plow.get_tasks(layerIds=[b.id]) == tasks[2:]
    assert [task.id for task in plow.get_tasks(nodes=show.seen(node))] == [command.taskId]
    waiting = plow.get_tasks(layers=job.get_layers() + other.get_layers(), states="waiting")
    assert len(waiting) == 7
    with pytest.raises(plow.Invalid, match="needs a job, layers, tasks or nodes"):
        plow.get_tasks()


def test_row_a45_only_what_changed_since(show: Show) -> None:
    job = show.launch()
    since = plow.get_plow_time() + 1
    wait_for(lambda: plow.get_plow_time() > since)
    first = job.get_tasks()[0]
    first.eat()

    assert plow.get_tasks(job=job, last_update_time=since) == [first]


def test_row_a46_pages_of_ten_have_every_task_once(show: Show) -> None:
    job = show.launch(show.layer("a", range="1-25"), show.layer("b", range="1-12"), paused=True)
    whole = job.get_tasks()
    pages = [plow.get_tasks(job=job, limit=10, offset=offset) for offset in (0, 10, 20, 30, 40)]

    assert [len(page) for page in pages] == [10, 10, 10, 7, 0]
    assert [task for page in pages for task in page] == whole


def by_job(job: plow.Job) -> dict[str, object]:
    return {"job": job}


def by_layers(job: plow.Job) -> dict[str, object]:
    return {"layers": job.get_layers()}


def by_tasks(job: plow.Job) -> dict[str, object]:
    return {"tasks": job.get_tasks()}


def by_nodes(job: plow.Job) -> dict[str, object]:
    return {"nodes": [proc.node_id for proc in job.get_procs()]}


@pytest.mark.parametrize("criterion", [by_job, by_layers, by_tasks, by_nodes])
def test_row_a47_running_tasks_are_killed_retried_and_eaten_by_each_criterion(
    show: Show, criterion: Callable[[plow.Job], dict[str, object]]
) -> None:
    node = show.node(cores=2)
    job = show.launch(show.layer(range="1-2"))
    for act, state in (
        (plow.kill_tasks, "WAITING"),
        (plow.retry_tasks, "WAITING"),
        (plow.eat_tasks, "EATEN"),
    ):
        wait_for(lambda: states(job) == ["RUNNING", "RUNNING"], 60)
        show.start(node, 2)
        job.pause()
        act(**criterion(job))
        assert states(job) == [state, state]
        node.wait_for(lambda: not node.held, 60)
        if state == "WAITING":
            job.pause(False)
    with pytest.raises(plow.Invalid):
        act()


def test_row_a47_one_running_task_is_killed_retried_and_eaten(show: Show) -> None:
    node = show.node(cores=2)
    job = show.launch(show.layer(range="1-2"))
    for act, state in (("kill", "WAITING"), ("retry", "WAITING"), ("eat", "EATEN")):
        show.start(node, 2)
        wait_for(lambda: states(job) == ["RUNNING", "RUNNING"], 60)
        job.pause()
        getattr(job.get_tasks()[0], act)()
        assert states(job) == [state, "RUNNING"]
        job.pause(False)


def test_row_a48_the_log_of_each_attempt_has_its_number(show: Show) -> None:
    """That the file is there is tested with a node that writes it, in test_client_farm.py."""
    node = show.node(cores=1)
    job = show.launch(show.layer(range="1"))
    (task,) = job.get_tasks()
    for number in (1, 2):
        node.wait_for(lambda number=number: len(node.starts) == number and bool(node.held), 60)
        node.finish(list(node.held), status=1)
    folder = plow.get_job(job.id).log_path
    wait_for(lambda: len(task.get_stats()) >= 2, 60)

    newest = task.get_stats()[-1].retry_num
    assert plow.get_task_log_path(task) == task.get_log_path() == f"{folder}/0001-beauty.{newest}.log"
    assert plow.get_task_log_path(task, 0) == f"{folder}/0001-beauty.0.log"
    assert task.get_log_path(99) == task.get_log_path(newest)  # as the original did


def test_row_a49_each_attempt_tells_where_when_and_how_it_ended(show: Show) -> None:
    node = show.node(cores=1)
    job = show.launch(show.layer(range="1", max_retries=1))
    show.start(node)
    node.finish(list(node.held), status=3)
    node.wait_for(lambda: len(node.starts) == 2, 60)
    node.finish(list(node.held))
    (task,) = job.get_tasks()
    wait_for(lambda: [one.active for one in plow.get_task_stats(task)] == [False, False], 60)

    first, second = task.get_stats()
    assert (first.retry_num, first.exit_status, first.last_node) == (0, 3, node.name)
    assert (second.retry_num, second.exit_status, second.high_ram) == (1, 0, 20)
    assert 0 < first.start_time <= first.stop_time <= second.start_time <= second.stop_time


def test_row_a50_a_running_task_uses_no_more_than_its_highest(show: Show) -> None:
    node = show.node(cores=1)
    job = show.launch(show.layer(range="1"))
    show.start(node)
    for now in (100, 50):
        told = node.message()
        told.tasks[0].rssMb, told.tasks[0].highRssMb, told.tasks[0].usedCores = now, 100, now / 100
        node.ping(told)
    stats = job.get_tasks()[0].stats

    assert (stats.used_ram, stats.high_ram) == (50, 100)
    assert stats.used_cores <= stats.high_cores
    (attempt,) = job.get_tasks()[0].get_stats()
    assert (attempt.used_ram, attempt.high_ram, attempt.active) == (50, 100, True)


def test_row_a64_each_kind_of_depend_holds_and_lets_go(show: Show) -> None:
    node = show.node(cores=1)
    first, then = show.two_jobs()
    (a, b), task = then.get_layers(), then.get_tasks()[0]
    on_layer, on_task = first.get_layers()[0], first.get_tasks()[0]
    plow.create_job_on_job_depend(then, first)
    plow.create_layer_on_layer_depend(a, on_layer)
    plow.create_layer_on_task_depend(b, on_task)
    plow.create_task_on_layer_depend(task, on_layer)
    plow.create_task_on_task_depend(task, on_task)
    plow.create_task_by_task_depend(b, on_layer)
    assert states(then) == ["DEPEND"] * 4
    other = plow.DependSpec(type="layer_on_layer", dependent_layer=b, depend_on_layer=on_layer).create()
    assert (other.type, other.active) == (plow.DependType.LAYER_ON_LAYER, True)
    for number in range(8):
        node.wait_for(lambda number=number: len(node.starts) > number and bool(node.held), 60)
        node.finish(list(node.held))

    started = node.tasks_started
    assert set(started[:4]) == {one.id for one in first.get_tasks()}
    assert set(started[4:]) == {one.id for one in then.get_tasks()}


def test_row_a65_both_sides_see_the_same_depend(show: Show) -> None:
    first, then = show.two_jobs()
    then.depend_on(first)
    (a, *_), (on_a, *_) = then.get_layers(), first.get_layers()
    a.depend_on(on_a)
    task, on_task = then.get_tasks()[0], first.get_tasks()[0]
    task.depend_on(on_task)

    for mine, theirs in ((then, first), (a, on_a), (task, on_task)):
        (depend,) = mine.get_depends_on()
        assert theirs.get_depends() == [depend]
        assert mine.get_depends() == theirs.get_depends_on() == []
        assert (depend.dependent_job_id, depend.depend_on_job_name) == (then.id, first.name)
    assert plow.get_depends_on_job(first) == plow.get_job_depends_on(then)
    assert plow.get_depends_on_layer(on_a.id) == plow.get_layer_depends_on(a.id)
    assert plow.get_depends_on_task(on_task) == plow.get_task_depends_on(task)


def test_row_a66_a_dropped_depend_lets_go_and_an_activated_one_holds_again(show: Show) -> None:
    first, _ = show.two_jobs()
    a, b = first.get_layers()
    b.depend_on(a)
    (depend,) = b.get_depends_on()
    plow.drop_depend(depend)
    assert states(first)[2:] == ["WAITING", "WAITING"]
    plow.activate_depend(depend)
    assert states(first)[2:] == ["DEPEND", "DEPEND"]
    depend.drop()

    assert (states(first)[2:], depend.active) == (["WAITING", "WAITING"], False)
    depend.activate()
    assert (states(first)[2:], depend.active) == (["DEPEND", "DEPEND"], True)


def test_row_a70_a_script_of_before_2013_runs(show: Show) -> None:
    name = f"{show.key}_old"
    layer = compat.LayerSpecT(name="beauty", command=["true"], range="1-4", tags=[show.key], depends=[])
    layer.minRam = 64
    spec = compat.JobSpecT(name=name, project=show.key, username="anna", uid=100, layers=[layer])
    job = compat.launchJob(spec)
    show.jobs.append(job)

    assert compat.getActiveJob(name) == compat.getJobById(job.id) == job
    assert compat.getJobs(project=[show.key], states=[compat.JobState.RUNNING]) == [job]
    assert (job.maxCores, job.totals.total) == (plow.get_job(job.id).max_cores, 4)
    (found,) = compat.getLayers(job)
    assert found == compat.getLayerByName(job.id, "beauty") == compat.getLayerById(found.id)
    assert (found.jobId, found.minRam, found.maxRetries) == (job.id, 64, found.max_retries)
    output = compat.addLayerOutput(found, "/o/a.exr", {"a": "b"})
    assert compat.getJobOutputs(job) == compat.getLayerOutputs(found) == [output]
    first, *_ = compat.getTasks(jobId=job.id, limit=10)
    assert compat.getTaskById(first.id).layerId == found.id
    assert compat.getNodes(regex=show.key) == []
    compat.pauseJob(job, True)
    assert compat.getJobById(job.id).paused
    compat.killJob(job.id, "done")
    assert compat.getJobById(job.id).state == compat.JobState.FINISHED


def test_row_a46_pages_have_every_task_once_though_they_change_between(show: Show) -> None:
    """By count, the second page would leave out as many as have left the state."""
    job = show.launch(show.layer("a", range="1-25"), show.layer("b", range="1-12"), paused=True)
    whole, found = job.get_tasks(), []
    for task in plow.iter_tasks(job=job, states="waiting", page=10):
        task.eat()
        found.append(task)
        if len(found) == 5:
            job.get_layer("a").append_frames("101-103")

    assert [task.name for task in found] == [task.name for task in job.get_tasks()]
    assert len(found) == len(whole) + 3
    assert {task.state.name for task in job.iter_tasks()} == {"EATEN"}


def test_going_on_after_a_task_is_for_reading_jobs_and_layers(show: Show) -> None:
    job = show.launch()
    task = job.get_tasks()[0].id
    with plow.Connection(show.app.rpc_address) as farm:
        for more in ({"taskIds": [task]}, {"nodeIds": [task]}, {"offset": 3}):
            with pytest.raises(plow.Invalid, match="afterTask goes with a job or layers"):
                farm.getTasks(plow.idl.TaskFilterT(jobId=job.id, afterTask=task, **more))
        for call in ("killTasks", "eatTasks", "retryTasks"):
            with pytest.raises(plow.Invalid, match="for reading"):
                farm.call(call, filter=plow.idl.TaskFilterT(jobId=job.id, afterTask=task))
