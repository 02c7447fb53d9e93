"""How long it takes to fill one node by itself, as when it has just become free: plan and one commit.

python -m benchmarks.book_one_node
"""

from __future__ import annotations

import statistics
import time

from benchmarks.big_farm import big_farm, pgbench

NODES = 500


def main() -> None:
    """Measure and print."""
    with big_farm(nodes=NODES) as bench:
        baseline = pgbench(bench.dsn)
        nodes = list(bench.farm.nodes)
        for node in nodes:
            bench.farm.close(node)
        took, booked = [], 0
        for node in nodes:
            bench.farm.open(node)
            began = time.perf_counter()
            booked += len(bench.plan_and_commit())
            took.append(1000 * (time.perf_counter() - began))
            bench.farm.close(node)
        print(
            f"a node: median {statistics.median(took):.2f} ms, p99 {statistics.quantiles(took, n=100)[98]:.2f} ms"
        )
        bench.report("one node a call", booked / sum(took) * 1000, "tasks/s", baseline)
        bench.audit()


if __name__ == "__main__":
    main()
