"""Several commands in one attempt; what becomes of what their log says; and wrappers that fail."""

from __future__ import annotations

import pytest

from benchmarks.node_farm import Node, wait_until
from plow_client.idl import AttemptEnd, KillCommand, RunSettingsT
from tests.e2e.rndaemon.parts import finish, reachable_folder


def run_all(node, *commands, before=None, after=None, **fields):
    """Each command is a script of the shell."""
    first, *more = [["sh", "-c", script] for script in commands]
    settings = RunSettingsT(
        beforeCommand=["sh", "-c", before] if before else None,
        moreCommands=more or None,
        afterCommand=["sh", "-c", after] if after else None,
        **fields.pop("run", {}),
    )
    return node.run(*first, run=settings, **fields)


def said(node, proc_id):
    """What the commands wrote, without the lines between them."""
    output = node.log(proc_id).decode().split("\n\n", 1)[1].rsplit("\n\n", 1)[0]
    return [line for line in output.split("\n") if line and not line.startswith("[")]


def test_commands_run_in_their_order_with_the_same_environment(node, server):
    proc_id = run_all(
        node,
        "echo main $SHOT %{FRAME}; pwd",
        "echo more $SHOT %{FRAME}; pwd",
        before="echo before $SHOT %{FRAME}",
        after="echo after $SHOT %{FRAME} $PLOW_END $PLOW_EXIT_STATUS",
        env={"SHOT": "a1"},
        frames="7-9",
    )
    result = server.result(proc_id)

    lines = said(node, proc_id)
    assert (result.endReason, result.exitStatus, result.commandIndex) == (AttemptEnd.EXITED, 0, 2)
    assert [*lines[:2], lines[3], lines[5]] == [
        "before a1 7",
        "main a1 7",
        "more a1 7",
        "after a1 7 EXITED 0",
    ]
    assert lines[2] == lines[4]
    for number in range(1, 5):
        assert f"Plow starts command {number} of 4: sh -c 'echo".encode() in node.log(proc_id)


def test_the_first_failure_is_the_last_command_but_for_the_one_at_the_end(node, server):
    proc_id = run_all(
        node, "exit 5", "echo never", before="echo before", after="echo after $PLOW_EXIT_STATUS"
    )
    result = server.result(proc_id)

    assert (result.endReason, result.exitStatus, result.commandIndex) == (AttemptEnd.EXITED, 5, 1)
    assert said(node, proc_id) == ["before", "after 5"]


def test_a_failure_before_keeps_the_command_from_starting(node, server):
    result = server.result(proc_id := run_all(node, "echo never", before="exit 3"))

    assert (result.exitStatus, result.commandIndex) == (3, 0)
    assert said(node, proc_id) == []


def test_a_failure_at_the_end_is_a_failure(node, server):
    result = server.result(run_all(node, "true", after="exit 4"))

    assert (result.endReason, result.exitStatus, result.commandIndex) == (AttemptEnd.EXITED, 4, 1)


def test_the_command_at_the_end_has_as_long_as_a_task_that_is_told_to_end(node, server):
    result = server.result(run_all(node, "true", after="sleep 1000", killGraceS=1))

    assert (result.endReason, result.commandIndex) == (AttemptEnd.RUN_TIME, 1)


def test_a_later_command_that_cannot_start_says_so(node, server):
    wanted = RunSettingsT(moreCommands=[["no-such-program"]])
    result = server.result(node.run("true", run=wanted))

    assert (result.endReason, result.commandIndex) == (AttemptEnd.NOT_STARTED, 1)
    assert "no-such-program" in result.reason


def test_a_kill_ends_the_commands_but_not_the_one_at_the_end(node, server):
    proc_id = run_all(node, "echo up; exec sleep 1000", "echo never", after="echo after $PLOW_END")
    wait_until(lambda: node.log_file(proc_id).exists() and b"\nup\n" in node.log(proc_id))
    with node.caller() as caller:
        caller.call("killTasks", commands=[KillCommand(procId=proc_id, reason="enough", graceS=5)])
    result = server.result(proc_id)

    assert (result.endReason, result.reason, result.commandIndex) == (AttemptEnd.KILLED, "enough", 0)
    assert said(node, proc_id) == ["up", "after KILLED"]


