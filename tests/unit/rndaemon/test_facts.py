"""What a node tells of itself. R09, R10, R17 and R18 of the check list."""

import os
import threading
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from plow_client.config import load
from plow_client.errors import NotAllowed
from plow_client.idl import Ping
from rndaemon.config import Config
from rndaemon.facts import cpu, disk, host, memory
from rndaemon.facts.allowance import Allowance
from rndaemon.facts.machine import Machine
from rndaemon.facts.slow import Slow

EIGHT = cpu.Topology([frozenset({n, n + 8}) for n in range(8)], "Big CPU 9000")


def config(*overrides):
    return load(Config, overrides=["facts.gpu_tool=", *overrides], environ={}).value


def machine_of(*overrides, topology=None):
    """Whatever container the tests run in."""
    return Machine(config(*overrides), topology, Allowance(Path("/nowhere")))


def told(*overrides, topology=None):
    ping = Ping(hostname="n1")
    machine_of(*overrides, topology=topology).tell(ping)
    return ping


def test_row_r09_a_ping_says_who_the_node_is():
    ping = told()

    assert ping.bootTime == int(psutil.boot_time())
    assert ping.bootId == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    addresses = {address.address for each in psutil.net_if_addrs().values() for address in each}
    assert ping.ipAddr in addresses
    assert (ping.os, ping.arch) == ("linux", os.uname().machine)


