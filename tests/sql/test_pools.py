"""Pools: nodes by name, and what names them: create_pool, set_pool_hosts, set_pool_exclusive, delete_pool, match_pools.

checked_hosts, named_pool, lock_pools, other_pools, shown_hosts, pools_of, pool_ids, set_job_pools.
"""

from __future__ import annotations

import json
import threading
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from plow_client.errors import NotAllowed, NotFound
from plow_client.idl import NeedsT
from plow_server.database import Database
from plow_server.deed import Deed, doing
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer, wait_for_lock

PING = (
    "select * from plow.ping_node(%s, '127.0.0.1:9', '127.0.0.1', now(), 'b', null, 1, '1', false, false, 4, 4, 4096,"
    " 4096, 0, 0, '', '', '{0,0,0}', 4, 4096, '{}')"
)


def create(farm: Farm, name: str, *hosts: str, exclusive: bool = False) -> UUID:
    made: UUID = farm.value("select plow.create_pool(%s, %s, %s)", name, list(hosts), exclusive)
    return made


def pools(farm: Farm) -> dict[str, list[str]]:
    """The names of each node's pools."""
    rows = farm.execute(
        "select node.name, array(select name from plow.pool where id = any(pools) order by 1) as pools from plow.node"
    )
    return {row["name"]: row["pools"] for row in rows}


def named(farm: Farm, thing: str = "layer") -> list[str]:
    found: list[str] = farm.value(
        f"select array(select pool.name from plow.pool, plow.{thing} where pool.id = any({thing}.pools) order by 1)"
    )
    return found


def booked(farm: Farm, layer: UUID | str, *nodes: UUID) -> list[UUID]:
    """The nodes of those offered that took a task."""
    return [node for node in nodes if farm.book((layer, node, 1))]  # type: ignore[arg-type]


def test_names_are_exact_in_any_case_and_a_bare_one_stands_for_the_first_label(farm: Farm) -> None:
    for name in ("pc-1", "pc-10", "pc-1.lan", "PC-1.other", "xpc-1", "pc-11.pc-1"):
        farm.node(name)
    create(farm, "bare", "PC-1")
    create(farm, "full", "pc-1.LAN")
    create(farm, "part", "pc", "lan")

    assert pools(farm) == {
        "pc-1": ["bare"], "pc-10": [], "pc-1.lan": ["bare", "full"], "PC-1.other": ["bare"], "xpc-1": [],
        "pc-11.pc-1": [],
    }  # fmt: skip
    assert farm.value("select node_count from plow.pool_view where name = 'bare'") == 3


@pytest.mark.parametrize("state", ["DOWN", "UP"])
def test_members_may_be_offline_or_unknown_until_they_ping(farm: Farm, state: str) -> None:
    farm.node("r1", state=state)
    create(farm, "gpu", "r1", "r2")
    assert pools(farm) == {"r1": ["gpu"]}

    farm.execute(PING, "r2.farm.lan")

    assert pools(farm) == {"r1": ["gpu"], "r2.farm.lan": ["gpu"]}
    assert farm.value("select hosts from plow.pool_view") == ["r1", "r2"]


def test_a_layer_that_names_pools_runs_in_one_of_them_only(farm: Farm, db: Database) -> None:
    inside, outside = farm.node("r1"), farm.node("r2")
    create(farm, "a", "r1")
    create(farm, "b")
    job = launch(db, layer(needs=NeedsT(pools=["B", "a"])))

    assert booked(farm, job.layers["beauty"], outside, inside) == [inside]


def test_an_exclusive_pool_takes_only_what_names_it(farm: Farm, db: Database) -> None:
    node = farm.node("r1")
    pool = create(farm, "vip", "r1", exclusive=True)
    create(farm, "all", "r1")
    other, guest = launch(db, name="other"), launch(db, layer(needs=NeedsT(pools=["all"])), name="guest")
    owner = launch(db, layer(needs=NeedsT(pools=["vip"])), name="owner")

    assert [booked(farm, job.layers["beauty"], node) for job in (other, guest, owner)] == [[], [], [node]]
    farm.execute("select plow.set_pool_exclusive(%s, false)", pool)
    assert booked(farm, other.layers["beauty"], node) == [node]


