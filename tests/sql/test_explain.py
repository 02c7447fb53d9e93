"""explain_pairs names the rules that commit_plan obeys: each alone, and both ways on random farms."""

from __future__ import annotations

import random
from collections.abc import Iterator
from string import Template
from uuid import UUID

import pytest

from tests.integration.test_planner_and_commit import make, make_limit
from tests.postgres import Postgres
from tests.sql.farm import Farm, Row

# What keeps a node out, alone: one statement about a node that fits and a layer of which a task runs elsewhere.
ALONE = {
    "down": "update plow.node set state = 'DOWN' where id = $node",
    "repair": "update plow.node set state = 'REPAIR' where id = $node",
    "locked": "update plow.node set is_locked = true where id = $node",
    "cluster_locked": "update plow.cluster set is_locked = true",
    "draining": "update plow.node_report set is_draining = true where node_id = $node",
    "away": "update plow.node_report set away_reason = 'somebody works here' where node_id = $node",
    "uncallable": "insert into plow.uncallable values ($node, plow.now(), 3, 'no route', true)"
    " on conflict (node_id) do update set is_shut = true",
    "quota_missing": "update plow.job set project_id = $project where id = $job",
    "quota_locked": "update plow.quota set is_locked = true",
    "tags": "update plow.layer set tags = array['sim'] where id = $layer",
    "pool": "update plow.layer set pools = array[$pool] where id = $layer",
    "exclusive": "update plow.node set pools = array[$pool], exclusive_pools = array[$pool] where id = $node",
    "os": "update plow.layer set os = 'windows' where id = $layer",
    "machine": "update plow.layer set node_cores = 64 where id = $layer",
    "cores": "update plow.layer set min_cores = 64, max_cores = 64 where id = $layer",
    "ram": "update plow.layer set min_ram = 200000 where id = $layer",
    "gpus": "update plow.layer set gpus = 3 where id = $layer",
    "avoid": "insert into plow.avoid (job_id, node_id, failures, until) values ($job, $node, 3, '2090-01-01')",
    "kept": "insert into plow.reservation (node_id, job_id, layer_id, cores, ram, starts, kept_until)"
    " values ($node, $job, plow.new_id(), 1, 1, '2090-01-01', '2090-01-02')",
    "per_node": "update plow.layer set max_per_node = 1 where id = $layer",
    "held_back": "insert into plow.retry_wait (layer_id, node_id, until, wait_s)"
    " values ($layer, null, '2090-01-01', 10) on conflict do nothing",
    "quota_burst": "update plow.quota_counter set burst = 1",
    "folder_cap": "update plow.folder set max_cores = 1",
    "job_cap": "update plow.job set max_cores = 1 where id = $job",
    "headroom": "insert into plow.headroom (project_id, quota_id, job_id, layer_id, cores, kept_until)"
    " select project_id, id, $job, plow.new_id(), 999, '2090-01-01' from plow.quota on conflict do nothing",
    "limit": "update plow.layer set limits = array[$limit] where id = $layer",
    "room_cores": "update plow.node_counter set idle_cores = 0 where node_id = $node",
    "room_ram": "update plow.node_counter set idle_ram = 0 where node_id = $node",
    "room_gpus": "update plow.layer set gpus = 1, gpu_ram = 20000 where id = $layer",
}  # fmt: skip
HELD = {
    "finished": "update plow.job set state = 'FINISHED', active_name = null, stopped = plow.now()",
    "post": "update plow.job set state = 'POST'",
    "paused": "update plow.job set paused = true",
    "start_after": "update plow.job set start_after = '2090-01-01'",
}


@pytest.fixture(scope="module")
def shared(postgres: Postgres, template: str) -> Iterator[Farm]:
    """One database for all: each test takes back what it did, and leaves books wrong on purpose meanwhile."""
    with postgres.scratch(template) as dsn:
        farm = Farm(dsn)
        yield farm
        farm.close()


@pytest.fixture
def rows(shared: Farm) -> Iterator[Farm]:
    shared.execute("begin")
    yield shared
    shared.execute("rollback")


def refused(farm: Farm, layer: UUID, node: UUID) -> list[str]:
    found: list[str] = farm.value("select codes from plow.explain_pairs(array[%s], array[%s])", layer, node)
    return found


def a_place(farm: Farm, running: int = 1) -> dict[str, UUID]:
    """A node with two devices of 24 GB, one of them taken, and a layer of which a task runs there."""
    node, job = farm.node(ram=100_000), farm.job()
    layer = farm.layer(job, 4)
    farm.book((layer, node, running))
    farm.insert_gpu(node, 0, 8_000)
    farm.insert_gpu(node, 1, 24_000)
    farm.execute("update plow.node_gpu set proc_id = plow.new_id() where index = 1")
    other = farm.insert("project", code="poor", title="Poor")
    pool, limit = farm.insert("pool", name="p"), make_limit(farm, "TASK", 0)
    return {"node": node, "layer": layer, "job": job, "project": other, "pool": pool, "limit": limit}


