"""count_done: what a folder's finished jobs leave in its totals, whatever becomes of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer

STATES = ("total", "waiting", "running", "dead", "eaten", "depend", "succeeded")


def totals(db: Database, folder: UUID) -> dict[str, Any]:
    """What is not 0 of a folder's totals."""
    row = db.one("folder_by_id", id=folder, missing="no folder")
    counts = {state: row[f"totals__{state}_task_count"] for state in STATES}
    return {state: int(count) for state, count in counts.items() if count}


def test_the_totals_are_those_of_all_jobs_through_their_lives(farm: Farm, db: Database) -> None:
    node = farm.node(cores=9)
    living = launch(db, layer("a", range="1-3"), name="living")
    job = launch(db, layer("b", range="1-2"))
    assert totals(db, farm.folder) == {"total": 5, "waiting": 5}

    farm.run_all(UUID(job.layers["b"]), node)
    assert totals(db, farm.folder) == {"total": 5, "waiting": 3, "succeeded": 2}
    db.run("restart_job", p_job=job.id, p_failed_only=False, p_reason="")
    assert totals(db, farm.folder) == {"total": 5, "waiting": 5}
    farm.book((UUID(job.layers["b"]), node, 1))
    db.run("kill_job", p_job=job.id, p_reason="")
    assert totals(db, farm.folder) == {"total": 5, "waiting": 5}
    db.run("eat_tasks", p_task=[row["id"] for row in farm.tasks(UUID(living.layers["a"]))], p_reason="")
    assert totals(db, farm.folder) == {"total": 5, "waiting": 2, "eaten": 3}
    assert farm.value("select count(*) from plow.job where state <> 'FINISHED'") == 0
    assert farm.faults() == []


def test_a_finished_job_takes_its_tasks_to_another_folder(farm: Farm, db: Database) -> None:
    job, other = launch(db), farm.value("select plow.create_folder(%s, 'fx')", farm.project)
    launch(db, name="living")
    db.run("kill_job", p_job=job.id, p_reason="")

    db.run("set_job_folder", p_job=job.id, p_folder=other)
    assert totals(db, other) == {"total": 2, "waiting": 2} == totals(db, farm.folder)
    db.run("set_job_folder", p_job=job.id, p_folder=farm.folder)
    assert totals(db, other) == {}
    assert farm.faults() == []


def test_killing_twice_counts_once(farm: Farm, db: Database) -> None:
    job = launch(db)
    for _ in range(2):
        db.run("kill_job", p_job=job.id, p_reason="")
    assert totals(db, farm.folder) == {"total": 2, "waiting": 2}
