"""Two connections at once, in the order that hurts: nobody dies of a deadlock, and nothing is decided on old news."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from plow_client.errors import Invalid
from plow_client.idl import DependType, JobFilterT, NodeFilterT
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.depend import create_job_on_job_depend
from plow_server.handlers.job import get_jobs
from plow_server.handlers.node import get_nodes
from plow_server.inbox import Ending, columns_of
from tests.sql.farm import Farm, Row
from tests.sql.launching import depend, launch, layer, states, wait_for_lock
from tests.sql.test_add_depends import add

END_WHO_WAITS = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where wait_event_type = 'Lock' and datname = current_database()"
)

Session = psycopg.Connection[Row]


@contextmanager
def while_open(
    farm: Farm, late: Callable[[], object], then: str = "select 1", last: str = "select 1"
) -> Iterator[Session]:
    """A transaction of somebody else; after the block `late` begins and waits for it.

    Then `then` is done beside it, `last` in it, and it commits.
    """
    other = farm.connect()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            late()
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    rival = threading.Thread(target=run)
    with other.transaction():
        yield other
        rival.start()
        wait_for_lock(farm)
        farm.execute(then)
        other.execute(last.encode())
    rival.join()
    other.close()
    if failed:
        raise failed[0]


def test_a_depend_dropped_while_it_is_activated_is_dropped_at_the_end(farm: Farm, db: Database) -> None:
    first, job = launch(db, name="first"), launch(db)
    made = add(db, "JOB_ON_JOB", job, first)
    db.run("drop_depend", p_depend=made)

    with while_open(farm, lambda: db.run("drop_depend", p_depend=made)) as other:
        other.execute("select plow.activate_depend(%s)", (made,))

    assert set(states(db, job.id).values()) == {"WAITING"}


def test_a_job_killed_while_another_launches_behind_it_holds_nobody(farm: Farm, db: Database) -> None:
    first = launch(db, name="first")
    waits = [depend(DependType.JOB_ON_JOB, dependOnJob=first.id)]
    made: list[Any] = []

    with while_open(farm, lambda: made.append(launch(db, name="second", depends=waits))) as other:
        other.execute("select plow.kill_job(%s, 'because')", (first.id,))

    assert set(states(db, made[0].id).values()) == {"WAITING"}
    assert len(farm.book((made[0].layers["beauty"], farm.node(), 2))) == 2


def test_a_launch_repeated_while_the_first_is_at_work_is_the_same_job(farm: Farm, db: Database) -> None:
    job_id = db.value("new_id")
    arrays = [
        "task_layer", "task_name", "task_number", "task_frames", "depend_type", "dependent_layer",
        "dependent_task", "on_layer", "on_task", "on_job_id", "on_layer_id", "on_task_id",
    ]  # fmt: skip
    said = {
        "p_job": job_id, "p_project": "test", "p_name": "again", "p_username": "anna", "p_uid": 0, "p_paused": False,
        "p_log_path": None, "p_log_root": "/logs", "p_attrs": {}, "p_env": {}, "p_spec": {}, "p_post_spec": None,
        "p_layers": "[]", **{f"p_{name}": [] for name in arrays},
    }  # fmt: skip
    answers: list[str] = []
    began, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with db.transaction() as transaction:
            answers.append(transaction.value("launch_job", **said))
            began.set()
            go_on.wait(10)

    threads = [
        threading.Thread(target=first),
        threading.Thread(target=lambda: answers.append(db.value("launch_job", **said))),
    ]
    threads[0].start()
    assert began.wait(10)
    threads[1].start()
    wait_for_lock(farm)
    go_on.set()
    for thread in threads:
        thread.join()

    assert answers == [job_id, job_id]


@pytest.mark.parametrize(
    ("table", "read"),
    [
        ("job", lambda db: get_jobs(db, JobFilterT(), limit=Limit())),
        ("node", lambda db: get_nodes(db, NodeFilterT(), limit=Limit())),
    ],
)
def test_a_list_is_read_again_when_its_connection_drops(
    farm: Farm, db: Database, table: str, read: Callable[[Database], list[object]]
) -> None:
    launch(db)
    farm.node()
    found: list[object] = []

    with while_open(farm, lambda: found.extend(read(db)), then=END_WHO_WAITS) as other:
        other.execute(f"lock table plow.{table}".encode())

    assert len(found) == 1


@pytest.mark.parametrize(
    ("deletes", "lock", "changes"),
    [
        (
            "select plow.delete_folder(%(folder)s)",
            "select plow.lock_rows(null, array[%(folder)s::uuid], null, null, null)",
            "update plow.folder set max_cores = 5 where id = %(folder)s",
        ),
        (
            "select plow.delete_cluster(%(cluster)s)",
            "select from plow.cluster where id = %(cluster)s for no key update",
            "select plow.lock_cluster(%(cluster)s, true)",
        ),
    ],
)
def test_what_is_deleted_while_it_is_changed_is_no_deadlock(
    farm: Farm, db: Database, deletes: str, lock: str, changes: str
) -> None:
    cluster = db.value("create_cluster", p_name="sim")
    ids = {
        "folder": db.value("create_folder", p_project=farm.project, p_name="old"),
        "cluster": cluster,
        "quota": db.value("create_quota", p_project=farm.project, p_cluster=cluster, p_size=1, p_burst=1),
    }
    other, rival = farm.connect(), farm.connect()
    late = threading.Thread(target=lambda: rival.execute(deletes.encode(), ids))
    with other.transaction():
        other.execute(lock.encode(), ids)
        late.start()
        wait_for_lock(farm)
        other.execute(changes.encode(), ids)
    late.join()
    for session in (other, rival):
        session.close()


@pytest.mark.parametrize("what", ["book", "complete"])
def test_a_change_is_stamped_after_it_waited(farm: Farm, db: Database, what: str) -> None:
    """Whoever polls with the time of its last poll would miss what was stamped before and committed after."""
    job = launch(db, layer(range="1"))
    node, beauty = farm.node(), job.layers["beauty"]
    procs = [row["proc_id"] for row in farm.book((beauty, node, 1))] if what == "complete" else []
    rival = farm_on(farm.connect())
    late = (lambda: rival.complete(procs)) if procs else (lambda: rival.book((beauty, node, 1)))

    thread = threading.Thread(target=late)
    other = farm.connect()
    with other.transaction():
        other.execute("select plow.lock_rows(null, null, array[%s::uuid], null, null)", (job.id,))
        thread.start()
        wait_for_lock(farm)
        polled = farm.value("select clock_timestamp()")
    thread.join()
    other.close()
    rival.close()

    assert farm.value("select updated from plow.task") > polled


def test_two_depends_that_close_a_circle_together_are_not_both_made(farm: Farm, db: Database) -> None:
    a, b, c, d = (launch(db, name=name) for name in "abcd")
    add(db, "JOB_ON_JOB", b, c)
    add(db, "JOB_ON_JOB", d, a)

    with pytest.raises(Invalid, match="that would be a circle"):
        with while_open(farm, lambda: create_job_on_job_depend(db, c.id, d.id)) as other:  # type: ignore[arg-type]
            other.execute(
                "select plow.add_depends('{JOB_ON_JOB}', %s, '{null}', '{null}', %s, '{null}', '{null}')",
                ([a.id], [b.id]),
            )


def test_a_node_that_moves_to_another_cluster_is_not_booked_on_a_quota_nobody_locked(
    farm: Farm, db: Database
) -> None:
    cluster = db.value("create_cluster", p_name="sim")
    db.run("create_quota", p_project=farm.project, p_cluster=cluster, p_size=1, p_burst=9)
    db.run("set_node_tags", p_node=(node := farm.node()), p_tags=["render"])
    db.run("set_cluster_tags", id=cluster, tags=["render"])
    beauty = launch(db).layers["beauty"]
    booked: list[Row] = []
    plan = {"p_layer": [beauty], "p_node": [node], "p_n": [2]}

    with while_open(farm, lambda: booked.extend(db.all("commit_plan", **plan))) as other:
        other.execute("select plow.set_node_cluster(%s, %s)", (node, cluster))

    assert booked == []
    assert len(db.all("commit_plan", **plan)) == 2


def test_a_job_that_moves_to_another_folder_is_booked_there_the_next_time(farm: Farm, db: Database) -> None:
    folder = db.value("create_folder", p_project=farm.project, p_name="fx")
    job, node = launch(db), farm.node()
    booked: list[Row] = []
    plan = {"p_layer": [job.layers["beauty"]], "p_node": [node], "p_n": [2]}

    with while_open(farm, lambda: booked.extend(db.all("commit_plan", **plan))) as other:
        other.execute("select plow.lock_rows(null, null, array[%s::uuid], null, null)", (job.id,))
        other.execute("update plow.job set folder_id = %s where id = %s", (folder, job.id))

    assert booked == []
    assert {row["folder_id"] for row in db.all("commit_plan", **plan)} == {folder}


def test_the_end_of_an_attempt_begins_anew_when_its_job_has_moved_to_another_folder(
    farm: Farm, db: Database
) -> None:
    folder = db.value("create_folder", p_project=farm.project, p_name="fx")
    job, node = launch(db), farm.node()
    (booked,) = farm.book((job.layers["beauty"], node, 1))
    rival = farm_on(farm.connect())

    with pytest.raises(psycopg.errors.SerializationFailure, match="changed its folder meanwhile"):
        with while_open(farm, lambda: rival.complete([booked["proc_id"]])) as other:
            other.execute(
                "select plow.lock_rows(null, array[%s::uuid, %s::uuid], array[%s::uuid], null, null)",
                (folder, farm.folder, job.id),
            )
            other.execute("update plow.job set folder_id = %s where id = %s", (folder, job.id))
            for place, cores in ((farm.folder, 0), (folder, 1)):
                other.execute(
                    "update plow.folder_counter set run_cores = %s, run_procs = %s where folder_id = %s",
                    (cores, cores, place),
                )
    rival.close()

    (ended,) = db.all("complete_tasks", **columns_of([Ending(str(booked["proc_id"]), status=0)]))
    assert ended["folder_id"] == folder


def farm_on(session: Session) -> Farm:
    """The farm's verbs on another session."""
    farm = Farm.__new__(Farm)
    farm._connection = session
    return farm