def test_pools_are_looked_up_at_each_booking(farm: Farm, db: Database) -> None:
    first, second = farm.node("r1"), farm.node("r2")
    pool = create(farm, "gpu", "r1")
    job = launch(db, layer(needs=NeedsT(pools=["gpu"])))

    farm.execute("select plow.set_pool_hosts(%s, '{r2}')", pool)

    assert booked(farm, job.layers["beauty"], first, second) == [second]


def test_a_renamed_pool_is_the_same_pool(farm: Farm, db: Database) -> None:
    node, pool = farm.node("r1"), create(farm, "gpu", "r1")
    job = launch(db, layer(needs=NeedsT(pools=["gpu"])))

    assert db.run("set_pool_name", id=str(pool), name="cards")

    assert farm.value("select plow.needs_of(layer) from plow.layer") == {"pools": ["cards"]}
    assert booked(farm, job.layers["beauty"], node) == [node]
    with pytest.raises(NotFound, match="no pool 'gpu'"):
        launch(db, name="late", pools=["gpu"])


def test_a_name_is_taken_in_any_case(farm: Farm) -> None:
    create(farm, "gpu")
    with pytest.raises(psycopg.errors.UniqueViolation):
        create(farm, "GPU")


@pytest.mark.parametrize("host", ["", "a b", "a\nb", "x" * 256])
def test_a_host_is_one_word(farm: Farm, host: str) -> None:
    with pytest.raises(psycopg.Error, match="a host is a word of 1 to 255 characters"):
        create(farm, "gpu", host)


def test_hosts_are_kept_once_in_lower_case(farm: Farm) -> None:
    create(farm, "gpu", "R2", "r1", "r2")
    assert farm.value("select hosts from plow.pool_view") == ["r1", "r2"]


def test_some_hosts_come_and_others_go_whoever_else_changes_the_pool(farm: Farm) -> None:
    pool = create(farm, "gpu", "r1", "r2")

    farm.execute("select plow.change_pool_hosts(%s, '{R3,r2}', '{R1}', 3)", pool)

    assert farm.value("select array_agg(host order by host) from plow.pool_host") == ["r2", "r3"]
    for change, why in (("'{}', '{r9}'", "has no host 'r9'"), ("'{r4,r5}', '{}'", "at most 3 are allowed")):
        with pytest.raises(psycopg.Error, match=why):
            farm.execute(f"select plow.change_pool_hosts(%s, {change}, 3)", pool)


@pytest.mark.parametrize(
    "act", ["set_pool_hosts(%s, '{}')", "set_pool_exclusive(%s, true)", "delete_pool(%s)"]
)
def test_a_pool_that_is_not_there_is_named(farm: Farm, act: str) -> None:
    with pytest.raises(psycopg.Error, match="no pool '"):
        farm.execute(f"select plow.{act}", farm.cluster)


def test_a_jobs_pools_are_those_of_layers_that_name_none(farm: Farm, db: Database) -> None:
    for name in ("a", "b", "c"):
        create(farm, name)
    job = launch(db, layer("own", needs=NeedsT(pools=["c"])), layer("plain"), pools=["a"])
    names = "array(select pool.name from plow.pool where id = any(pools) order by 1)"
    seen = f"select name, {names} as pools from plow.layer order by 1"

    def told() -> dict[str, list[str]]:
        return {row["name"]: row["pools"] for row in farm.execute(seen)}

    assert told() == {"own": ["c"], "plain": ["a"]}
    db.run("set_job_pools", p_job=job.id, p_pools=Jsonb(["B", "a"]))
    assert told() == {"own": ["c"], "plain": ["a", "b"]}
    db.run("set_layer_needs", p_layer=job.layers["own"], p_needs=Jsonb({"pools": []}))
    assert told() == {"own": ["a", "b"], "plain": ["a", "b"]}
    db.run("set_job_pools", p_job=job.id, p_pools=Jsonb([]))
    assert told() == {"own": [], "plain": []}


# -------------------- deleting


