"""How a node lives: what it tells and when, how it is drained, stopped, taken back, and what it does without servers.

Rows of the check list are named by their number.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.node_farm import PROGRAM, FakeServer, Node, wait_until
from plow_client import node_socket
from plow_client.errors import NotAllowed
from plow_client.idl import AttemptEnd, Ping
from plow_client.rpc import caller
from rndaemon import tasks
from rndaemon.pinger import Pinger
from rndaemon.servers import Servers
from tests.e2e.rndaemon.parts import finish

TASKS = tasks.__file__


@pytest.fixture
def workstation(folder: Path, server: FakeServer) -> Iterator[Node]:
    """Somebody uses it whenever the file `use` is touched; half a second later it is idle."""
    node = Node(
        folder, server.address, "-onimby.enabled=true", "-onimby.watch=", f"-onimby.touch_file={folder / 'use'}",
        "-onimby.look_s=0.05", "-onimby.idle_minutes=0.01", "-onimby.grace_s=0.3",
    )  # fmt: skip
    node.start()
    yield node
    finish(node)


def use(node: Node) -> None:
    """Somebody touches the machine."""
    (node.folder / "use").touch()


def away(node: Node, server: FakeServer) -> str | None:
    """Why a node takes nothing, by its newest ping; None where it takes work or has not pinged yet."""
    told = [ping for ping in server.pings if ping.address.endswith(f":{node.port}")]
    return told[-1].awayReason if told else None


def takes_work(node: Node) -> bool:
    return node.run_many([node.command("true")])[0].accepted


# ---- pings


def test_row_r05_pings_come_at_the_interval_that_is_set(node: Node, server: FakeServer) -> None:
    """By their own numbers: so many in so many intervals, give or take a fifth each."""
    server.wait_for(lambda: server.pings)
    began, first = time.monotonic(), server.pings[-1].sequence
    server.wait_for(lambda: server.pings[-1].sequence >= first + 5)

    assert time.monotonic() - began >= 4 * 0.3 * 0.8


def test_row_r12_a_boot_is_told_by_its_id_which_a_new_daemon_does_not_change(
    node: Node, server: FakeServer
) -> None:
    before = server.wait_for(lambda: server.pings and server.pings[-1])
    node.kill()
    server.pings.clear()
    node.start()
    after = server.wait_for(lambda: server.pings and server.pings[0])

    kernels = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert before.bootId == after.bootId == kernels
    assert before.daemonId != after.daemonId and not after.isReboot


def test_row_r13_pings_go_on_when_names_can_be_resolved_again(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The resolver fails three times; no daemon is started again."""
    resolve, asked = caller.resolve, []

    def fail_at_first(host: str, port: int, timeout_s: float) -> object:
        asked.append(host)
        if len(asked) <= 3:
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return resolve(host, port, timeout_s)

    monkeypatch.setattr(caller, "resolve", fail_at_first)
    pinger = Pinger(
        Servers([server.address], 5.0), lambda: Ping(hostname="r13", tasks=[]), lambda _: False, 0.05
    )
    pinger.start()
    server.wait_for(lambda: [ping for ping in server.pings if ping.hostname == "r13"])
    pinger.stop()
    server.pings.clear()

    assert len(asked) >= 4


def test_a_proc_that_can_not_be_called_for_is_given_back_by_pings(node: Node, server: FakeServer) -> None:
    """Named though not here: buried, told until it is named no more, and refused when it comes late."""
    late = node.command("true")
    server.to_bury.add(late.procId)
    server.wait_for(lambda: any(late.procId in (ping.gone or ()) for ping in server.pings))
    server.to_bury.clear()
    count = len(server.pings)
    server.wait_for(lambda: any(not ping.gone for ping in server.pings[count:]))

    reply = node.run_many([late])[0]
    assert (reply.accepted, reply.code) == (False, NotAllowed.code)


# ---- drained and stopped


def test_a_drained_node_finishes_and_takes_nothing_until_it_is_resumed(
    node: Node, server: FakeServer
) -> None:
    """By a call, over a crash of the daemon, and by signals."""
    running = node.run("sh", "-c", "sleep 0.2; exit 3")
    with node.caller() as caller_:
        caller_.call("drain", wanted=True, reason="a new disk")
    server.wait_for(lambda: away(node, server) == "drained by a server: a new disk")
    assert server.pings[-1].isDraining
    assert server.result(running).exitStatus == 3
    node.kill()
    node.start()
    assert not takes_work(node)

    assert node.process
    node.process.send_signal(signal.SIGUSR2)
    wait_until(lambda: takes_work(node))
    node.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: not takes_work(node))
    with node.caller() as caller_:
        caller_.call("drain", wanted=False, reason="")
    assert takes_work(node)
    server.wait_for(lambda: away(node, server) is None)


def test_the_person_at_the_node_sees_what_it_does(node: Node) -> None:
    proc_id = node.run("sleep", "100")
    done = subprocess.run(
        [*PROGRAM, f"--state={node.state}", "status"], capture_output=True, text=True, timeout=20, check=True
    )

    assert "n1 at 127.0.0.1:" in done.stdout and "new tasks  yes" in done.stdout
    assert "cores      7 of 8 free" in done.stdout and proc_id in done.stdout


