"""A full farm where tasks end and others are booked in their place: complete, plan, commit, again and again.

python -m benchmarks.steady_farm [SECONDS]

Then what it costs that each step is told as an event: the processor time of PostgreSQL for a task, with events, which
are numbered every 50 ms as the server does, beside that of the same functions without them, in turns.
"""

from __future__ import annotations

import random
import re
import sys
import time

import psutil
import psycopg

from benchmarks.big_farm import Bench, big_farm, pgbench
from plow_server.database import SQL

TURNS = 6
NUMBERED_S = 0.05
TELLS = re.compile(r"  \w+ as \(\n    insert into plow\.(?:event_outbox|blame) .*?\n  \),\n", re.DOTALL)


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 6.0
    with big_farm(nodes=1000, tasks=200) as bench:
        baseline = pgbench(bench.dsn)
        running = [row["proc_id"] for row in bench.plan_and_commit()]
        print(f"{len(running):,} tasks run on 1,000 nodes")
        for size in (500, 20, 1):
            rate, share = _steady(bench, running, size, seconds)
            bench.report(f"{size} end and are booked again a cycle", rate, "tasks/s", baseline)
            print("    of it " + ", ".join(f"{part} {100 * of:.0f} %" for part, of in share.items()))
        for size in (500, 20, 1):
            _compare(bench, running, size, seconds)
        bench.audit()


def _steady(bench: Bench, running: list[str], size: int, seconds: float) -> tuple[float, dict[str, float]]:
    rng = random.Random(size)
    spent = {"complete": 0.0, "plan and commit": 0.0}
    done, began = 0, time.perf_counter()
    numbered = began
    while time.perf_counter() - began < seconds:
        ended = [running.pop(rng.randrange(len(running))) for _ in range(min(size, len(running)))]
        at = time.perf_counter()
        bench.complete(ended)
        spent["complete"] += time.perf_counter() - at
        at = time.perf_counter()
        running += [row["proc_id"] for row in bench.plan_and_commit()]
        spent["plan and commit"] += time.perf_counter() - at
        done += len(ended)
        if at - numbered > NUMBERED_S:
            bench.session.run("number_events")
            numbered = at
    total = time.perf_counter() - began
    return done / total, {part: of / total for part, of in spent.items()}


# ---- what events cost


def _compare(bench: Bench, running: list[str], size: int, seconds: float) -> None:
    spent, done = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
    for turn in range(TURNS):
        told = turn % 2 == 0
        _functions(bench.dsn, told=told)
        _steady(bench, running, size, 0.3)  # until plans are made
        before = _processor_s(bench.dsn)
        rate, _ = _steady(bench, running, size, seconds / 2)
        spent[told] += _processor_s(bench.dsn) - before
        done[told] += rate * seconds / 2
    _functions(bench.dsn, told=True)
    cost, free = (1e6 * spent[told] / done[told] for told in (True, False))
    print(
        f"{f'{size} a cycle, with events':<44} {cost:9,.0f} us of PostgreSQL a task"
        f"  without {free:7,.0f}  x {cost / free:.2f}",
        flush=True,
    )


def _functions(dsn: str, *, told: bool) -> None:
    """As they are, or telling nothing."""
    with psycopg.connect(dsn, autocommit=True) as rows:
        for name in ("commit_plan", "move_tasks"):
            text = (SQL / "functions" / f"{name}.sql").read_text(encoding="utf-8")
            quiet, found = TELLS.subn("", text)
            assert found, name
            rows.execute((text if told else quiet).encode())


def _processor_s(dsn: str) -> float:
    """What the session has used so far."""
    with psycopg.connect(dsn) as rows:
        found = rows.execute("select pid from pg_stat_activity where application_name = 'bench'").fetchone()
    assert found
    used = psutil.Process(found[0]).cpu_times()
    return used.user + used.system


if __name__ == "__main__":
    main()
