"""The table of attempts with a real spool; what stands in for a shim is a process that does nothing."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from benchmarks.node_farm import wait_until
from plow_client.config import load
from plow_client.errors import NotAllowed, Unavailable
from plow_client.idl import AttemptEnd, RunTaskCommand
from rndaemon import attempt
from rndaemon.attempts import Attempts
from rndaemon.config import Config
from rndaemon.facts.cpu import Topology
from rndaemon.handler import NodeHandler
from rndaemon.platform.boot import boot_id
from rndaemon.preparing import Preparer
from rndaemon.slots import Slots
from rndaemon.spool import Entry, Spool, identity_of
from rndaemon.starter import Started, Starter
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


class StandIn(Starter):
    """Starts processes that do nothing."""

    def __init__(self, shims):
        super().__init__()
        self._shims = shims

    def warm_up(self):
        pass

    def start(self, entry):
        shim = subprocess.Popen(["sleep", "1000"])
        self._shims.append(shim)
        return Started(identity_of(shim.pid), os.pidfd_open(shim.pid))


@pytest.fixture
def open_attempts(tmp_path, results, shims):
    """Makes the table as a daemon does at its start; the one before is closed, as by a crash."""
    opened = []

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
            starter=StandIn(shims),
        )
        attempts.open()
        opened.append(attempts)
        return attempts

    yield make
    for attempts in opened:
        attempts.close()


def command(**fields):
    given = {"procId": PROC, "cores": 2, "command": ["true"], "env": {}, "logFile": "/log/x"}
    return RunTaskCommand(**{**given, **fields})


def test_a_shim_that_hangs_before_its_task_began_is_ended_after_the_grace(
    open_attempts, results, monkeypatch
):
    monkeypatch.setattr(attempt, "_STUCK_S", 0.0)
    attempts = open_attempts()
    attempts.start(command())
    assert attempts.kill(PROC, "enough", grace_s=0)

    result = results.get(timeout=20)
    assert (result.endReason, result.reason) == (AttemptEnd.KILLED, "enough")
    assert attempts.running_count() == 0 and attempts.proc_ids() == [PROC]


def test_a_node_is_not_idle_before_its_last_result_is_on_its_way(open_attempts, results, shims):
    """A daemon that stops, or reboots the machine, waits until nothing runs, then until all results are sent."""
    attempts = open_attempts()
    idle, seen = threading.Event(), []

    def put(result):
        seen.append(idle.wait(0.05))
        results.put(result)

    attempts._ended = put
    attempts.start(command())
    waiting = threading.Thread(target=lambda: attempts.wait_until_idle(20) and idle.set())
    waiting.start()
    shims[0].kill()
    waiting.join()

    assert idle.is_set() and seen == [False] and not results.empty()


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

    monkeypatch.setattr(attempts._starter, "start", refuse)
    handler = NodeHandler(attempts, None, None, None, None, None)
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
    assert attempts.why_refusing() == "closed for lunch"
    with pytest.raises(NotAllowed, match="closed for lunch"):
        attempts.start(command())
    attempts.refuse("")

    attempts.start(command())
    assert attempts.holds(PROC) and not attempts.why_refusing()


def test_what_cannot_be_ended_keeps_its_cores_and_new_tasks_away(open_attempts, results, shims):
    """A process that waits in the kernel for a dead file server: no signal reaches it."""
    attempts = open_attempts()
    attempts.start(command())
    held = attempts._held[PROC]
    held.entry.write_status({"phase": "stopping"})
    held.shim = None  # no signal arrives
    attempts.kill(PROC, "enough", grace_s=0)
    assert attempts.why_refusing() == ""
    held.give_up_at -= 60

    assert attempts.why_refusing() == f"processes of proc '{PROC}' cannot be ended: this machine needs help"
    assert attempts._slots.free == 2 and attempts.running_count() == 1
    shims[0].kill()
    assert results.get(timeout=20).endReason == AttemptEnd.KILLED
    assert attempts.why_refusing() == ""


def test_a_stopped_shim_is_woken_to_hear_the_wish(open_attempts, shims):
    attempts = open_attempts()
    attempts.start(command())
    os.kill(shims[0].pid, 19)
    attempts.kill(PROC, "enough", grace_s=1000)

    def state():
        with open(f"/proc/{shims[0].pid}/stat") as file:
            return file.read().rsplit(") ", 1)[1][0]

    wait_until(lambda: state() == "S")


# As the release before wrote it: one attempt that ended, one that runs.
OLD_SPOOL = Path(__file__).with_name("spool_v1")
OLD_ENDED, OLD_RUNNING = sorted(path.name for path in OLD_SPOOL.iterdir())


@pytest.fixture
def old_spool(tmp_path, shims):
    """The older release's folder on this machine, with a living process in the place of its shim."""
    shutil.copytree(OLD_SPOOL, tmp_path / "spool")
    running = tmp_path / "spool" / OLD_RUNNING
    for path in (tmp_path / "spool").glob("*/*"):
        text = path.read_bytes().replace(b"18736d45-2219-4350-a1c5-57832fcd1252", boot_id().encode())
        path.write_bytes(text.replace(b"/farm/", f"{tmp_path}/".encode()))
    lock = Entry(str(running)).hold_lock()
    shims.append(subprocess.Popen(["sleep", "1000"], pass_fds=[lock]))
    os.close(lock)
    (running / "shim").write_text(json.dumps(identity_of(shims[-1].pid)._asdict()))
    return tmp_path / "spool"


def test_attempts_of_the_release_before_are_adopted(old_spool, open_attempts, results):
    attempts = open_attempts()

    ended = results.get(timeout=20)
    assert (ended.procId, ended.exitStatus, ended.endReason) == (OLD_ENDED, 7, AttemptEnd.EXITED)
    assert [(task.procId, task.lastLog) for task in attempts.running()] == [(OLD_RUNNING, "up")]
    assert attempts._slots.free == 2
    attempts.kill(OLD_RUNNING, "enough")
    assert results.get(timeout=20).reason == "enough"
    assert attempts._slots.free == 4


def test_attempts_of_a_newer_release_are_left_alone(old_spool, open_attempts, shims):
    before = {path: path.read_bytes() for path in sorted(old_spool.glob("*/*"))}
    request = old_spool / OLD_RUNNING / "request"
    before[request] = before[request].replace(b'"version": 1', b'"version": 99')
    request.write_bytes(before[request])

    with pytest.raises(NotAllowed, match=f"{OLD_RUNNING}.*newer rndaemon"):
        open_attempts()
    assert {path: path.read_bytes() for path in sorted(old_spool.glob("*/*"))} == before
    assert shims[-1].poll() is None