def test_a_pool_that_unfinished_work_names_stays(farm: Farm, db: Database) -> None:
    pool = create(farm, "gpu")
    job = launch(db, layer(needs=NeedsT(pools=["gpu"])))
    with pytest.raises(NotAllowed, match="pool 'gpu' is in use by unfinished jobs: 'shot' names it"):
        db.run("delete_pool", p_pool=str(pool), p_move_to="")

    db.run("kill_job", p_job=job.id, p_reason="")
    db.run("delete_pool", p_pool=str(pool), p_move_to="")

    assert named(farm) == []


def test_a_job_killed_before_its_pool_went_may_be_restarted(farm: Farm, db: Database) -> None:
    node, pool = farm.node("r1"), create(farm, "gpu")
    job = launch(db, layer(needs=NeedsT(pools=["gpu"])), pools=["gpu"])
    db.run("kill_job", p_job=job.id, p_reason="")
    db.run("delete_pool", p_pool=str(pool), p_move_to="")

    db.run("restart_job", p_job=job.id, p_failed_only=False, p_reason="")

    assert booked(farm, job.layers["beauty"], node) == [node]


def test_a_layer_whose_own_pool_went_has_its_jobs(farm: Farm) -> None:
    own, others = (farm.value("select plow.create_pool(%s, '{}', false)", name) for name in ("own", "others"))
    layer = farm.layer(job := farm.job(), tasks=1)
    farm.execute("select plow.set_job_pools(%s, '[\"others\"]')", job)
    farm.execute('select plow.set_layer_needs(%s, \'{"pools": ["own"]}\')', layer)
    farm.execute("select plow.kill_job(%s, '')", job)

    farm.execute("select plow.delete_pool(%s)", own)

    assert farm.value("select pools from plow.layer") == [others]


def test_queued_work_moves_to_another_pool(farm: Farm, db: Database) -> None:
    old_node, new_node = farm.node("r1"), farm.node("r2")
    old, new = create(farm, "old", "r1"), create(farm, "new", "r2")
    job = launch(db, layer("own", needs=NeedsT(pools=["old", "new"])), layer("plain"), pools=["old"])

    db.run("delete_pool", p_pool=str(old), p_move_to="NEW")

    assert farm.value("select array_agg(distinct pools) = array[array[%s]] from plow.layer", new)
    assert named(farm, "job") == ["new"]
    assert booked(farm, job.layers["plain"], old_node, new_node) == [new_node]
    assert pools(farm) == {"r1": [], "r2": ["new"]}


def test_of_very_many_that_name_a_pool_some_are_moved_at_a_time(farm: Farm, db: Database) -> None:
    old, new = create(farm, "old"), create(farm, "new")
    for n in range(3):
        launch(db, layer("own", needs=NeedsT(pools=["old"])), layer("plain"), name=f"shot{n}", pools=["old"])
    move = "select plow.move_off_pool(%s, 'new', 2)"

    assert farm.value(move, old) > 0
    assert farm.value("select count(*) from plow.layer where pools = array[%s]", new) == 2
    while farm.value(move, old):
        pass

    assert farm.value("select array_agg(distinct pools) = array[array[%s]] from plow.layer", new)
    assert farm.value("select array_agg(distinct pools) = array[array[%s]] from plow.job", new)


def test_a_pool_moves_neither_to_itself_nor_to_none(farm: Farm) -> None:
    pool = create(farm, "gpu")
    for to, why in (
        ("gpu", "cannot take over from itself"),
        (str(pool), "from itself"),
        ("x", "no pool 'x'"),
    ):
        with pytest.raises(psycopg.Error, match=why):
            farm.execute("select plow.delete_pool(%s, %s)", pool, to)


def test_an_exclusive_pool_that_goes_sets_its_nodes_free(farm: Farm, db: Database) -> None:
    node, pool = farm.node("r1"), create(farm, "vip", "r1", exclusive=True)
    farm.execute("select plow.delete_pool(%s)", pool)

    assert booked(farm, launch(db).layers["beauty"], node) == [node]


# -------------------- at the same time


