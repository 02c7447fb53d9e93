"""Large requests, and what other clients feel meanwhile; the goal is that none of their calls takes 250 ms.

    python -m benchmarks.big_inputs [ROUNDS]

A server in a process of its own on a database in memory. One client makes the large request, again and again, from
another process; four others look at a job, list its tasks, pause it, launch a small one. Baseline of the same run: the
worst call of these four while the other process makes trivial requests for as long as the large ones take.
"""

from __future__ import annotations

import itertools
import multiprocessing
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool
from typing import Any, TypeVar

import psycopg

from plow_client.connection import Connection
from plow_client.errors import PlowError
from plow_client.idl import DependSpecT, DependType, JobFilterT, JobSpecT, LayerSpecT, TaskFilterT
from plow_server.migrate import migrate
from tests.postgres import running_postgres

Answer = TypeVar("Answer")
GOAL_MS = 250.0
ROUNDS = 3
QUIET_S = 3.0
READY = re.compile(r"plow-server ready rpc=(\S+) node=\S+\n")
_FILTERS = """
    with project as (insert into plow.project (code, title) values ('sieve', 'Sieve') returning id),
         folder as (insert into plow.folder (project_id, name) select id, 'jobs' from project returning id, project_id),
         counted as (insert into plow.folder_counter (folder_id) select id from folder),
         made as (insert into plow.filter (project_id, name, sort_order)
                  select id, 'f' || n, n from project, generate_series(0, 999) as n returning id, sort_order),
         asked as (insert into plow.matcher (filter_id, type, field, value)
                   select id, 'ENDS_WITH', 'JOB_NAME', '_' || sort_order from made)
    insert into plow.action (filter_id, type, value) select id, 'SET_MIN_CORES', '1' from made
"""

_DEFAULT_FOLDER = """
    update plow.project set default_folder_id = folder.id from plow.folder
     where folder.project_id = project.id and code = 'sieve'
"""


def main(rounds: int = ROUNDS) -> None:
    """Measure and print."""
    with running_postgres() as postgres:
        address = postgres.make("big_inputs")
        migrate(address)
        with psycopg.connect(address, autocommit=True) as rows:
            rows.execute(_FILTERS)
            rows.execute(_DEFAULT_FOLDER)
        with serving(address) as server, multiprocessing.get_context("spawn").Pool(1) as elsewhere:
            quiet, call, _ = beside(server, lambda: elsewhere.apply(trivial, (server, QUIET_S)))
            print(
                f"{'10 tasks at a time':34} {'':>10} others' worst {quiet:6.1f} ms ({call}), baseline",
                flush=True,
            )
            lines = [told(server, elsewhere, name, rounds, quiet) for name in INPUTS]
        with psycopg.connect(address) as rows:
            faults = rows.execute("select * from plow.audit()").fetchall()
    missed = sum(worst >= GOAL_MS for worst in lines)
    print(f"goal: no other call over {GOAL_MS:.0f} ms: {f'missed by {missed}' if missed else 'kept'}")
    print(f"audit: {len(faults)} faults")


def told(server: str, elsewhere: Pool, name: str, rounds: int, quiet: float) -> float:
    """One line; the worst call of the others, in milliseconds."""
    elsewhere.apply(prepare, (name, rounds))
    worst, call, (seconds, answer) = beside(server, lambda: elsewhere.apply(request, (server,)))
    others = f"others' worst {worst:6.1f} ms ({call}), x {worst / quiet:.1f}"
    print(f"{name:34} {seconds:8.2f} s {others}  {answer}", flush=True)
    return worst


def beside(server: str, work: Callable[[], Answer]) -> tuple[float, str, Answer]:
    """The worst call of four clients while that is done, and what came of it."""
    over, worst = threading.Event(), [(0.0, "")] * 4
    clients = [threading.Thread(target=client, args=(server, over, worst, n)) for n in range(4)]
    for thread in clients:
        thread.start()
    came = work()
    over.set()
    for thread in clients:
        thread.join()
    seconds, call = max(worst)
    return seconds * 1e3, call, came


def client(server: str, over: threading.Event, worst: list[tuple[float, str]], number: int) -> None:
    """Somebody at a window, and a script that launches."""
    with Connection(server) as farm:
        job = farm.launch(small(f"c{number}_{time.monotonic_ns()}"))
        turns: dict[str, Callable[[int], object]] = {
            "getJob": lambda n: farm.getJob(job.id),
            "getTasks": lambda n: farm.getTasks(TaskFilterT(jobId=job.id)),
            "getJobs": lambda n: farm.getJobs(JobFilterT(name=[job.name])),
            "pauseJob": lambda n: farm.pauseJob(job.id, n % 2 == 0),
            "launch": lambda n: farm.launch(small(f"{job.name}_{n}")),
        }
        for turn, call in enumerate(itertools.cycle(turns)):
            if over.is_set():
                return
            begun = time.perf_counter()
            turns[call](turn)
            worst[number] = max(worst[number], (time.perf_counter() - begun, call))
            time.sleep(0.02)


