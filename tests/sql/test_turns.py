"""Who takes turns: what depends on rows that somebody has in hand is decided when he is done, or is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest

from plow_client.errors import Invalid, NotAllowed, NotFound
from plow_server.database import Database
from plow_server.handlers.depend import create_job_on_job_depend
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch, layer
from tests.sql.test_add_depends import add
from tests.sql.test_races import Session, farm_on, while_open
from tests.sql.test_record_use import booked, record


@contextmanager
def in_hand(farm: Farm, rows: str, *values: object, patience: str) -> Iterator[None]:
    """While somebody has these rows in hand the farm waits for no lock longer than that."""
    farm.execute(f"set lock_timeout = '{patience}'")
    with farm.connect() as other, other.transaction():
        other.execute(rows.encode(), values)
        yield
    farm.execute("reset lock_timeout")


# ---- what is decided when the other is done


def test_of_two_filters_made_at_once_one_is_too_many(farm: Farm, db: Database) -> None:
    late = {"p_project": farm.project, "p_name": "late", "p_most": 1}
    with pytest.raises(NotAllowed, match="the project has 1 filters"):
        with while_open(farm, lambda: db.value("create_filter", **late)) as other:
            other.execute("select plow.create_filter(%s, 'first')", (farm.project,))


def test_two_folders_made_at_once_have_places_of_their_own(farm: Farm, db: Database) -> None:
    with while_open(farm, lambda: db.value("create_folder", p_project=farm.project, p_name="late")) as other:
        other.execute("select plow.create_folder(%s, 'first')", (farm.project,))
    rows = farm.execute("select name, sort_order from plow.folder order by sort_order")
    assert [(row["name"], row["sort_order"]) for row in rows] == [("jobs", 0), ("first", 2), ("late", 4)]


def test_a_folder_that_takes_a_job_meanwhile_is_kept(farm: Farm, db: Database) -> None:
    folder = db.value("create_folder", p_project=farm.project, p_name="fx")
    with pytest.raises(NotAllowed, match="folder 'fx' holds jobs"):
        with while_open(farm, lambda: db.run("delete_folder", p_folder=folder)) as other:
            rival = farm_on(other)
            rival.project, rival.folder = farm.project, UUID(folder)
            rival.job("late")


def test_a_cluster_that_becomes_the_default_meanwhile_is_kept(farm: Farm, db: Database) -> None:
    cluster = db.value("create_cluster", p_name="sim")
    with pytest.raises(NotAllowed, match="cluster 'sim' is where new nodes land"):
        with while_open(farm, lambda: db.value("delete_cluster", p_cluster=cluster)) as other:
            other.execute("select plow.set_default_cluster(%s)", (cluster,))


def test_of_two_new_default_clusters_the_later_one_is_it(farm: Farm, db: Database) -> None:
    first, late = (db.value("create_cluster", p_name=name) for name in ("first", "late"))
    with while_open(farm, lambda: db.run("set_default_cluster", p_cluster=late)) as other:
        other.execute("select plow.set_default_cluster(%s)", (first,))
    assert farm.execute("select name from plow.cluster where is_default") == [{"name": "late"}]


def test_of_two_who_lock_a_cluster_one_is_told_that_it_was_locked(farm: Farm, db: Database) -> None:
    cluster = db.value("create_cluster", p_name="sim")
    told: list[bool] = []
    lock = {"p_cluster": cluster, "p_locked": True}
    with while_open(farm, lambda: told.append(db.value("lock_cluster", **lock))) as other:
        other.execute("select plow.lock_cluster(%s, true)", (cluster,))
    assert told == [False]


def test_a_node_does_not_move_to_a_cluster_that_goes(farm: Farm, db: Database) -> None:
    cluster, node = db.value("create_cluster", p_name="sim"), farm.node()
    move = {"p_node": node, "p_cluster": cluster}
    with pytest.raises(NotFound, match=f"no cluster '{cluster}'"):
        with while_open(farm, lambda: db.run("set_node_cluster", **move)) as other:
            other.execute("select plow.delete_cluster(%s)", (cluster,))


def test_a_job_takes_to_its_new_folder_what_was_just_booked(farm: Farm, db: Database) -> None:
    folder = db.value("create_folder", p_project=farm.project, p_name="fx")
    job, node = launch(db), farm.node()
    with while_open(farm, lambda: db.run("set_job_folder", p_job=job.id, p_folder=folder)) as other:
        assert len(farm_on(other).book((UUID(job.layers["beauty"]), node, 1))) == 1
    assert farm.faults() == []
    assert farm.counter("folder_counter", folder_id=folder)["run_procs"] == 1


def test_nothing_of_a_layer_starts_with_what_its_old_service_asked_for(farm: Farm, db: Database) -> None:
    farm.insert("service", name="huge", min_cores=99)
    beauty, node = launch(db).layers["beauty"], farm.node()
    started: list[Row] = []
    plan = {"p_layer": [beauty], "p_node": [node], "p_n": [1]}
    with while_open(farm, lambda: started.extend(db.all("commit_plan", **plan))) as other:
        other.execute("select plow.set_layer_service(%s, 'huge')", (beauty,))
    assert started == []


def test_new_settings_end_also_the_wait_that_just_begins(farm: Farm) -> None:
    beauty = farm.layer(farm.job(), 1)
    (row,) = farm.book((beauty, farm.node(), 1))
    rival = farm.beside()
    with while_open(farm, lambda: rival.execute("select plow.set_layer_run(%s, '{}')", beauty)) as other:
        farm_on(other).complete([row["proc_id"]], status=1, end="LICENSE")
    rival.close()
    assert farm.value("select count(*) from plow.retry_wait") == 0


def test_a_depend_that_holds_again_closes_no_circle_with_a_new_one(farm: Farm, db: Database) -> None:
    a, b, c, d = (launch(db, name=name) for name in "abcd")
    add(db, "JOB_ON_JOB", b, c)
    add(db, "JOB_ON_JOB", d, a)
    dropped = add(db, "JOB_ON_JOB", a, b)
    db.run("drop_depend", p_depend=dropped)
    with pytest.raises(Invalid, match="that would be a circle"):
        with while_open(farm, lambda: create_job_on_job_depend(db, c.id, d.id)) as other:  # type: ignore[arg-type]
            other.execute("select plow.activate_depend(%s)", (dropped,))


def test_a_depend_is_not_counted_in_tasks_of_a_layer_in_other_hands(farm: Farm, db: Database) -> None:
    first, job = launch(db, name="first"), launch(db, layer(range="1"))
    farm.book((UUID(job.layers["beauty"]), farm.node(), 1))  # nothing waits: no counter of the layer changes
    held = "select plow.lock_rows(null, null, null, array[%s::uuid], null)"
    with in_hand(farm, held, job.layers["beauty"], patience="1ms"):
        with pytest.raises(psycopg.errors.LockNotAvailable):
            farm.execute(
                "select plow.add_depends('{JOB_ON_JOB}', array[%s::uuid], '{null}', '{null}', array[%s::uuid],"
                " '{null}', '{null}')",
                job.id, first.id,
            )  # fmt: skip


# ---- in one order, or they would wait for each other


@contextmanager
def crossed(farm: Farm, late: str, *values: object, last: str) -> Iterator[Session]:
    """while_open with a statement that nobody tries again after a deadlock."""
    rival = farm.beside()
    with while_open(farm, lambda: rival.execute(late, *values), last=last) as other:
        yield other
    rival.close()


@pytest.mark.parametrize("act", ["begin_reboot", "delete_node"])
def test_who_steers_a_node_and_its_ping_do_not_wait_for_each_other(farm: Farm, act: str) -> None:
    node = farm.node(state="UP" if act == "begin_reboot" else "DOWN")
    resize = f"select plow.lock_rows(null, null, null, null, '{{{node}}}')"
    with crossed(farm, f"select plow.{act}(%s)", node, last=resize) as other:
        other.execute("select from plow.node_report for update")


def test_a_project_goes_while_its_quota_is_changed(farm: Farm, db: Database) -> None:
    project = db.value("create_project", p_title="Old", p_code="old")
    cluster = db.value("create_cluster", p_name="sim")
    quota = db.value("create_quota", p_project=project, p_cluster=cluster, p_size=1, p_burst=1)
    change = f"select plow.set_quota('{quota}', 5)"
    with crossed(farm, "select plow.delete_project(%s)", project, last=change) as other:
        other.execute("select plow.lock_rows(array[%s::uuid], null, null, null, null)", (quota,))


def test_nodes_that_answer_again_are_forgiven_in_one_order(farm: Farm) -> None:
    nodes = sorted(farm.node(f"n{n}") for n in range(8))
    for node in reversed(nodes):  # as they lie in the table
        farm.execute("select plow.note_uncallable(%s, 'no route', 3)", node)
    others = f"select from plow.uncallable where node_id <> '{nodes[0]}' for update"
    with crossed(farm, "select plow.note_callable(%s)", nodes, last=others) as other:
        other.execute("select from plow.uncallable where node_id = %s for update", (nodes[0],))
    assert farm.value("select count(*) from plow.uncallable") == 0


# ---- what is passed over, because it is said again or does not matter


def test_a_ping_waits_for_nobody_who_has_its_procs_in_hand(farm: Farm) -> None:
    procs = booked(farm, 1)
    with in_hand(farm, "select from plow.proc for update", patience="1s"):
        farm.execute("select plow.confirm_procs(%s)", procs)
        record(farm, procs)
        assert farm.value("select count(*) from plow.proc_use") == 0
    assert farm.value("select state from plow.proc") == "BOOKED"


def test_an_old_wait_that_others_clear_is_left_to_them(farm: Farm) -> None:
    old, beauty = (farm.layer(farm.job(name), 1) for name in ("old", "shot"))
    (row,) = farm.book((beauty, farm.node(), 1))
    farm.execute(
        "insert into plow.retry_wait (layer_id, until, wait_s) values (%s, plow.now() - interval '1 hour', 10)",
        old,
    )
    with in_hand(farm, "select from plow.retry_wait for update", patience="1s"):
        farm.complete([row["proc_id"]], status=1, end="LICENSE")
    assert farm.value("select count(*) from plow.retry_wait") == 2


def test_what_a_layer_asks_for_is_not_lowered_by_older_news(farm: Farm) -> None:
    first, last = sorted(farm.layer(farm.job(name), 1) for name in ("a", "b"))
    node, rival = farm.node(), farm.beside()
    procs = [farm.book((each, node, 1))[0]["proc_id"] for each in (first, last)]
    told: tuple[Any, ...] = ("select plow.raise_ram(%s, '{1000, 1000}')", procs)
    more = f"update plow.layer set min_ram = 2048 where id = '{last}'"
    with while_open(farm, lambda: rival.execute(*told), then=more) as other:
        held(other, first)
    rival.close()
    assert [farm.counter("layer", id=each)["min_ram"] for each in (first, last)] == [1024, 2048]


def held(session: Session, layer_id: UUID) -> None:
    session.execute("select from plow.layer where id = %s for update", (layer_id,))
