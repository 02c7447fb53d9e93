"""The planner in Python and the judge in SQL know the same rules: what one proposes the other books, all of it, and
what the other would book the first proposes.

Farms by chance, each in a transaction that is rolled back. For more of them:

    PLOW_FARMS=10000 python3 run.py test tests/integration/test_planner_and_commit.py
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from plow_server.database import SQL, Database, Transaction
from plow_server.farm import Farm as Counters
from plow_server.planner import plan
from plow_server.queries import load_queries
from plow_server.read_farm import read_farm
from plow_server.session import set_types
from plow_server.snapshot import Plan
from plow_server.verbs import Row, Statements
from tests.sql.farm import Farm

FARMS = int(os.environ.get("PLOW_FARMS", "60"))
TAGS = [["render"], ["gpu"], ["render", "gpu"]]
MODES = [("DYNAMIC", 0, 0)] * 3 + [("SINGLE", 0, 0), ("SLOTS", 2, 1000)]


class OneSession(Farm):
    """A farm whose rows are made in the session that plans and books."""

    statements = Statements(load_queries(SQL / "queries"))

    def connect(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self.dsn, autocommit=True)
        set_types(connection)
        connection.execute("set plan_cache_mode = force_generic_plan")  # as the dispatcher's session has it
        return connection

    def execute(self, query: str, *values: object) -> list[Row]:
        cursor = self._connection.cursor(row_factory=dict_row).execute(query.encode(), values)
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def rolled_back(self) -> Iterator[Transaction]:
        """What happens in the block never was."""
        with self._connection.transaction(force_rollback=True):
            yield Transaction(self._connection, self.statements)


@pytest.mark.timeout(300 + FARMS)
def test_planner_and_judge_agree_on_every_farm(db: Database) -> None:
    farm = OneSession(db.dsn)
    try:
        for seed in range(FARMS):
            with farm.rolled_back() as session:
                make(farm, random.Random(seed))
                try:
                    fill_and_empty(farm, session)
                except AssertionError as error:
                    raise AssertionError(f"farm {seed}: {error}") from error
    finally:
        farm.close()


def fill_and_empty(farm: Farm, session: Transaction) -> None:
    """Plan, book and end; at last nothing that nothing refuses is left waiting."""
    counters = read_farm(session)
    for visit in (1, 4, 4):
        rows = book(session, counters, plan(counters.snapshot(), most=40, visit=visit))
        assert picture(counters) == picture(read_farm(session))
        counters.ended(complete(session, [row["proc_id"] for row in rows[::2]]))
    while (made := plan(counters.snapshot())).starts:
        book(session, counters, made)
    assert plan(read_farm(session).snapshot()).starts == []
    assert farm.execute("select * from plow.explain_pairs(null, null) where codes = '{}'") == []
    assert farm.faults() == []


def book(session: Transaction, counters: Counters, made: Plan) -> list[Row]:
    """Commit a plan: every start of it must be booked, on the node that it names."""
    columns = [[start[n] for start in made.starts] for n in range(4)]
    rows = session.all(
        "commit_plan", p_layer=columns[0], p_node=columns[1], p_n=columns[2], p_cores=columns[3]
    )
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
    pools = [farm.insert("pool", name=f"p{n}", is_exclusive=n == 0) for n in range(3)]
    limits = [make_limit(farm, per, rng.randint(0, 5)) for per in ("TASK", "NODE", "USER")]
    if rng.random() < 0.1:
        farm.execute("update plow.limit_counter set not_before = '2090-01-01' where limit_id = %s", limits[0])
    nodes = [make_node(farm, rng, f"n{n}", [farm.cluster, other], pools) for n in range(rng.randint(1, 6))]
    for n in range(rng.randint(1, 5)):
        job = farm.job(
            f"j{n}", min_cores=rng.randint(0, 4), max_cores=rng.choice([-1, 2, 7]), priority=rng.randint(-1, 1),
            start_after=rng.choice([None, None, "2020-01-01", "2090-01-01"]), username=rng.choice(["anna", "ben"]),
        )  # fmt: skip
        if rng.random() < 0.3:
            farm.execute(
                "insert into plow.avoid (job_id, node_id, failures, until) values (%s, %s, 3, '2090-01-01')",
                job, rng.choice(nodes),
            )  # fmt: skip
        for k in range(rng.randint(1, 3)):
            layer = farm.layer(
                job, rng.randint(1, 12), f"l{k}", tags=rng.choice(TAGS), min_cores=rng.randint(1, 4),
                max_cores=rng.randint(4, 8), min_ram=rng.randint(100, 1500), **needs(rng, pools, limits),
            )  # fmt: skip
            if rng.random() < 0.1:
                farm.execute(
                    "insert into plow.retry_wait (layer_id, node_id, until, wait_s) values (%s, %s, '2090-01-01', 10)",
                    layer, rng.choice([None, *nodes]),
                )  # fmt: skip
            if rng.random() < 0.2:
                farm.execute(
                    "insert into plow.reservation (node_id, job_id, layer_id, cores, ram, starts, kept_until)"
                    " values (%s, %s, %s, 1, 1, plow.now() + '1 hour', plow.now() + '2 hours') on conflict do nothing",
                    rng.choice(nodes), job, layer,
                )  # fmt: skip
    keep_headroom(farm, rng)


def keep_headroom(farm: Farm, rng: random.Random) -> None:
    """Perhaps some cores under the caps of a layer, in one of its clusters."""
    if rng.random() < 0.3:
        layer = rng.choice(farm.execute("select id, job_id, min_cores from plow.layer"))
        farm.execute(
            "insert into plow.headroom (project_id, quota_id, job_id, layer_id, cores, kept_until)"
            " values (%s, %s, %s, %s, %s, plow.now() + '1 hour')",
            farm.project, rng.choice(farm.execute("select id from plow.quota"))["id"], layer["job_id"], layer["id"],
            layer["min_cores"],
        )  # fmt: skip


def make_node(farm: Farm, rng: random.Random, name: str, clusters: list[UUID], pools: list[UUID]) -> UUID:
    """A node with some pools and devices."""
    mode, cores, ram = rng.choice(MODES)
    mine = sorted(rng.sample(pools, rng.choice([0, 0, 1, 2])))
    node = farm.node(
        name, cores=rng.randint(1, 8), ram=rng.randint(500, 6000), tags=rng.choice(TAGS),
        cluster_id=rng.choice(clusters), slot_mode=mode, slot_cores=cores, slot_ram=ram, pools=mine,
        exclusive_pools=[p for p in mine if p == pools[0]],
    )  # fmt: skip
    for pool in mine:
        farm.execute("insert into plow.pool_host (pool_id, host) values (%s, %s)", pool, name)
    farm.execute(
        "update plow.node_report set os = %s where node_id = %s", rng.choice(["linux", "windows"]), node
    )
    if rng.random() < 0.1:
        closed = ["node set state = 'REPAIR' where id", "node set is_locked = true where id"]
        closed += [
            "node_report set is_draining = true where node_id",
            "node_report set away_reason = '' where node_id",
        ]
        farm.execute(f"update plow.{rng.choice(closed)} = %s", node)
    if rng.random() < 0.1:
        farm.execute(
            "insert into plow.uncallable values (%s, plow.now(), 1, 'refused', %s)", node, rng.random() < 0.5
        )
    for index in range(rng.choice([0, 0, 2, 3])):
        farm.insert_gpu(node, index, rng.choice([8000, 24000]))
    return node


def make_limit(farm: Farm, per: str, total: int) -> UUID:
    limit = farm.insert("limit", name=f"of {per}", per=per, total=total)
    farm.execute("insert into plow.limit_counter (limit_id) values (%s)", limit)
    return limit


def needs(rng: random.Random, pools: list[UUID], limits: list[UUID]) -> dict[str, object]:
    """What a layer asks for beside cores, memory and tags: often nothing."""
    asked: dict[str, object] = {
        "pools": rng.sample(pools, 1),
        "os": rng.choice(["linux", "windows"]),
        "node_cores": rng.randint(1, 6),
        "whole_node": True,
        "gpus": rng.randint(1, 2),
        "gpu_ram": rng.choice([0, 10000]),
        "limits": rng.sample(limits, rng.randint(1, 2)),
        "max_per_node": rng.randint(1, 2),
        "predicted_clock_ms": rng.choice([60_000, 7_200_000]),
        "threadable": True,
        "predicted_ram": rng.randint(50, 2000),
        "fit_ram": True,
    }
    chosen = {name: asked[name] for name in asked if rng.random() < 0.2}
    return {**chosen, "has_own_pools": "pools" in chosen}


def complete(session: Transaction, procs: list[str]) -> list[Row]:
    n = len(procs)
    values = {"status": 0, "signal": 0, "end": "EXITED", "reason": "", "high_ram": 1, "high_cores": 1.0}
    values |= {"clock_ms": 1, "cpu_ms": 1}
    return session.all(
        "complete_tasks", p_proc=procs, **{f"p_{key}": [value] * n for key, value in values.items()}
    )


def picture(counters: Counters) -> dict[str, object]:
    """What the planner's memory says of the farm."""
    return {
        "nodes": {n.id: (n.idle_cores, n.idle_ram) for n in counters.nodes.values()},
        "run": {one.id: one.run_cores for one in [*counters.quotas.values(), *counters.folders.values()]},
        "jobs": {one.id: one.run_cores for one in counters.jobs.values()},
        "gpus": {n.id: n.taken_gpus for n in counters.nodes.values() if n.taken_gpus},
        "limits": {one.id: (one.free, +one.holders) for one in counters.limits.values()},
        "kept": {n.id for n in counters.nodes.values() if n.kept},
        "crowds": {one.id: +one.crowd for one in counters.layers.values() if +one.crowd},
        "headroom": {
            project: kept._replace(free_of=frozenset()) for project, kept in counters.headroom.items()
        },
        "ready": {one.id: one.ready for one in counters.layers.values() if one.ready},
    }