def test_row_r10_a_ping_says_what_the_node_is_made_of():
    ping = told()
    hw, ram, swap = ping.hw, psutil.virtual_memory(), psutil.swap_memory()

    assert hw.logicalCpus == len(os.sched_getaffinity(0))
    assert 1 <= hw.physicalCpus <= hw.logicalCpus and ping.cores == hw.physicalCpus
    assert hw.totalRamMb == ram.total // 2**20 and hw.totalSwapMb == swap.total // 2**20
    assert hw.freeRamMb == pytest.approx(ram.available // 2**20, rel=0.05)
    assert hw.freeSwapMb == pytest.approx(swap.free // 2**20, rel=0.05)
    assert hw.cpuModel and os.uname().release in hw.platform
    assert hw.load == pytest.approx(psutil.getloadavg(), abs=2)


def test_row_r17_fewer_cores_and_threads_can_be_told_never_more():
    two = told("daemon.cores=2", topology=EIGHT)
    many = told("daemon.cores=99", "daemon.threads=99", topology=EIGHT)
    plain = told("daemon.threads=8", topology=EIGHT)

    assert (two.cores, two.hw.physicalCpus, two.hw.logicalCpus) == (2, 2, 4)
    assert (many.cores, many.hw.physicalCpus, many.hw.logicalCpus) == (99, 8, 16)
    assert (plain.cores, plain.hw.physicalCpus, plain.hw.logicalCpus) == (8, 8, 8)


def test_row_r17_what_is_overridden_is_what_can_be_taken():
    slots = machine_of("daemon.cores=2", topology=EIGHT).slots()
    slots.take(1)
    slots.take(1)

    with pytest.raises(NotAllowed, match="0 of 2 free"):
        slots.take(1)


def test_row_r18_memory_is_lowered_by_a_setting_never_raised(caplog):
    total = psutil.virtual_memory().total // 2**20
    half, double = told(f"daemon.ram_mb={total // 2}"), told(f"daemon.ram_mb={total * 2}")

    assert half.ramMb == half.hw.totalRamMb == total // 2 and half.hw.freeRamMb <= total // 2
    assert double.hw.totalRamMb == total and double.ramMb == memory.for_tasks_mb(total, 0)
    machine = machine_of(f"daemon.ram_mb={total * 2}")
    machine.start()
    machine.stop()
    assert "daemon.ram_mb ignored" in caplog.text


@pytest.mark.parametrize(
    ("total", "configured", "expected"),
    [(2000, 0, 1900), (64000, 0, 63616), (2000, 1000, 1000), (2000, 9000, 1900)],
)
def test_memory_for_tasks_keeps_a_reserve_unless_told_otherwise(total, configured, expected):
    assert memory.for_tasks_mb(total, configured) == expected


def test_threads_are_the_processors_of_the_cores_or_what_a_setting_says():
    """R23: three of eight cores with two threads each."""
    assert machine_of(topology=EIGHT).threads([0, 1, 2]) == 6
    assert machine_of("daemon.threads=8", topology=EIGHT).threads([0, 1, 2]) == 3
    assert machine_of("daemon.cores=4", topology=EIGHT).threads([0, 1, 2]) == 6
    mixed = cpu.Topology([frozenset({0, 1}), frozenset({2}), frozenset({3})], "")
    assert machine_of(topology=mixed).threads([0, 2]) == 3


def test_a_machine_out_of_descriptors_still_tells_what_was_seen_last(monkeypatch):
    machine, before, after = machine_of(), Ping(hostname="n1"), Ping(hostname="n1")
    machine.tell(before)

    def fail():
        raise OSError(24, "Too many open files")

    for module in (psutil, host):
        for name in ("virtual_memory", "boot_time", "ip_address"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, fail)
    machine.tell(after)

    assert (after.ipAddr, after.bootTime) == (before.ipAddr, before.bootTime)
    assert after.hw.freeRamMb == before.hw.freeRamMb


def test_disks_are_told_once_each_and_what_is_no_folder_is_left_out(tmp_path):
    found = disk.read_disks([str(tmp_path), str(tmp_path / "gone"), str(tmp_path.parent)])

    assert [each.path for each in found] == [str(tmp_path)]
    assert 0 < found[0].free_mb <= found[0].total_mb


def test_the_folders_of_the_settings_are_those_whose_disks_are_told(tmp_path):
    chosen = config("daemon.state=/state", f"task.temp_root={tmp_path}", "facts.disks=/a,/b")

    assert disk.folders(chosen) == [str(tmp_path), "/state", "/a", "/b"]


def test_a_lack_of_room_for_scratch_files_is_a_reason(tmp_path):
    root = f"task.temp_root={tmp_path}"

    assert disk.shortage(config(root, "task.min_temp_mb=1")) == ""
    assert f"MB free in '{tmp_path}', 999999999 MB wanted" in disk.shortage(
        config(root, "task.min_temp_mb=999999999")
    )
    assert "cannot be used: No such file" in disk.shortage(config(f"{root}/gone"))


def session(folder, name, **facts):
    (folder / name).write_text("".join(f"{key}={value}\n" for key, value in facts.items()))


def test_users_are_those_at_terminals_and_those_of_sessions(tmp_path, monkeypatch):
    terminal = SimpleNamespace(name="ada")
    monkeypatch.setattr(psutil, "users", lambda: [terminal, terminal])
    session(tmp_path, "1", USER="bert", CLASS="user", STATE="active")
    session(tmp_path, "2", USER="gdm", CLASS="greeter", STATE="online")
    session(tmp_path, "3", USER="cleo", CLASS="user", STATE="closing")
    os.mkfifo(tmp_path / "1.ref")

    assert host.users(tmp_path) == ["ada", "bert"]


def test_a_slow_fact_is_told_as_last_seen_until_it_is_stale(monkeypatch):
    answers = iter([[1], OSError("gone"), OSError("gone")])

    def read():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    now = [0.0]
    monkeypatch.setattr("rndaemon.facts.slow.time.monotonic", lambda: now[0])
    fact = Slow("test", read, [], 30)
    assert fact.value == []
    fact.look()
    fact.look()
    now[0] = 89.0
    assert fact.value == [1]
    now[0] = 91.0
    assert fact.value == []


def test_a_fault_of_a_slow_fact_is_said_once(caplog):
    fact = Slow("test", lambda: 1 // 0, 0, 30)
    fact.look()
    fact.look()

    assert caplog.text.count("fact not read") == 1


def test_a_look_that_hangs_keeps_nobody_waiting():
    ends = threading.Event()
    fact = Slow("test", ends.wait, False, 30)
    fact.start()

    assert not fact.wait(0.01) and fact.value is False
    ends.set()
    assert fact.wait(10) and fact.value is True
    fact.stop()