def test_a_kill_at_once_leaves_no_time_for_the_end(node, server):
    proc_id = run_all(node, "echo up; exec sleep 1000", after="echo after")
    wait_until(lambda: node.log_file(proc_id).exists() and b"\nup\n" in node.log(proc_id))
    with node.caller() as caller:
        caller.call("killTasks", commands=[KillCommand(procId=proc_id, reason="enough", graceS=0)])
    server.result(proc_id)

    assert said(node, proc_id) == ["up"]


def test_the_running_command_is_told(node, server):
    proc_id = run_all(node, "exec sleep 1000", before="echo PLOW_WARNING dust")
    task = server.wait_for(
        lambda: next(
            (t for ping in server.pings for t in ping.tasks if t.procId == proc_id and t.commandIndex), None
        )
    )

    assert (task.commandIndex, task.warnings) == (1, 1)


def test_an_error_in_the_log_is_a_failure_whatever_the_status_says(node, server):
    result = server.result(node.run("sh", "-c", "echo PLOW_ERROR no texture; echo PLOW_WARNING w; exit 0"))

    assert (result.endReason, result.exitStatus, result.warnings) == (AttemptEnd.LOG_ERROR, 1, 1)
    assert result.reason == "an error, says its log: PLOW_ERROR no texture"
    assert result.failureLine == "PLOW_ERROR no texture"


@pytest.mark.parametrize("script", ["exec sleep 1000", "exit 0"])
def test_a_missing_licence_ends_the_attempt(node, server, script):
    result = server.result(node.run("sh", "-c", f"echo PLOW_LICENSE none; {script}"))

    assert result.endReason == AttemptEnd.LICENSE and result.exitStatus >= 1
    assert "PLOW_LICENSE none" in result.reason


def test_a_command_that_is_done_and_does_not_end_is_ended_and_the_next_one_runs(node, server):
    proc_id = run_all(node, "echo PLOW_DONE; exec sleep 1000", "echo next")
    result = server.result(proc_id)

    assert (result.endReason, result.exitStatus, result.signal) == (AttemptEnd.EXITED, 0, 0)
    assert said(node, proc_id) == ["PLOW_DONE", "next"]


def test_a_command_that_is_done_and_ends_by_itself_keeps_its_status(node, server):
    result = server.result(node.run("sh", "-c", "echo PLOW_DONE; exit 3"))

    assert (result.endReason, result.exitStatus) == (AttemptEnd.EXITED, 3)


@pytest.fixture(scope="module")
def wrapping_node(shared_server):
    """Its wrappers: one that works, one that fails, one that is not there."""
    with reachable_folder() as folder:
        kinds = {
            "works": "env WRAPPED=yes",
            "fails": "sh -c 'echo no such package; exit 9' sh",
            "gone": "no-such-tool",
        }
        given = ",".join(f"{kind}={template}" for kind, template in kinds.items())
        node = Node(folder, shared_server.address, f"-owrappers.commands={given}")
        node.start()
        yield node
        finish(node)


def test_a_wrapper_stands_before_each_command(wrapping_node, server):
    node = wrapping_node
    proc_id = run_all(node, "echo main $WRAPPED", "echo more $WRAPPED", run={"wrapper": ["works"]})

    assert server.result(proc_id).exitStatus == 0
    assert said(node, proc_id) == ["main yes", "more yes"]


def test_a_command_that_fails_behind_its_wrapper_failed_itself(wrapping_node, server):
    result = server.result(wrapping_node.run("false", run=RunSettingsT(wrapper=["works"])))

    assert (result.endReason, result.exitStatus) == (AttemptEnd.EXITED, 1)


@pytest.mark.parametrize(
    ("kind", "status", "why"),
    [("fails", 9, "no such package"), ("gone", 1, "no-such-tool"), ("unknown", 1, "no wrapper 'unknown'")],
)
def test_a_wrapper_that_fails_is_the_nodes_fault(wrapping_node, server, kind, status, why):
    result = server.result(wrapping_node.run("true", run=RunSettingsT(wrapper=[kind])))

    assert (result.endReason, result.exitStatus) == (AttemptEnd.ENVIRONMENT, status)
    assert why in result.reason
