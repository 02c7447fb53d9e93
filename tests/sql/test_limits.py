"""Limits: counts of something scarce: create_limit, set_limit, clear_limit_wait, delete_limit, hold_limits, limit_ids.

lock_limits, limit_holder, give_back, and what commit_plan makes of them.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from plow_client.errors import NotAllowed, NotFound
from plow_client.idl import NeedsT
from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch, layer, wait_for_lock


def create(farm: Farm, total: int, per: str = "TASK", name: str = "nuke") -> UUID:
    made: UUID = farm.value("select plow.create_limit(%s, %s, %s)", name, total, per)
    return made


def seen(farm: Farm, name: str = "nuke") -> Row:
    return farm.execute("select * from plow.limit_view where name = %s", name)[0]


def work(db: Database, *limits: str, tasks: int = 6, **fields: Any) -> UUID:
    """A layer that uses these limits."""
    asked = layer(range=f"1-{tasks}", needs=NeedsT(limits=list(limits or ("nuke",))))
    return UUID(launch(db, asked, **fields).layers["beauty"])


def test_each_task_uses_one(farm: Farm, db: Database) -> None:
    create(farm, 3)
    layer, node = work(db), farm.node(cores=8)

    procs = farm.book((layer, node, 6))

    assert (len(procs), seen(farm)["used"]) == (3, 3)
    farm.complete([procs[0]["proc_id"]])
    assert seen(farm)["used"] == 2
    assert len(farm.book((layer, node, 6))) == 1


def test_all_tasks_on_a_node_use_one_together(farm: Farm, db: Database) -> None:
    create(farm, 1, "NODE")
    layer, first, second = work(db), farm.node("r1", cores=8), farm.node("r2", cores=8)

    procs = farm.book((layer, first, 2), (layer, second, 2))

    assert [proc["node_id"] for proc in procs] == [first, first]
    assert seen(farm)["used"] == 1
    farm.complete([procs[0]["proc_id"]])
    assert (farm.book((layer, second, 1)), len(farm.book((layer, first, 1)))) == ([], 1)
    farm.complete([row["id"] for row in farm.execute("select id from plow.proc")])
    assert len(farm.book((layer, second, 2))) == 2


def test_all_tasks_of_a_user_use_one_together(farm: Farm, db: Database) -> None:
    create(farm, 1, "USER")
    annas, node = work(db), farm.node(cores=16)
    hers, bens = work(db, name="hers"), work(db, name="his", username="ben")

    assert len(farm.book((annas, node, 2), (bens, node, 2), (hers, node, 2))) == 4
    assert seen(farm)["used"] == 1


def test_a_task_that_uses_several_needs_all_of_them(farm: Farm, db: Database) -> None:
    create(farm, 9), create(farm, 2, "NODE", "host"), create(farm, 1, "TASK", "rare")
    layer, node = work(db, "nuke", "host", "rare"), farm.node(cores=8)

    assert len(farm.book((layer, node, 4))) == 1
    assert [seen(farm, name)["used"] for name in ("nuke", "host", "rare")] == [1, 1, 1]


def test_what_is_beyond_a_lowered_total_goes_on(farm: Farm, db: Database) -> None:
    limit = create(farm, 4)
    layer, node = work(db, tasks=9), farm.node(cores=8)
    procs = [row["proc_id"] for row in farm.book((layer, node, 4))]

    db.run("set_limit", p_limit=str(limit), p_total=2)

    assert (seen(farm)["total"], seen(farm)["used"]) == (2, 4)
    farm.complete(procs[:2])
    assert farm.book((layer, node, 4)) == []
    farm.complete(procs[2:3])
    assert len(farm.book((layer, node, 4))) == 1


def test_what_is_held_back_is_left_alone(farm: Farm, db: Database) -> None:
    limit = create(farm, 4)
    layer, node = work(db), farm.node(cores=8)
    db.run("set_limit", p_limit=str(limit), p_held_back=3)

    assert len(farm.book((layer, node, 4))) == 1
    db.run("set_limit", p_limit=str(limit), p_held_back=9)
    assert farm.book((layer, node, 4)) == []
    db.run("set_limit", p_limit=str(limit), p_held_back=0)
    assert len(farm.book((layer, node, 4))) == 3


@pytest.mark.parametrize("act", ["set_limit(%s, -1)", "set_limit(%s, null, -1)"])
def test_numbers_below_0_are_refused(farm: Farm, act: str) -> None:
    limit = create(farm, 4)
    with pytest.raises(psycopg.errors.CheckViolation):
        farm.execute(f"select plow.{act}", limit)


@pytest.mark.parametrize("act", ["set_limit(%s, 1)", "clear_limit_wait(%s)", "delete_limit(%s)"])
def test_a_limit_that_is_not_there_is_named(farm: Farm, act: str) -> None:
    with pytest.raises(psycopg.Error, match="no limit '"):
        farm.execute(f"select plow.{act}", farm.cluster)


def test_what_could_start_but_for_a_limit_is_counted(farm: Farm, db: Database) -> None:
    create(farm, 2)
    layer, node = work(db), farm.node(cores=8)
    work(db, name="paused", paused=True)
    assert seen(farm)["waiting"] == 0

    farm.book((layer, node, 2))

    assert seen(farm)["waiting"] == 4


def test_the_last_licence_is_booked_once(farm: Farm, db: Database) -> None:
    create(farm, 1)
    node, layers = farm.node(cores=8), [work(db, name="a"), work(db, name="b")]
    other, rival = farm.connect(), farm.beside()
    plan = "select * from plow.commit_plan(array[%s::uuid], array[%s::uuid], '{1}')"
    late: list[Row] = []
    farm.node("r2", cores=8)
    second = farm.value("select id from plow.node where name = 'r2'")

    with other.transaction():
        assert len(other.execute(plan.encode(), [layers[0], node]).fetchall()) == 1
        thread = threading.Thread(target=lambda: late.extend(rival.book((layers[1], second, 1))))
        thread.start()
        wait_for_lock(farm)
    thread.join()
    other.close()
    rival.close()

    assert (late, seen(farm)["used"]) == ([], 1)


# -------------------- shortages


def short(farm: Farm, layer: UUID, node: UUID, n: int = 1) -> list[UUID]:
    procs = [row["proc_id"] for row in farm.book((layer, node, n))]
    farm.complete(procs, status=1, end="LICENSE", reason="no licence")
    return procs


def wait_s(farm: Farm) -> float | None:
    found: timedelta | None = farm.value("select not_before - plow.now() from plow.limit_counter")
    return found and found.total_seconds()


def pass_time(farm: Farm, seconds: float) -> None:
    farm.execute(
        "select set_config('plow.now', (plow.now() + make_interval(secs => %s))::text, false)", seconds
    )


@pytest.fixture
def clock(farm: Farm) -> None:
    farm.execute("set plow.now = '2030-01-01'")


def test_a_shortage_holds_back_the_limit_not_the_layer(farm: Farm, db: Database, clock: None) -> None:
    create(farm, 5), create(farm, 5, name="other")
    layer, node = work(db), farm.node(cores=16)
    same, apart = work(db, name="same"), work(db, "other", name="apart")

    short(farm, layer, node)

    assert farm.execute("select * from plow.retry_wait") == []
    assert (farm.book((layer, node, 1)), farm.book((same, node, 1))) == ([], [])
    assert len(farm.book((apart, node, 1))) == 1
    told = seen(farm)
    assert told["reason"] == "none was free for 0001-beauty of shot on n1: no licence"
    assert (told["waiting"], told["not_before"] > 0) == (12, True)


def test_a_shortage_costs_no_retry_however_often(farm: Farm, db: Database, clock: None) -> None:
    create(farm, 5)
    layer, node = work(db, tasks=1), farm.node()
    for _ in range(12):
        assert short(farm, layer, node)
        pass_time(farm, 601)

    task = farm.tasks(layer)[0]
    assert (task["state"], task["failures"], task["losses"]) == ("WAITING", 0, 0)


def test_a_layer_without_limits_waits_itself(farm: Farm, db: Database) -> None:
    launched = UUID(launch(db).layers["beauty"])
    short(farm, launched, farm.node())

    assert [row["layer_id"] for row in farm.execute("select * from plow.retry_wait")] == [launched]


def test_the_wait_doubles_to_ten_minutes_and_is_forgotten_after_as_many_of_quiet(
    farm: Farm, db: Database, clock: None
) -> None:
    create(farm, 5)
    layer, node = work(db), farm.node()
    waits = []
    for _ in range(8):
        short(farm, layer, node)
        waits.append(wait_s(farm))
        pass_time(farm, waits[-1] or 0)

    assert waits == [10, 20, 40, 80, 160, 320, 600, 600]
    pass_time(farm, 601)
    short(farm, layer, node)
    assert wait_s(farm) == 10


def test_attempts_that_end_during_a_wait_add_nothing(farm: Farm, db: Database, clock: None) -> None:
    create(farm, 5)
    layer, node = work(db), farm.node()
    late = [row["proc_id"] for row in farm.book((layer, node, 2))]
    short(farm, layer, node, n=2)
    pass_time(farm, 5)

    farm.complete(late, status=1, end="LICENSE")

    assert wait_s(farm) == 5


def test_one_call_tries_it_again(farm: Farm, db: Database, clock: None) -> None:
    limit = create(farm, 5)
    layer, node = work(db), farm.node()
    short(farm, layer, node)

    farm.execute("select plow.clear_limit_wait(%s)", limit)

    assert (seen(farm)["not_before"], seen(farm)["reason"]) == (None, None)
    assert short(farm, layer, node)
    assert wait_s(farm) == 10
    told = [
        row["new"]
        for row in farm.execute("select new from plow.blame where field = 'not_before' order by id")
    ]
    assert [text and text.partition(", ")[2][:17] for text in told] == [
        "none was free for",
        None,
        "none was free for",
    ]


# -------------------- naming and deleting


def test_a_limit_in_use_is_not_deleted(farm: Farm, db: Database) -> None:
    limit = create(farm, 5)
    layer, node = work(db), farm.node()
    (proc,) = farm.book((layer, node, 1))
    with pytest.raises(NotAllowed, match="limit 'nuke' is in use by unfinished jobs: 'shot' names it"):
        db.run("delete_limit", p_limit=str(limit))

    db.run("kill_job", p_job=str(proc["job_id"]), p_reason="")
    with pytest.raises(NotAllowed, match="limit 'nuke' is in use: tasks that have it still end"):
        db.run("delete_limit", p_limit=str(limit))

    farm.complete([proc["proc_id"]], end="KILLED")
    db.run("delete_limit", p_limit=str(limit))
    assert farm.value("select limits from plow.layer") == []
    assert farm.value("select count(*)::int from plow.limit_counter") == 0


def test_a_limit_named_while_it_is_deleted_stays(farm: Farm, db: Database) -> None:
    limit, job = create(farm, 5), launch(db)
    errors: list[Exception] = []

    def delete() -> None:
        try:
            db.run("delete_limit", p_limit=str(limit))
        except Exception as error:  # noqa: BLE001 - looked at below
            errors.append(error)

    other = farm.connect()
    with other.transaction():
        other.execute(
            "select plow.set_layer_needs(%s, %s)", [job.layers["beauty"], Jsonb({"limits": ["nuke"]})]
        )
        thread = threading.Thread(target=delete)
        thread.start()
        wait_for_lock(farm)
    thread.join()
    other.close()

    assert [str(error) for error in errors] == ["limit 'nuke' is in use by unfinished jobs: 'shot' names it"]


def test_a_name_that_no_limit_has_is_refused(farm: Farm, db: Database) -> None:
    with pytest.raises(NotFound, match="no limit 'maya'"):
        work(db, "maya")


def test_a_layer_may_name_others_while_it_runs(farm: Farm, db: Database) -> None:
    """What runs gives back what it was booked with."""
    create(farm, 5), create(farm, 5, name="maya")
    layer, node = work(db), farm.node()
    procs = farm.book((layer, node, 2))

    db.run("set_layer_needs", p_layer=str(layer), p_needs=Jsonb({"limits": ["maya"]}))
    farm.book((layer, node, 1))

    assert (seen(farm)["used"], seen(farm, "maya")["used"]) == (2, 1)
    farm.complete([proc["proc_id"] for proc in procs])
    assert (seen(farm)["used"], seen(farm, "maya")["used"]) == (0, 1)


@pytest.mark.parametrize("act", ["set_limit(%s, 7)", "clear_limit_wait(%s)"])
def test_a_change_rings_the_dispatcher(farm: Farm, act: str) -> None:
    limit = create(farm, 5)
    other = farm.connect()
    other.execute("listen plow_farm")

    farm.execute(f"select plow.{act}", limit)

    assert [notice.channel for notice in other.notifies(timeout=5, stop_after=1)] == ["plow_farm"]
    other.close()


def test_changes_are_blamed(farm: Farm, db: Database) -> None:
    limit = create(farm, 5)
    db.run("set_limit", p_limit=str(limit), p_total=7, p_held_back=1)
    db.run("delete_limit", p_limit=str(limit))

    rows = farm.execute(
        "select noun, field, old, new from plow.blame where object_id = %s order by id", limit
    )
    assert [tuple(row.values()) for row in rows[:-1]] == [
        ("limit", "", None, "nuke"), ("limit", "total", "5", "7"), ("limit", "held_back", "0", "1"),
    ]  # fmt: skip
    assert rows[-1]["new"] is None
