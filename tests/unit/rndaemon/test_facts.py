import os
import stat

import psutil
import pytest

from rndaemon.facts import cpu, disk, gpu, hardware, host, memory


def cpuinfo(rows):
    lines = []
    for number, socket, core in rows:
        lines += [f"processor\t: {number}", "model name\t: Big  CPU   9000"]
        if socket is not None:
            lines += [f"physical id\t: {socket}", f"core id\t\t: {core}"]
        lines.append("")
    return "\n".join(lines)


def test_two_sockets_of_four_cores_with_two_threads():
    rows = [(n, (n // 4) % 2, n % 4) for n in range(16)]
    topology = cpu.parse_cpuinfo(cpuinfo(rows))

    assert (topology.physical, topology.logical, topology.threads_per_core) == (8, 16, 2)
    assert topology.cores[0] == {0, 8} and topology.cores[7] == {7, 15}
    assert topology.model == "Big CPU 9000"


def test_without_sockets_each_processor_is_a_core():
    topology = cpu.parse_cpuinfo(cpuinfo([(n, None, None) for n in range(4)]))

    assert topology.cores == [{0}, {1}, {2}, {3}]


def test_processors_that_a_container_keeps_are_not_counted():
    topology = cpu.Topology([frozenset({0, 4}), frozenset({1, 5}), frozenset({2, 6})], "")

    assert cpu.limit_to(topology, {1, 2, 6}).cores == [{1}, {2, 6}]
    assert cpu.limit_to(topology, {99}).cores == topology.cores


def test_this_machine_is_told_as_it_is():
    told = hardware.read_hardware(cpu.read_topology())

    assert told.logicalCpus == len(os.sched_getaffinity(0))
    assert 1 <= told.physicalCpus <= told.logicalCpus
    assert told.totalRamMb == psutil.virtual_memory().total // 2**20
    assert 0 < told.freeRamMb <= told.totalRamMb
    assert len(told.load) == 3 and min(told.load) >= 0
    assert host.boot_time_s() == int(psutil.boot_time())
    assert host.host_name() and host.ip_address().count(".") == 3


@pytest.mark.parametrize(
    ("total", "configured", "expected"),
    [(2000, 0, 1900), (64000, 0, 63616), (2000, 1000, 1000), (2000, 9000, 2000)],
)
def test_memory_for_tasks_keeps_a_reserve_and_never_exceeds_what_is_there(total, configured, expected):
    assert memory.for_tasks_mb(total, configured) == expected


def test_free_room_on_disk(tmp_path):
    assert disk.free_mb(tmp_path) > 0


def test_no_tool_means_no_graphics_processor(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert gpu.read_gpus() == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo '0, NVIDIA A40, 46068'", [gpu.Gpu(0, "NVIDIA A40", 46068)]),
        ("echo 'No devices were found'", []),
        ("exit 9", []),
    ],
)
def test_graphics_processors_are_those_the_driver_names(monkeypatch, tmp_path, script, expected):
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert gpu.read_gpus() == expected
