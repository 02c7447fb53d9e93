"""eat_tasks: eaten counts as done."""

from __future__ import annotations

from plow_client.idl import DependType
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import depend, launch, layer, states


def test_a_job_with_nothing_left_is_finished(farm: Farm, db: Database) -> None:
    job = launch(db)
    (booked,) = farm.book((job.layers["beauty"], farm.node(), 1))
    farm.complete([booked["proc_id"]])

    assert db.value("eat_tasks", p_task=list(job.tasks.values()), p_reason="") == 1

    assert states(db, job.id) == {"0001-beauty": "SUCCEEDED", "0002-beauty": "EATEN"}
    assert db.one("job_by_id", id=job.id, missing="")["state"] == "FINISHED"


def test_an_eaten_running_task_is_stopped(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    (booked,) = farm.book((job.layers["beauty"], node, 1))

    db.run("eat_tasks", p_task=[booked["task_id"]], p_reason="not needed")
    assert farm.counter("proc", id=booked["proc_id"])["state"] == "KILLING"
    farm.complete([booked["proc_id"]], signal=15, end="KILLED")

    assert states(db, job.id)["0001-beauty"] == "EATEN"
    assert farm.counter("node_counter", node_id=node)["idle_cores"] == 4


def test_eaten_work_lets_go_what_waits_for_it(farm: Farm, db: Database) -> None:
    job = launch(
        db,
        layer("a"),
        layer("b", depends=[depend(DependType.TASK_BY_TASK, dependOnLayer="a")]),
        layer("c", depends=[depend(DependType.LAYER_ON_LAYER, dependOnLayer="a")]),
    )

    db.run("eat_tasks", p_task=[job.tasks["0001-a"]], p_reason="")
    db.run("release_dependents")
    assert [name for name, state in states(db, job.id).items() if state == "WAITING"] == ["0002-a", "0001-b"]
    db.run("eat_tasks", p_task=[job.tasks["0002-a"]], p_reason="")
    db.run("release_dependents")
    assert [name for name, state in states(db, job.id).items() if state == "DEPEND"] == []


def test_tasks_of_a_killed_job_cannot_be_eaten(farm: Farm, db: Database) -> None:
    job = launch(db)
    db.run("kill_job", p_job=job.id, p_reason="")

    assert db.value("eat_tasks", p_task=list(job.tasks.values()), p_reason="") == 0
