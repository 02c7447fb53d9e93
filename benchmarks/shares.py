"""Whether shares are held, big tasks start and nothing goes wrong in farms by chance. Nothing is timed.

python -m benchmarks.shares --farms 1000
"""

from __future__ import annotations

import argparse
import sys
import time

from plow_server.simulator.chance import world_by_chance
from plow_server.simulator.clockwork import Clockwork, Policy, Spell
from plow_server.simulator.reading import make_world
from plow_server.simulator.watch import Watch
from plow_server.simulator.world import World

SIZES = {"one": 1, "two": 2, "four": 4}


def endless(hours: float, *, cores: int = 64, big_at: float | None = None) -> World:
    """Three projects with sizes 1:2:4 and more work than can be done; a task as large as a node comes, where told."""
    layer = {"name": "frames", "tasks": int(256 * hours * 60) * 2, "time": "1m", "ram": 100}
    jobs: list[dict[str, object]] = [{"name": name, "project": name, "layers": [layer]} for name in SIZES]
    if big_at is not None:
        big = {"name": "sim", "tasks": 1, "cores": 64, "time": "5m", "ram": 100}
        jobs.append({"name": "big", "project": "two", "at": big_at, "layers": [big]})
    projects = [{"name": name, "size": size} for name, size in SIZES.items()]
    nodes = [{"name": "n", "count": 4, "cores": cores, "ram": 256_000}]
    return make_world({"nodes": nodes, "projects": projects, "jobs": jobs}, seed=1)


def shares_of(world: World, hours: float) -> dict[str, float]:
    """Core-hours of each project over what its size entitles it to."""
    used = dict.fromkeys(SIZES, 0.0)

    def see(spell: Spell) -> None:
        for project, cores in spell.run_cores.items():
            used[project] += cores * (spell.ends - spell.begins)

    Clockwork(world, see=see).run(hours * 3600)
    all_used, all_sizes = sum(used.values()), sum(SIZES.values())
    return {project: used[project] / all_used * all_sizes / size for project, size in SIZES.items()}


def watched(seed: int, hours: float = 1.0) -> tuple[Watch, Clockwork]:
    """A farm by chance, judged at every pass."""
    watch = Watch()
    run = Clockwork(world_by_chance(seed), Policy(reserve_most=4), judge=watch.judge).run(hours * 3600)
    return watch, run


def main() -> int:
    """Print shares, the big task, and the counters; 1 where a counter is not 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--farms", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="Seed of the first farm.")
    asked = parser.parse_args()
    print("share of what its size entitles it to, after an hour of endless work:")
    for project, ratio in shares_of(endless(1.0), 1.0).items():
        print(f"  {project:5} {100 * ratio:6.1f} %")
    run = Clockwork(endless(1.0, big_at=600.0)).run(3600)
    kept, began = run.reserved[0], next(one.began for one in run.ended if one.cores == 64)
    print(
        f"64 cores among endless tasks of 1: kept at {kept.made:.0f} s until {kept.starts:.0f} s, began {began:.0f} s"
    )
    faults = passes = attempts = reserved = 0
    began_at = time.process_time()
    for seed in range(asked.first, asked.first + asked.farms):
        watch, run = watched(seed)
        attempts, reserved = attempts + len(run.ended), reserved + len(run.reserved)
        passes += watch.passes
        for fault in watch.faults:
            faults += 1
            print(f"  farm {seed}: {fault}")
    spent = time.process_time() - began_at
    print(
        f"{asked.farms:,} farms, {passes:,} passes, {attempts:,} attempts, {reserved:,} nodes kept: {faults} faults"
    )
    print(f"({spent:.0f} s of processor time)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
