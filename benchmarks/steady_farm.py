"""A full farm where tasks end and others are booked in their place: complete, plan, commit, again and again.

python -m benchmarks.steady_farm [SECONDS]
"""

from __future__ import annotations

import random
import sys
import time

from benchmarks.big_farm import Bench, big_farm, pgbench


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
        bench.audit()


def _steady(bench: Bench, running: list[str], size: int, seconds: float) -> tuple[float, dict[str, float]]:
    rng = random.Random(size)
    spent = {"complete": 0.0, "plan and commit": 0.0}
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        ended = [running.pop(rng.randrange(len(running))) for _ in range(min(size, len(running)))]
        at = time.perf_counter()
        bench.complete(ended)
        spent["complete"] += time.perf_counter() - at
        at = time.perf_counter()
        running += [row["proc_id"] for row in bench.plan_and_commit()]
        spent["plan and commit"] += time.perf_counter() - at
        done += len(ended)
    total = time.perf_counter() - began
    return done / total, {part: of / total for part, of in spent.items()}


if __name__ == "__main__":
    main()
