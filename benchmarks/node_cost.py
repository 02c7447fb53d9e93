"""What a node costs that has nothing to do, and whether it keeps up with many short tasks.

    python -m benchmarks.node_cost [--idle-s 60] [--tasks 500] [--minutes 1]

Baselines of the same run: a Python that sleeps, and the same short command by posix_spawn. What one start costs is
measured by node_start.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.installed import compiled
from benchmarks.node_farm import FakeServer, Node, wait_until
from benchmarks.node_start import TRUE, spawn, timed
from plow_client.idl import RunTaskCommand
from rndaemon.platform.tree import descendants

PYTHON = [sys.executable, "-c", "import time; time.sleep(1000)"]
CORES = 2


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle-s", type=float, default=60.0)
    parser.add_argument("--tasks", type=int, default=500, help="a minute")
    parser.add_argument("--minutes", type=float, default=1.0)
    given = parser.parse_args()
    with compiled():
        with _node() as (_, server):
            server.wait_for(lambda: server.pings)
        _idle(given.idle_s)
    _short_tasks(given.tasks, given.minutes)
    return 0


@contextmanager
def _node(*options: str) -> Iterator[tuple[Node, FakeServer]]:
    with tempfile.TemporaryDirectory(prefix="plow-bench-") as folder:
        os.chmod(folder, 0o755)
        server = FakeServer()
        server.start()
        node = Node(Path(folder), server.address, *options, cores=CORES)
        node.start()
        try:
            yield node, server
        finally:
            node.stop()
            server.stop()


def _idle(seconds: float) -> None:
    """At the usual ten seconds between pings, after the first of them."""
    with _node("-odaemon.ping_interval_s=10") as (node, server), subprocess.Popen(PYTHON) as bare:
        assert node.process
        server.wait_for(lambda: server.pings)
        time.sleep(2)
        parts = {"daemon": [node.process.pid], "with all below it": _family(node.process.pid)}
        before = {name: cpu_s(pids) for name, pids in parts.items()}
        time.sleep(seconds)
        rss, own = _memory_mb([bare.pid])
        print(f"a Python that sleeps: {rss:.1f} MB, of it its own {own:.1f} MB")
        for name, pids in parts.items():
            there, its_own = _memory_mb(pids)
            share = (cpu_s(pids) - before[name]) / seconds
            print(
                f"idle {name}: RSS {there:.1f} MB, its own {its_own:.1f} MB, {share:.2%} of a core; goal 30 MB, 0.3 %"
            )
            print(f"    {there / rss:.1f} and {its_own / own:.1f} times the Python")
        bare.kill()


def _short_tasks(per_minute: int, minutes: float) -> None:
    """One after the other at an even pace; behind is how much later than its turn a result came, beyond the first."""
    spawned = [timed(lambda: spawn(TRUE)) for _ in range(50)]
    with _node() as (node, server):
        assert node.process
        count, gap_s = int(per_minute * minutes), 60 / per_minute
        cpu, began = cpu_s(_family(node.process.pid)), time.monotonic()
        waits = []
        for number in range(count):
            time.sleep(max(0.0, began + number * gap_s - time.monotonic()))
            command = node.command("true")
            asked = time.monotonic()
            _start(node, command)
            waits.append((asked, command.procId))
        results = [(asked, server.result(proc)) for asked, proc in waits]
        took = time.monotonic() - began
        share = (cpu_s(_family(node.process.pid)) - cpu) / took
        lasted = [(result.clockMs or 0) / 1000 for _, result in results]
    print(
        f"{count} tasks of no length, {per_minute} a minute on {CORES} cores: {count / took * 60:.0f} a minute done"
    )
    print(f"    {took - count * gap_s:.2f} s behind at the end; {share:.1%} of a core besides the shims")
    middle, base = statistics.median(lasted), statistics.median(spawned)
    print(f"    a shim: median {middle * 1000:.1f} ms, {middle / base:.1f} times posix_spawn; goal 25 ms")


def _start(node: Node, command: RunTaskCommand) -> None:
    """Said again while both cores are taken."""
    wait_until(lambda: node.run_many([command])[0].accepted, 60)


def _family(pid: int) -> list[int]:
    return [pid, *(process.pid for process in descendants(pid))]


def _memory_mb(pids: list[int]) -> tuple[float, float]:
    """As the kernel counts it: what is mapped of shared things by their share, and what goes with the processes."""
    rss = own = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        kb = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        rss += kb["Rss"] if len(pids) == 1 else kb["Pss"]
        own += kb["Private_Clean"] + kb["Private_Dirty"]
    return rss / 1024, own / 1024


def cpu_s(pids: Iterable[int]) -> float:
    """By the kernel's clock of each process, to the nanosecond, ended threads too; an ended process has none."""
    spent = 0.0
    for pid in pids:
        with suppress(OSError):
            spent += time.clock_gettime(~pid << 3 | 2)  # as clock_getcpuclockid makes it
    return spent


if __name__ == "__main__":
    sys.exit(main())
