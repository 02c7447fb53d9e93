"""find_tasks: every criterion narrows, none at all is refused."""

from __future__ import annotations

import psycopg
import pytest

from plow_client.errors import Invalid
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import criteria, launch, layer


def names(db: Database, **given: object) -> list[str]:
    return [row["name"] for row in db.all("tasks", **criteria(**given))]


def test_criteria_hold_together(farm: Farm, db: Database) -> None:
    job = launch(db, layer("b"), layer("a", range="5,1"))
    launch(db, layer("b"), name="other")
    node = farm.node()
    (booked,) = farm.book((job.layers["a"], node, 1))

    assert names(db, job=job.id) == ["0001-b", "0002-b", "0005-a", "0001-a"]
    assert names(db, layers=[job.layers["a"]]) == ["0005-a", "0001-a"]
    assert names(db, tasks=[job.tasks["0001-a"], job.tasks["0002-b"]]) == ["0002-b", "0001-a"]
    assert names(db, nodes=[node]) == ["0005-a"]
    assert names(db, job=job.id, states=["WAITING"]) == ["0001-b", "0002-b", "0001-a"]
    assert names(db, job=job.id, layers=[job.layers["a"]], states=["RUNNING"]) == ["0005-a"]
    assert names(db, job=job.id, tasks=[]) == []
    assert names(db, job=job.id, limit=2, offset=1) == ["0002-b", "0005-a"]
    updated = farm.value("select plow.ms(updated) from plow.task where id = %s", booked["task_id"])
    assert names(db, job=job.id, since_ms=updated) == ["0005-a"]


def test_all_history_is_not_a_filter(farm: Farm) -> None:
    with pytest.raises(psycopg.DatabaseError, match="a filter for attempts needs jobs") as refused:
        farm.execute("select * from plow.find_attempts(null, null, null, null, '{EXITED}')")
    assert refused.value.sqlstate == "PW003"


def test_the_whole_farm_is_not_a_filter(db: Database) -> None:
    with pytest.raises(Invalid, match="needs a job, layers, tasks or nodes"):
        db.value("found_tasks", **criteria(states=["WAITING"]))
