"""Rows A24 to A40: launching, jobs and layers."""

from __future__ import annotations

import pytest

import plow_client as plow
from benchmarks.fake_node import FakeNode
from tests.integration.client.conftest import Show
from tests.integration.client.doors import closed_port
from tests.integration.dispatch_parts import wait_for


def done(node: FakeNode, count: int) -> None:
    """Let a node finish so many attempts, one after the other."""
    for number in range(count):
        node.wait_for(lambda number=number: len(node.starts) > number and bool(node.held), 60)
        node.finish(list(node.held))


def is_over(job: plow.Job) -> bool:
    job.refresh()
    return job.state == plow.JobState.FINISHED


def test_row_a24_a_launch_returns_the_job_with_layers_and_tasks(show: Show) -> None:
    job = show.launch(show.layer("a", range="1-3"), show.layer("b", range="1-4", chunk=2))

    assert (job.name, job.state, job.username) == (f"{show.key}_shot", plow.JobState.RUNNING, "anna")
    assert [layer.name for layer in job.get_layers()] == ["a", "b"]
    assert len(job.get_tasks()) == job.totals.total == 5
    other = plow.launch_job(show.spec(name=f"{show.key}_other"))
    assert plow.get_job(other.id) == other
    show.jobs.append(other)


def test_row_a25_nothing_of_a_paused_job_starts_until_it_goes_on(show: Show) -> None:
    node = show.node(cores=1)
    paused, other = show.launch(paused=True), show.launch(name=f"{show.key}_other")
    show.start(node)
    assert {command.jobId for command in node.held.values()} == {other.id}
    other.pause()
    node.finish(list(node.held))
    paused.pause(False)

    show.start(node)
    assert {command.jobId for command in node.held.values()} == {paused.id}


def test_row_a26_a_post_layer_runs_after_the_others(show: Show) -> None:
    node = show.node(cores=4)
    job = show.launch(show.layer("a", range="1-2"), show.layer("mail", range="1", is_post=True))
    show.start(node, 2)
    assert {command.layerName for command in node.held.values()} == {"a"}
    node.finish(list(node.held))

    node.wait_for(lambda: [command.layerName for command in node.held.values()] == ["mail"], 60)
    assert is_over(job)
    (post,) = plow.get_jobs(project=show.key, states="running")
    assert post.is_post
    show.jobs.append(post)


def test_row_a27_a_job_by_id_always_and_by_name_while_it_is_active(show: Show) -> None:
    job = show.launch()
    assert plow.get_job(job.id) == plow.get_active_job(job.name) == job
    job.kill("")

    assert plow.get_job(job.id).state == plow.JobState.FINISHED
    with pytest.raises(plow.NotFound, match=job.name):
        plow.get_active_job(job.name)


def test_row_a28_jobs_by_every_keyword_one_value_or_many(show: Show) -> None:
    first, then = show.two_jobs()
    first.kill("")
    mine = {"project": show.key}

    assert plow.get_jobs(**mine) == plow.get_jobs(project=[show.key, "none"]) == [then, first]
    assert plow.get_jobs(regex="_fir", **mine) == [first]
    assert plow.get_jobs(name=first.name) == plow.get_jobs(name=[first.name]) == [first]
    assert plow.get_jobs(user="anna", **mine) == plow.get_jobs(user=["anna", "ben"], **mine) == [then, first]
    assert plow.get_jobs(user="ben", **mine) == []
    assert plow.get_jobs(jobIds=[first.id]) == plow.get_jobs(jobs=first) == [first]
    assert plow.get_jobs(states="running", **mine) == [then]
    assert plow.get_jobs(states=[plow.JobState.FINISHED, plow.JobState.RUNNING], **mine) == [then, first]
    assert plow.get_jobs(matchingOnly=True) == []


def test_row_a29_a_killed_job_is_over_and_its_history_has_the_reason(show: Show) -> None:
    job, other = show.two_jobs()
    plow.kill_job(job, "wrong camera")
    job.refresh()

    assert (job.state, job.end_reason) == (plow.JobState.FINISHED, "wrong camera")
    assert "wrong camera" in [line.reason for line in job.history()]
    other.kill("too dark")
    assert other.end_reason == "too dark"


def test_row_a30_a_paused_jobs_running_tasks_go_on(show: Show) -> None:
    node = show.node(cores=1)
    job = show.launch()
    show.start(node)
    plow.pause_job(job)

    assert plow.get_job(job.id).paused
    assert len(job.get_tasks("running")) == len(node.held) == 1
    job.pause(False)
    assert not plow.get_job(job.id).paused


def test_row_a31_a_job_never_has_more_cores_than_it_may(show: Show) -> None:
    node = show.node(cores=8)
    job = show.launch(paused=True)
    job.set_min_cores(4)
    plow.set_job_max_cores(job, 3)
    job.refresh()
    assert (job.min_cores, job.max_cores) == (4, 3)
    job.pause(False)
    show.start(node, 3)
    done(node, 1)
    show.start(node, 3)

    job.refresh()
    assert job.run_cores == 3
    plow.set_job_min_cores(job, 1)
    assert plow.get_job(job.id).min_cores == 1


