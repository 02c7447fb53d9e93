"""find_target and as_id: jobs, layers and tasks by name or id."""

from __future__ import annotations

import pytest

from plow_client.errors import NotFound
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch


def find(
    db: Database, job: str | None = None, layer: str | None = None, task: str | None = None
) -> list[str]:
    row = db.one("find_target", p_job=job, p_layer=layer, p_task=task)
    assert row is not None
    return list(row.values())


def test_names_and_ids_find_the_same(farm: Farm, db: Database) -> None:
    job = launch(db)
    layer, task = job.layers["beauty"], job.tasks["0001-beauty"]

    assert find(db, "shot") == find(db, job.id) == [job.id, None, None]
    assert find(db, "shot", "beauty") == find(db, None, layer) == [job.id, layer, None]
    assert find(db, "shot", None, "0001-beauty") == find(db, "", "", task) == [job.id, layer, task]


def test_a_finished_job_is_found_by_id_only(farm: Farm, db: Database) -> None:
    job = launch(db)
    db.run("kill_job", p_job=job.id, p_reason="")

    assert find(db, job.id) == [job.id, None, None]
    with pytest.raises(NotFound, match="no unfinished job 'shot'"):
        find(db, "shot")


def test_what_is_not_there_is_named(farm: Farm, db: Database) -> None:
    launch(db)

    with pytest.raises(NotFound, match="no layer 'smoke'"):
        find(db, "shot", "smoke")
    with pytest.raises(NotFound, match="no task '0009-beauty'"):
        find(db, "shot", None, "0009-beauty")
    with pytest.raises(NotFound, match="no unfinished job ''"):
        find(db, None, "beauty")


@pytest.mark.parametrize(
    "text", ["", "shot", "00000000-0000-0000-0000-00000000000", "{00000000-0000-0000-0000-000000000000}"]
)
def test_only_an_id_is_an_id(db: Database, text: str) -> None:
    assert db.value("as_id", p_text=text) is None
    assert (
        db.value("as_id", p_text="01A1F802-b081-75e7-b6b0-af6cb31a3336")
        == "01a1f802-b081-75e7-b6b0-af6cb31a3336"
    )
