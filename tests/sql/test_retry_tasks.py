"""retry_tasks: queued again with a fresh budget, whatever the state."""

from __future__ import annotations

from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer, states


def test_a_dead_task_is_tried_again_as_often_as_at_first(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer(range="1", maxRetries=1)), farm.node()
    ids, beauty = list(job.tasks.values()), job.layers["beauty"]
    for _ in range(2):
        farm.complete([row["proc_id"] for row in farm.book((beauty, node, 1))], status=1)
    assert set(states(db, job.id).values()) == {"DEAD"}

    assert db.value("retry_tasks", p_task=ids, p_reason="") == 1

    for expected in ("WAITING", "DEAD"):
        farm.complete([row["proc_id"] for row in farm.book((beauty, node, 1))], status=1)
        assert set(states(db, job.id).values()) == {expected}
    assert farm.counter("task", id=ids[0])["retries"] == 3


def test_a_running_task_is_stopped_first(farm: Farm, db: Database) -> None:
    job = launch(db)
    (booked,) = farm.book((job.layers["beauty"], farm.node(), 1))

    db.run("retry_tasks", p_task=[booked["task_id"]], p_reason="retried")

    assert farm.counter("proc", id=booked["proc_id"])["kill_signal"] == 670
    assert farm.counter("task", id=booked["task_id"])["exit_signal"] == 670


def test_succeeded_and_eaten_tasks_run_again(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer("a"), layer("b")), farm.node()
    farm.run_all(job.layers["a"], node)
    db.run("eat_tasks", p_task=[job.tasks["0001-b"]], p_reason="")

    db.run("retry_tasks", p_task=[job.tasks["0001-a"], job.tasks["0001-b"]], p_reason="")

    assert states(db, job.id) == {
        "0001-a": "WAITING",
        "0002-a": "SUCCEEDED",
        "0001-b": "WAITING",
        "0002-b": "WAITING",
    }


def test_tasks_of_a_finished_job_stay(farm: Farm, db: Database) -> None:
    job = launch(db)
    farm.run_all(job.layers["beauty"], farm.node())

    assert db.value("retry_tasks", p_task=list(job.tasks.values()), p_reason="") == 0
    assert set(states(db, job.id).values()) == {"SUCCEEDED"}


def test_losses_are_forgiven_too(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer(range="1")), farm.node()
    (task,), beauty = job.tasks.values(), job.layers["beauty"]
    for _ in range(9):
        farm.complete([row["proc_id"] for row in farm.book((beauty, node, 1))], end="LOST")

    db.run("retry_tasks", p_task=[task], p_reason="")
    farm.complete([row["proc_id"] for row in farm.book((beauty, node, 1))], end="LOST")

    assert states(db, job.id) == {"0001-beauty": "WAITING"}
