"""What a start costs on one node: answer, first instruction, result, kill; and what daemon and shims weigh.

    python -m benchmarks.node_start [--starts 50] [--many 200]

Baselines of the same run: the same program by posix_spawn, and a Python that does nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.node_farm import FakeServer, Node, wait_until
from plow_client.idl import KillCommand
from rndaemon.platform.tree import look
from rndaemon.spool import Entry

TRUE = [shutil.which("true") or "/bin/true"]
PYTHON = [sys.executable, "-I", "-S", "-c", "pass"]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=50)
    parser.add_argument("--many", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plow-bench-") as folder:
        os.chmod(folder, 0o755)
        server = FakeServer()
        server.start()
        node = Node(Path(folder), server.address, cores=16)
        node.start()
        try:
            _one_by_one(node, server, given.starts)
            _many(node, server, given.many)
            _weight(node, server)
            _kills(node, server, given.starts)
        finally:
            node.stop()
            server.stop()
    return 0


def _one_by_one(node: Node, server: FakeServer, starts: int) -> None:
    """Baselines and starts take turns, so that a busy machine slows them alike."""
    spawned, python, answer, first, result, shim = [], [], [], [], [], []
    with node.caller() as caller:
        for _ in range(starts):
            spawned.append(timed(lambda: spawn(TRUE)))
            python.append(timed(lambda: spawn(PYTHON)))
            command = node.command("date", "+%s.%N")
            began, began_s = time.perf_counter(), time.time()
            caller.call("runTask", command=command)
            answer.append(time.perf_counter() - began)
            told = server.result(command.procId)
            result.append(time.perf_counter() - began)
            first.append(float(node.log(command.procId).split(b"\n\n")[1].split()[0]) - began_s)
            shim.append((told.clockMs or 0) / 1000)
    _show("posix_spawn, start to end", spawned)
    _show("a Python that does nothing, start to end", python)
    for what, times in {
        "runTask, answer": answer,
        "runTask, first instruction of the task": first,
        "shim, begin to record": shim,
        "runTask, result at the server": result,
    }.items():
        _show(what, times)
        middle = statistics.median(times)
        ratios = (middle / statistics.median(base) for base in (spawned, python))
        print("    {:.1f} times posix_spawn, {:.2f} times a bare Python".format(*ratios))


def spawn(words: list[str]) -> None:
    """Start and wait, as plainly as it can be done."""
    pid = os.posix_spawn(words[0], words, {"PATH": os.defpath})
    assert os.waitpid(pid, 0)[1] == 0


def _many(node: Node, server: FakeServer, many: int) -> None:
    commands = [node.command("true") for _ in range(many)]
    waiting = list(commands)
    began = time.perf_counter()
    while waiting:
        replies = node.run_many(waiting[:16])
        taken = {reply.procId for reply in replies if reply.accepted}
        waiting = [command for command in waiting if command.procId not in taken]
    for command in commands:
        server.result(command.procId)
    elapsed = time.perf_counter() - began
    print(f"{many} tasks of no length on 16 cores: {many / elapsed:.1f} a second")


def _weight(node: Node, server: FakeServer) -> None:
    """Memory as the kernel counts it: all that is mapped, and what goes when the process goes."""
    assert node.process
    proc_id = node.run("sleep", "1000")
    wait_until(lambda: [task for ping in server.pings for task in ping.tasks if task.pid])
    shim = node.shim_pid(proc_id)
    template = next(process.parent for process in [look(shim)] if process)
    for what, pid in {
        "the daemon": node.process.pid,
        "the shims' template": template,
        "a shim": shim,
    }.items():
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        kb = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        own = kb["Private_Clean"] + kb["Private_Dirty"]
        print(f"{what}: RSS {kb['Rss'] / 1024:.1f} MB, of it its own {own / 1024:.1f} MB")
    with node.caller() as caller:
        caller.call("killRunningTask", procId=proc_id, reason="measured")
    server.result(proc_id)


def _kills(node: Node, server: FakeServer, kills: int) -> None:
    times = []
    for _ in range(kills):
        proc_id = node.run("sh", "-c", "trap '' TERM; (setsid sleep 1000 &)\nsleep 1000 & sleep 1000; true")
        with node.caller() as caller:
            wait_until(lambda proc_id=proc_id: _phase(node, proc_id) == "running")
            began = time.perf_counter()
            caller.call("killTasks", commands=[KillCommand(procId=proc_id, reason="measured", graceS=0)])
            server.result(proc_id)
        times.append(time.perf_counter() - began)
    _show("forced kill of a tree of four, result at the server", times)


def _phase(node: Node, proc_id: str) -> object:
    return Entry(str(node.state / "spool" / proc_id)).read_status().get("phase")


def timed(work: Callable[[], object]) -> float:
    """Seconds that it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _show(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    worst = ordered[int(len(ordered) * 0.95)]
    print(f"{what}: median {statistics.median(times) * 1000:.1f} ms, p95 {worst * 1000:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
