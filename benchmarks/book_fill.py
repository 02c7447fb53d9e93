"""How fast an empty farm of 2,000 nodes is filled: plan, then commits of 500.

python -m benchmarks.book_fill
"""

from __future__ import annotations

import time

from benchmarks.big_farm import big_farm, pgbench
from plow_server.planner import plan


def main() -> None:
    """Measure and print."""
    with big_farm(nodes=2000) as bench:
        baseline = pgbench(bench.dsn)
        began = time.perf_counter()
        made = plan(bench.farm.snapshot(), 1_000_000)
        planned = time.perf_counter() - began
        print(
            f"planned {made.size:,} starts in {planned:.3f} s: {planned / made.size * 1e5:.2f} s for 100,000"
        )
        booked = 0
        for first in range(0, len(made.starts), 500):
            booked += len(bench.commit(made.starts[first : first + 500]))
        total = time.perf_counter() - began
        assert booked == made.size, f"{made.size - booked} starts were refused"
        bench.report(
            "fill 2,000 nodes, commits of 500: commits", booked / (total - planned), "tasks/s", baseline
        )
        bench.report("fill 2,000 nodes, plan and commits", booked / total, "tasks/s", baseline)
        bench.audit()


if __name__ == "__main__":
    main()
