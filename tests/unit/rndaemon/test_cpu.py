"""Which cores a machine has and where they are, from samples of what kernels say. R14 and R15 of the check list."""

import os

import pytest

from rndaemon.facts import cpu
from rndaemon.slots import Place


def cpuinfo(rows):
    lines = []
    for number, socket, core in rows:
        lines += [f"processor\t: {number}", "model name\t: Big  CPU   9000"]
        if socket is not None:
            lines += [f"physical id\t: {socket}", f"core id\t\t: {core}"]
        lines.append("")
    return "\n".join(lines)


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n")


@pytest.fixture
def system(tmp_path):
    """/sys/devices of a machine: rows of processor, socket, core, siblings."""

    def make(rows, online=None, nodes=(), kinds=(), capacities=()):
        folder = tmp_path / "system" / "cpu"
        put(folder / "online", online or f"0-{len(rows) - 1}")
        for number, socket, core, siblings in rows:
            topology = folder / f"cpu{number}" / "topology"
            put(topology / "physical_package_id", socket)
            put(topology / "core_id", core)
            put(topology / "thread_siblings_list", siblings)
        for node, members in enumerate(nodes):
            put(tmp_path / "system" / "node" / f"node{node}" / "cpulist", members)
        for kind, members in kinds:
            put(tmp_path / kind / "cpus", members)
        for number, capacity in enumerate(capacities):
            put(folder / f"cpu{number}" / "cpu_capacity", capacity)
        return cpu.arrange(cpu.read_processors(tmp_path), "")

    return make


def test_row_r14_two_sockets_of_four_cores_with_two_threads(system):
    rows = [(n, (n // 4) % 2, n % 4) for n in range(16)]
    told = cpu.parse_cpuinfo(cpuinfo(rows))
    listed = system([(n, s, c, f"{n % 8},{n % 8 + 8}") for n, s, c in rows])

    for topology in (told, listed):
        assert (topology.physical, topology.logical, topology.threads_per_core) == (8, 16, 2)
        assert topology.cores == [{n, n + 8} for n in range(8)]
        assert [place.socket for place in topology.places] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert told.model == "Big CPU 9000"


def test_row_r15_without_sockets_each_processor_is_a_core(system):
    topology = cpu.parse_cpuinfo(cpuinfo([(n, None, None) for n in range(4)]))

    assert topology.cores == [{0}, {1}, {2}, {3}]
    assert system([(n, -1, 0, n) for n in range(4)]).cores == topology.cores


def test_cores_of_another_kind_are_known_as_slower(system):
    """A processor with two fast cores of two threads and four slow ones of one."""
    rows = [(0, 0, 0, "0-1"), (1, 0, 0, "0-1"), (2, 0, 4, "2-3"), (3, 0, 4, "2-3")]
    rows += [(n, 0, 4 + n, n) for n in range(4, 8)]
    topology = system(rows, kinds=[("cpu_core", "0-3"), ("cpu_atom", "4-7")])

    assert topology.cores == [{0, 1}, {2, 3}, {4}, {5}, {6}, {7}]
    assert [place.rank for place in topology.places] == [0, 0, 1, 1, 1, 1]
    assert topology.threads_of([1, 2, 9]) == 4


def test_slower_cores_of_arm_are_known_by_their_capacity(system):
    topology = system([(n, 0, n, n) for n in range(3)], capacities=(446, 446, 1000))

    assert [place.rank for place in topology.places] == [554, 554, 0]


def test_memory_nodes_are_known(system):
    topology = system([(n, 0, n, n) for n in range(4)], nodes=("0,2", "1,3"))

    assert [place.node for place in topology.places] == [0, 1, 0, 1]


def test_a_processor_that_is_switched_off_is_no_core(system):
    topology = system([(n, 0, n, n) for n in range(4)], online="0,2-3")

    assert topology.cores == [{0}, {2}, {3}]


def test_processors_that_a_container_keeps_are_not_counted():
    places = tuple(Place(socket) for socket in range(3))
    topology = cpu.Topology([frozenset({0, 4}), frozenset({1, 5}), frozenset({2, 6})], "", places)
    limited = cpu.limit_to(topology, {1, 2, 6})

    assert limited.cores == [{1}, {2, 6}] and limited.places == (Place(1), Place(2))
    assert cpu.limit_to(topology, {99}).cores == topology.cores


def test_row_r16_on_a_mac_cores_and_model_come_from_the_system(tmp_path, monkeypatch):
    """By a stand-in for its sysctl: nobody has run this on a Mac."""
    tool = tmp_path / "sysctl"
    tool.write_text("#!/bin/sh\necho Apple M9\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(cpu.sys, "platform", "darwin")
    monkeypatch.setattr(cpu, "SYSTEM", tmp_path)
    monkeypatch.setattr(cpu, "CPUINFO", tmp_path / "none")
    monkeypatch.setattr(cpu.psutil, "cpu_count", lambda logical=True: 3)
    monkeypatch.setattr(cpu, "_usable", lambda: {0, 1, 2})
    topology = cpu.read_topology()

    assert (topology.physical, topology.model) == (3, "Apple M9")
    tool.write_text("#!/bin/sh\nexit 1\n")
    assert cpu.read_topology().model == ""


def test_where_the_kernel_says_nothing_there_is_nothing(tmp_path):
    assert cpu.read_processors(tmp_path) == {}
    assert cpu.arrange({}, "").cores == []


def test_this_machine_is_told_as_it_is():
    topology = cpu.read_topology()

    assert topology.logical == len(os.sched_getaffinity(0))
    assert len(topology.places) == topology.physical


@pytest.mark.parametrize(
    ("text", "expected"), [("0-2,7\n", {0, 1, 2, 7}), ("", set()), ("\n", set()), ("3", {3})]
)
def test_lists_of_processors_are_read(text, expected):
    assert cpu.parse_list(text) == expected
