"""A shim alone, in a process of its own: what it records where a control group or its own code fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rndaemon.platform.boot import boot_id
from rndaemon.request import Request
from rndaemon.spool import Spool

PROC = "0190a1b2-0000-7000-8000-000000000001"
ROOT = Path(__file__).parents[4]
RUN = "import sys; from rndaemon.shim.shim import main; main(sys.argv[1:])"
FAIL = """
import subprocess, sys
from rndaemon.shim import shim
def fail(command, place):
    subprocess.Popen(["sh", "-c", "trap '' TERM; sleep 1000; true"])
    raise RuntimeError("boom")
shim.Command.run = fail
shim.main(sys.argv[1:])
"""


@pytest.fixture
def folder():
    """One that the task's user can reach."""
    with tempfile.TemporaryDirectory(prefix="plow-test-") as made:
        os.chmod(made, 0o1777)
        yield Path(made)


def recorded(folder, *command, code=RUN, **fields):
    """The exit record of an attempt, and what the shim complained of."""
    spool = Spool(str(folder), min_free_mb=0)
    run_as = "service" if os.geteuid() == 0 else "same"
    given = {"run_as": run_as, "user": "nobody", "temp": str(folder / "temp"), "log_roots": [str(folder)]}
    request = Request(
        PROC, "t", "j", "l", list(command), str(folder / "log"), boot_id=boot_id(), **{**given, **fields}
    )
    entry = spool.add(request)
    lock = entry.hold_lock()
    shim = [sys.executable, "-c", code, entry.folder, str(lock)]
    done = subprocess.run(shim, pass_fds=[lock], cwd=ROOT, capture_output=True, text=True, timeout=60)
    os.close(lock)
    spool.release()
    return entry.read_exit(), done.stderr


def test_a_fault_of_the_shim_itself_ends_the_task_and_is_told(folder):
    outcome, complaint = recorded(folder, "true", code=FAIL)

    assert (outcome["end"], outcome["exit_status"]) == ("LOST", 1)
    assert outcome["reason"] == "the supervisor failed: RuntimeError: boom"
    assert "Traceback" in complaint and not (folder / "temp").exists()


def test_without_its_control_group_an_attempt_runs_all_the_same(folder):
    outcome, complaint = recorded(folder, "sh", "-c", "exit 3", cgroup=str(folder / "group"))

    assert (outcome["end"], outcome["exit_status"]) == ("EXITED", 3)
    assert "without a control group" in (folder / "log").read_text()
    assert complaint == "" and not (folder / "group").exists()


def test_an_attempt_is_put_into_its_group_and_what_the_group_says_counts(folder):
    group = folder / "group"
    group.mkdir()
    for name in ("memory.max", "pids.max", "memory.oom.group", "cgroup.procs"):
        (group / name).touch()
    (group / "memory.events").write_text("oom 1\noom_kill 1\n")
    outcome, complaint = recorded(
        folder, "sh", "-c", "kill -9 $$", cgroup=str(group), memory_limit_mb=64, max_processes=50
    )

    assert (outcome["end"], outcome["signal"], complaint) == ("MEMORY", 9, "")
    assert "64 MB" in outcome["reason"]
    assert (group / "memory.max").read_text() == str(64 * 1024 * 1024)
    assert (group / "pids.max").read_text() == "50"
    assert (group / "cgroup.procs").read_text() == "0"


def test_a_node_without_the_environment_ends_before_anything_runs(folder):
    outcome, _ = recorded(folder, "touch", str(folder / "ran"), environment_fault="no wrapper 'x' here")

    assert (outcome["end"], outcome["reason"]) == ("ENVIRONMENT", "no wrapper 'x' here")
    assert not (folder / "ran").exists() and "no wrapper 'x' here" in (folder / "log").read_text()