def test_a_node_told_to_stop_when_idle_finishes_first_and_says_goodbye(
    folder: Path, server: FakeServer
) -> None:
    node = Node(folder, server.address)
    node.start()
    proc_id = node.run("sh", "-c", "sleep 0.4; exit 5")
    node_socket.ask(node.state, "stop", when_idle=True)
    assert not takes_work(node)
    assert node.process and node.process.wait(20) == 4
    node.stop()

    assert server.result(proc_id).exitStatus == 5
    assert "stop" in (away(node, server) or "")
    with pytest.raises(Exception, match="no rndaemon answers"):
        node_socket.ask(node.state, "status")


# ---- without a server


def test_row_r07_a_node_that_is_offline_runs_tasks_and_talks_to_nobody(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        nobody.settimeout(0)
        node = Node(folder, f"127.0.0.1:{nobody.getsockname()[1]}", "-odaemon.offline=true")
        node.start()
        proc_id = node.run("sh", "-c", "echo done; exit 3")
        wait_until((node.state / "spool" / proc_id / "exit").exists)
        assert node.stop() == 0
        with pytest.raises(BlockingIOError):
            nobody.accept()

    assert b"done\n" in node.log(proc_id) and b"Exit status: 3" in node.log(proc_id)
    assert node.spooled() == [proc_id], "its result waits for a daemon that may talk"


# ---- a workstation


def test_a_workstation_gives_itself_when_idle_and_takes_itself_back(
    workstation: Node, server: FakeServer
) -> None:
    """The whole story: watched, given, taken with a running task, which is recalled after its grace, given again."""
    assert not takes_work(workstation)
    wait_until(lambda: takes_work(workstation))
    proc_id = workstation.run("sleep", "100")
    use(workstation)
    wait_until(lambda: not takes_work(workstation))
    server.wait_for(
        lambda: (away(workstation, server) or "").startswith("somebody is at the machine, since ")
    )

    result = server.result(proc_id)
    assert result.endReason == AttemptEnd.RECALLED
    assert result.reason == "the machine was taken back: somebody is at the machine"
    wait_until(lambda: takes_work(workstation))
    server.wait_for(lambda: away(workstation, server) is None)


def test_its_user_has_the_last_word(workstation: Node, server: FakeServer) -> None:
    node_socket.ask(workstation.state, "nimby", wish="off")
    use(workstation)
    assert takes_work(workstation)
    proc_id = workstation.run("sleep", "100")
    told = node_socket.ask(workstation.state, "nimby", wish="on")

    assert "took the machine, since" in told["away"] and not told["is_given"]
    assert server.result(proc_id).endReason == AttemptEnd.RECALLED
    workstation.kill()
    workstation.start()
    assert not takes_work(workstation)
    assert node_socket.ask(workstation.state, "nimby", wish="off")["is_given"]


# ---- tasks to try a node with


@pytest.fixture
def sample(node: Node) -> Iterator[Node]:
    """Where tasks can read the file that holds them."""
    copy = node.folder / "tasks.py"
    copy.write_bytes(Path(TASKS).read_bytes())
    copy.chmod(0o644)
    yield node


def test_row_r60_each_task_to_try_a_node_with_does_what_its_name_says(
    sample: Node, server: FakeServer
) -> None:
    script = str(sample.folder / "tasks.py")

    def run(*words: str) -> str:
        return sample.run(sys_python(), script, *words)

    crashing, failing, pinned = run("crash"), run("fail", "7"), run("cpu_affinity")
    echoing = run("echo_log", script)
    assert (server.result(crashing).exitStatus, server.result(crashing).signal) == (1, signal.SIGSEGV)
    assert server.result(failing).exitStatus == 7
    assert server.result(pinned).exitStatus == 0
    assert sample.log(pinned).count(b"processors ") == 2
    assert server.result(echoing).exitStatus == 0
    assert Path(script).read_bytes() in sample.log(echoing)


@pytest.mark.parametrize("kind, says_goodbye", [("easy_to_kill", True), ("hard_to_kill", False)])
def test_row_r60_easy_and_hard_to_kill(
    sample: Node, server: FakeServer, kind: str, says_goodbye: bool
) -> None:
    proc_id = sample.run(
        sys_python(), str(sample.folder / "tasks.py"), kind, killGraceS=0 if not says_goodbye else 5
    )
    wait_until(lambda: sample.log_file(proc_id).exists() and sample.log(proc_id).count(b"up ") == 3)
    line = next(
        line for line in sample.log(proc_id).splitlines() if line.count(b" ") == 3 and line.startswith(b"up ")
    )
    with sample.caller() as caller_:
        caller_.call("killRunningTask", procId=proc_id, reason="enough")
    result = server.result(proc_id)

    assert (result.exitStatus, result.endReason) == (1, AttemptEnd.KILLED)
    assert (b"goodbye" in sample.log(proc_id)) is says_goodbye
    assert not [pid for pid in line.split()[1:] if os.path.exists(f"/proc/{int(pid)}")]


def sys_python() -> str:
    """A Python that a task's user may run."""
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
