"""What layers need of nodes, one rule after the other.

needs_of, set_layer_needs, set_layer_retry_rules, retry_of, exits; place_for, busy_by and commit_plan agree on each;
clear_avoids, clear_reservation, reservation_of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from plow_client.errors import Invalid, NotFound
from plow_client.idl import NeedsT, RetryRulesT
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer


def gpu(farm: Farm, node: UUID, *memories: int) -> None:
    for index, memory in enumerate(memories):
        farm.insert_gpu(node, index, memory)


def avoid(farm: Farm, layer: UUID, node: UUID) -> None:
    farm.execute(
        "insert into plow.avoid (job_id, node_id, failures, until, reason)"
        " select job_id, %s, 3, plow.now() + interval '1 hour', 'it failed' from plow.layer where id = %s",
        node, layer,
    )  # fmt: skip


def keep(farm: Farm, node: UUID, layer: UUID) -> None:
    farm.execute(
        "insert into plow.reservation (node_id, job_id, layer_id, cores, ram, starts, kept_until)"
        " select %s, job_id, id, 4, 4096, plow.now() + interval '1 hour', plow.now() + interval '2 hours'"
        "   from plow.layer where id = %s",
        node, layer,
    )  # fmt: skip


def pool(farm: Farm, *hosts: str, exclusive: bool = False) -> None:
    farm.execute("select plow.create_pool('gpu', %s, %s)", list(hosts), exclusive)


Spoil = Callable[[Farm, UUID, UUID], object]


def sql(query: str) -> Spoil:
    return lambda farm, node, layer: farm.execute(query)


# What the layer needs, what is done to the farm, and the one rule that then keeps the node out.
RULES: list[tuple[str, dict[str, Any], Spoil]] = [
    ("tags", {}, sql("update plow.node set tags = '{sim}'")),
    ("pool", {"pools": ["gpu"]}, sql("select plow.set_pool_hosts(id, '{}') from plow.pool")),
    ("exclusive", {}, sql("select plow.set_pool_exclusive(id, true) from plow.pool")),
    ("os", {"os": "linux"}, sql("update plow.node_report set os = 'macos'")),
    ("machine", {"nodeCores": 4}, sql("select plow.resize_node(id, 3, 8192) from plow.node")),
    ("machine", {"nodeRam": 8192}, sql("select plow.resize_node(id, 4, 8191) from plow.node")),
    ("cores", {}, sql("update plow.layer set min_cores = 5")),
    ("ram", {}, sql("update plow.layer set min_ram = 8193")),
    ("gpus", {"gpus": 2}, sql("update plow.node_gpu set is_present = index = 0")),
    ("gpus", {"gpus": 1, "gpuRam": 8000}, sql("update plow.node_gpu set memory = 7999")),
    ("avoid", {}, lambda farm, node, layer: avoid(farm, layer, node)),
    ("kept", {}, lambda farm, node, layer: keep(farm, node, farm.layer(farm.job("large"), 1))),
    ("per_node", {"maxPerNode": 1}, lambda farm, node, layer: farm.book((layer, node, 1))),
    ("held_back", {}, sql("insert into plow.retry_wait (layer_id, until, wait_s)"
                          " select id, plow.now() + interval '1 hour', 10 from plow.layer")),
]  # fmt: skip


def refusals(farm: Farm, node: UUID, layer: UUID) -> list[str]:
    found: list[str] = farm.value(
        "select space.refused || plow.busy_by(node.id, layer, plow.now())"
        "  from plow.node join plow.node_counter as c on c.node_id = node.id"
        "  join plow.node_report as report on report.node_id = node.id cross join plow.layer"
        " cross join lateral plow.place_for(node, c.cores, c.ram, plow.gpus_of(node.id), report.os, layer) as space"
        " where node.id = %s and layer.id = %s",
        node, layer,
    )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("rule", "needs", "spoil"), RULES, ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(RULES)]
)
def test_each_rule_alone_keeps_a_node_out(
    farm: Farm, db: Database, rule: str, needs: dict[str, Any], spoil: Spoil
) -> None:
    node = farm.node("r1")
    farm.execute("update plow.node_report set os = 'linux'")
    gpu(farm, node, 8000, 8000)
    pool(farm, "r1")
    made = UUID(launch(db, layer(range="1-9", needs=NeedsT(**needs))).layers["beauty"])
    assert refusals(farm, node, made) == []
    assert len(farm.book((made, node, 1))) == 1
    farm.complete([farm.value("select id from plow.proc")])

    spoil(farm, node, made)

    assert refusals(farm, node, made) == [rule]
    assert farm.book((made, node, 1)) == []


def test_a_layer_takes_a_whole_node(farm: Farm, db: Database) -> None:
    node = farm.node(cores=8, ram=8192)
    made = launch(db, layer(needs=NeedsT(wholeNode=True)))

    (proc,) = farm.book((UUID(made.layers["beauty"]), node, 2))

    assert (proc["cores"], proc["ram"]) == (8, 8192)


def test_no_more_tasks_of_a_layer_run_on_a_node_than_may(farm: Farm, db: Database) -> None:
    first, second = farm.node("r1", cores=8), farm.node("r2", cores=8)
    made = UUID(launch(db, layer(range="1-9", needs=NeedsT(maxPerNode=2))).layers["beauty"])

    procs = farm.book((made, first, 5), (made, second, 5))

    assert [proc["node_id"] for proc in procs] == [first, first, second, second]
    farm.complete([procs[0]["proc_id"]])
    assert [proc["node_id"] for proc in farm.book((made, second, 1), (made, first, 5))] == [first]


def test_a_reservation_is_kept_for_its_layer_and_gone_when_that_starts(farm: Farm, db: Database) -> None:
    node = farm.node("r1")
    large, small = farm.layer(farm.job("large"), 2), farm.layer(farm.job("small"), 2)
    keep(farm, node, large)

    assert farm.book((small, node, 1)) == []
    farm.execute("update plow.layer set predicted_clock_ms = 3500000 where id = %s", small)
    assert len(farm.book((small, node, 1))) == 1  # over before the hour is
    assert farm.value("select layer_id from plow.reservation") == large, "another's start does not end it"
    assert len(farm.book((large, node, 1))) == 1
    assert farm.execute("select * from plow.reservation") == []


# -------------------- changes


def needs(farm: Farm) -> dict[str, Any] | None:
    found: dict[str, Any] | None = farm.value("select plow.needs_of(layer) from plow.layer")
    return found


def test_what_is_not_said_stays_and_nothing_of_a_kind_takes_it_away(farm: Farm, db: Database) -> None:
    pool(farm)
    farm.execute("select plow.create_limit('nuke', 3, 'TASK')")
    made = launch(db, layer(needs=NeedsT(os="linux", gpus=2, gpuRam=8000, pools=["gpu"], limits=["nuke"])))

    def change(**said: Any) -> None:
        db.run("set_layer_needs", p_layer=made.layers["beauty"], p_needs=Jsonb(said))

    change(maxPerNode=3, gpus=1, wholeNode=True, fitRam=True)
    assert needs(farm) == {
        "os": "linux", "gpus": 1, "gpuRam": 8000, "pools": ["gpu"], "limits": ["nuke"], "maxPerNode": 3,
        "wholeNode": True, "fitRam": True,
    }  # fmt: skip
    change(os="", gpus=0, gpuRam=0, pools=[], limits=[], maxPerNode=0, wholeNode=False, fitRam=False)
    assert needs(farm) is None


def test_a_layer_has_the_needs_of_its_service_and_its_own_over_them(farm: Farm, db: Database) -> None:
    farm.execute(
        "insert into plow.service (name, needs, retry_rules) values ('nuke', %s, %s)",
        Jsonb({"os": "linux", "gpus": 2}), Jsonb({"exits": [7, 1], "delayS": 30}),
    )  # fmt: skip
    launch(db, layer(serv="nuke", needs=NeedsT(gpus=0, maxPerNode=1), retryRules=RetryRulesT(delayS=60)))

    assert needs(farm) == {"os": "linux", "maxPerNode": 1}
    assert farm.value("select plow.retry_of(layer) from plow.layer") == {"exits": [1, 7], "delayS": 60}


def test_retry_rules_are_changed_one_by_one(farm: Farm, db: Database) -> None:
    made = launch(db)

    def change(**said: Any) -> dict[str, Any] | None:
        db.run("set_layer_retry_rules", p_layer=made.layers["beauty"], p_rules=Jsonb(said))
        found: dict[str, Any] | None = farm.value("select plow.retry_of(layer) from plow.layer")
        return found

    assert change(exits=[9, 1, 9]) == {"exits": [1, 9]}
    assert change(delayS=20, mostDelayS=100) == {"exits": [1, 9], "delayS": 20, "mostDelayS": 100}
    assert change(exits=[], delayS=0) == {"mostDelayS": 100}
    with pytest.raises(NotFound):
        db.run("set_layer_retry_rules", p_layer=str(farm.cluster), p_rules=Jsonb({}))
    with pytest.raises(NotFound):
        db.run("set_layer_needs", p_layer=str(farm.cluster), p_needs=Jsonb({}))


# -------------------- undone by one call


def test_a_jobs_failures_on_a_node_are_forgotten(farm: Farm, db: Database) -> None:
    first, second = farm.node("r1"), farm.node("r2")
    layers = [farm.layer(farm.job(name), 3) for name in ("a", "b")]
    for made in layers:
        avoid(farm, made, first), avoid(farm, made, second)
    job = farm.value("select job_id from plow.layer where id = %s", layers[0])

    def left() -> int:
        found: int = farm.value("select count(*)::int from plow.avoid_view")
        return found

    assert farm.book((layers[0], first, 1)) == []
    assert db.value("clear_avoids", p_job=str(job), p_node=str(first)) == 1
    assert (left(), len(farm.book((layers[0], first, 1)))) == (3, 1)
    assert db.value("clear_avoids", p_job=None, p_node=str(second)) == 2
    assert (left(), db.value("clear_avoids", p_job=str(job), p_node=None)) == (1, 0)
    told = farm.execute(
        "select field, old from plow.blame where object_id = %s and field <> '' order by id", job
    )
    assert [tuple(row.values()) for row in told] == [("avoids", "r1"), ("avoids", "r2")]
    with pytest.raises(Invalid, match="say a job, a node, or both"):
        db.value("clear_avoids", p_job=None, p_node=None)
    with pytest.raises(NotFound):
        db.value("clear_avoids", p_job=str(farm.cluster), p_node=None)


def test_what_a_node_is_kept_for_is_given_up(farm: Farm, db: Database) -> None:
    node = farm.node("r1")
    keep(farm, node, farm.layer(farm.job("large"), 2))
    small = farm.layer(farm.job("small"), 2)
    (told,) = farm.execute("select reservation ->> 'sentence' as it from plow.node_view")
    assert told["it"].startswith("node 'r1' is kept for job 'large', layer 'beauty', until 2")

    db.run("clear_reservation", p_node=str(node))

    assert len(farm.book((small, node, 1))) == 1
    blamed = farm.execute("select new, old from plow.blame where field = 'reservation'")
    assert blamed == [{"new": None, "old": told["it"]}]
    with pytest.raises(psycopg.Error, match="no node '"):
        farm.execute("select plow.clear_reservation(%s)", farm.cluster)
