"""What containers and service files leave us, on folders that look as the kernel's do."""

import pytest

from plow_client.config import load
from plow_client.idl import Ping
from rndaemon.config import Config
from rndaemon.facts import cpu
from rndaemon.facts.allowance import Allowance
from rndaemon.facts.machine import Machine

MB = 2**20


@pytest.fixture
def around(tmp_path):
    """/proc of a process in a group, and the groups: path → files."""

    def make(mounts, own, **groups):
        proc = tmp_path / "proc" / "self"
        proc.mkdir(parents=True)
        lines = [
            f"30 2 0:2 / {tmp_path}/{name} rw - {kind} {kind} rw,{name}" for name, kind in mounts.items()
        ]
        (proc / "mountinfo").write_text("\n".join(lines))
        (proc / "cgroup").write_text(own)
        for path, files in groups.items():
            folder = tmp_path / path.replace("__", "/")
            folder.mkdir(parents=True, exist_ok=True)
            for name, value in files.items():
                (folder / name.replace("__", ".")).write_text(f"{value}\n")
        return Allowance(tmp_path / "proc")

    return make


def test_the_narrowest_group_around_us_counts(around):
    outer = {"cpu__max": "400000 100000", "memory__max": 3000 * MB, "memory__current": 2500 * MB}
    inner = {"cpu__max": "max 100000", "memory__max": 4000 * MB, "memory__current": 100 * MB}
    stat = {"memory__stat": f"anon 1\ninactive_file {300 * MB}"}
    allowed = around({"v2": "cgroup2"}, "0::/a/b\n", v2={}, v2__a={**outer, **stat}, v2__a__b=inner)

    assert (allowed.cpus, allowed.memory_mb, allowed.free_mb()) == (4.0, 3000, 800)


def test_version_1_is_read_too_also_where_the_name_is_of_the_outside(around):
    memory = {"memory__limit_in_bytes": 2000 * MB, "memory__usage_in_bytes": 500 * MB}
    allowed = around(
        {"cpu": "cgroup", "memory": "cgroup"},
        "4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n",
        cpu={"cpu__cfs_quota_us": 150000, "cpu__cfs_period_us": 100000},
        memory={**memory, "memory__stat": f"total_inactive_file {100 * MB}"},
    )

    assert (allowed.cpus, allowed.memory_mb, allowed.free_mb()) == (1.5, 2000, 1600)


def test_no_limit_is_none(around):
    allowed = around(
        {"v2": "cgroup2", "memory": "cgroup", "cpu": "cgroup"},
        "1:cpu:/\n2:memory:/\n0::/a\n",
        v2__a={"cpu__max": "max 100000", "memory__max": "max"},
        memory={"memory__limit_in_bytes": 9223372036854771712},
        cpu={"cpu__cfs_quota_us": -1, "cpu__cfs_period_us": 100000},
    )

    assert (allowed.cpus, allowed.memory_mb, allowed.free_mb()) == (None, 0, None)


@pytest.mark.parametrize(("cpus", "expected"), [(None, 8), (2.9, 2), (0.5, 1), (16.0, 8)])
def test_a_share_of_the_processors_is_so_many_cores(around, cpus, expected):
    allowed = around({}, "")
    allowed.cpus = cpus

    assert allowed.cores(8) == expected


def test_a_node_in_a_container_tells_of_what_it_may_have(around):
    limits = {"cpu__max": "300000 100000", "memory__max": 1000 * MB, "memory__current": 400 * MB}
    allowed = around({"v2": "cgroup2"}, "0::/\n", v2=limits)
    eight = cpu.Topology([frozenset({n, n + 8}) for n in range(8)], "")
    config = load(Config, overrides=["facts.gpu_tool="], environ={}).value
    machine, ping = Machine(config, eight, allowed), Ping(hostname="n1")
    machine.tell(ping)

    assert (ping.cores, ping.hw.physicalCpus, ping.hw.logicalCpus) == (3, 3, 3)
    assert (ping.hw.totalRamMb, ping.hw.freeRamMb, ping.ramMb) == (1000, 600, 950)
    assert machine.threads([0, 1]) == 2


def test_this_machine_can_be_asked():
    allowed = Allowance()

    assert allowed.cpus is None or allowed.cpus > 0
    assert allowed.free_mb() is None or allowed.memory_mb > 0
