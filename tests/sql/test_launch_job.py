"""launch_job and what it is made of (insert_job, insert_layers, insert_launch_depends, insert_tasks, is_done, new_ids):
all at once or nothing.
"""

from __future__ import annotations

import threading

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound, Unavailable
from plow_client.idl import DependType
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.launch import launch as launch_spec
from tests.sql.farm import Farm
from tests.sql.launching import LOGS, depend, job_spec, launch, layer, states, wait_for_lock


def test_a_launched_job_waits_to_be_booked(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a", range="1-4", chunk=2), layer("b", tasks=["first", "second"]))

    row = db.one("job_by_id", id=job.id, missing="")
    assert (row["state"], row["totals__total_task_count"], row["totals__waiting_task_count"]) == (
        "RUNNING",
        4,
        4,
    )
    assert list(job.tasks) == ["0001-a", "0003-a", "first", "second"]
    assert farm.value("select array_agg(frames) from plow.task where layer_id = %s", job.layers["a"]) == [
        "1-2",
        "3-4",
    ]
    assert len(farm.book((job.layers["a"], farm.node(), 9))) == 2


def test_the_log_folder_is_below_the_root_and_told_apart_by_the_job(farm: Farm, db: Database) -> None:
    job = launch(db)
    other = launch(db, name="other", logPath="/mnt/logs/")

    assert db.one("job_by_id", id=job.id, missing="")["log_path"] == f"/logs/test/shot-{job.id[-8:]}"
    assert db.one("job_by_id", id=other.id, missing="")["log_path"] == "/mnt/logs"


def test_the_name_of_an_unfinished_job_is_taken(farm: Farm, db: Database) -> None:
    job = launch(db)

    with pytest.raises(AlreadyExists, match="there is an unfinished job 'shot' already"):
        launch(db)
    db.run("kill_job", p_job=job.id, p_reason="")
    assert launch(db).id != job.id


def test_a_refused_launch_leaves_nothing_behind(farm: Farm, db: Database) -> None:
    launch(db)
    before = farm.execute("select count(*) from plow.layer union all select count(*) from plow.task")

    with pytest.raises(AlreadyExists):
        launch(db, layer(range="1-100"))
    with pytest.raises(NotFound):
        launch(db, name="second", depends=[depend(DependType.JOB_ON_JOB, dependOnJob="nowhere")])

    assert farm.execute("select count(*) from plow.layer union all select count(*) from plow.task") == before
    assert launch(db, name="second")


def test_only_an_active_project_launches(farm: Farm, db: Database) -> None:
    with pytest.raises(NotFound, match="no project 'nowhere'"):
        launch(db, project="nowhere")
    farm.execute("update plow.project set is_active = false")

    with pytest.raises(NotAllowed, match="project 'test' is not active"):
        launch(db)


def test_a_project_without_a_default_folder_does_not_launch(farm: Farm, db: Database) -> None:
    farm.execute("update plow.project set default_folder_id = null")

    with pytest.raises(NotAllowed, match="no default folder"):
        launch(db)


def test_depends_inside_a_job_hold_back_exactly_whom_they_name(farm: Farm, db: Database) -> None:
    job = launch(
        db,
        layer("a"),
        layer("b", depends=[depend(DependType.LAYER_ON_LAYER, dependOnLayer="a")]),
        layer("c", depends=[depend(DependType.LAYER_ON_TASK, dependOnTask="0001-a")]),
        layer("d", depends=[depend(DependType.TASK_ON_LAYER, dependentTask="0002-d", dependOnLayer="a")]),
        layer("e", depends=[depend(DependType.TASK_ON_TASK, dependentTask="0001-e", dependOnTask="0002-a")]),
    )

    held = {name for name, state in states(db, job.id).items() if state == "DEPEND"}
    assert held == {"0001-b", "0002-b", "0001-c", "0002-c", "0002-d", "0001-e"}


def test_frame_by_frame_waits_for_the_frames_that_are_there(farm: Farm, db: Database) -> None:
    job = launch(
        db,
        layer("a", range="1-10x2", chunk=2),
        layer("b", range="2-6", depends=[depend(DependType.TASK_BY_TASK, dependOnLayer="a")]),
    )

    rows = farm.execute(
        "select task.name as waits, on_task.name as for from plow.depend"
        "  join plow.task on task.id = dependent_task_id join plow.task as on_task on on_task.id = on_task_id"
        " order by 1"
    )
    assert [(row["waits"], row["for"]) for row in rows] == [("0003-b", "0001-a"), ("0005-b", "0005-a")]
    assert [name for name, state in states(db, job.id).items() if state == "DEPEND"] == ["0003-b", "0005-b"]


def test_a_job_may_wait_for_another_job_and_for_parts_of_it(farm: Farm, db: Database) -> None:
    first = launch(db, layer("a"), name="first")
    whole = launch(db, name="whole", depends=[depend(DependType.JOB_ON_JOB, dependOnJob="first")])
    part = launch(
        db,
        layer("b", depends=[depend(DependType.TASK_BY_TASK, dependOnJob="first", dependOnLayer="a")]),
        layer("c", depends=[depend(DependType.LAYER_ON_TASK, dependOnTask=first.tasks["0002-a"])]),
        name="part",
    )

    assert set(states(db, whole.id).values()) == set(states(db, part.id).values()) == {"DEPEND"}
    farm.run_all(first.layers["a"], farm.node())
    db.run("release_dependents")
    assert set(states(db, whole.id).values()) == set(states(db, part.id).values()) == {"WAITING"}


def test_a_depend_on_work_that_is_over_is_satisfied_at_birth(farm: Farm, db: Database) -> None:
    first = launch(db, layer("a"), layer("rest"), name="first")
    farm.run_all(first.layers["a"], farm.node())

    second = launch(
        db,
        layer(depends=[depend(DependType.LAYER_ON_LAYER, dependOnJob="first", dependOnLayer="a")]),
        layer("c", depends=[depend(DependType.TASK_BY_TASK, dependOnJob="first", dependOnLayer="a")]),
        name="second",
    )
    db.run("kill_job", p_job=first.id, p_reason="")
    third = launch(db, name="third", depends=[depend(DependType.JOB_ON_JOB, dependOnJob=first.id)])

    assert set(states(db, second.id).values()) == set(states(db, third.id).values()) == {"WAITING"}
    assert farm.value("select bool_and(satisfied is not null) from plow.depend")


def test_post_layers_become_a_job_that_follows(farm: Farm, db: Database) -> None:
    first = launch(db, layer("earlier"), name="earlier")
    job = launch(
        db,
        layer("a"),
        layer("report", isPost=True, depends=[depend(DependType.LAYER_ON_LAYER, dependOnLayer="a")]),
        depends=[depend(DependType.JOB_ON_JOB, dependOnJob="earlier")],
    )

    post = farm.execute("select * from plow.job where is_post")[0]
    assert post["state"] == "POST" and post["name"].startswith("shot__post_")
    assert set(states(db, job.id).values()) == {"DEPEND"}
    assert states(db, str(post["id"])) == {"0001-report": "WAITING", "0002-report": "WAITING"}
    spec = db.one("job_spec", id=post["id"], missing="")["spec"]
    assert [one["name"] for one in spec["layers"]] == ["report"] and "depends" not in spec

    farm.run_all(first.layers["earlier"], farm.node())
    db.run("release_dependents")
    farm.run_all(job.layers["a"], farm.node("n2"))
    assert db.one("job_by_id", id=str(post["id"]), missing="")["state"] == "RUNNING"


def test_a_user_who_launches_without_end_is_stopped_and_others_are_not(farm: Farm, db: Database) -> None:
    few = Limit(jobs_per_user_minute=2)
    for name in ("a", "b"):
        launch_spec(db, job_spec(name=name), limit=few, log_root=LOGS)

    with pytest.raises(Unavailable, match="user 'anna' has launched 2 jobs within a minute"):
        launch_spec(db, job_spec(name="c"), limit=few, log_root=LOGS)
    assert launch_spec(db, job_spec(name="c", username="berta"), limit=few, log_root=LOGS)
    farm.execute("update plow.job set created = created - interval '1 minute'")
    assert launch_spec(db, job_spec(name="d"), limit=few, log_root=LOGS)


def test_a_launch_makes_no_more_depends_than_allowed(farm: Farm, db: Database) -> None:
    spec = job_spec(layer("a"), layer("b", depends=[depend(DependType.TASK_BY_TASK, dependOnLayer="a")]))

    with pytest.raises(Invalid, match="job 'shot' makes more than 1 depends"):
        launch_spec(db, spec, limit=Limit(depends_per_job=1), log_root=LOGS)


def test_named_tasks_have_no_frames_to_wait_for(farm: Farm, db: Database) -> None:
    launch(db, layer("named", tasks=["t"]), name="first")
    by_frame = depend(DependType.TASK_BY_TASK, dependOnJob="first", dependOnLayer="named")

    with pytest.raises(Invalid, match="layer 'named' has no frames"):
        launch(db, layer("b", depends=[by_frame]))


def test_the_same_launch_said_twice_makes_one_job(farm: Farm, db: Database) -> None:
    job_id = db.value("new_id")
    arrays = [
        "p_task_layer", "p_task_name", "p_task_number", "p_task_frames", "p_depend_type", "p_dependent_layer",
        "p_dependent_task", "p_on_layer", "p_on_task", "p_on_job_id", "p_on_layer_id", "p_on_task_id",
    ]  # fmt: skip
    said = {
        "p_job": job_id, "p_project": "test", "p_name": "again", "p_username": "anna", "p_uid": 0, "p_paused": False,
        "p_log_path": None, "p_log_root": "/logs", "p_attrs": {}, "p_env": {}, "p_spec": {}, "p_post_spec": None,
        "p_layers": "[]", **{name: [] for name in arrays},
    }  # fmt: skip

    assert db.value("launch_job", **said) == db.value("launch_job", **said) == job_id
    assert farm.value("select count(*) from plow.job") == 1


def test_of_two_launches_of_one_name_one_is_told_so(farm: Farm, db: Database) -> None:
    other = farm.connect()
    refused: list[Exception] = []

    def second() -> None:
        try:
            launch(db)
        except AlreadyExists as error:
            refused.append(error)

    with other.transaction():
        other.execute(
            "select plow.insert_job(plow.new_id(), 'test', 'shot', 'anna', 0, false, null, '/logs', '{}', '{}',"
            " '{}', 'RUNNING')"
        )
        rival = threading.Thread(target=second)
        rival.start()
        wait_for_lock(farm)
    rival.join()
    other.close()

    assert len(refused) == 1
    assert farm.value("select count(*) from plow.job where active_name = 'shot'") == 1


def test_ids_made_together_are_version_7_and_in_order(db: Database) -> None:
    ids = db.value("new_ids", p_n=5000)

    assert ids == sorted(set(ids)) and len(ids) == 5000
    assert {one[14] for one in ids} == {"7"}
