"""find_tasks_after: page after page has every task once, whatever changes between them."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid, NotAllowed, NotFound
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer

NOBODY = "00000000-0000-0000-0000-000000000000"


def page(db: Database, after: object, **given: object) -> list[str]:
    criteria = {"job": None, "layers": None, "states": None, "since_ms": None, "limit": 3, **given}
    return [row["name"] for row in db.all("tasks_after", after=after, **criteria)]


def test_pages_go_on_over_the_ends_of_layers_in_their_order(farm: Farm, db: Database) -> None:
    job = launch(db, layer("b", range="1-2"), layer("a", range="9,5,1,3"))

    assert page(db, job.tasks["0001-b"], job=job.id) == ["0002-b", "0009-a", "0005-a"]
    assert page(db, job.tasks["0005-a"], job=job.id) == ["0001-a", "0003-a"]
    assert page(db, job.tasks["0003-a"], job=job.id) == []
    assert page(db, job.tasks["0001-b"], layers=[job.layers["a"]]) == ["0009-a", "0005-a", "0001-a"]
    assert page(db, job.tasks["0009-a"], layers=[job.layers["b"]]) == []


def test_a_task_that_left_the_state_is_still_where_to_go_on(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a", range="1-6"))
    assert page(db, job.tasks["0001-a"], job=job.id, states=["WAITING"]) == ["0002-a", "0003-a", "0004-a"]
    eaten = [job.tasks[f"000{number}-a"] for number in (1, 2, 3, 4, 5)]
    db.run("eat_tasks", p_task=eaten, p_reason="eaten", p_state=None)

    assert page(db, job.tasks["0004-a"], job=job.id, states=["WAITING"]) == ["0006-a"]
    since = farm.value("select plow.ms(updated) from plow.task where name = '0005-a'")
    assert page(db, job.tasks["0001-a"], job=job.id, since_ms=since, limit=9) == [
        f"000{number}-a" for number in (2, 3, 4, 5)
    ]


def test_it_needs_a_job_or_layers_and_a_task_that_is_there(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"))
    with pytest.raises(Invalid, match="needs a job or layers"):
        page(db, job.tasks["0001-a"])
    with pytest.raises(NotFound, match=f"no task '{NOBODY}'"):
        page(db, NOBODY, job=job.id)
    farm.execute("update plow.job set archived = plow.now() where id = %s", [job.id])
    with pytest.raises(NotAllowed, match="archived"):
        page(db, job.tasks["0001-a"], job=job.id)
    farm.execute("update plow.job set archived = null where id = %s", [job.id])
