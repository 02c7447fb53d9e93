"""Attempts that exceed what they may, and what is allowed to each process of a task."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.node_farm import Node, processes_with, wait_until
from plow_client.idl import AttemptEnd, RunSettingsT
from tests.e2e.rndaemon.parts import finish
from tests.e2e.rndaemon.test_commands import said

EAT = "import time; x = bytearray(300_000_000); print('full', flush=True); time.sleep(1000)"


def test_row_r64_an_attempt_that_runs_too_long_ends_with_that_reason(node, server):
    result = server.result(node.run("sleep", "1000", run=RunSettingsT(maxRunS=1)))

    assert (result.endReason, result.signal) == (AttemptEnd.RUN_TIME, 15)
    assert result.reason == "it ran longer than the 1 s it may"


def test_row_r64_an_attempt_that_is_silent_too_long_ends_with_that_reason(node, server):
    script = "for n in 1 2 3 4; do echo $n; sleep 0.4; done; exec sleep 1000"
    proc_id = node.run("sh", "-c", script, run=RunSettingsT(maxSilenceS=1))
    result = server.result(proc_id)

    assert (result.endReason, result.reason) == (AttemptEnd.SILENCE, "it wrote nothing for 1 s")
    assert said(node, proc_id) == ["1", "2", "3", "4"]
    assert b"Reason: it wrote nothing for 1 s" in node.log(proc_id)


def test_a_closed_output_is_silence_too(node, server):
    result = server.result(
        node.run("sh", "-c", "exec >&- 2>&-; exec sleep 1000", run=RunSettingsT(maxSilenceS=1))
    )

    assert result.endReason == AttemptEnd.SILENCE


def test_a_limit_asks_first_and_forces_after_the_grace(node, server):
    script = "trap 'echo asked' TERM; while :; do sleep 0.1; done"
    proc_id = node.run("sh", "-c", script, run=RunSettingsT(maxRunS=1), killGraceS=1)
    result = server.result(proc_id)

    assert (result.endReason, result.signal) == (AttemptEnd.RUN_TIME, 9)
    assert "asked" in said(node, proc_id)


def test_row_r63_an_attempt_over_its_memory_ends_with_that_reason_and_others_do_not(node, server):
    other = node.run("sleep", "1000")
    last = RunSettingsT(afterCommand=["sh", "-c", "sleep 1; echo after $PLOW_END"])
    proc_id = node.run("python3", "-c", EAT, memoryLimitMb=100, run=last)
    result = server.result(proc_id)

    assert result.endReason == AttemptEnd.MEMORY and result.exitStatus >= 1
    assert "100 MB" in result.reason and said(node, proc_id)[-1] == "after MEMORY"
    with node.caller() as caller:
        assert [task.procId for task in caller.call("getRunningTasks")] == [other]


def test_memory_that_processes_share_counts_once(node, server):
    script = (
        "import os, time\n"
        "x = bytearray(60_000_000)\n"
        "[os.fork() or (time.sleep(2.5), os._exit(0)) for _ in range(3)]\n"
        "[os.wait() for _ in range(3)]"
    )
    result = server.result(node.run("python3", "-c", script, memoryLimitMb=160))

    assert (result.endReason, result.exitStatus) == (AttemptEnd.EXITED, 0)


def test_each_process_has_its_limits(folder, server):
    node = Node(folder, server.address, "-otask.max_processes=300", "-otask.open_files=500")
    node.start()
    script = "ulimit -c; ulimit -u; ulimit -n; nice; cat /proc/self/oom_score_adj"
    proc_id = node.run("bash", "-c", script, run=RunSettingsT(niceness=7))
    server.result(proc_id)

    assert said(node, proc_id) == ["0", "300", "500", str(7 + os.nice(0)), "500"]
    finish(node)


def threads_of_ours():
    """The kernel counts for each user; a task of a daemon that is not root has our tests as company."""
    if os.geteuid() == 0:
        return 0
    ours = [path for path in Path("/proc").glob("[0-9]*") if path.stat().st_uid == os.geteuid()]
    return sum(len(list(path.glob("task/*"))) for path in ours)


def test_a_fork_bomb_does_not_keep_the_daemon_from_answering(folder, server):
    node = Node(folder, server.address, f"-otask.max_processes={150 + threads_of_ours()}")
    node.start()
    marker = f"bomb-{os.getpid()}"
    bomb = "import os, time\nwhile True:\n  try: os.fork()\n  except OSError: time.sleep(0.05)"
    proc_id = node.run("python3", "-c", bomb, marker, killGraceS=0)
    wait_until(lambda: len(processes_with(marker)) > 100)
    with node.caller() as caller:
        assert caller.call("pingPong", withTasks=True).procIds == [proc_id]
        caller.call("killRunningTask", procId=proc_id, reason="enough")

    assert server.result(proc_id).endReason == AttemptEnd.KILLED
    assert processes_with(marker) == []
    finish(node)
