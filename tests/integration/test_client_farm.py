"""The Python API and the `plow` command against a real farm: server, database and two nodes of this machine."""

from __future__ import annotations

import itertools
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import plow_client as plow
from plow_client.cli.main import run
from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound, Unavailable
from plow_client.local_farm import LocalFarm
from tests.integration.client_parts import WITHIN_S, is_alive, until

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def state():
    """A folder that the accounts of the database and of tasks can enter, which pytest's own is not for root."""
    folder = Path(tempfile.mkdtemp(prefix="plow-client-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def whole_farm(state):
    options = ["task.path=/usr/local/bin:/usr/bin:/bin", "daemon.ping_interval_s=0.5"]
    with LocalFarm(state, nodes=2, node_options=options) as farm:
        plow.connect(farm.hosts)
        until(lambda: len(plow.get_nodes(states="up")) == 2)
        yield farm
    plow.reconnect()


@pytest.fixture
def farm(whole_farm):
    plow.connect(whole_farm.hosts)
    yield whole_farm
    for job in plow.get_jobs(states="RUNNING"):
        job.kill("the test is over")


def launch(command, *, layers=(), **fields):
    name = f"job{next(numbers)}"
    first = plow.LayerSpec("first", ["sh", "-c", command], **{"range": "1-2", "max_retries": 0, **fields})
    return plow.JobSpec(name, "default", layers=[first, *layers]).launch()


def over(job):
    def is_over():
        job.refresh()
        return job.totals.done + job.totals.dead == job.totals.total

    until(is_over)
    return job


def test_a_job_runs_and_is_seen_from_every_side(farm):
    job = over(launch("echo frame %{FRAME}", range="1-4", chunk=2))

    assert job.state is plow.JobState.FINISHED
    assert job.totals.succeeded == 2
    [layer] = job.get_layers()
    tasks = layer.get_tasks()
    assert [(task.name, task.frames, task.state.name) for task in tasks] == [
        ("0001-first", "1-2", "SUCCEEDED"),
        ("0003-first", "3-4", "SUCCEEDED"),
    ]
    assert tasks[0].get_layer() == layer
    assert tasks[0].get_job() == layer.get_job() == job
    assert job.get_folder().name == "jobs"
    assert "frame 3" in Path(tasks[1].get_log_path()).read_text()
    [attempt] = tasks[1].get_stats()
    assert (attempt.exit_status, attempt.retry_num, attempt.active) == (0, 0, False)
    assert tasks[1].get_log_path(0) == tasks[1].get_log_path()


def test_rows_a29_a48_the_log_of_a_killed_attempt_is_there_and_has_the_reason(farm):
    job = launch("echo begun; sleep 600", range="1")
    [task] = job.get_tasks()
    until(lambda: b"begun" in log_of(task))
    task.kill()
    until(lambda: len(task.get_stats()) == 2 and b"begun" in log_of(task))
    job.kill("wrong camera")

    first, newest = Path(task.get_log_path(0)), Path(task.get_log_path())
    assert first.is_file()
    assert newest == Path(task.get_log_path(1)) != first
    until(lambda: "wrong camera" in newest.read_text())


def log_of(task):
    """What there is of its newest log."""
    try:
        return task.read_log().content
    except (NotFound, Unavailable):
        return b""


def test_a_spec_comes_back_as_it_was_sent(farm):
    spec = plow.JobSpec(
        f"job{next(numbers)}",
        "default",
        layers=[plow.LayerSpec("fx", ["true"], range="1-3", min_cores=1, env={"A": "b"}, tags=["render"])],
        attrs={"shot": "020"},
        username="anna",
        paused=True,
    )

    job = spec.launch()

    assert job.paused
    assert job.username == "anna"
    assert job.attrs == {"shot": "020"}
    assert job.get_spec() == spec
    assert plow.get_active_job(spec.name) == job
    assert job in plow.get_jobs(user="anna", project="default", states="running", name=spec.name)


def test_dead_tasks_are_retried_and_eaten(farm):
    job = over(launch("exit 3"))
    assert [task.stats.exit_status for task in job.get_tasks("dead")] == [3, 3]

    first, second = job.get_tasks()
    first.retry()
    until(lambda: len(first.get_stats()) == 2 and over(job))
    job.eat_dead_tasks()
    job.refresh()

    assert job.state is plow.JobState.FINISHED
    assert job.totals.eaten == 2
    assert [attempt.retry_num for attempt in second.get_stats()] == [0]


def test_a_job_is_changed_and_read_again(farm):
    job = launch("sleep 60", range="1-20")

    job.pause()
    job.set_max_cores(1)
    job.set_min_cores(3)
    job.set_attrs({"a": "b"})
    fresh = plow.get_job(job.id)
    assert (fresh.paused, fresh.max_cores, fresh.min_cores, fresh.attrs) == (True, 1, 3, {"a": "b"})

    job.kill("enough")
    assert job.state is plow.JobState.FINISHED
    with pytest.raises(NotFound, match=job.name):
        plow.get_active_job(job.name)


def test_a_layers_settings_are_bounded_by_the_server(farm):
    job = launch("true")
    layer = job.get_layer("first")

    layer.set_min_cores_per_task(0)
    layer.set_min_ram_per_task(8)
    layer.set_tags(["a", "b", "a"])

    assert (layer.min_cores, layer.min_ram, layer.tags) == (1, 256, ["a", "b"])


def test_depends_hold_until_they_are_dropped(farm):
    waits = plow.LayerSpec("second", ["true"], range="1-2")
    job = plow.JobSpec(
        f"job{next(numbers)}",
        "default",
        paused=True,
        layers=[plow.LayerSpec("first", ["true"], range="1-2"), waits],
        depends=[plow.DependSpec("layer_on_layer", dependent_layer="second", depend_on_layer="first")],
    ).launch()
    first, second = job.get_layers()

    [depend] = second.get_depends_on()
    assert first.get_depends() == [depend]
    assert (depend.type, depend.active) == (plow.DependType.LAYER_ON_LAYER, True)
    assert job.totals.depend == 2

    depend.drop()
    job.refresh()
    assert job.totals.depend == 0


def test_nodes_clusters_quotas_projects_and_folders(farm):
    node = plow.get_node("node-1")
    assert node == plow.get_node(node.id)
    node.lock()
    assert plow.get_nodes(locked=True) == [node]
    node.lock(False)
    assert node.get_cluster() in plow.get_clusters()

    project = plow.create_project("The show", f"show{next(numbers)}")
    [folder] = project.get_folders()
    folder.name = "shots"
    assert [found.name for found in project.get_folders()] == ["shots"]
    [quota] = project.get_quotas()
    quota.set_size(7)
    assert plow.get_quota(quota.id).size == 7
    project.set_active(False)
    assert project not in plow.get_active_projects()


def test_errors_are_of_their_kind(farm):
    job = launch("sleep 60")
    with pytest.raises(AlreadyExists, match=job.name):
        plow.JobSpec(job.name, "default", layers=[plow.LayerSpec("a", ["true"], range="1")]).launch()
    with pytest.raises(NotFound):
        plow.get_project_by_code("nothing")
    with pytest.raises(Invalid, match="foo"):
        launch("true", range="1-3,foo")
    with pytest.raises((NotAllowed, Invalid, NotFound)):
        plow.kill_job("not-an-id", "x")


def test_the_command_shows_and_changes_the_same_farm(farm, capsys):
    job = over(launch("exit 4"))

    assert run(["job", "list", job.name, "--json"]) == 0
    assert [told["name"] for told in json.loads(capsys.readouterr().out)] == [job.name]
    assert run(["job", "tasks", job.name, "--state", "dead"]) == 0
    assert "0002-first" in capsys.readouterr().out
    assert run(["job", "wait", job.name]) == 1
    assert run(["job", "eat", job.name, "--yes"]) == 0
    assert run(["job", "wait", job.id]) == 0
    assert run(["node", "list"]) == 0
    assert "node-2" in capsys.readouterr().out


def test_waiting_for_a_job_that_is_killed_ends_2(farm):
    job = launch("sleep 60")
    waiting = subprocess.Popen(
        [sys.executable, "-m", "plow_client.cli.main", "--host", farm.hosts, "job", "wait", job.name],
        stdout=subprocess.PIPE,
        text=True,
    )
    with waiting:
        assert waiting.stdout
        assert waiting.stdout.readline().startswith("first: 0/2 done")
        job.kill("enough")
        rest, _ = waiting.communicate(timeout=WITHIN_S)

    assert f"job {job.name} killed" in rest
    assert waiting.returncode == 2


def test_a_log_is_followed_to_its_end(farm):
    job = launch("for i in 1 2 3; do echo line $i; sleep 0.3; done", range="1")

    words = ["--host", farm.hosts, "job", "log", job.name, "0001-first", "--follow"]
    followed = subprocess.run(
        [sys.executable, "-m", "plow_client.cli.main", *words],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )

    assert followed.returncode == 0
    assert "line 3" in followed.stdout
    assert "Exit status: 0" in followed.stdout


def test_tasks_of_a_killed_node_go_on_and_the_farm_still_stops_whole(state):
    folder = state / "second"
    folder.mkdir()
    with LocalFarm(folder, nodes=1, node_options=["task.path=/usr/bin:/bin"]) as farm:
        plow.connect(farm.hosts)
        job = launch("echo $$; sleep 600", range="1")
        until(lambda: job.get_procs() and job.get_tasks("running"))
        log = Path(job.get_tasks()[0].get_log_path())
        until(lambda: log.exists() and any(line.isdigit() for line in log.read_text().splitlines()))
        pid = next(int(line) for line in log.read_text().splitlines() if line.isdigit())
        farm.kill(farm.nodes[0])
        assert is_alive(pid)

    until(lambda: not is_alive(pid))


def test_plow_up_keeps_a_farm_until_ctrl_c(state, tmp_path):
    folder = state / "third"
    said = tmp_path / "said"
    with said.open("w") as out:
        command = [
            sys.executable,
            "-u",
            "-m",
            "plow_client.cli.main",
            "up",
            "--nodes",
            "1",
            "--state",
            str(folder),
        ]
        process = subprocess.Popen(command, stdout=out, stderr=out, preexec_fn=_listen_to_ctrl_c)
    try:
        until_s = time.monotonic() + 90
        while "Ctrl-C stops it" not in said.read_text():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < until_s
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(WITHIN_S) == 0
    finally:
        process.kill()
        process.wait()

    assert "farm stopped" in said.read_text()
    assert str(folder) not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout


def _listen_to_ctrl_c():
    signal.signal(signal.SIGINT, signal.default_int_handler)
