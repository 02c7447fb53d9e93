"""How long `plow` takes to answer on a farm with 10,000 unfinished jobs: its help, and every list as a person sees it.

python -m benchmarks.command_line [JOBS]

Baseline of the same run: `python -c pass`. Goal: 300 ms for each answer on a terminal, which is 15 times the 20 ms that
the baseline takes on a machine at rest; on a busy one the ratio counts. In a pipe a list is whole, and that of all jobs
as JSON is measured, too.
"""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.big_farm import big_farm
from plow_client.rpc.listener import Listener
from plow_server.config import Config
from plow_server.database import Database
from plow_server.handlers.bind import bind

GOAL_MS = 300
GOAL_RATIO = 15
TIMES = 7
NODES = 1000
LISTS = (
    "--help", "job --help", "job list", "job list user=anna", "job list 'user=anna and dead>0'", "job list j77 --long",
    "job list --all", "job board --project p1", "job show j77", "job tasks j77", "job filters j77", "layer list j77",
    "layer versions j77/l1", "task list j77", "task list 'job=j77 and state=waiting'", "task show j77/l1/1",
    "task attempts j77/l1/1", "attempt list j77", "node list", "node list 'state=up'", "node show n7",
    "node reservations", "proc list", "cluster list", "quota list", "pool list", "limit list", "service list",
    "project list", "folder list", "filter list", "depend list j77", "output list j77", "avoid list", "history j77",
    "events", "failures j77", "predictions",
)  # fmt: skip


def main(jobs: int = 10_000) -> int:
    """Measure and print; 1 where an answer misses the goal."""
    with served(jobs) as hosts:
        base = took([sys.executable, "-c", "pass"], hosts)
        print(f"{jobs:,} jobs; python -c pass: {base:.0f} ms", flush=True)
        late = [line for line in LISTS if not _report(line, _words(line), hosts, base, GOAL_MS)]
        _report("job list --json, in a pipe", _words("job list --json"), hosts, base, None)
        _report("job list, in a pipe", _words("job list"), hosts, base, None)
    print(f"later than {GOAL_MS} ms, and than {GOAL_RATIO} times the baseline: {', '.join(late) or 'none'}")
    return 1 if late else 0


@contextmanager
def served(jobs: int) -> Iterator[str]:
    """A farm of rows, and a server for clients; nothing is booked."""
    with big_farm(nodes=NODES, jobs=jobs, tasks=1) as bench, Database(bench.dsn) as database:
        listener = Listener("RpcService", bind(database, Config()))
        listener.start()
        try:
            yield "{}:{}".format(*listener.address)
        finally:
            listener.stop()


def took(command: Sequence[str], hosts: str, *, on_terminal: bool = True) -> float:
    """Median milliseconds from the start of a command to its end."""
    run = _on_terminal if on_terminal else _in_pipe
    environment = {**os.environ, "PLOW_HOSTS": hosts, "COLUMNS": "160", "LINES": "50"}
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        run(command, environment)
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def _report(name: str, command: Sequence[str], hosts: str, base: float, goal: float | None) -> bool:
    value = took(command, hosts, on_terminal=goal is not None)
    is_late = goal is not None and value > max(goal, GOAL_RATIO * base)
    print(f"{name:<44} {value:6.0f} ms  x {value / base:5.1f}{'  LATE' * is_late}", flush=True)
    return not is_late


def _words(line: str) -> list[str]:
    import shlex

    return [sys.executable, "-m", "plow_client.cli.main", *shlex.split(line)]


def _in_pipe(command: Sequence[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)


def _on_terminal(command: Sequence[str], environment: dict[str, str]) -> None:
    """Run it where it thinks that a person looks on."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as program:
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break  # Linux says so when the last one who wrote is gone
            if not piece:
                break
            shown += piece
    os.close(ours)
    if program.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {program.returncode}: {shown.decode()}")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