def test_a_node_that_joins_while_its_pool_is_made_is_in_it(farm: Farm) -> None:
    """Whoever comes first, the other sees it."""
    other, rival = farm.connect(), farm.connect()
    make = "select plow.create_pool('gpu', '{r1,r2}', false)"

    def late(query: str, *values: object) -> threading.Thread:
        thread = threading.Thread(target=lambda: rival.execute(query.encode(), values))
        thread.start()
        wait_for_lock(farm)
        return thread

    with other.transaction():
        other.execute(PING.encode(), ["r1"])
        thread = late(make)
    thread.join()
    assert pools(farm) == {"r1": ["gpu"]}
    farm.execute("select plow.delete_pool(id) from plow.pool")
    with other.transaction():
        other.execute(make.encode())
        thread = late(PING, "r2")
    thread.join()
    other.close()
    rival.close()

    assert pools(farm) == {"r1": ["gpu"], "r2": ["gpu"]}


def test_a_pool_named_while_it_is_deleted_is_missing_or_stays(farm: Farm, db: Database) -> None:
    pool = create(farm, "gpu")
    job = launch(db)
    errors: list[Exception] = []

    def delete() -> None:
        try:
            db.run("delete_pool", p_pool=str(pool), p_move_to="")
        except Exception as error:  # noqa: BLE001 - looked at below
            errors.append(error)

    other = farm.connect()
    with other.transaction():
        other.execute(
            "select plow.set_layer_needs(%s, %s)", [job.layers["beauty"], Jsonb({"pools": ["gpu"]})]
        )
        thread = threading.Thread(target=delete)
        thread.start()
        wait_for_lock(farm)
    thread.join()
    assert [str(error) for error in errors] == ["pool 'gpu' is in use by unfinished jobs: 'shot' names it"]

    db.run("set_layer_needs", p_layer=job.layers["beauty"], p_needs=Jsonb({"pools": []}))
    named_late: list[Exception] = []

    def name() -> None:
        try:
            db.run("set_job_pools", p_job=job.id, p_pools=Jsonb(["gpu"]))
        except NotFound as error:
            named_late.append(error)

    with other.transaction():
        other.execute("select plow.delete_pool(%s)", [pool])
        thread = threading.Thread(target=name)
        thread.start()
        wait_for_lock(farm)
    thread.join()
    other.close()

    assert [str(error) for error in named_late] == ["no pool 'gpu'"]


# -------------------- who did it


def test_a_pools_hosts_are_blamed_on_who_changed_them(farm: Farm, db: Database) -> None:
    with doing(Deed("anna", True, "", "setPoolHosts", None)):
        pool = db.value("create_pool", p_name="gpu", p_hosts=["r2", "r1"], p_exclusive=False)
        db.run("set_pool_hosts", p_pool=pool, p_hosts=["r1"])
        db.run("set_pool_hosts", p_pool=pool, p_hosts=["R1"])
        db.run("set_pool_exclusive", p_pool=pool, p_exclusive=True)
        db.run("delete_pool", p_pool=pool, p_move_to="")
    rows = farm.execute(
        "select actor, noun, field, old, new from plow.blame where object_id = %s order by id", pool
    )

    assert {(row["actor"], row["noun"]) for row in rows} == {("anna", "pool")}
    assert [(row["field"], row["old"], row["new"]) for row in rows[:-1]] == [
        ("", None, "gpu"), ("hosts", "[]", '["r1", "r2"]'), ("hosts", '["r1", "r2"]', '["r1"]'),
        ("is_exclusive", "false", "true"),
    ]  # fmt: skip
    assert json.loads(rows[-1]["old"])["name"] == "gpu"


def test_a_changed_pool_of_a_job_is_told_by_its_name(farm: Farm, db: Database) -> None:
    create(farm, "gpu")
    job = launch(db)
    db.run("set_job_pools", p_job=job.id, p_pools=Jsonb(["gpu"]))

    rows = farm.execute(
        "select noun, field, old, new from plow.blame where job_id = %s and field <> ''", job.id
    )
    assert {tuple(row.values()) for row in rows} == {
        ("job", "pools", "[]", '["gpu"]'),
        ("layer", "pools", "[]", '["gpu"]'),
    }
