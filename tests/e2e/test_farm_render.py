"""A farm at work: two nodes, two layers, and then everything is there."""

from __future__ import annotations

from collections.abc import Callable

from plow_client.idl import DependSpecT, DependType
from tests.e2e.conftest import Story, is_alive, wait_for


def test_frames_are_rendered_and_then_put_together(begin: Callable[..., Story]) -> None:
    story = begin(nodes=2, cores=2)
    beauty = story.layer("1-8", "echo frame $PLOW_TASK_NUMBER; sleep 0.2")
    sheet = story.layer("1-1", "echo sheet", name="sheet")
    sheet.depends = [
        DependSpecT(type=DependType.LAYER_ON_LAYER, dependentLayer="sheet", dependOnLayer="beauty")
    ]
    job = story.launch(beauty, sheet)
    story.wait_for_end(job)

    attempts = story.attempts()
    assert story.tasks() == {"SUCCEEDED": 9}
    assert [len(lines) for lines in story.starts().values()] == [1] * 9
    assert {row["node"] for row in attempts} == {"node-1", "node-2"}
    last_frame = max(row["stopped"] for row in attempts if "beauty" in row["name"])
    assert last_frame <= next(row["started"] for row in attempts if "sheet" in row["name"])

    task = story.query("select id from plow.task where name = '0003-beauty'")[0]["id"]
    with open(story.call("getTaskLogPath", taskId=str(task)), encoding="utf-8") as log:
        assert "frame 3" in log.read()


def test_a_failing_task_tells_its_true_status(begin: Callable[..., Story]) -> None:
    story = begin(nodes=1, cores=2)
    job = story.launch(
        story.layer("1-1", "exit 7", maxRetries=1), story.layer("1-1", "kill -9 $$", name="dies")
    )
    wait_for(lambda: story.tasks() == {"DEAD": 2}, 30, story.tasks)
    ends = [(row["name"], row["exit_status"], row["exit_signal"]) for row in story.attempts()]
    assert ends == [("0001-beauty", 7, 0), ("0001-beauty", 7, 0), ("0001-dies", 1, 9)]
    story.call("killJob", jobId=job.id, reason="enough")


def test_the_server_ends_within_five_seconds_of_being_told(begin: Callable[..., Story]) -> None:
    story = begin(nodes=1, cores=2)
    story.launch(story.layer("1-4", "sleep 30"))
    wait_for(lambda: len(story.starts()) == 2)
    story.farm.server.ask_to_stop()
    assert story.farm.server.wait(within_s=5) == 0


def test_the_processes_of_a_killed_job_are_gone_and_its_cores_free(begin: Callable[..., Story]) -> None:
    story = begin(nodes=1, cores=2)
    job = story.launch(story.layer("1-4", "exec sleep 60"))
    wait_for(lambda: len(story.starts()) == 2)
    pids = [int(lines[0].split()[0]) for lines in story.starts().values()]
    story.call("killJob", jobId=job.id, reason="wrong scene")
    wait_for(lambda: not story.query("select from plow.proc"))
    assert not any(is_alive(pid) for pid in pids)

    again = story.launch(story.layer("1-1"))  # the name is free
    story.wait_for_end(again)
