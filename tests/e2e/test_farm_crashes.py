"""Whoever dies in the middle: nothing runs twice, nothing is lost, and what is reported is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from plow_client.local_farm import LocalFarm
from plow_server.embedded import Embedded
from tests.e2e.conftest import Story, is_alive, wait_for


def test_the_server_is_killed_while_two_hundred_tasks_run_and_all_finish_once(
    begin: Callable[..., Story],
) -> None:
    story = begin(nodes=2, cores=4)
    job = story.launch(story.layer("1-200", "sleep 0.05"))
    wait_for(lambda: story.tasks().get("SUCCEEDED", 0) >= 30, 60, story.tasks)
    story.farm.kill(story.farm.server)
    story.farm.start_server()
    story.wait_for_end(job, 100)

    assert story.tasks() == {"SUCCEEDED": 200}
    assert {len(lines) for lines in story.starts().values()} == {1}
    assert len(story.attempts()) == 200


def test_a_node_daemon_is_killed_and_its_tasks_go_on_under_the_same_pids(begin: Callable[..., Story]) -> None:
    story = begin(nodes=1, cores=4)
    job = story.launch(
        story.layer("1-3", f"while [ ! -e {story.folder}/go ]; do sleep 0.1; done; exit 0"),
        story.layer("1-1", f"while [ ! -e {story.folder}/go ]; do sleep 0.1; done; exit 5", name="fails"),
    )
    wait_for(lambda: len(story.starts()) == 4)
    pids = [int(lines[0].split()[0]) for lines in story.starts().values()]
    story.farm.kill(story.farm.nodes[0])
    assert all(is_alive(pid) for pid in pids)
    story.farm.start_node(0)
    wait_for(lambda: {row["state"] for row in story.query("select state from plow.proc")} == {"RUNNING"})
    assert all(is_alive(pid) for pid in pids)
    (story.folder / "go").touch()

    wait_for(lambda: story.tasks() == {"SUCCEEDED": 3, "DEAD": 1}, 30, story.tasks)
    assert {len(lines) for lines in story.starts().values()} == {1}
    told = [(row["name"], row["number"], row["exit_status"], row["exit_signal"]) for row in story.attempts()]
    assert told == [(f"000{n}-beauty", 0, 0, 0) if n else ("0001-fails", 0, 5, 0) for n in (1, 0, 2, 3)]
    story.call("killJob", jobId=job.id, reason="enough")


def test_tasks_that_end_while_the_server_is_away_are_reported_when_it_is_back(
    begin: Callable[..., Story],
) -> None:
    story = begin(nodes=1, cores=2)
    job = story.launch(story.layer("1-2", f"while [ ! -e {story.folder}/go ]; do sleep 0.1; done"))
    wait_for(lambda: len(story.starts()) == 2)
    pids = [int(lines[0].split()[0]) for lines in story.starts().values()]
    story.farm.kill(story.farm.server)
    (story.folder / "go").touch()
    wait_for(lambda: not any(is_alive(pid) for pid in pids))
    story.farm.start_server()
    story.wait_for_end(job)
    assert [row["end_reason"] for row in story.attempts()] == ["EXITED", "EXITED"]


def test_a_server_with_its_own_database_is_killed_and_finds_everything_again(story_folder: Path) -> None:
    with LocalFarm(story_folder / "farm", nodes=1, cores_per_node=2) as farm:
        story = Story(story_folder, Embedded(farm.state / "server").dsn, farm)
        job = story.launch(story.layer("1-6", "sleep 0.5"))
        wait_for(lambda: len(story.starts()) >= 3)
        farm.kill(farm.server)
        farm.start_server()
        story.wait_for_end(job)
        assert {len(lines) for lines in story.starts().values()} == {1}
        assert story.faults() == []
