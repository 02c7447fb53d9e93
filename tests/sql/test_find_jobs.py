"""find_jobs: newest first, and without reading the history where no finished job is asked for."""

from __future__ import annotations

from typing import Any

from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch

NO_CRITERIA = dict.fromkeys(("p_job", "p_project", "p_user", "p_name", "p_state", "p_regex"))


def found(db: Database, **criteria: Any) -> list[str]:
    asked = {**NO_CRITERIA, "p_living": False, "p_most": 100, **criteria}
    return [str(row["find_jobs"]) for row in db.all("find_jobs", **asked)]


def test_criteria_hold_together(farm: Farm, db: Database) -> None:
    first, second = launch(db, name="a_1").id, launch(db, name="a_2", username="berta").id
    third = launch(db, name="b_1").id
    db.run("kill_job", p_job=first, p_reason="")

    assert found(db) == [third, second, first]
    assert found(db, p_most=2) == [third, second]
    assert found(db, p_regex="^a_", p_living=True) == [second]
    assert found(db, p_state=["FINISHED"]) == [first]
    assert found(db, p_user=["anna"], p_project=["test"]) == [third, first]
    assert found(db, p_name=["b_1", "a_1"], p_job=[third]) == [third]
    assert found(db, p_project=["other"]) == []
