"""The window on a live farm: its own server, database and nodes, jobs that really run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from plow_client.connection import Connection
from plow_client.errors import Unavailable
from plow_client.idl import (
    JobFilterT,
    JobSpecT,
    JobState,
    JobT,
    LayerSpecT,
    NodeFilterT,
    RpcService,
    TaskFilterT,
    TaskState,
    TaskT,
)
from plow_client.local_farm import LocalFarm
from tests.gui.conftest import MakeWindow
from tests.gui.person import Person

# Writes a line, then waits until it is stopped; frame 2 of the other one fails at once.
LASTING = ["/bin/sh", "-c", "echo frame %{FRAME} begins; sleep 300"]
FAILING = ["/bin/sh", "-c", "echo ERROR: no texture; test %{FRAME} != 2"]


@pytest.fixture(scope="module")
def local_farm() -> Iterator[LocalFarm]:
    state = Path(tempfile.mkdtemp(prefix="plow-gui-"))
    state.chmod(0o755)  # tasks of another account read and write below it
    try:
        with LocalFarm(state, nodes=2, cores_per_node=2) as farm:
            yield farm
    finally:
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
def server(local_farm: LocalFarm) -> Iterator[RpcService]:
    """The farm as another client sees it, left without jobs and locks."""
    with Connection(local_farm.hosts) as connection:
        server = cast(RpcService, connection)
        yield server
        for job in server.getJobs(JobFilterT(states=[JobState.RUNNING])):
            server.killJob(job.id, "the test is over")
        for node in server.getNodes(NodeFilterT()):
            server.setNodeLocked(node.id, False)


@pytest.fixture
def person(make_window: MakeWindow, local_farm: LocalFarm, server: RpcService) -> Person:
    return make_window(local_farm)


Launch = Callable[..., JobT]


@pytest.fixture
def launch(server: RpcService) -> Launch:
    def launch(name: str, command: list[str] = LASTING, frames: str = "1-3", **more: object) -> JobT:
        layer = LayerSpecT(name="beauty", command=command, range=frames, maxRetries=0, minRam=64)
        return server.launch(
            JobSpecT(name=name, project="default", username="artist", layers=[layer], **more)
        )

    return launch


def started_again(farm: LocalFarm) -> bool:
    """A database that is still going down refuses: then it is tried again."""
    try:
        farm.start_server()
    except Unavailable:
        return False
    return True


def tasks(server: RpcService, job: JobT, state: TaskState) -> list[TaskT]:
    return server.getTasks(TaskFilterT(jobId=job.id, states=[state]))


def shown(person: Person, name: str, state: str) -> None:
    """Wait until a task is shown in this state."""
    person.until(lambda: {row.name: row.chip.word for row in person.tasks()}.get(name) == state)


def do(person: Person, panel: str, keys: str, *, asks: bool = True) -> None:
    person.until(lambda: not person.window.panels[panel]._selection_pause.isActive())
    person.presses(person.window.panels[panel].view, keys)
    if asks:
        person.answers(yes=True)


def test_a_launched_job_is_seen_to_run(person: Person, launch: Launch, server: RpcService) -> None:
    job = launch("live_see", frames="1-6")
    person.until(lambda: "live_see" in person.jobs())
    person.opens_job("live_see", 6)
    person.until(lambda: sum(row.is_running for row in person.tasks()) == 4)

    assert len(tasks(server, job, TaskState.RUNNING)) == 4
    person.until(lambda: person.window.nodes.counted() == "2 nodes, 4 of 4 cores in use")
    assert {row.node for row in person.tasks() if row.is_running} == {"node-1", "node-2"}


def test_a_paused_job_starts_nothing_more(person: Person, launch: Launch, server: RpcService) -> None:
    job = launch("live_pause", frames="1-6")
    person.until(lambda: "live_pause" in person.jobs())
    person.chooses(person.window.jobs, "live_pause")
    do(person, "jobs", "P", asks=False)
    person.until(lambda: person.text(person.window.jobs, "live_pause", "State") == "Paused")
    assert server.getJob(job.id).paused

    do(person, "jobs", "Shift+P", asks=False)
    person.until(lambda: not server.getJob(job.id).paused)


def test_a_killed_task_is_stopped_and_waits_again(person: Person, launch: Launch, server: RpcService) -> None:
    job = launch("live_kill_task", frames="1-2")
    person.until(lambda: "live_kill_task" in person.jobs())
    person.opens_job("live_kill_task", 2)
    shown(person, "0001-beauty", "Running")
    server.pauseJob(job.id, True)  # or it would start again at once
    person.chooses(person.window.tasks, "0001-beauty")
    do(person, "tasks", "Del")

    shown(person, "0001-beauty", "Waiting")
    assert [task.name for task in tasks(server, job, TaskState.RUNNING)] == ["0002-beauty"]


def test_a_dead_task_is_read_about_retried_and_eaten(
    person: Person, launch: Launch, server: RpcService
) -> None:
    job = launch("live_dead", FAILING)
    person.until(lambda: "live_dead" in person.jobs())
    person.opens_job("live_dead", 3)
    shown(person, "0002-beauty", "Dead")
    person.until(lambda: person.text(person.window.jobs, "live_dead", "State") == "Failing")
    person.chooses(person.window.tasks, "0002-beauty")
    person.until(lambda: "ERROR: no texture" in person.window.log.text.toPlainText())
    assert person.text(person.window.tasks, "0002-beauty", "Ended") == "exit 1"

    do(person, "tasks", "R", asks=False)
    person.until(lambda: person.text(person.window.tasks, "0002-beauty", "Tries") == "2")
    shown(person, "0002-beauty", "Dead")
    person.until(lambda: person.window.log.bar.attempts.count() == 2)
    person.until(lambda: person.text(person.window.jobs, "live_dead", "State") == "Failing")
    person.chooses(person.window.jobs, "live_dead")
    do(person, "jobs", "E")
    person.until(lambda: server.getJob(job.id).state == JobState.FINISHED)
    person.until(lambda: person.text(person.window.jobs, "live_dead", "State") == "Finished")
    shown(person, "0002-beauty", "Eaten")


def test_a_locked_node_takes_nothing_more(person: Person, launch: Launch, server: RpcService) -> None:
    person.until(lambda: person.window.nodes.model.rowCount() == 2)
    person.chooses(person.window.nodes, "node-1")
    do(person, "nodes", "L", asks=False)
    person.until(lambda: person.text(person.window.nodes, "node-1", "State") == "Locked")
    launch("live_lock", frames="1-6")
    person.until(lambda: "live_lock" in person.jobs())
    person.opens_job("live_lock", 6)
    person.until(lambda: sum(row.is_running for row in person.tasks()) == 2)
    assert {row.node for row in person.tasks() if row.is_running} == {"node-2"}

    person.chooses(person.window.nodes, "node-1")
    do(person, "nodes", "Shift+L", asks=False)
    person.until(lambda: sum(row.is_running for row in person.tasks()) == 4)


def test_a_killed_job_is_over_and_its_nodes_are_free(
    person: Person, launch: Launch, server: RpcService
) -> None:
    job = launch("live_kill")
    person.until(lambda: "live_kill" in person.jobs())
    person.opens_job("live_kill", 3)
    person.until(lambda: sum(row.is_running for row in person.tasks()) == 3)
    person.chooses(person.window.jobs, "live_kill")
    do(person, "jobs", "Del")

    person.until(lambda: person.text(person.window.jobs, "live_kill", "State") == "Finished")
    assert server.getJob(job.id).state == JobState.FINISHED
    person.until(lambda: person.window.nodes.counted() == "2 nodes, 0 of 4 cores in use")


def test_a_log_grows_while_it_is_read(person: Person, launch: Launch) -> None:
    counting = ["/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo tile $i; sleep 0.2; done"]
    launch("live_log", counting, frames="1")
    person.until(lambda: "live_log" in person.jobs())
    person.opens_job("live_log", 1)
    shown(person, "0001-beauty", "Running")
    person.chooses(person.window.tasks, "0001-beauty")
    text = person.window.log.text

    person.until(lambda: "tile 3" in text.toPlainText())
    person.until(lambda: "tile 9" in text.toPlainText() and text.is_at_end())


def test_the_window_goes_on_when_the_server_is_started_again(
    person: Person, launch: Launch, local_farm: LocalFarm
) -> None:
    launch("live_restart")
    person.until(lambda: "live_restart" in person.jobs())
    person.opens_job("live_restart", 3)
    person.until(lambda: sum(row.is_running for row in person.tasks()) == 3)
    local_farm.kill(local_farm.server)
    person.window.refresh_all()
    person.until(lambda: "not connected" in person.window.status.link.text())
    person.until(lambda: started_again(local_farm))

    person.until(lambda: person.window.session.is_connected)
    person.until(lambda: "again" in person.window.status.message.text())
    assert sum(row.is_running for row in person.tasks()) == 3
