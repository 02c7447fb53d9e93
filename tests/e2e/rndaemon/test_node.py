"""A real rndaemon, a real wire, real processes: starting attempts and telling how they ended."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from benchmarks.node_farm import PROGRAM, FakeServer, Node, wait_until
from plow_client.errors import Invalid, NotAllowed
from plow_client.idl import AttemptEnd, KillCommand
from tests.e2e.rndaemon.parts import finish


def test_row_r08_a_node_tells_of_itself_at_once(node, server):
    node.kill()
    server.pings.clear()
    node.start()
    ping = server.wait_for(lambda: server.pings and server.pings[0])

    assert ping.sequence == 1
    assert (ping.hostname, ping.cores, ping.ramMb) == ("n1", 8, 4096)
    assert ping.address == f"127.0.0.1:{node.port}"
    assert ping.bootId and ping.daemonId and ping.procIds == []
    assert ping.hw.physicalCpus >= 1 and ping.hw.totalRamMb > 0 and ping.hw.cpuModel is not None


def test_pings_go_on_and_are_numbered(node, server):
    server.wait_for(lambda: len(server.pings) >= 3)

    numbers = [ping.sequence for ping in server.pings]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("status", [0, 1, 3, 255])
def test_row_r48_an_exit_status_is_reported_as_it_is(node, server, status):
    result = server.result(node.run("sh", "-c", f"exit {status}"))

    assert (result.exitStatus, result.signal, result.endReason) == (status, 0, AttemptEnd.EXITED)
    assert result.clockMs is not None and result.cpuMs is not None and result.maxRssMb > 0


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_row_r48_a_signal_is_reported_as_it_is(node, server, number):
    result = server.result(node.run("sh", "-c", f"kill -{int(number)} $$"))

    assert (result.exitStatus, result.signal, result.exitSignal) == (1, number, -number)
    assert result.endReason == AttemptEnd.EXITED and number.name in result.reason


def test_row_r49_a_missing_program_is_an_end_with_a_reason(node, server):
    result = server.result(node.run("no-such-program"))

    assert (result.exitStatus, result.endReason) == (1, AttemptEnd.NOT_STARTED)
    assert result.reason == "no program 'no-such-program' on this node"


def test_a_log_that_cannot_be_made_is_an_end_with_a_reason(node, server):
    result = server.result(node.run("true", logFile="/proc/no/such.log"))

    assert result.endReason == AttemptEnd.NOT_STARTED
    assert "/proc/no" in result.reason


def test_the_same_proc_starts_once(node, server):
    counter = node.folder / "temp" / "count"
    command = node.command("sh", "-c", f"echo x >> {counter}; sleep 0.3", env={})
    replies = [reply for _ in range(3) for reply in node.run_many([command, command])]
    server.result(command.procId)

    assert all(reply.accepted for reply in replies)
    assert counter.read_text() == "x\n"
    counter.unlink()


def test_a_proc_that_is_done_never_starts_again(node, server):
    command = node.command("true")
    node.run_many([command])
    server.result(command.procId)
    wait_until(lambda: not node.spooled())

    reply = node.run_many([command])[0]
    assert (reply.accepted, reply.code) == (False, NotAllowed.code)
    assert command.procId in reply.why


def test_a_kill_that_comes_first_keeps_a_proc_from_starting(node):
    command = node.command("true")
    with node.caller() as caller:
        killed = caller.call("killTasks", commands=[KillCommand(procId=command.procId, reason="late")])
    node.kill()
    node.start()

    reply = node.run_many([command])[0]
    assert [answer.held for answer in killed] == [False]
    assert (reply.accepted, reply.code) == (False, NotAllowed.code)


def test_asking_whether_a_proc_is_held_does_not_stop_it(node, server):
    held, unknown = node.run("sleep", "100"), node.command("true").procId
    with node.caller() as caller:
        asked = [KillCommand(procId=proc, reason="?", spareHeld=True) for proc in (held, unknown)]
        answers = caller.call("killTasks", commands=asked)
        assert [answer.held for answer in answers] == [True, False]
        assert [task.procId for task in caller.call("getRunningTasks")] == [held]


def test_row_r20_cores_are_counted(node, server):
    first = node.run("sleep", "100", cores=6)
    refused = node.run_many([node.command("true", cores=3)])[0]
    fits = node.run_many([node.command("true", cores=2)])[0]

    assert (refused.accepted, refused.code) == (False, NotAllowed.code)
    assert refused.why == "3 cores wanted, 2 of 8 free"
    assert fits.accepted
    with node.caller() as caller:
        caller.call("killRunningTask", procId=first, reason="done")
    server.result(first)
    server.result(fits.procId)
    assert node.run_many([node.command("true", cores=8)])[0].accepted


def test_row_r19_cores_are_free_when_the_result_arrives(node, server):
    """The answer to a result may bring the next task at once."""
    for _ in range(5):
        server.result(node.run("true", cores=8))


@pytest.mark.parametrize(
    "fields",
    [
        {"procId": "../../etc"},
        {"command": []},
        {"env": {"BASH_FUNC_ls%%": "() { true; }"}},
        {"logFile": "relative.log"},
        {"logFile": "/a/../b.log"},
        {"cores": 0},
    ],
)
def test_what_no_node_could_run_is_refused(node, fields):
    reply = node.run_many([node.command("true", **fields)])[0]

    assert (reply.accepted, reply.code) == (False, Invalid.code)
    assert node.spooled() == []


def test_a_server_can_stop_procs_by_its_answer_to_a_ping(node, server):
    proc_id = node.run("sleep", "100")
    wait_until(lambda: [task for ping in server.pings for task in ping.tasks if task.pid])
    server.to_kill.add(proc_id)

    result = server.result(proc_id)
    assert (result.endReason, result.signal) == (AttemptEnd.KILLED, signal.SIGTERM)


def test_rows_r50_r51_results_wait_for_a_server_that_is_away(folder, server):
    node = Node(folder, server.address)
    node.start()
    server.stop()
    proc_ids = [node.run("sh", "-c", f"exit {number}") for number in range(4)]
    wait_until(lambda: all((node.state / "spool" / proc_id / "exit").exists() for proc_id in proc_ids))
    node.kill()
    node.start()
    with node.caller() as caller:
        assert sorted(caller.call("pingPong", withTasks=True).procIds) == sorted(proc_ids)
    server.start()

    assert [server.result(proc_id).exitStatus for proc_id in proc_ids] == [0, 1, 2, 3]
    wait_until(lambda: not node.spooled())
    finish(node)


def test_row_r06_a_second_server_is_asked_when_the_first_is_away(folder, server):
    away = FakeServer()
    away.start()
    away.stop()
    node = Node(folder, f"{away.address},{server.address}")
    node.start()

    assert server.result(node.run("true")).exitStatus == 0
    finish(node)


def test_one_result_that_is_refused_does_not_hold_up_the_others(node, server):
    poison = node.command("true")
    server.refuse = lambda result: Invalid("no") if result.procId == poison.procId else None
    node.run_many([poison])
    good = [node.run("true") for _ in range(3)]

    assert all(server.result(proc_id).exitStatus == 0 for proc_id in good)
    assert poison.procId in node.spooled()
    server.refuse = lambda _: None
    assert server.result(poison.procId).exitStatus == 0


def test_a_second_daemon_on_one_state_folder_says_so_and_ends_with_3(node):
    second = subprocess.run(
        [*PROGRAM, "--port=0", f"--state={node.state}"], capture_output=True, text=True, timeout=20
    )

    assert second.returncode == 3
    assert str(node.state) in second.stderr and second.stdout == ""


def test_a_reachable_address_needs_a_word(folder):
    refused = subprocess.run(
        [*PROGRAM, "--host=0.0.0.0", "--port=0", f"--state={folder / 'state'}"],
        capture_output=True,
        text=True,
        timeout=20,
    )

    assert refused.returncode == 2 and "--insecure" in refused.stderr


def test_a_taken_port_is_a_sentence(node, folder):
    refused = subprocess.run(
        [*PROGRAM, f"--port={node.port}", f"--state={folder / 'other'}"],
        capture_output=True,
        text=True,
        timeout=20,
    )

    assert refused.returncode == 1 and str(node.port) in refused.stderr


def test_a_stopped_daemon_leaves_its_tasks_alone(node, server):
    proc_id = node.run("sleep", "100")
    pid = wait_until(lambda: [task.pid for ping in server.pings for task in ping.tasks if task.pid])[0]
    assert node.stop() == 0
    assert os.path.exists(f"/proc/{pid}")
    node.start()

    with node.caller() as caller:
        assert [(task.procId, task.pid) for task in caller.call("getRunningTasks")] == [(proc_id, pid)]


def test_row_r53_a_daemon_can_end_its_tasks_when_it_stops(folder, server):
    node = Node(folder, server.address, "-odaemon.on_stop=kill")
    node.start()
    proc_id = node.run("sleep", "100")
    wait_until(lambda: [task for ping in server.pings for task in ping.tasks if task.pid])
    assert node.stop() == 0

    result = server.result(proc_id)
    assert (result.endReason, result.signal) == (AttemptEnd.SHUTDOWN, signal.SIGTERM)
    assert (result.exitStatus, result.exitSignal) == (1, 86), "as servers of 2013 know it"


def test_a_full_disk_is_a_reason_to_refuse(folder, server):
    node = Node(folder, server.address, "-odaemon.min_free_mb=1000000000")
    node.start()

    reply = node.run_many([node.command("true")])[0]
    assert (reply.accepted, reply.code) == (False, NotAllowed.code)
    assert "MB free" in reply.why
    server.wait_for(lambda: any("MB free" in (ping.awayReason or "") for ping in server.pings))
    finish(node)


def test_a_node_that_can_start_nothing_takes_nothing(folder, server):
    """Else every task of the farm would come here first, and fail."""
    node = Node(folder, server.address, "-otask.run_as=service", "-otask.user=root")
    node.start()

    why = "no task can start: tasks never run as root"
    reply = node.run_many([node.command("true")])[0]
    assert (reply.accepted, reply.code) == (False, NotAllowed.code) and reply.why.startswith(why)
    server.wait_for(lambda: any((ping.awayReason or "").startswith(why) for ping in server.pings))
    finish(node)


def test_row_r56_a_reboot_is_refused_unless_configured(node):
    with node.caller() as caller, pytest.raises(NotAllowed, match="reboot_command"):
        caller.call("reboot", now=True)


def test_row_r54_a_reboot_waits_until_nothing_runs(folder, server):
    flag = folder / "rebooted"
    node = Node(folder, server.address, f"-odaemon.reboot_command=touch,{flag}")
    node.start()
    proc_id = node.run("sleep", "100")
    with node.caller() as caller:
        caller.call("reboot", now=False)
        server.wait_for(lambda: any(ping.isReboot and ping.isDraining for ping in server.pings))
        refused = node.run_many([node.command("true")])[0]
        assert not refused.accepted and not flag.exists()
        caller.call("killRunningTask", procId=proc_id, reason="go")

    wait_until(flag.exists)
    finish(node)


def test_row_r55_a_reboot_now_ends_what_runs(folder, server):
    flag = folder / "rebooted"
    node = Node(folder, server.address, f"-odaemon.reboot_command=touch,{flag}")
    node.start()
    proc_id = node.run("sleep", "100")
    with node.caller() as caller:
        caller.call("reboot", now=True)

    assert server.result(proc_id).endReason == AttemptEnd.SHUTDOWN
    wait_until(flag.exists)
    finish(node)


def test_a_control_group_that_cannot_be_used_is_told(folder, server):
    node = Node(folder, server.address, f"-otask.cgroup={folder}/cgorup/plow")
    node.start()

    said = f"task.cgroup: '{folder}/cgorup/plow' is no control group of version 2, and not inside of one"
    told = f"{said}: tasks have no control group"
    server.wait_for(lambda: [ping for ping in server.pings if told in (ping.complaints or ())])
    assert not (folder / "cgorup").exists()
    finish(node)


def test_row_r56_a_reboot_that_fails_lets_work_in_again_and_is_told(folder, server):
    node = Node(folder, server.address, "-odaemon.reboot_command=false")
    node.start()
    with node.caller() as caller:
        caller.call("reboot", now=False)

    wait_until(lambda: node.run_many([node.command("true")])[0].accepted)
    failed = "a reboot failed: status 1"
    told = server.wait_for(lambda: [ping for ping in server.pings if failed in (ping.complaints or ())])
    assert not told[-1].isReboot and told[-1].awayReason is None
    assert any(ping.isReboot for ping in server.pings)  # else a server waits for the new boot for ever
    finish(node)
