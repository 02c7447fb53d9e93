"""drop_depend and activate_depend: holding and letting go by hand."""

from __future__ import annotations

import pytest

from plow_client.errors import NotAllowed, NotFound
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch, states
from tests.sql.test_add_depends import add

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_a_dropped_depend_lets_go_and_an_activated_one_holds_again(farm: Farm, db: Database) -> None:
    first, job = launch(db, name="first"), launch(db)
    made = add(db, "JOB_ON_JOB", job, first)

    for _ in range(2):
        db.run("drop_depend", p_depend=made)
        assert set(states(db, job.id).values()) == {"WAITING"}
    row = db.one("depend_by_id", id=made, missing="")
    assert row["satisfied_time"] > 0 and not row["active"]

    for _ in range(2):
        db.run("activate_depend", p_depend=made)
        assert set(states(db, job.id).values()) == {"DEPEND"}
    row = db.one("depend_by_id", id=made, missing="")
    assert row["satisfied_time"] == 0 and row["active"]


def test_what_is_over_cannot_hold_again(farm: Farm, db: Database) -> None:
    first, job = launch(db, name="first"), launch(db)
    made = add(db, "JOB_ON_JOB", job, first)
    db.run("kill_job", p_job=first.id, p_reason="")
    db.run("release_dependents")

    with pytest.raises(NotAllowed, match="what it would wait for is over"):
        db.run("activate_depend", p_depend=made)
    db.run("kill_job", p_job=job.id, p_reason="")
    with pytest.raises(NotAllowed, match="the job that would wait has finished"):
        db.run("activate_depend", p_depend=made)


def test_an_unknown_depend_is_told(db: Database) -> None:
    for function in ("drop_depend", "activate_depend"):
        with pytest.raises(NotFound, match="no depend '0000"):
            db.run(function, p_depend=NOBODY)
