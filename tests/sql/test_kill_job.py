"""kill_job: the name is free, processes are stopped, whoever waits goes on."""

from __future__ import annotations

import pytest

from plow_client.errors import NotFound
from plow_client.idl import DependType
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import depend, launch, layer, states


def test_nothing_of_a_killed_job_starts_any_more(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    (booked,) = farm.book((job.layers["beauty"], node, 1))

    assert db.value("kill_job", p_job=job.id, p_reason="wrong camera") is True
    farm.complete([booked["proc_id"]], signal=9, end="KILLED")

    row = farm.counter("job", id=job.id)
    assert (row["state"], row["active_name"], row["end_reason"]) == ("FINISHED", None, "wrong camera")
    assert farm.book((job.layers["beauty"], node, 9)) == []
    assert set(states(db, job.id).values()) == {"WAITING"}


def test_a_second_kill_changes_nothing_and_an_unknown_job_is_told(farm: Farm, db: Database) -> None:
    job = launch(db)
    db.run("kill_job", p_job=job.id, p_reason="first")

    assert db.value("kill_job", p_job=job.id, p_reason="second") is False
    assert farm.counter("job", id=job.id)["end_reason"] == "first"
    with pytest.raises(NotFound, match="no job '00000000"):
        db.run("kill_job", p_job="00000000-0000-0000-0000-000000000000", p_reason="")


def test_the_post_job_of_a_killed_job_starts_and_can_be_killed(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"), layer("report", isPost=True))
    post = farm.value("select post_job_id from plow.job_post")

    db.run("kill_job", p_job=job.id, p_reason="")
    assert farm.counter("job", id=post)["state"] == "RUNNING"
    db.run("kill_job", p_job=post, p_reason="")
    assert farm.counter("job", id=post)["state"] == "FINISHED"


def test_a_waiting_post_job_can_be_killed(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"), layer("report", isPost=True))
    post = farm.value("select post_job_id from plow.job_post")

    db.run("kill_job", p_job=post, p_reason="no report")
    db.run("kill_job", p_job=job.id, p_reason="")

    assert farm.counter("job", id=post)["end_reason"] == "no report"


def test_work_of_other_jobs_that_waits_for_any_part_of_it_goes_on(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"))
    others = [
        launch(db, layer("b"), name="whole", depends=[depend(DependType.JOB_ON_JOB, dependOnJob="shot")]),
        launch(
            db,
            layer("b", depends=[depend(DependType.LAYER_ON_LAYER, dependOnJob="shot", dependOnLayer="a")]),
            name="layer",
        ),
        launch(
            db,
            layer("b", depends=[depend(DependType.LAYER_ON_TASK, dependOnJob="shot", dependOnTask="0001-a")]),
            name="task",
        ),
    ]

    db.run("kill_job", p_job=job.id, p_reason="")
    db.run("release_dependents")

    for other in others:
        assert set(states(db, other.id).values()) == {"WAITING"}
