"""The planner in Python and the judge in SQL know the same rules: what one proposes the other books, all of it."""

from __future__ import annotations

import random

import pytest

from plow_server.database import Database, Row
from plow_server.farm import Farm as Counters
from plow_server.farm import read_farm
from plow_server.planner import plan
from plow_server.snapshot import Plan
from tests.sql.farm import Farm

TAGS = [["render"], ["gpu"], ["render", "gpu"]]
MODES = [("DYNAMIC", 0, 0)] * 3 + [("SINGLE", 0, 0), ("SLOTS", 2, 1000)]


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_is_booked_whole_and_leaves_nothing_that_fits(db: Database, seed: int) -> None:
    farm = Farm(db.dsn)
    try:
        make(farm, random.Random(seed))
        counters = db.atomically(read_farm)
        for visit in (1, 4, 4):
            rows = book(db, counters, plan(counters.snapshot(), most=40, visit=visit))
            assert farm.faults() == []
            assert picture(counters) == picture(db.atomically(read_farm))
            counters.ended(complete(db, [row["proc_id"] for row in rows[::2]]))
        while (made := plan(counters.snapshot())).starts:
            book(db, counters, made)
        assert plan(db.atomically(read_farm).snapshot()).starts == []
        assert farm.faults() == []
    finally:
        farm.close()


def book(db: Database, counters: Counters, made: Plan) -> list[Row]:
    """Commit a plan: every start of it must be booked, on the node that it names."""
    columns = [[start[n] for start in made.starts] for n in range(3)]
    rows = db.all("commit_plan", p_layer=columns[0], p_node=columns[1], p_n=columns[2])
    wanted = [(start.layer_id, start.node_id) for start in made.starts for _ in range(start.n)]
    assert [(row["layer_id"], row["node_id"]) for row in rows] == wanted
    counters.booked(rows)
    counters.remember(made)
    return rows


def make(farm: Farm, rng: random.Random) -> None:
    """Nodes of all modes, two clusters, capped folders, jobs and quotas."""
    other = farm.insert("cluster", name="other", tags=["render"])
    quota = farm.insert("quota", project_id=farm.project, cluster_id=other, size=rng.randint(0, 20))
    farm.execute(
        "insert into plow.quota_counter (quota_id, burst) values (%s, %s)", quota, rng.randint(0, 20)
    )
    farm.execute(
        "update plow.folder set max_cores = %s, min_cores = %s", rng.choice([-1, 25]), rng.randint(0, 4)
    )
    for n in range(rng.randint(1, 6)):
        mode, cores, ram = rng.choice(MODES)
        farm.node(
            f"n{n}", cores=rng.randint(1, 8), ram=rng.randint(500, 6000), tags=rng.choice(TAGS),
            cluster_id=rng.choice([farm.cluster, other]), slot_mode=mode, slot_cores=cores, slot_ram=ram,
        )  # fmt: skip
    for n in range(rng.randint(1, 5)):
        job = farm.job(
            f"j{n}", min_cores=rng.randint(0, 4), max_cores=rng.choice([-1, 2, 7]), priority=rng.randint(-1, 1),
            start_after=rng.choice([None, None, "2020-01-01", "2090-01-01"]),
        )  # fmt: skip
        for k in range(rng.randint(1, 3)):
            farm.layer(
                job, rng.randint(1, 12), f"l{k}", tags=rng.choice(TAGS),
                min_cores=rng.randint(1, 4), min_ram=rng.randint(100, 1500),
            )  # fmt: skip


def complete(db: Database, procs: list[str]) -> list[Row]:
    n = len(procs)
    values = {"status": 0, "signal": 0, "end": "EXITED", "reason": "", "high_ram": 1, "high_cores": 1.0}
    values |= {"clock_ms": 1, "cpu_ms": 1}
    return db.all(
        "complete_tasks", p_proc=procs, **{f"p_{key}": [value] * n for key, value in values.items()}
    )


def picture(counters: Counters) -> dict[str, object]:
    """What the planner's memory says of the farm."""
    return {
        "nodes": {n.id: (n.idle_cores, n.idle_ram) for n in counters.nodes.values()},
        "run": {one.id: one.run_cores for one in [*counters.quotas.values(), *counters.folders.values()]},
        "jobs": {one.id: one.run_cores for one in counters.jobs.values()},
        "ready": {one.id: one.ready for one in counters.layers.values() if one.ready},
    }
