"""Played nodes are as true to the wire as real ones: they join, work, fail, are killed, vanish and come back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from benchmarks.nodes import SimulatedFarm
from benchmarks.nodes.attempt import RUN_S, STATUS
from plow_client.idl import (
    JobFilterT,
    JobSpecT,
    LayerSpecT,
    NodeFilterT,
    NodeState,
    TaskFilterT,
    TaskState,
)
from tests.integration.dispatch_parts import Stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with Stage(database_url) as made:
        made.serve("node.ping_interval_s=1")
        yield made


@contextmanager
def farm_of(stage: Stage, count: int, **more: Any) -> Iterator[SimulatedFarm]:
    with SimulatedFarm(stage.app.node_address, count, **more) as farm:
        farm.wait_for(lambda: farm.count().up == count, 60)
        yield farm


def launch(stage: Stage, tasks: int, name: str = "shot", **env: str) -> Callable[[], list[TaskState]]:
    """A job whose tasks do what the environment says; a look at their states."""
    layer = LayerSpecT(
        name="a", command=["x", "%{FRAME}"], range=f"1-{tasks}", minRam=256, maxRetries=0, env=env
    )
    spec = JobSpecT(name=name, project="test", username="anna", uid=1, layers=[layer])
    job = stage.rpc("launch", spec=spec).id
    return lambda: [task.state for task in stage.rpc("getTasks", filter=TaskFilterT(jobId=job))]


def test_row_r59_five_hundred_nodes_join_with_names_and_hardware_of_their_own(stage: Stage) -> None:
    with farm_of(stage, 500, spread_s=0, ping_s=60, gpus=1) as farm:
        found = stage.rpc("getNodes", filter=NodeFilterT())
        assert (
            len({node.name for node in found}) == len({farm_node.address for farm_node in farm.nodes}) == 500
        )
        assert {node.state for node in found} == {NodeState.UP}
        assert {node.system.physicalCores for node in found} <= {8, 16, 32, 64}
        assert all(node.system.totalRamMb == 4096 * node.system.physicalCores for node in found)
        assert all(node.system.cpuModel and node.system.platform for node in found)
        assert farm.count().missed == 0


def test_work_is_done_fails_and_is_killed_and_the_books_are_right(stage: Stage) -> None:
    with farm_of(stage, 20, cores=2, spread_s=0.1) as farm:
        good, bad = (
            launch(stage, 60, **{RUN_S: "0.05"}),
            launch(stage, 10, "bad", **{RUN_S: "0.05", STATUS: "3"}),
        )
        stage.wait(lambda: set(good()) == {TaskState.SUCCEEDED} and set(bad()) == {TaskState.DEAD})
        long = launch(stage, 30, "long", **{RUN_S: "600"})
        farm.wait_for(lambda: farm.count().running == 30)
        (job,) = [job.id for job in stage.rpc("getJobs", filter=JobFilterT(name=["long"]))]
        stage.rpc("killJob", jobId=job, reason="wrong camera")
        farm.wait_for(lambda: farm.count().running == 0)
        stage.wait(lambda: TaskState.RUNNING not in long())
        now = farm.count()
        assert (now.done, now.failed, now.ended, now.refused) == (60, 10, 30, 0)
        assert sorted(set(stage.ends())) == ["EXITED", "KILLED"]


def test_power_loss_a_new_daemon_and_a_cut_network_end_as_they_do_on_real_nodes(stage: Stage) -> None:
    with farm_of(stage, 3, cores=1, spread_s=0, ping_s=0.2, timeout_s=2) as farm:
        states = launch(stage, 3, **{RUN_S: "2"})
        farm.wait_for(lambda: farm.count().running == 3)
        dark, renewed, cut = farm.nodes
        farm.run(dark.lose_power())
        farm.run(dark.boot())
        farm.run(renewed.restart())
        farm.call(lambda: cut.cut_off(True))
        farm.wait_for(lambda: not cut.running)
        farm.call(lambda: cut.cut_off(False))
        stage.wait(lambda: states() == [TaskState.SUCCEEDED] * 3)
        assert sorted(stage.ends()) == ["EXITED", "EXITED", "EXITED", "LOST"]


def test_a_node_is_set_aside_and_rebooted_by_calls(stage: Stage) -> None:
    with farm_of(stage, 1, cores=1, spread_s=0, ping_s=0.2) as farm:
        node = farm.nodes[0]
        boot = node.boot_id
        farm.call(lambda: node.reboot(False))
        assert node.boot_id != boot
        farm.call(lambda: node.drain(True, "new disks"))
        stage.wait(lambda: stage.rpc("getNodes", filter=NodeFilterT())[0].isDraining)
        states = launch(stage, 1, **{RUN_S: "0"})
        assert states() == [TaskState.WAITING]
        farm.call(lambda: node.drain(False, ""))
        stage.wait(lambda: states() == [TaskState.SUCCEEDED])
        assert farm.count().refused == 0


def test_attempts_are_drawn_the_same_for_the_same_seed() -> None:
    def names(seed: int) -> list[object]:
        return [node.machine for node in SimulatedFarm("127.0.0.1:1", 5, seed=seed).nodes]

    assert names(1) == names(1) != names(2)


def test_the_command_plays_until_it_is_told_to_stop_and_sums_up(stage: Stage) -> None:
    port = stage.app.node_address.rpartition(":")[2]
    words = [sys.executable, "-m", "benchmarks.nodes", "--count", "5", "--port", port, "--spread-s", "0"]
    with subprocess.Popen([*words, "--run-s", "0..0.1"], stdout=subprocess.PIPE, text=True) as playing:
        states = launch(stage, 8)
        stage.wait(lambda: states() == [TaskState.SUCCEEDED] * 8)
        playing.terminate()
        told, _ = playing.communicate(timeout=20)
    assert playing.returncode == 0
    assert "8 started, 8 done, 0 failed" in told