def spoil(farm: Farm, statement: str, place: dict[str, UUID]) -> None:
    farm.execute(Template(statement).substitute({name: f"'{id}'::uuid" for name, id in place.items()}))


@pytest.mark.parametrize("code", ALONE)
def test_each_rule_alone_keeps_a_node_out_and_is_named(rows: Farm, code: str) -> None:
    place = a_place(rows)
    assert refused(rows, place["layer"], place["node"]) == []

    spoil(rows, ALONE[code], place)

    assert refused(rows, place["layer"], place["node"]) == [code]
    assert rows.book((place["layer"], place["node"], 1)) == []


def test_a_node_for_which_the_leader_plans_nothing_for_a_moment_is_named(rows: Farm) -> None:
    place = a_place(rows)
    rows.execute(
        "insert into plow.node_pause values (%s, plow.now() + '1 minute', 'disk full')", place["node"]
    )
    assert refused(rows, place["layer"], place["node"]) == ["refusing"]

    rows.execute("update plow.node_pause set until = plow.now()")
    assert refused(rows, place["layer"], place["node"]) == []


@pytest.mark.parametrize("code", HELD)
def test_what_holds_a_job_is_named_and_keeps_it_from_being_booked(rows: Farm, code: str) -> None:
    place = a_place(rows)
    assert rows.value("select plow.held_by(job, plow.now()) from plow.job") is None

    rows.execute(HELD[code])

    assert rows.value("select plow.held_by(job, plow.now()) from plow.job") == code
    assert rows.book((place["layer"], place["node"], 1)) == []


def test_a_limit_has_none_left_for_who_has_none_yet(rows: Farm) -> None:
    place = a_place(rows, running=0)
    beside, limit = rows.node("n2"), make_limit(rows, "NODE", 1)
    rows.execute("update plow.layer set limits = array[%s]", limit)
    rows.book((place["layer"], place["node"], 1))

    assert refused(rows, place["layer"], place["node"]) == []  # it has one already
    assert refused(rows, place["layer"], beside) == ["limit"]

    rows.execute(
        "update plow.limit_counter set not_before = plow.now() + '1 hour' where limit_id = %s", limit
    )
    assert refused(rows, place["layer"], place["node"]) == ["limit"]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_booked_is_what_nothing_refuses(rows: Farm, seed: int) -> None:
    """Both ways, for each layer and node of a farm where something runs and something is wrong."""
    farm, rng = rows, random.Random(seed)
    make(farm, rng)
    pairs = fill(farm, rng)
    disturb(farm, rng)
    told = {(row["layer_id"], row["node_id"]): row["codes"] for row in explained(farm)}
    held = {row["id"]: row["held"] or not row["ready"] for row in states(farm)}

    assert set(told) == set(pairs)
    booked = {pair for pair in pairs if would_book(farm, *pair)}

    assert booked == {pair for pair, codes in told.items() if not codes and not held[pair[0]]}


def fill(farm: Farm, rng: random.Random) -> list[tuple[UUID, UUID]]:
    """Book here and there; all pairs of a layer and a node."""
    pairs = farm.execute("select layer.id as layer, node.id as node from plow.layer cross join plow.node")
    found = [(row["layer"], row["node"]) for row in pairs]
    farm.book(*((layer, node, 1) for layer, node in rng.sample(found, len(found) // 8)))
    return found


def disturb(farm: Farm, rng: random.Random) -> None:
    """Close some nodes, hold some work back."""
    picked = {noun: anyone(farm, noun) for noun in ("layer", "job", "node", "limit")}
    held_here = ALONE["held_back"].replace("null", "$node")
    paused = HELD["paused"] + " where id = $job"
    short = "update plow.limit_counter set not_before = '2090-01-01' where limit_id = $limit"
    closing = [ALONE[code] for code in ("locked", "away", "uncallable", "held_back")]
    for statement in (*closing, held_here, paused, short):
        if rng.random() < 0.15:
            spoil(farm, statement, picked)


def anyone(farm: Farm, table: str) -> UUID:
    found: UUID = farm.value(f"select id from plow.{table} order by random() limit 1")
    return found


def explained(farm: Farm) -> list[Row]:
    return farm.execute("select * from plow.explain_pairs(array(select id from plow.layer), null)")


def states(farm: Farm) -> list[Row]:
    return farm.execute(
        "select layer.id, ready, plow.held_by(job, plow.now()) as held from plow.layer"
        " join plow.layer_counter on layer_id = layer.id join plow.job on job.id = job_id"
    )


def would_book(farm: Farm, layer: UUID, node: UUID) -> bool:
    """Whether commit_plan takes this alone; it is taken back."""
    farm.execute("savepoint before")
    try:
        return bool(farm.book((layer, node, 1)))
    finally:
        farm.execute("rollback to before")
