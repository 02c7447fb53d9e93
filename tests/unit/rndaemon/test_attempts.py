"""The table of attempts with a real spool; what stands in for a shim is a process that does nothing."""

from __future__ import annotations

import os
import queue
import subprocess

import pytest

from benchmarks.node_farm import wait_until
from plow_client.config import load
from plow_client.errors import NotAllowed, Unavailable
from plow_client.idl import AttemptEnd, RunTaskCommand
from rndaemon import attempts as table
from rndaemon.attempts import Attempts
from rndaemon.config import Config
from rndaemon.facts.cpu import Topology
from rndaemon.handler import NodeHandler
from rndaemon.preparing import Preparer
from rndaemon.slots import Slots
from rndaemon.spool import Spool
from rndaemon.tombstones import Tombstones

PROC = "0190a1b2-0000-7000-8000-000000000001"


@pytest.fixture
def results():
    return queue.Queue()


@pytest.fixture
def shims():
    """Processes that stand in for shims; none is left behind."""
    started = []
    yield started
    for shim in started:
        shim.kill()
        shim.wait()


@pytest.fixture
def open_attempts(tmp_path, results, shims, monkeypatch):
    """Makes the table as a daemon does at its start; the one before is closed, as by a crash."""
    opened = []

    def start_shim(entry):
        shims.append(subprocess.Popen(["sleep", "1000"]))
        return shims[-1]

    def make():
        for before in opened:
            before.close()
        config = load(Config, overrides=[f"task.temp_root={tmp_path}"], environ={}).value
        attempts = Attempts(
            Spool(str(tmp_path), min_free_mb=0),
            Tombstones(str(tmp_path)),
            Slots(4),
            Preparer(config, Topology([], ""), "n1", 4),
            results.put,
        )
        attempts.open()
        opened.append(attempts)
        return attempts

    monkeypatch.setattr(table, "start_shim", start_shim)
    yield make
    for attempts in opened:
        attempts.close()


def command(**fields):
    given = {"procId": PROC, "cores": 2, "command": ["true"], "env": {}, "logFile": "/log/x"}
    return RunTaskCommand(**{**given, **fields})


def test_a_shim_that_hangs_before_its_task_began_is_ended_after_the_grace(
    open_attempts, results, monkeypatch
):
    monkeypatch.setattr(table, "_STUCK_S", 0.0)
    attempts = open_attempts()
    attempts.start(command())
    assert attempts.kill(PROC, "enough", grace_s=0)

    result = results.get(timeout=20)
    assert (result.endReason, result.reason) == (AttemptEnd.KILLED, "enough")
    assert attempts.running_count() == 0 and attempts.proc_ids() == [PROC]


def test_an_acknowledged_attempt_is_forgotten_but_never_started_again(open_attempts, results, shims):
    attempts = open_attempts()
    attempts.start(command())
    shims[0].kill()
    results.get(timeout=20)
    attempts.acknowledge([PROC])

    assert attempts.proc_ids() == []
    with pytest.raises(NotAllowed, match="was stopped or is done"):
        attempts.start(command())
    with pytest.raises(NotAllowed):
        open_attempts().start(command())


def test_a_spool_that_cannot_be_written_gives_the_cores_back(open_attempts, monkeypatch):
    attempts = open_attempts()

    def refuse(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attempts._spool, "add", refuse)
    with pytest.raises(Unavailable, match="No space left"):
        attempts.start(command(cores=4))
    monkeypatch.undo()

    assert attempts._slots.free == 4


def test_a_shim_that_cannot_be_started_leaves_nothing(open_attempts, monkeypatch):
    attempts = open_attempts()

    def refuse(_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(table, "start_shim", refuse)
    handler = NodeHandler(attempts, None, None, None, None)
    reply = handler.run_tasks([command()])[0]

    assert (reply.accepted, reply.code) == (False, 0) and "Resource temporarily" in reply.why
    assert attempts._slots.free == 4 and attempts.proc_ids() == []


def test_an_entry_that_cannot_be_read_is_put_aside_and_never_started(open_attempts, tmp_path):
    entry = tmp_path / "spool" / PROC
    entry.mkdir(parents=True)
    (entry / "request").write_text("{")
    attempts = open_attempts()

    assert attempts.proc_ids() == [] and not entry.exists()
    with pytest.raises(NotAllowed):
        attempts.start(command())


def test_a_result_that_waits_is_not_stopped_any_more(open_attempts, results, shims):
    attempts = open_attempts()
    attempts.start(command())
    shims[0].kill()
    results.get(timeout=20)

    assert attempts.kill(PROC, "too late")
    assert attempts._held[PROC].entry.read_kill() is None


def test_a_wish_that_cannot_be_written_is_a_signal(open_attempts, results, monkeypatch):
    attempts = open_attempts()
    attempts.start(command())
    entry = attempts._held[PROC].entry

    def refuse(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(entry, "write_kill", refuse)
    attempts.kill(PROC, "enough")

    assert results.get(timeout=20).procId == PROC


def test_nothing_new_is_taken_while_told_so(open_attempts):
    attempts = open_attempts()
    attempts.refuse("closed for lunch")
    assert attempts.is_refusing()
    with pytest.raises(NotAllowed, match="closed for lunch"):
        attempts.start(command())
    attempts.refuse("")

    attempts.start(command())
    assert attempts.holds(PROC) and not attempts.is_refusing()


def test_a_stopped_shim_is_woken_to_hear_the_wish(open_attempts, shims):
    attempts = open_attempts()
    attempts.start(command())
    os.kill(shims[0].pid, 19)
    attempts.kill(PROC, "enough", grace_s=1000)

    def state():
        with open(f"/proc/{shims[0].pid}/stat") as file:
            return file.read().rsplit(") ", 1)[1][0]

    wait_until(lambda: state() == "S")
