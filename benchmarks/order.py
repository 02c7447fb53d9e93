"""Whether plans serve in the documented order: compared with a search through everything, in farms by chance.

python -m benchmarks.order --farms 10000
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field

from plow_server.simulator.chance import world_by_chance
from plow_server.simulator.clockwork import Clockwork, Policy
from plow_server.simulator.ledger import Ledger
from plow_server.snapshot import Layer, Plan, Quota, Snapshot


@dataclass
class Oracle:
    """Tries every layer on every node before each start. Hand `judge` to a Clockwork whose policy visits one by one."""

    plans: int = 0
    starts: int = 0
    faults: list[str] = field(default_factory=list)

    def judge(self, clock: Clockwork, farm: Snapshot, made: Plan) -> None:
        """Each start must be of the first in line, and afterwards nothing can start.

        Of a plan that says that another finds more (`again`) only what starts is judged.
        """
        self.plans += 1
        if made.again:
            return
        ledger = Ledger(farm, clock.farm.nodes)
        for start in made.starts:
            node = ledger.nodes[start.node_id]
            for _ in range(start.n):
                self.starts += 1
                best = first_in_line(ledger)
                expected = best and (best[1].id, best[0].cluster_id)
                if expected != (start.layer_id, node.cluster_id):
                    self.faults.append(f"{clock.now:.0f} s: {start.layer_id} on {node.id}, not {expected}")
                    return
                layer = ledger.layers[start.layer_id]
                if codes := ledger.why_not(layer, node):
                    self.faults.append(f"{clock.now:.0f} s: {layer.id} on {node.id}: {codes}")
                    return
                ledger.start(layer, node)
        for start in made.starts:
            ledger.grow(ledger.layers[start.layer_id], ledger.nodes[start.node_id], ledger.grown(start))
        if (left := first_in_line(ledger)) is not None:
            self.faults.append(f"{clock.now:.0f} s: {left[1].id} could start and does not")


def first_in_line(ledger: Ledger) -> tuple[Quota, Layer] | None:
    """Whose turn it is, of all that could start something somewhere."""
    able = [
        (key_of(ledger, quota, layer), quota, layer)
        for layer in ledger.layers.values()
        for quota in ledger.quotas.values()
        if quota.project_id == ledger.jobs[layer.job_id].project_id
        and any(
            node.cluster_id == quota.cluster_id and not ledger.why_not(layer, node)
            for node in ledger.nodes.values()
        )
    ]
    return min(able, key=lambda one: one[0])[1:] if able else None


def key_of(ledger: Ledger, quota: Quota, layer: Layer) -> tuple[object, ...]:
    """The documented key, written out again."""
    job = ledger.jobs[layer.job_id]
    folder = ledger.folders[job.folder_id]
    share = (quota.run_cores + quota.lately) / quota.size if quota.size else float("inf")
    tiers = [
        run if wanted == 0 else -wanted if run == 0 else run / wanted
        for run, wanted in ((job.run_cores, job.min_cores), (folder.run_cores, folder.min_cores))
    ]
    return (
        share,
        quota.id,
        -job.priority,
        *tiers,
        job.age,
        job.id,
        -layer.priority,
        layer.next_ord,
        layer.order,
    )


def examine(seed: int, seconds: float = 90.0) -> Oracle:
    """A farm by chance, for so long."""
    oracle = Oracle()
    policy = Policy(visit=1, reserve_after_s=5.0, reserve_most=3)
    Clockwork(world_by_chance(seed), policy, judge=oracle.judge).run(seconds)
    return oracle


def main() -> int:
    """Print how many were compared, and every difference; 1 where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--farms", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="Seed of the first farm.")
    asked = parser.parse_args()
    plans = starts = faults = 0
    for seed in range(asked.first, asked.first + asked.farms):
        oracle = examine(seed, 10.0)
        plans, starts, faults = plans + oracle.plans, starts + oracle.starts, faults + len(oracle.faults)
        for fault in oracle.faults:
            print(f"farm {seed}: {fault}")
    print(f"{asked.farms:,} farms, {plans:,} plans, {starts:,} starts: {faults} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
