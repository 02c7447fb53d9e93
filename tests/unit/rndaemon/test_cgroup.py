"""Control groups: limits and counts on a folder that looks like the kernel's, killing on the kernel's own.

The stand-in has the files and not the behaviour; the tests of `real` run where this machine lets us make a group
of version 2, whether it has controllers or not, and are plain checks of the reason where it does not.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.node_farm import wait_until
from rndaemon import cgroup
from rndaemon.cgroup import Group, find_base, group_of, remove_leftovers

FILES = (
    "cgroup.procs",
    "cgroup.events",
    "cgroup.kill",
    "memory.max",
    "memory.oom.group",
    "memory.swap.max",
    "pids.max",
    "cpu.weight",
)


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """A folder with the kernel's files; the group of the daemon is `unit`, below a mount of version 2."""

    class Kernel:
        proc = str(tmp_path / "proc")
        mount = tmp_path / "mount"

        def group(self, name, controllers="cpu io memory pids", members=()):
            path = self.mount / name
            path.mkdir(parents=True)
            for file in FILES:
                (path / file).write_text("")
            (path / "cgroup.controllers").write_text(controllers)
            (path / "cgroup.subtree_control").write_text("")
            (path / "cgroup.procs").write_text("\n".join(map(str, members)))
            return path

        def live_in(self, name, kind="cgroup2"):
            own = tmp_path / "proc" / "self"
            own.mkdir(parents=True)
            (own / "mountinfo").write_text(
                f"30 23 0:26 / {self.mount} rw,nosuid shared:9 - {kind} {kind} rw\n"
            )
            (own / "cgroup").write_text(f"1:cpu:/elsewhere\n0::/{name}\n")

    def write(path, text):
        """As the kernel: what is written to the list of controllers is added to it."""
        file = Path(path)
        if not file.exists():
            raise FileNotFoundError(2, "No such file or directory", path)
        added = text.removeprefix("+")
        file.write_text(f"{file.read_text()} {added}" if file.name == "cgroup.subtree_control" else text)

    monkeypatch.setattr(cgroup, "_write", write)
    return Kernel()


def test_a_unit_that_delegates_gives_room_beside_the_daemon(kernel):
    unit = kernel.group("system.slice/rndaemon.service")
    kernel.live_in("system.slice/rndaemon.service/daemon")

    assert find_base(proc=kernel.proc) == (str(unit), "")
    assert (unit / "cgroup.subtree_control").read_text().split() == ["memory", "pids", "cpu", "io"]


def test_in_a_scope_of_its_own_the_daemon_makes_room_itself(kernel):
    scope = kernel.group("run-7.scope", members=[os.getpid()])
    kernel.group("run-7.scope/daemon")
    kernel.live_in("run-7.scope")

    assert find_base(proc=kernel.proc).path == str(scope)
    assert (scope / "daemon" / "cgroup.procs").read_text() == str(os.getpid())


@pytest.mark.parametrize(
    ("name", "controllers", "members", "why"),
    [
        ("a.service", "memory pids", [], "Delegate=yes and DelegateSubgroup=daemon"),
        ("term.scope", "memory pids", [1, 2], "is not ours alone"),
        ("b.service/daemon", "cpu", [], None),
    ],
)
def test_where_nothing_was_delegated_the_reason_is_told(kernel, name, controllers, members, why):
    kernel.group(name, controllers, members)
    kernel.live_in(name)
    if why is None:
        (kernel.mount / "b.service" / "cgroup.controllers").write_text(controllers)
        why = "has no controller for memory and pids"

    found = find_base(proc=kernel.proc)
    assert found.path is None and why in found.why


def test_without_version_2_or_a_group_of_our_own_there_is_none(kernel):
    kernel.live_in("", kind="cgroup")
    assert "no control groups of version 2" in find_base(proc=kernel.proc).why
    (Path(kernel.proc) / "self" / "mountinfo").write_text(f"30 23 0:26 / {kernel.mount} rw - cgroup2 x rw\n")

    assert "name a folder in task.cgroup" in find_base(proc=kernel.proc).why
    assert find_base("off") == (None, "task.cgroup is off")
    assert cgroup.base("off") is None


def test_a_folder_can_be_named(kernel, tmp_path):
    kernel.group(".", controllers="memory pids")
    named = kernel.group("plow", controllers="memory pids")

    assert find_base(str(named)).path == str(named)
    assert (kernel.mount / "cgroup.subtree_control").read_text().split() == ["memory", "pids"]


def test_a_folder_is_made_where_it_is_a_group_and_nowhere_else(kernel, tmp_path):
    kernel.group(".", controllers="memory pids")
    inside, outside = kernel.mount / "plow", tmp_path / "cgorup" / "plow"

    find_base(str(inside))
    found = find_base(str(outside))
    assert inside.is_dir() and not outside.parent.exists()
    assert found == (None, f"'{outside}' is no control group of version 2, and not inside of one")


@pytest.fixture
def group(kernel):
    return Group(str(kernel.group("attempt-1")))


def read(group, name):
    return (Path(group.path) / name).read_text()


