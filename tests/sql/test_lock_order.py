"""One lock order (lock_rows): who comes with another one dies of a deadlock here, between two functions that met.

Each test stops one function half-way, by a lock that a third session holds, lets the other one begin, and lets go.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from plow_client.idl import DependType, NeedsT
from plow_server import growth
from plow_server.config import Limit
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import Launched, depend, launch, layer
from tests.sql.stage import Stage

JOB = "select plow.lock_rows(null, null, array[%s::uuid], null, null)"
ROW = "select from plow.{} where id = %s for no key update"
LATE = """
    insert into plow.layer (job_id, name, sort_order, chunk, command, service, tags, min_cores, max_cores,
                            min_ram, max_ram, max_retries, threadable)
    select job_id, 'late', 9, chunk, command, service, tags, min_cores, max_cores,
           min_ram, max_ram, max_retries, threadable
      from plow.layer where job_id = %s returning id
"""


@pytest.fixture
def stage(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr("plow_server.retries.RACES", 0)  # a deadlock is to be seen, not tried again
    return Stage(farm)


def folder(farm: Farm, name: str) -> Any:
    made = farm.insert("folder", project_id=farm.project, name=name)
    farm.execute("insert into plow.folder_counter (folder_id) values (%s)", made)
    return made


# ---- tables, rows of history


def test_two_servers_make_the_same_history_tables(stage: Stage) -> None:
    gate = stage.hold("create table plow.attempt_2031_01 ()")
    made = "select set_config('plow.now', '2031-01-15', false), plow.sweep_partitions(0)"

    stage.begin(made)
    stage.begin(made)
    gate.rollback()

    assert stage.end() == []


def test_two_servers_clear_the_same_history(farm: Farm, stage: Stage) -> None:
    farm.execute("delete from plow.blame")
    farm.execute(
        "insert into plow.blame (time, noun) select plow.now() - interval '9 days', 'job' from generate_series(1, 3)"
    )
    first, last = farm.execute("select min(id) as first, max(id) as last from plow.blame")[0].values()

    other = stage.hold("delete from plow.blame where id = %s", [last])
    stage.begin("select plow.clear_history(1, 1)")
    other.execute("delete from plow.blame where id = %s", [first])
    other.commit()

    assert stage.end() == []
    assert farm.value("select count(*) from plow.blame") == 0


# ---- names of jobs


def test_a_restart_takes_its_name_before_a_launch_of_that_name_that_waits_for_the_job(
    db: Database, stage: Stage
) -> None:
    far, job = launch(db, name="far"), launch(db)
    db.run("kill_job", p_job=job.id, p_reason="")
    waits = [depend(DependType.JOB_ON_JOB, dependOnJob=on.id) for on in (far, job)]

    gate = stage.hold(JOB, [far.id])
    stage.begin(lambda: launch(db, depends=waits))
    stage.begin("select plow.restart_job(%s, false, '')", [job.id])
    gate.commit()

    assert stage.end() == ["there is an unfinished job 'shot' already"]


def test_a_restart_meets_the_end_of_a_job_of_its_name(farm: Farm, db: Database, stage: Stage) -> None:
    old = launch(db)
    db.run("kill_job", p_job=old.id, p_reason="")
    new = launch(db)

    gate = stage.hold("select from plow.folder_done where folder_id = %s for update", [farm.folder])
    stage.begin("select plow.restart_job(%s, false, '')", [old.id])
    stage.begin("select plow.kill_job(%s, '')", [new.id])
    gate.commit()

    assert stage.end() == ["there is an unfinished job 'shot' already"]
    assert farm.faults() == []


# ---- what the finished jobs of folders have done


def test_two_who_end_jobs_of_two_folders(farm: Farm, db: Database, stage: Stage) -> None:
    here, there = sorted((farm.folder, folder(farm, "fx")))
    jobs: dict[str, Launched] = {}
    for name, place in {"a": here, "b": there, "c": there, "d": here}.items():
        jobs[name] = launch(db, layer(range="1"), name=name)
        farm.execute("update plow.job set folder_id = %s where id = %s", place, jobs[name].id)
        farm.execute(
            "insert into plow.folder_done values (%s, 0, 0, 0, 0, 0, 0) on conflict do nothing", place
        )
    tasks = {name: job.tasks["0001-beauty"] for name, job in jobs.items()}
    eat = "select plow.eat_tasks(array[%s, %s]::uuid[], '')"

    gate = stage.hold(ROW.format("job"), [jobs["b"].id])
    stage.begin(eat, [tasks["a"], tasks["b"]])
    stage.begin(eat, [tasks["c"], tasks["d"]])
    gate.commit()

    assert stage.end() == []
    assert farm.faults() == []


def test_who_may_end_a_job_has_its_post_job_in_hand_too(farm: Farm, db: Database, stage: Stage) -> None:
    job = launch(db, layer(range="1"), layer("report", range="1", isPost=True))
    post = farm.value("select post_job_id from plow.job_post")

    other = stage.hold(JOB, [post])
    stage.begin("select plow.eat_tasks(%s::uuid[], '')", [[job.tasks["0001-beauty"]]])
    assert farm.counter("job", id=job.id)["state"] == "RUNNING"
    other.commit()

    assert stage.end() == []
    assert farm.counter("job", id=post)["state"] == "RUNNING"


# ---- clusters and quotas


def test_a_cluster_is_locked_while_it_is_deleted_with_a_quota_that_came_meanwhile(
    farm: Farm, db: Database, stage: Stage
) -> None:
    cluster, node = db.value("create_cluster", p_name="sim"), farm.node()

    gate = stage.hold("select plow.set_node_cluster(%s, %s)", [node, cluster])
    stage.begin("select plow.delete_cluster(%s)", [cluster])
    db.run("create_quota", p_project=farm.project, p_cluster=cluster, p_size=1, p_burst=1)
    stage.begin("select plow.lock_cluster(%s, true)", [cluster])
    gate.rollback()

    assert stage.end() == [f"no cluster '{cluster}'"]


def test_a_node_that_moves_to_a_cluster_waits_for_it_without_its_own_lock(
    farm: Farm, db: Database, stage: Stage
) -> None:
    cluster, node = db.value("create_cluster", p_name="sim"), farm.node()

    other = stage.hold("select plow.lock_cluster(%s, true)", [cluster])
    stage.begin("select plow.set_node_cluster(%s, %s)", [node, cluster])
    other.execute("select plow.set_node_locked(%s, true)", [node])
    other.commit()

    assert stage.end() == []


# ---- layers, pools, limits


def test_a_layer_gets_a_service_that_presets_needs(farm: Farm, db: Database, stage: Stage) -> None:
    job = launch(db)
    farm.insert("service", name="gpu", needs=Jsonb({"gpus": 1}))

    other = stage.hold(JOB, [job.id])
    stage.begin("select plow.set_layer_service(%s, 'gpu')", [job.layers["beauty"]])
    other.execute("select plow.kill_tasks(%s::uuid[], '')", [list(job.tasks.values())])
    other.commit()

    assert stage.end() == []


NAMED = {
    "pool": ({"pools": ["x"]}, "select plow.create_pool('x', '{}', false)", "select plow.delete_pool(%s)"),
    "limit": ({"limits": ["x"]}, "select plow.create_limit('x', 1, 'TASK')", "select plow.delete_limit(%s)"),
}


@pytest.mark.parametrize("what", NAMED)
def test_a_launch_that_names_what_is_deleted_and_waits_for_a_job_that_names_it(
    farm: Farm, db: Database, stage: Stage, what: str
) -> None:
    needs, create, delete = NAMED[what]
    named = farm.value(create)
    far, near = launch(db, name="far"), launch(db, name="near")
    db.run("set_layer_needs", p_layer=near.layers["beauty"], p_needs=Jsonb(needs))
    waits = [depend(DependType.JOB_ON_JOB, dependOnJob=on.id) for on in (far, near)]

    gate = stage.hold(JOB, [far.id])
    stage.begin(lambda: launch(db, layer(needs=NeedsT(**needs)), depends=waits))
    stage.begin(delete, [named])
    gate.commit()

    assert stage.end() == [f"{what} 'x' is in use by unfinished jobs: 'near' names it"]


def test_a_limit_is_set_while_it_is_deleted(farm: Farm, stage: Stage) -> None:
    limit = farm.value("select plow.create_limit('x', 1, 'TASK')")

    gate = stage.hold("select plow.lock_limits(array[%s::uuid])", [limit])
    stage.begin("select plow.set_limit(%s, 2)", [limit])
    stage.begin("select plow.delete_limit(%s)", [limit])
    gate.commit()

    assert stage.end() == []


# ---- depends, and jobs that grow


def test_frames_are_appended_to_a_layer_that_gets_its_first_depend_by_frame(
    farm: Farm, db: Database, stage: Stage
) -> None:
    far, job = launch(db, name="far"), launch(db, layer("a", range="1-4"), layer("b"))
    made = "select plow.add_depends('{%s}', array[%%s::uuid], %s, %s, array[%%s::uuid], %s, %s)"
    by_frame = made % ("TASK_BY_TASK", *["array[%s::uuid]"] * 4)
    by_job = made % ("JOB_ON_JOB", *["'{null}'"] * 4)
    pair = [job.id, job.layers["b"], job.tasks["0001-b"], job.id, job.layers["a"], job.tasks["0001-a"]]

    gate, other = stage.hold(JOB, [far.id]), stage.hold(by_frame, pair)
    stage.begin(lambda: growth.append_frames(db, job.layers["b"], "3-4", Limit()))
    stage.begin(by_job, [job.id, far.id])
    other.commit()
    stage.settle()
    gate.commit()

    assert stage.end() == []
    assert farm.faults() == []


def test_a_whole_job_is_locked_with_a_layer_that_came_while_it_was_waited_for(
    farm: Farm, db: Database, stage: Stage
) -> None:
    job, session = launch(db), farm.connect()
    session.autocommit = False

    other = stage.hold(JOB, [job.id])
    (late,) = other.execute(LATE, [job.id]).fetchone().values()
    other.execute("insert into plow.layer_counter (layer_id) values (%s)", [late])
    stage.begin(lambda: session.execute("select plow.open_job(%s)", [job.id]))
    other.commit()

    assert stage.end() == []
    with pytest.raises(psycopg.errors.LockNotAvailable):
        farm.execute("select from plow.layer_counter where layer_id = %s for update nowait", late)
    session.close()


# ---- nodes


def test_the_failures_of_a_job_are_forgotten_in_one_order(farm: Farm, stage: Stage) -> None:
    job, nodes = farm.job(), sorted(farm.node(name) for name in ("n1", "n2"))
    for node in reversed(nodes):
        farm.execute("insert into plow.avoid (job_id, node_id, failures) values (%s, %s, 3)", job, node)

    other = stage.hold("select plow.clear_avoids(null, %s)", [nodes[0]])
    stage.begin("select plow.clear_avoids(%s, null)", [job])
    other.execute("select plow.clear_avoids(null, %s)", [nodes[1]])
    other.commit()

    assert stage.end() == []


def test_a_node_is_deleted_while_nodes_are_kept(farm: Farm, stage: Stage) -> None:
    node, wide = farm.node(), farm.layer(farm.job(), tasks=1, min_cores=4)

    other = stage.hold("select from plow.node where id = %s for update", [node])
    stage.begin("select * from plow.reserve_nodes(array[%s::uuid], 1)", [wide])
    other.execute("delete from plow.node where id = %s", [node])
    other.commit()

    assert stage.end() == []
    assert farm.value("select count(*) from plow.reservation") == 0


def test_a_call_to_a_node_fails_while_it_is_deleted(farm: Farm, stage: Stage) -> None:
    node = farm.node()

    other = stage.hold("delete from plow.node where id = %s", [node])
    stage.begin("select plow.note_uncallable(%s, 'no route', 3)", [node])
    other.commit()

    assert stage.end() == []


def test_what_is_brought_forward_is_given_up_by_others_meanwhile(farm: Farm, stage: Stage) -> None:
    nodes, job = [farm.node(name) for name in ("n1", "n2")], farm.job()
    for node, name in zip(nodes, "ab", strict=True):
        wide = farm.layer(job, 1, name)
        farm.execute(
            "insert into plow.reservation (node_id, job_id, layer_id, cores, ram, starts, kept_until)"
            " values (%s, %s, %s, 1, 512, plow.now() + '1 hour', plow.now() + '2 hours')",
            node, job, wide,
        )  # fmt: skip
    gives_up = "select plow.clear_reservation(%s)"

    other = stage.hold(gives_up, [nodes[1]])
    stage.begin("select * from plow.bring_forward()")
    other.execute(gives_up, [nodes[0]])
    other.commit()

    assert stage.end() == []


def test_headroom_that_is_over_is_used_meanwhile(farm: Farm, stage: Stage) -> None:
    layers = [farm.layer(farm.job(name), 1) for name in "ab"]
    for layer_id in layers:
        farm.execute(
            "insert into plow.headroom (project_id, quota_id, job_id, layer_id, cores, kept_until)"
            " select plow.new_id(), %s, job_id, id, 1, plow.now() from plow.layer where id = %s",
            farm.quota, layer_id,
        )  # fmt: skip
    books = "select * from plow.commit_plan(array[%s::uuid], array[%s::uuid], '{1}')"
    node = farm.node()

    other = stage.hold(books, [layers[1], node])
    stage.begin("select * from plow.keep_headroom('{}')")
    other.execute(books, [layers[0], node])
    other.commit()

    assert stage.end() == []
