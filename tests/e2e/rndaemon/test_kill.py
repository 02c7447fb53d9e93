"""Ending whole process trees, however they hide; and deaths of the daemon and of shims."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from benchmarks.node_farm import processes_with, wait_until
from plow_client.errors import NotFound
from plow_client.idl import AttemptEnd, KillCommand
from rndaemon.platform import tree
from tests.e2e.rndaemon.parts import escaping

STYLES = ["children", "session", "daemonised", "cleared", "all"]


@pytest.fixture
def marker():
    """An argument of `sleep` that only this test uses."""
    return f"{random.randrange(10**6, 10**7)}.5"


def started(node, style, marker):
    """An attempt whose hidden process runs; every process of it ignores SIGTERM."""
    proc_id = node.run(*escaping(style, marker, then="sleep 1000; true"), killGraceS=1)
    wait_until(lambda: [pid for pid in processes_with(marker) if comm(pid) == "sleep"])
    return proc_id


def comm(pid):
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read().strip()
    except OSError:
        return ""


@pytest.mark.parametrize("style", STYLES)
def test_rows_r33_r44_a_kill_reaches_every_process_of_the_tree(node, server, marker, style):
    proc_id = started(node, style, marker)
    with node.caller() as caller:
        wish = KillCommand(procId=proc_id, reason="enough", graceS=0)
        assert caller.call("killTasks", commands=[wish])[0].held

    result = server.result(proc_id)
    assert (result.endReason, result.signal, result.reason) == (AttemptEnd.KILLED, signal.SIGKILL, "enough")
    assert processes_with(marker) == []
    assert b"Reason: enough" in node.log(proc_id)


@pytest.mark.parametrize("style", STYLES)
def test_nothing_stays_behind_when_a_task_ends(node, server, marker, style):
    proc_id = node.run(*escaping(style, marker, then="exit 0"))

    result = server.result(proc_id)
    assert (result.endReason, result.exitStatus) == (AttemptEnd.EXITED, 0)
    assert processes_with(marker) == []


@pytest.mark.parametrize("style", STYLES)
def test_nothing_stays_behind_when_a_shim_is_killed(node, server, marker, style):
    proc_id = started(node, style, marker)
    hidden = [pid for pid in processes_with(marker) if comm(pid) == "sleep"]
    entry = node.state / "spool" / proc_id / "status"
    wait_until(lambda: f"[{hidden[0]}, " in entry.read_text())
    os.kill(node.shim_pid(proc_id), signal.SIGKILL)

    result = server.result(proc_id)
    assert (result.endReason, result.exitStatus) == (AttemptEnd.LOST, 1)
    assert "supervisor died" in result.reason
    assert processes_with(marker) == []


def test_row_r45_a_task_is_asked_before_it_is_ended(node, server):
    proc_id = node.run("sh", "-c", "trap 'echo goodbye; exit 7' TERM; echo up; while :; do sleep 0.05; done")
    wait_until(lambda: b"up" in node.log(proc_id).splitlines() if node.log_file(proc_id).exists() else False)
    with node.caller() as caller:
        caller.call("killRunningTask", procId=proc_id, reason="please")

    result = server.result(proc_id)
    assert (result.endReason, result.exitStatus, result.signal) == (AttemptEnd.KILLED, 7, 0)
    assert b"goodbye" in node.log(proc_id).splitlines()


def test_a_stopped_process_can_still_be_asked(node, server):
    proc_id = node.run("sh", "-c", "kill -STOP $$; sleep 100")
    pid = wait_until(lambda: [task.pid for ping in server.pings for task in ping.tasks if task.pid])[0]
    wait_until(lambda: "T (stopped)" in Path(f"/proc/{pid}/status").read_text())
    with node.caller() as caller:
        caller.call("killRunningTask", procId=proc_id, reason="please")

    assert server.result(proc_id).signal == signal.SIGTERM


def test_row_r44_a_kill_reaches_five_that_ignore_it_and_fork_on(node, server, marker):
    fork = f"trap '' TERM; while :; do sleep {marker} & sleep 0.02; done"
    proc_id = node.run("sh", "-c", f"for n in 1 2 3 4; do ({fork}) & done; {fork}", killGraceS=1)
    wait_until(lambda: len(processes_with(f"sleep\0{marker}")) > 5)
    with node.caller() as caller:
        caller.call("killRunningTask", procId=proc_id, reason="enough")
        assert [task.procId for task in caller.call("getRunningTasks")] == [proc_id], "the call does not wait"

    result = server.result(proc_id)
    assert (result.endReason, result.signal) == (AttemptEnd.KILLED, signal.SIGKILL)
    assert processes_with(marker) == []


def test_row_r47_killing_what_is_done_or_never_was_says_so(node, server):
    done = node.run("true")
    server.result(done)
    wait_until(lambda: not node.spooled())
    log = node.folder / "rndaemon.log"
    before = len(log.read_bytes())
    for proc_id in (done, node.command("x").procId):
        with node.caller() as caller, pytest.raises(NotFound, match=f"no proc '{proc_id}'"):
            caller.call("killRunningTask", procId=proc_id, reason="?")

    assert b"Traceback" not in log.read_bytes()[before:]


def test_a_task_leaves_no_zombie(node, server, marker):
    """Children whose parents are gone are taken in while the task runs, not only when it ends."""
    proc_id = node.run(
        "sh", "-c", f"for n in 1 2 3 4 5 6 7 8; do (sleep 0.01 &) ; done; echo up; exec sleep {marker}"
    )
    wait_until(lambda: node.log_file(proc_id).exists() and b"\nup\n" in node.log(proc_id))
    shim = node.shim_pid(proc_id)

    wait_until(lambda: [process.state for process in tree.descendants(shim)] == ["S"])
    wait_until(lambda: "Z" not in {process.state for process in tree.descendants(node.process.pid)})


def test_row_r52_a_daemon_that_was_killed_finds_its_tasks_again(node, server):
    go = node.folder / "temp" / "go"
    long = node.run("sh", "-c", f"echo before; until [ -e {go} ]; do sleep 0.05; done; echo after; exit 5")
    short = node.run("sh", "-c", "sleep 0.4; exit 6")
    pid = wait_until(
        lambda: [task.pid for ping in server.pings for task in ping.tasks if task.procId == long and task.pid]
    )[0]
    node.kill()
    wait_until(lambda: (node.state / "spool" / short / "exit").exists())
    node.start()
    with node.caller() as caller:
        assert [(task.procId, task.pid) for task in caller.call("getRunningTasks")] == [(long, pid)]

    go.touch()
    assert server.result(short).exitStatus == 6
    assert server.result(long).exitStatus == 5
    go.unlink()
    body = node.log(long)
    assert body.count(b"before\nafter\n") == 1 and body.count(b"attempt begins") == 1


def test_row_r46_a_kill_works_after_a_restart(node, server):
    proc_id = node.run("sleep", "100")
    wait_until(lambda: [task for ping in server.pings for task in ping.tasks if task.pid])
    node.kill()
    node.start()
    with node.caller() as caller:
        caller.call("killRunningTask", procId=proc_id, reason="after all")

    result = server.result(proc_id)
    assert (result.endReason, result.exitStatus, result.signal) == (AttemptEnd.KILLED, 1, signal.SIGTERM)
    assert result.reason == "after all"


def test_adopted_cores_stay_taken(node, server):
    proc_id = node.run("sleep", "100", cores=6)
    node.kill()
    node.start()
    assert not node.run_many([node.command("true", cores=3)])[0].accepted
    with node.caller() as caller:
        caller.call("killRunningTask", procId=proc_id, reason="done")
    server.result(proc_id)

    assert node.run_many([node.command("true", cores=8)])[0].accepted


def test_a_shim_that_dies_while_the_daemon_is_away_is_a_loss(node, server, marker):
    proc_id = started(node, "children", marker)
    shim = node.shim_pid(proc_id)
    node.kill()
    os.kill(shim, signal.SIGKILL)
    node.start()

    assert server.result(proc_id).endReason == AttemptEnd.LOST
    assert processes_with(marker) == []


def test_a_shim_that_is_told_to_stop_ends_its_task(node, server):
    proc_id = node.run("sleep", "100")
    wait_until(lambda: [task for ping in server.pings for task in ping.tasks if task.pid])
    os.kill(node.shim_pid(proc_id), signal.SIGTERM)

    result = server.result(proc_id)
    assert (result.endReason, result.signal) == (AttemptEnd.SHUTDOWN, signal.SIGTERM)


def test_a_machine_that_was_restarted_is_a_loss(node, server):
    proc_id = node.run("true")
    server.result(proc_id)
    wait_until(lambda: not node.spooled())
    server.stop()
    lost = node.run("true")
    wait_until(lambda: (node.state / "spool" / lost / "exit").exists())
    node.kill()
    entry = node.state / "spool" / lost
    (entry / "exit").unlink()
    request = entry / "request"
    request.write_text(request.read_text().replace('"boot_id": "', '"boot_id": "other-'))
    node.start()
    server.start()

    result = server.result(lost)
    assert (result.endReason, result.reason) == (AttemptEnd.LOST, "the machine was restarted")


def test_an_intent_without_a_shim_is_told_as_never_begun(node, server):
    server.stop()
    proc_id = node.run("true")
    entry = node.state / "spool" / proc_id
    wait_until(lambda: (entry / "exit").exists())
    node.kill()
    for name in ("exit", "shim", "status", "stderr"):
        (entry / name).unlink()
    node.start()
    server.start()

    assert server.result(proc_id).endReason == AttemptEnd.ABORTED
