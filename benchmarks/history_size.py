"""Whether history slows booking: filling and ending on a farm with 100,000 and with 10,000,000 attempts behind it.

python -m benchmarks.history_size [MOST]

Rounds of a full farm of 500 nodes: 500 attempts end, are learnt from, and others are booked in their place. The past is
made by generate_series, spread over six months' tables and kinds of work. Two databases that differ in it take turns.
Goal: within 20 % of each other.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import psycopg

from benchmarks.big_farm import Bench, big_farm

FEW = 100_000
PIECE = 500_000
WARM = 3
ROUNDS = 15
_TABLES = """
    do $$
    declare v_first timestamptz;
    begin
      for v_first in select generate_series(date_trunc('month', plow.now()) - interval '6 months',
                                            date_trunc('month', plow.now()), interval '1 month') loop
        if to_regclass('plow.' || to_char(v_first, '"attempt_"YYYY_MM')) is null then
          execute format('create table plow.%I partition of plow.attempt for values from (%L) to (%L)',
                         to_char(v_first, '"attempt_"YYYY_MM'), v_first, v_first + interval '1 month');
        end if;
      end loop;
    end $$
"""
_ATTEMPTS = """
    insert into plow.attempt (id, task_id, layer_id, job_id, number, node, cores, ram, started, stopped, exit_status,
                              exit_signal, end_reason, high_ram, high_cores, clock_ms, cpu_ms, log_path)
      select gen_random_uuid(), gen_random_uuid(), kind.layer, kind.job, 0, 'n' || n % 500, 4, 4096,
             at - interval '5 minutes', at, 0, 0, 'EXITED', 3000, 3.5, 300000, 290000,
             '/logs/p/show_shot_light_v001/0001-beauty.0.log'
        from generate_series({first}, {last}) as n
       cross join lateral (
         select md5('j' || n / 100)::uuid as job, md5('l' || n / 30)::uuid as layer) as kind
       cross join lateral (
         select date_trunc('month', plow.now()) - (n::float8 / {most}) * interval '180 days' as at) as past
"""
_KINDS = """
    insert into plow.past_use (key, n, jobs, ram_sample, clock_sample, ram, ram_mid, ram_high, clock_ms)
      select md5(n::text)::uuid, 100, 3, array_fill(3000, array[48]), array_fill(300000::bigint, array[48]), 3000, 3000,
             3000, 300000
        from generate_series({first}, {last}) as n
"""


@dataclass
class Side:
    """A farm, what runs on it, and the seconds of its rounds by what was done."""

    bench: Bench
    running: list[str] = field(default_factory=list)
    spent: dict[str, list[float]] = field(default_factory=dict)


def main() -> None:
    """Two farms that are alike but for their history, by turns."""
    most = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 10_000_000
    with big_farm(nodes=500, jobs=400, tasks=120) as one, big_farm(nodes=500, jobs=400, tasks=120) as other:
        few, many = Side(one), Side(other)
        for side, attempts in ((few, FEW), (many, most)):
            began = time.perf_counter()
            remember(side.bench, attempts)
            print(f"{attempts:,} attempts made in {time.perf_counter() - began:,.0f} s", flush=True)
            side.running = [row["proc_id"] for row in side.bench.plan_and_commit()]
        for number in range(WARM + ROUNDS):
            for side in (few, many) if number % 2 else (many, few):
                take_round(side, counts=number >= WARM)
        for name, seconds in many.spent.items():
            value, baseline = median(seconds) * 1000, median(few.spent[name]) * 1000
            print(
                f"{name:<6} 500: {value:7.1f} ms with {most:,}, {baseline:7.1f} with {FEW:,}  x {value / baseline:.2f}",
                flush=True,
            )
        many.bench.audit()


def remember(bench: Bench, attempts: int) -> None:
    """So much history."""
    with psycopg.connect(bench.dsn, autocommit=True) as session:
        session.execute(_TABLES)
        for first in range(0, attempts, PIECE):
            last = min(first + PIECE, attempts)
            session.execute(_ATTEMPTS.format(first=first + 1, last=last, most=attempts).encode())
            session.execute(_KINDS.format(first=first // 100 + 1, last=last // 100).encode())
        session.execute("vacuum analyze plow.attempt")
        session.execute("vacuum analyze plow.past_use")
        session.execute("checkpoint")


def take_round(side: Side, *, counts: bool) -> None:
    """The oldest 500 end, are learnt from, and others take their place."""
    bench = side.bench
    oldest, side.running = side.running[:500], side.running[500:]
    marks = [time.perf_counter()]
    bench.complete(oldest)
    marks.append(time.perf_counter())
    while bench.session.value("learn_history", p_most=200):
        pass
    marks.append(time.perf_counter())
    side.running += [row["proc_id"] for row in bench.plan_and_commit()]
    marks.append(time.perf_counter())
    for name, (start, end) in zip(("end", "learn", "book"), pairwise(marks), strict=True):
        if counts:
            side.spent.setdefault(name, []).append(end - start)


if __name__ == "__main__":
    main()
