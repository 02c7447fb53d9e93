"""The log of a real attempt: what stands in it, whatever a program writes, a disk does or somebody asks for."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path

import pytest

from benchmarks.node_farm import FakeServer, Node, wait_until
from plow_client.idl import AttemptEnd, KillCommand, RunSettingsT
from rndaemon.shim.tasklog import RULE, TAIL_BYTES
from tests.e2e.rndaemon.parts import finish


def body(node: Node, proc_id: str) -> bytes:
    """What stands between header and footer."""
    return node.log(proc_id).split(RULE.encode() + b"\n")[2][1:-2]


def footer(node: Node, proc_id: str) -> dict[str, str]:
    lines = node.log(proc_id).decode("utf-8", "replace").split(RULE)[-2].strip().splitlines()
    assert re.fullmatch(r"\[.*\] Plow attempt ended", lines[0])
    return dict(line.split(": ", 1) for line in lines[1:])


def test_row_r31_r32_a_log_tells_who_ran_what_and_how_it_ended(node: Node, server: FakeServer) -> None:
    command = ["sh", "-c", "head -c 5000000 /dev/zero > $TMPDIR/x; echo WARNING: w; printf 'no end'; exit 3"]
    proc_id = node.run(*command, env={"SHOT": "sc020"}, cores=2, run=RunSettingsT(maxRunS=50, maxLogMb=7))
    server.result(proc_id)

    head = node.log(proc_id).decode().splitlines()
    assert re.fullmatch(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4}\] Plow attempt begins", head[0])
    assert {"Host: n1", "Env: SHOT=sc020"} <= set(head)
    assert any(line.startswith("Limits: run time 50 s, log 7 MB") for line in head)
    assert "Command: sh -c 'head -c 5000000 /dev/zero > $TMPDIR/x; echo WARNING: w; printf" in "".join(head)
    assert body(node, proc_id) == b"WARNING: w\nno end"
    told = footer(node, proc_id)
    assert (told["Exit status"], told["Signal"], told["End"]) == ("3", "0", "EXITED")
    assert (told["Host"], told["Cores"], told["Warnings"]) == ("n1", "2", "1")
    assert told["MaxRSS"].endswith(" MB") and "DiskIO" in told


def test_row_r33_the_reason_of_a_kill_stands_in_the_footer(node: Node, server: FakeServer) -> None:
    proc_id = node.run("sh", "-c", "echo up; exec sleep 100")
    wait_until(lambda: node.log_file(proc_id).exists() and b"up\n" in node.log(proc_id))
    with node.caller() as caller:
        caller.call("killTasks", commands=[KillCommand(procId=proc_id, reason="wrong camera", graceS=0)])
    server.result(proc_id)

    assert footer(node, proc_id)["Reason"] == "wrong camera"


def test_row_r34_an_attempts_log_is_left_alone_by_the_next(node: Node, server: FakeServer) -> None:
    paths = [node.folder / "logs" / "job" / f"0001-a.{number}.log" for number in range(3)]
    texts = []
    for number, path in enumerate(paths):
        server.result(node.run("echo", f"try {number}", logFile=str(path), attempt=number))
        texts.append(paths[0].read_bytes())

    assert texts[0] == texts[1] == texts[2]
    assert [f"try {number}\n" in path.read_text() for number, path in enumerate(paths)] == [True] * 3


def test_row_r35_both_streams_arrive_in_order(node: Node, server: FakeServer) -> None:
    script = "i=0; while [ $i -lt 500 ]; do echo $i; i=$((i+1)); echo $i >&2; i=$((i+1)); done"
    proc_id = node.run("sh", "-c", script)
    server.result(proc_id)

    assert body(node, proc_id).split() == [b"%d" % number for number in range(500)]


def test_row_r36_a_line_can_be_read_while_the_task_runs(node: Node) -> None:
    """Also one without an end; how soon is measured in the benchmarks."""
    proc_id = node.run("sh", "-c", "printf 'live'; exec sleep 100")

    wait_until(lambda: node.log_file(proc_id).exists() and node.log(proc_id).endswith(b"\n\nlive"))


def test_row_r39_r40_lines_of_several_programs_move_progress_and_the_newest_is_told(
    node: Node, server: FakeServer
) -> None:
    go_on = node.folder / "go"
    script = f"""echo 'Fra:1 Mem:1M | Time:1 | Scene | Sample 1/4'
        until test -e {go_on}; do sleep 0.02; done
        echo 'JOB  0.3    25   MB progr:    42.0%    rendered on n'; exec sleep 100"""
    node.run("sh", "-c", script, taskTypes=["blender", "mray"])

    def told(progress: float) -> bool:
        return any(task.progress == progress for ping in server.pings for task in ping.tasks or ())

    server.wait_for(lambda: told(0.25))
    go_on.touch()
    server.wait_for(lambda: told(0.42))
    assert server.pings[-1].tasks[0].lastLog == "JOB  0.3    25   MB progr:    42.0%    rendered on n"


def test_row_r61_long_lines_bytes_and_returns_are_kept_as_they_are(node: Node, server: FakeServer) -> None:
    script = r"head -c 10000000 /dev/zero | tr '\0' x; printf '\000\377\r 10%%\r 20%%\r\n'; exit 5"
    proc_id = node.run("sh", "-c", script)
    result = server.result(proc_id)

    assert (result.exitStatus, result.endReason) == (5, AttemptEnd.EXITED)
    assert body(node, proc_id) == b"x" * 10_000_000 + b"\0\xff\r 10%\r 20%\r\n"


def test_row_r62_a_full_disk_under_the_log_is_told_and_changes_no_result(
    node: Node, server: FakeServer
) -> None:
    script = "head -c 3000000 /dev/zero; exit 4"
    result = server.result(node.run("sh", "-c", script, logFile="/dev/full"))

    assert (result.exitStatus, result.endReason) == (4, AttemptEnd.EXITED)
    lost = re.fullmatch(
        r"(\d+) bytes of the log could not be written: No space left on device", result.reason
    )
    assert lost and int(lost[1]) >= 3_000_000


def test_f38_a_gigabyte_without_an_end_takes_little_memory_and_a_bounded_log(
    node: Node, server: FakeServer
) -> None:
    """The task itself looks at the supervisor, its parent."""
    script = "head -c 1073741824 /dev/zero; echo; grep VmHWM /proc/$PPID/status; echo the end; exit 6"
    proc_id = node.run("sh", "-c", script, run=RunSettingsT(maxLogMb=2))
    result = server.result(proc_id, timeout_s=60)
    text = node.log(proc_id)

    assert result.exitStatus == 6
    assert int(re.search(rb"VmHWM:\s+(\d+) kB", text)[1]) < 64 * 1024  # type: ignore[index]
    assert len(text) < 2 * 1024 * 1024 + TAIL_BYTES + 4000
    assert b"only the end is kept\n" in text and b"bytes are left out here" in text
    assert body(node, proc_id).endswith(b"\nthe end\n")


def test_f27_a_log_that_may_not_grow_ends_no_supervisor(node: Node, server: FakeServer) -> None:
    """A limit of the file's size comes with a signal that would."""
    script = "echo begun; until test -e $0; do sleep 0.02; done; head -c 3000000 /dev/zero; exit 7"
    proc_id = node.run("sh", "-c", script, str(node.folder / "go_on"))
    wait_until(lambda: node.log_file(proc_id).exists() and b"begun" in node.log(proc_id))
    resource.prlimit(node.shim_pid(proc_id), resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    (node.folder / "go_on").touch()
    result = server.result(proc_id)

    assert (result.exitStatus, os.path.getsize(node.log_file(proc_id))) == (7, 1_000_000)
    assert "bytes of the log could not be written: File too large" in result.reason


def test_a_pattern_that_would_never_end_is_dropped_and_noted(folder: Path, server: FakeServer) -> None:
    (folder / "node.toml").write_text("[rules.slow]\nerror = ['^(\\w+\\s?)*$']\n")
    node = Node(folder, server.address, f"--config={folder / 'node.toml'}")
    node.start()
    proc_id = node.run(
        "sh", "-c", "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!; echo 50%", serv="slow"
    )

    assert server.result(proc_id).exitStatus == 0
    assert b"Plow: rule dropped: error '^(\\w+\\s?)*$' takes too long" in node.log(proc_id)
    finish(node)


def test_a_node_does_not_start_with_a_rule_that_cannot_be(folder: Path) -> None:
    (folder / "node.toml").write_text("[rules.maya]\nerror = ['(']\n")
    node = Node(folder, "127.0.0.1:1", f"--config={folder / 'node.toml'}")
    with pytest.raises(AssertionError, match="not ready"):
        node.start()

    assert node.process and node.process.wait(10) == 2
    assert "rules.maya: error '(' is no regular expression" in (folder / "rndaemon.log").read_text()