# ---- in the other process

_prepared: list[JobSpecT] = []


def trivial(server: str, seconds: float) -> None:
    """Small launches for so long."""
    with Connection(server) as farm:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            farm.launch(small(f"trivial{time.monotonic_ns()}"))


def prepare(name: str, rounds: int) -> None:
    """Make the requests: that is not the server's work, so nobody is measured beside it."""
    _prepared[:] = [INPUTS[name](n) for n in range(rounds)]


def request(server: str) -> tuple[float, str]:
    """Send them: the best time of some, and what was answered."""
    best, answer = float("inf"), ""
    with Connection(server, timeout_s=120) as farm:
        for spec in _prepared:
            begun = time.perf_counter()
            try:
                answer = f"launched {farm.launch(spec).totals.totalTaskCount:,} tasks"
            except PlowError as error:
                answer = f"{type(error).__name__}: {error.why[:60]}"
            best = min(best, time.perf_counter() - begun)
    return best, answer


# ---- what is asked


def small(name: str) -> JobSpecT:
    """Ten frames."""
    return spec(name, [LayerSpecT(name="beauty", command=["true"], range="1-10")], paused=True, username=name)


def spec(name: str, layers: list[LayerSpecT], **fields: Any) -> JobSpecT:
    """A job of the seed's project unless another is named."""
    return JobSpecT(**{"name": name, "project": "default", "username": "bench", "layers": layers, **fields})


def many_tasks(n: int) -> JobSpecT:
    """As many tasks as a job may have."""
    return spec(f"tasks{n}", [LayerSpecT(name="beauty", command=["true"], range="1-100000")], paused=True)


def too_many_tasks(n: int) -> JobSpecT:
    """Ten times as many."""
    return spec(f"flood{n}", [LayerSpecT(name="beauty", command=["true"], range="1-1000000")])


def paired_frames(n: int) -> JobSpecT:
    """Half of them wait for the other half, one by one."""
    wait = DependSpecT(type=DependType.TASK_BY_TASK, dependOnLayer="a")
    layers = [
        LayerSpecT(name="a", command=["true"], range="1-50000"),
        LayerSpecT(name="b", command=["true"], range="1-50000", depends=[wait]),
    ]
    return spec(f"paired{n}", layers, paused=True)


def many_layers(n: int, count: int = 10_000) -> JobSpecT:
    """Ten times as many layers as a job may have."""
    return spec(
        f"layers{n}", [LayerSpecT(name=f"l{i}", command=["true"], range="1-10") for i in range(count)]
    )


def all_layers(n: int) -> JobSpecT:
    """As many layers as a job may have."""
    return spec(f"all{n}", many_layers(n, 1000).layers, paused=True)


def ring(n: int) -> JobSpecT:
    """500 layers, each of which waits for the one before, and the first for the last."""
    layers = [
        LayerSpecT(
            name=f"l{i}", command=["true"], range="1-10",
            depends=[DependSpecT(type=DependType.LAYER_ON_LAYER, dependOnLayer=f"l{(i - 1) % 500}")],
        )
        for i in range(500)
    ]  # fmt: skip
    return spec(f"ring{n}", layers)


def many_filters(n: int) -> JobSpecT:
    """Into a project with a thousand filters, of which the last matches."""
    return spec(f"sieve{n}_999", [LayerSpecT(name="beauty", command=["true"], range="1-10")], project="sieve")


INPUTS: dict[str, Callable[[int], JobSpecT]] = {
    "100,000 tasks": many_tasks,
    "1,000,000 tasks": too_many_tasks,
    "50,000 frames wait for 50,000": paired_frames,
    "1,000 layers": all_layers,
    "10,000 layers": many_layers,
    "a circle of 500 layers": ring,
    "1,000 filters": many_filters,
}


@contextmanager
def serving(address: str) -> Iterator[str]:
    """A server as people run it; HOST:PORT for clients."""
    words = ["serve", "--database", address, "--rpc-port", "0", "--node-port", "0"]
    command = [sys.executable, "-u", "-m", "plow_server.main", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = READY.fullmatch(line)
        if not ready:
            raise RuntimeError(f"the server said {line!r}")
        yield ready[1]
    finally:
        process.terminate()
        process.communicate()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