def test_row_a32_attrs_are_read_back_and_changed_and_env_reaches_the_task(show: Show) -> None:
    node = show.node(cores=1)
    job = show.launch(attrs={"shot": "020"}, env={"SHOW": "test"})
    show.start(node)
    (command,) = node.held.values()

    assert command.env["SHOW"] == "test"
    assert job.attrs == {"shot": "020"}
    job.set_attrs({"shot": "030"})
    assert job.attrs == plow.get_job(job.id).attrs == {"shot": "030"}
    plow.set_job_attrs(job, {})
    assert plow.get_job(job.id).attrs == {}


def test_rows_a33_a40_totals_and_statistics_after_a_run(show: Show) -> None:
    node = show.node(cores=1)
    job = show.launch(show.layer(range="1-2"))
    done(node, 2)
    wait_for(lambda: is_over(job), 60)

    totals = job.totals
    assert totals.succeeded == totals.total == 2
    parts = ("succeeded", "running", "dead", "eaten", "waiting", "depend")
    assert sum(getattr(totals, part) for part in parts) == totals.total
    assert (job.stats.high_ram, job.stats.total_core_time) == (20, 20)
    (layer,) = job.get_layers()
    stats = layer.stats
    assert (stats.high_ram, stats.avg_ram, stats.std_dev_ram) == (20, 20, 0.0)
    assert (stats.low_clock_time, stats.avg_clock_time, stats.total_success_clock_time) == (10, 10, 20)
    assert stats.total_fail_clock_time == 0


def test_row_a34_a_job_has_its_own_layers_folder_tasks_and_procs(show: Show) -> None:
    node = show.node(cores=1)
    job, other = show.two_jobs()
    show.start(node)

    assert {layer.job_id for layer in job.get_layers()} == {job.id}
    assert job.get_folder().id == job.folder_id
    assert {task.job_id for task in job.get_tasks()} == {job.id}
    assert {task.state for task in other.get_tasks("waiting")} == {plow.TaskState.WAITING}
    (proc,) = job.get_procs() + other.get_procs()
    assert proc.id in node.held
    running = job if job.get_procs() else other
    assert [task.get_procs() for task in running.get_tasks("running")] == [[proc]]


def test_row_a35_tasks_are_killed_retried_and_eaten_by_job_with_a_callback(show: Show) -> None:
    node = show.node(cores=2)
    job = show.launch(show.layer(range="1-2", max_retries=0))
    told: list[list[plow.Task]] = []
    job.eat_dead_tasks(told.append)
    job.retry_dead_tasks(told.append)
    show.start(node, 2)
    job.kill_tasks(told.append)
    node.wait_for(lambda: len(node.starts) == 4 and len(node.held) == 2, 60)
    node.finish(list(node.held), status=1)
    wait_for(lambda: len(job.get_tasks("dead")) == 2, 60)
    job.pause()
    job.retry_dead_tasks(told.append)
    assert [task.state.name for task in job.get_tasks()] == ["WAITING", "WAITING"]
    job.pause(False)
    show.start(node, 2)
    node.finish(list(node.held), status=1)
    wait_for(lambda: len(job.get_tasks("dead")) == 2, 60)
    job.eat_dead_tasks(told.append)

    assert is_over(job)
    assert [len(tasks) for tasks in told] == [2, 2, 2]


def test_row_a37_a_layer_by_name_by_id_and_of_a_job(show: Show) -> None:
    job, _ = show.two_jobs()
    a, b = plow.get_layers(job)

    assert plow.get_layers(job.id) == [a, b]
    assert plow.get_layer(job, "b") == plow.get_layer(job.id, "b") == plow.get_layer_by_id(b.id) == b
    with pytest.raises(plow.NotFound):
        plow.get_layer(job, "c")
    plow.connect(closed_port())
    with pytest.raises(plow.PlowConnectionError):
        plow.get_layer_by_id(b.id)


def test_row_a38_cores_of_a_layer_are_not_its_memory(show: Show) -> None:
    (layer,) = show.launch(paused=True).get_layers()
    ram = layer.min_ram
    plow.set_layer_min_cores_per_task(layer, 4)
    layer.refresh()

    assert (layer.min_cores, layer.min_ram) == (4, ram)


def test_row_a39_settings_of_a_layer_hold_from_the_next_start_on(show: Show) -> None:
    node = show.node(cores=4)
    job = show.launch(paused=True)
    (layer,) = job.get_layers()
    plow.set_layer_max_cores_per_task(layer, 3)
    plow.set_layer_min_ram_per_task(layer, 700)
    plow.set_layer_threadable(layer, True)
    plow.set_layer_tags(layer, ["nowhere", show.key])
    layer.set_min_cores_per_task(3)
    assert (layer.max_cores, layer.min_ram, layer.threadable) == (3, 700, True)
    assert layer.tags == ["nowhere", show.key]
    job.pause(False)
    show.start(node)
    (proc,) = layer.get_procs()

    assert (proc.cores, proc.ram) == (3, 700)
    assert "no node has one of its tags" not in layer.explain().sentence