def test_limits_are_written_as_the_kernel_reads_them(group):
    group.create()
    group.limit(memory_mb=2048, pids=500, weight=4)

    assert read(group, "memory.max") == str(2**31) and read(group, "pids.max") == "500"
    assert (read(group, "memory.oom.group"), read(group, "memory.swap.max")) == ("1", "0")
    assert read(group, "cpu.weight") == "400"
    group.limit()
    assert read(group, "memory.max") == read(group, "pids.max") == "max"


def test_a_kernel_without_swap_or_weight_limits_what_it_can(group):
    for name in ("memory.swap.max", "cpu.weight"):
        (Path(group.path) / name).unlink()

    group.limit(memory_mb=1, weight=1)
    assert read(group, "memory.max") == str(2**20)


def test_without_the_memory_controller_a_limit_is_an_error(group):
    (Path(group.path) / "memory.max").unlink()

    with pytest.raises(OSError):
        group.limit(memory_mb=1)


def test_counts_are_read_and_missing_ones_are_none_or_nothing(group):
    assert (group.used_mb(), group.peak_mb(), group.oom_kills(), group.refused_forks()) == (None, None, 0, 0)
    for name, text in {
        "memory.stat": f"anon {3 * 2**20}\nfile {2**40}\nshmem {2**20}\n",
        "memory.peak": f"{9 * 2**20}\n",
        "memory.events": "low 0\nhigh 0\nmax 7\noom 1\noom_kill 2\noom_group_kill 1\n",
        "pids.events": "max 3\n",
    }.items():
        (Path(group.path) / name).write_text(text)

    assert (group.used_mb(), group.peak_mb(), group.oom_kills(), group.refused_forks()) == (4, 9, 2, 3)


def test_a_group_that_cannot_be_made_says_so(tmp_path):
    with pytest.raises(cgroup.NoGroup, match="No such file"):
        Group(str(tmp_path / "gone" / "attempt-1")).create()


# ---- the kernel's own

# Sixteen processes that each go on in a new child are enough to outrun a list, and no danger to this machine.
RUNAWAYS = """
import os, sys
open(sys.argv[1], "w").write("0")
for _ in range(16):
    if os.fork() == 0:
        break
else:
    os._exit(0)
while True:
    if os.fork():
        os._exit(0)
"""


@pytest.fixture
def real():
    """A folder of the kernel's to make groups in, or the sentence that says why there is none."""
    mount = cgroup._mount_of_version_2(Path("/proc/self/mountinfo").read_text())
    path = f"{mount}/plow-test-{os.getpid()}"
    try:
        if not mount:
            raise OSError(0, "no control groups of version 2 are mounted")
        os.mkdir(path)
    except OSError as fault:
        yield fault.strerror
        return
    yield Path(path)
    for folder, _, _ in os.walk(path, topdown=False):
        Group(folder).kill()
        os.rmdir(folder)


def test_a_real_group_is_ended_as_a_whole_and_removed(real):
    if isinstance(real, str):
        assert find_base().path is None  # then no attempt is promised one either
        return
    group = group_of(str(real), "p1")
    group.create()
    script = f"echo 0 > {group.path}/cgroup.procs; (setsid env -i sleep 1000 &) ; exec sleep 1000"
    root = subprocess.Popen(["sh", "-c", script])
    wait_until(lambda: len(group.pids()) == 2)

    assert not group.remove()
    assert group.kill() and root.wait(10) == -9
    assert remove_leftovers(str(real), alive=["p1"]) == []
    assert remove_leftovers(str(real), alive=[]) == ["p1"]
    assert not os.path.exists(group.path) and group.remove()


def test_a_real_group_that_forks_while_it_is_killed_leaves_nothing(real):
    if isinstance(real, str):
        assert real
        return
    group = group_of(str(real), "p2")
    group.create()
    root = subprocess.Popen([sys.executable, "-S", "-c", RUNAWAYS, f"{group.path}/cgroup.procs"])
    wait_until(lambda: len(group.pids()) > 8)

    assert group.kill()
    root.wait(10)
    assert group.pids() == [] and group.remove()


def test_a_group_without_the_kill_file_is_ended_one_by_one(real, monkeypatch):
    if isinstance(real, str):
        assert real
        return
    group = group_of(str(real), "p3")
    group.create()
    root = subprocess.Popen(["sh", "-c", f"echo 0 > {group.path}/cgroup.procs; exec sleep 1000"])
    wait_until(lambda: group.pids() == [root.pid])
    write = group._write

    def old_kernel(name, text):
        if name == "cgroup.kill":
            raise FileNotFoundError(2, "No such file or directory", name)
        write(name, text)

    monkeypatch.setattr(group, "_write", old_kernel)
    assert group.kill() and root.wait(10) == -9


def test_a_real_group_without_controllers_is_not_promised(real):
    if isinstance(real, str):
        assert real
        return
    there = (real / "cgroup.controllers").read_text().split()
    found = find_base(str(real / "named"))

    assert (found.path is None) == (not {"memory", "pids"} <= set(there))
