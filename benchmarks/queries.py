"""What queries cost on a farm of 10,000 jobs, 1,000,000 tasks and 5,000 nodes, and that none reads the task table.

python -m benchmarks.queries [JOBS]

Through the handlers, as a call has it: parse, check, compose, read, make structs. Each line says how much the same rows
cost by the older criteria: a job's tasks by its id, all jobs, all nodes. Goal: 300 ms for whoever waits at a terminal,
and a refusal, not an answer, where it would be more.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median

import psycopg

from benchmarks.big_farm import big_farm
from plow_client.errors import Invalid
from plow_client.idl import JobFilterT, NodeFilterT, TaskFilterT
from plow_client.query import Kind, parse, to_wire
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.job import get_jobs
from plow_server.handlers.node import get_nodes
from plow_server.handlers.task import get_tasks

LIMIT = Limit(search_s=30.0)
RUNS = 7
GOAL_MS = 300
_LIFE = """
    update plow.job set username = 'u' || (hashtext(name) & 127),
                        attrs = jsonb_build_object('shot', 'sc' || (hashtext(name) & 1023));
    update plow.task set state = 'DEAD', high_ram = 40000, exit_status = 1
     where state = 'WAITING' and hashtext(id::text) % 200 = 0;
    delete from plow.waiting using plow.task where task.id = waiting.task_id and state = 'DEAD';
    update plow.layer_counter as counter
       set dead = found.dead, waiting = waiting - found.dead, ready = ready - found.dead
      from (select layer_id, count(*) as dead from plow.task where state = 'DEAD' group by layer_id) as found
     where found.layer_id = counter.layer_id;
    update plow.job_counter as counter set dead = found.dead, waiting = waiting - found.dead
      from (select job_id, count(*) as dead from plow.task where state = 'DEAD' group by job_id) as found
     where found.job_id = counter.job_id;
"""
_SCANS = "select seq_scan from pg_stat_user_tables where schemaname = 'plow' and relname = 'task'"
QUERIES: tuple[tuple[Kind, str], ...] = (
    ("task", "job=j77"),
    ("task", "jobid={job} and state=waiting"),
    ("task", "user=u7 and state=dead"),
    ("task", "user=u7 and layer~'L2*' and not state=dead"),
    ("task", "state=dead and ram>32g"),
    ("task", "state=running and node~'n*1'"),
    ("task", "attr.shot=sc12 or attr.shot=sc13"),
    ("task", "job~'j12*' and state=dead and exit!=0"),
    ("task", "user~'u*' and ram>32g"),
    ("task", "ram>32g"),
    ("job", "user=u7 and dead>0"),
    ("job", "state=running and progress<50% and not paused and age<1d"),
    ("job", "waits or attr.shot~'sc1*'"),
    ("node", "state=up and idle>=8 and tag=gpu"),
    ("node", "free>32g and not locked and ping<1h"),
)


def main() -> None:
    """A line for each query."""
    jobs = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 10_000
    with big_farm(nodes=5_000, jobs=jobs, tasks=34) as bench:
        bench.plan_and_commit(most=5_000)
        with psycopg.connect(bench.dsn, autocommit=True) as connection, Database(bench.dsn) as db:
            for statement in _LIFE.split(";\n"):
                connection.execute(statement.encode())
            connection.execute("vacuum analyze")
            job = str(connection.execute("select id from plow.job where name = 'j77'").fetchall()[0][0])
            measure(db, job)
            time.sleep(1.5)  # the statistics of a session come once a second
            before, after = connection.execute(_SCANS).fetchall()[0][0], scans_of(db, connection, job)
            print(f"scans of the task table by all queries: {after - before}")
        bench.audit()


def measure(db: Database, job: str) -> None:
    """Time each query, and its like of old."""
    everything: dict[Kind, float] = {
        "task": timed(lambda: get_tasks(db, TaskFilterT(jobId=job), limit=LIMIT))[0],
        "job": timed(lambda: get_jobs(db, JobFilterT(), limit=LIMIT))[0],
        "node": timed(lambda: get_nodes(db, NodeFilterT(), limit=LIMIT))[0],
    }
    for kind, text in QUERIES:
        ms, rows = timed(lambda kind=kind, text=text: ask(db, kind, text.format(job=job)))
        told = f"{rows:7,} rows" if rows >= 0 else "     refused"
        word = "" if ms <= GOAL_MS else f"  over the goal of {GOAL_MS} ms"
        print(
            f"{kind:<5} {text.format(job='ID'):<58} {ms:8.1f} ms {told}  x {ms / everything[kind]:.2f}{word}",
            flush=True,
        )
    print(", ".join(f"{kind}s of old {ms:.1f} ms" for kind, ms in everything.items()))


def ask(db: Database, kind: Kind, text: str) -> int:
    """How many it finds; -1 where it is refused."""
    where = to_wire(parse(text, kind))
    try:
        if kind == "task":
            return len(get_tasks(db, TaskFilterT(where=where), limit=LIMIT))
        if kind == "job":
            return len(get_jobs(db, JobFilterT(where=where), limit=LIMIT))
        return len(get_nodes(db, NodeFilterT(where=where), limit=LIMIT))
    except Invalid:
        return -1


def timed(call: Callable[[], object]) -> tuple[float, int]:
    """Median milliseconds, and what it returned or how many."""
    spent, found = [], call()
    for _ in range(RUNS):
        began = time.perf_counter()
        call()
        spent.append((time.perf_counter() - began) * 1000)
    return median(spent), found if isinstance(found, int) else len(found)  # type: ignore[arg-type]


def scans_of(db: Database, connection: psycopg.Connection[tuple[int]], job: str) -> int:
    """The scans of the task table, once every query has been asked again."""
    for kind, text in QUERIES:
        ask(db, kind, text.format(job=job))
    time.sleep(1.5)
    return connection.execute(_SCANS).fetchall()[0][0]


if __name__ == "__main__":
    main()
