"""What a node tells of itself and of its tasks, and what it gives them, by a real daemon: R09 to R11, R22, R23 and
R43 of the check list. The figures of R41 and R42 are compared in tests/unit/rndaemon/shim/test_meter.py.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.node_farm import FakeServer, Node
from plow_client.errors import NotAllowed
from plow_client.idl import RunningTask
from rndaemon.facts.allowance import Allowance
from rndaemon.facts.cpu import parse_list, read_topology
from tests.e2e.rndaemon.parts import finish

MB = 2**20


def task_where(server: FakeServer, proc_id: str, fits: Any) -> RunningTask:
    """As a ping tells of it, once it is so."""
    task: RunningTask = server.wait_for(
        lambda: next(
            (task for ping in server.pings for task in ping.tasks if task.procId == proc_id and fits(task)),
            None,
        )
    )
    return task


def stop(node: Node, *proc_ids: str) -> None:
    with node.caller() as caller:
        for proc_id in proc_ids:
            caller.call("killRunningTask", procId=proc_id, reason="seen")


def words(node: Node, server: FakeServer, *command: str, **fields: Any) -> list[str]:
    """What a command prints."""
    proc_id = node.run(*command, **fields)
    assert server.result(proc_id).exitStatus == 0
    lines = node.log(proc_id).decode().split("\n")
    rules = [number for number, line in enumerate(lines) if line == "=" * 60]
    return " ".join(lines[rules[1] + 1 : rules[2] - 1]).split()


def test_rows_r09_r10_a_ping_tells_of_the_machine(node: Node, server: FakeServer) -> None:
    ping = server.wait_for(lambda: server.pings and server.pings[-1])

    assert (ping.hostname, ping.bootTime) == ("n1", int(psutil.boot_time()))
    addresses = {each.address for card in psutil.net_if_addrs().values() for each in card}
    assert ping.ipAddr in addresses
    assert ping.bootId == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    processors = len(os.sched_getaffinity(0))
    assert ping.hw.logicalCpus == min(processors, int(Allowance().cpus or processors)) and ping.cores == 8
    assert ping.hw.totalRamMb == 4096 == ping.ramMb and 0 < ping.hw.freeRamMb <= 4096
    assert ping.hw.cpuModel and ping.hw.platform and len(ping.hw.load) == 3
    assert (ping.os, ping.arch) == ("linux", os.uname().machine)
    assert ping.disks and ping.users is not None and ping.metrics == {}


def test_row_r11_a_ping_tells_of_each_task(node: Node, server: FakeServer) -> None:
    hog = "x=$(head -c 20000000 /dev/zero | tr '\\0' x); echo PLOW_PROGRESS 0.5; while :; do : < /etc/passwd; done"
    both = [node.run("sh", "-c", hog) for _ in range(2)]
    for proc_id in both:
        task = task_where(
            server, proc_id, lambda t: t.rssMb > 18 and t.usedCores and t.diskIO.readCount and t.progress
        )
        assert (task.progress, task.lastLog) == (0.5, "PLOW_PROGRESS 0.5")
        assert task.pid > 0 and task.cpuPercent == int(task.usedCores * 100)

    assert {task.procId for task in server.pings[-1].tasks} == set(both)
    stop(node, *both)


def test_row_r22_a_task_and_its_children_run_on_the_processors_of_its_cores(
    folder: Path, server: FakeServer
) -> None:
    topology = read_topology()
    node = Node(folder, server.address, "-otask.pin=always", cores=topology.physical)
    node.start()
    look = "grep Cpus_allowed_list /proc/self/status /proc/$$/status"
    held = node.run("sleep", "100")
    if topology.physical > 1:
        assert processors(words(node, server, "sh", "-c", look)) == 2 * [topology.cores[1]]
    stop(node, held)
    server.result(held)

    everywhere = set().union(*topology.cores)
    seen = words(node, server, "sh", "-c", look, cores=topology.physical)
    assert processors(seen) == 2 * [everywhere]
    finish(node)


def processors(said: list[str]) -> list[set[int]]:
    """Every second word is a list of them."""
    return [parse_list(word) for word in said[1::2]]


@pytest.mark.parametrize(
    ("given", "expected"), [({}, "3 {0}"), ({"PLOW_CORES": "1", "PLOW_THREADS": "x"}, "1 x")]
)
def test_row_r23_a_task_is_told_its_cores_and_threads(
    node: Node, server: FakeServer, given: dict[str, str], expected: str
) -> None:
    shared = Allowance().cpus
    threads = 3 * (read_topology().threads_per_core if shared is None else max(1, int(shared) // 8))
    said = words(node, server, "sh", "-c", "echo $PLOW_CORES $PLOW_THREADS", cores=3, env=given)

    assert " ".join(said) == expected.format(threads)


def test_row_r43_disk_traffic_of_a_child_that_has_ended_is_told(node: Node, server: FakeServer) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        os.chmod(folder, 0o777)
        proc_id = node.run("sh", "-c", f"head -c {100 * MB} /dev/zero > {folder}/big; sleep 100")
        task_where(server, proc_id, lambda t: t.diskIO and t.diskIO.writeBytes >= 100 * MB)
        stop(node, proc_id)

        assert server.result(proc_id).diskIO.writeBytes >= 100 * MB


SMI = """#!/bin/sh
echo '0, GPU-aaaa, 46068, 45000, 12, NVIDIA A40'
echo '1, GPU-bbbb, 46068, 46000, 0, NVIDIA A40'
"""


def test_a_task_sees_the_devices_it_was_given_and_meters_of_our_own_are_told(
    folder: Path, server: FakeServer
) -> None:
    (folder / "smi").write_text(SMI)
    (folder / "smi").chmod(0o755)
    (folder / "meters").mkdir()
    (folder / "meters" / "room.py").write_text("def measure():\n    return {'celsius': 21}\n")
    node = Node(folder, server.address, f"-ofacts.gpu_tool={folder}/smi", f"-ofacts.meters={folder}/meters")
    server.pings.clear()
    node.start()
    show = ("sh", "-c", "echo ${PLOW_GPUS-unset} ${CUDA_VISIBLE_DEVICES-unset}")

    assert words(node, server, *show, gpus=[1]) == ["1", "GPU-bbbb"]
    assert words(node, server, *show, gpus=[]) == ["-1"]
    assert words(node, server, *show) == ["unset", "unset"]
    with pytest.raises(NotAllowed, match="no GPU 7"):
        node.run(*show, gpus=[7])
    ping = server.wait_for(lambda: next((ping for ping in server.pings if ping.metrics), None))
    assert ping.metrics == {"room.celsius": 21.0}
    assert [(gpu.index, gpu.model, gpu.usedPercent) for gpu in ping.gpus] == [
        (0, "NVIDIA A40", 12),
        (1, "NVIDIA A40", 0),
    ]
    finish(node)


def test_without_room_for_scratch_files_nothing_new_is_taken(folder: Path, server: FakeServer) -> None:
    node = Node(folder, server.address, "-otask.min_temp_mb=999999999")
    server.pings.clear()
    node.start()

    with pytest.raises(NotAllowed, match="999999999 MB wanted for scratch files"):
        node.run("true")
    ping = server.wait_for(lambda: next((ping for ping in server.pings if ping.awayReason), None))
    assert ping.isDraining and "scratch files" in ping.awayReason
    finish(node)
