"""The setters of jobs, folders, quotas, clusters and nodes: once they return, commit_plan obeys.

pause_job, set_job_cores, set_folder_cores, set_quota, lock_cluster, set_node_locked, set_node_tags.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from plow_client.errors import Invalid, NotAllowed, NotFound
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import Launched, launch

NOBODY = "00000000-0000-0000-0000-000000000000"
Setter = Callable[[Database, Farm, Launched, UUID], object]

STOPS: dict[str, Setter] = {
    "a paused job": lambda db, farm, job, node: db.run("pause_job", p_job=job.id, p_paused=True),
    "a job capped at 0": lambda db, farm, job, node: db.run("set_job_cores", p_job=job.id, p_max=0),
    "a folder capped at 0": lambda db, farm, job, node: db.run(
        "set_folder_cores", p_folder=farm.folder, p_max=0
    ),
    "a quota of 0": lambda db, farm, job, node: db.run("set_quota", p_quota=farm.quota, p_burst=0),
    "a locked quota": lambda db, farm, job, node: db.run("set_quota", p_quota=farm.quota, p_locked=True),
    "a locked cluster": lambda db, farm, job, node: db.run(
        "lock_cluster", p_cluster=farm.cluster, p_locked=True
    ),
    "a locked node": lambda db, farm, job, node: db.run("set_node_locked", p_node=node, p_locked=True),
    "a node with other tags": lambda db, farm, job, node: db.run(
        "set_node_tags", p_node=node, p_tags=["sim"]
    ),
}


@pytest.mark.parametrize("what", STOPS)
def test_nothing_starts_on(farm: Farm, db: Database, what: str) -> None:
    job, node = launch(db), farm.node()

    STOPS[what](db, farm, job, node)

    assert farm.book((job.layers["beauty"], node, 1)) == []


@pytest.mark.parametrize(
    "function, noun, arguments",
    [
        ("pause_job", "job", {"p_job": NOBODY, "p_paused": True}),
        ("set_job_cores", "job", {"p_job": NOBODY, "p_min": 1}),
        ("set_folder_cores", "folder", {"p_folder": NOBODY, "p_min": 1}),
        ("set_quota", "quota", {"p_quota": NOBODY, "p_size": 1}),
        ("lock_cluster", "cluster", {"p_cluster": NOBODY, "p_locked": True}),
        ("set_default_cluster", "cluster", {"p_cluster": NOBODY}),
        ("set_node_locked", "node", {"p_node": NOBODY, "p_locked": True}),
        ("set_node_tags", "node", {"p_node": NOBODY, "p_tags": ["a"]}),
        ("set_node_cluster", "node", {"p_node": NOBODY, "p_cluster": NOBODY}),
        ("set_node_slot_mode", "node", {"p_node": NOBODY, "p_mode": "SINGLE", "p_cores": 0, "p_ram": 0}),
        ("create_folder", "project", {"p_project": NOBODY, "p_name": "x"}),
        ("delete_folder", "folder", {"p_folder": NOBODY}),
        ("create_quota", "project", {"p_project": NOBODY, "p_cluster": NOBODY, "p_size": 1, "p_burst": 1}),
    ],
)
def test_what_is_not_there_is_named(db: Database, function: str, noun: str, arguments: dict) -> None:
    with pytest.raises(NotFound, match=f"no {noun} '{NOBODY}'"):
        db.run(function, **arguments)


def test_values_out_of_range_are_refused(farm: Farm, db: Database) -> None:
    job = launch(db)

    for function, arguments in (
        ("set_job_cores", {"p_job": job.id, "p_min": -1}),
        ("set_job_cores", {"p_job": job.id, "p_max": -2}),
        ("set_folder_cores", {"p_folder": farm.folder, "p_min": -1}),
        ("set_quota", {"p_quota": farm.quota, "p_size": -1}),
        ("set_quota", {"p_quota": farm.quota, "p_burst": -1}),
    ):
        with pytest.raises(Invalid):
            db.run(function, **arguments)


def test_a_burst_does_not_go_below_what_runs(farm: Farm, db: Database) -> None:
    job = launch(db)
    farm.book((job.layers["beauty"], farm.node(), 2))

    with pytest.raises(NotAllowed, match="a burst of 1 cores: 2 are in use now"):
        db.run("set_quota", p_quota=farm.quota, p_burst=1)
    db.run("set_quota", p_quota=farm.quota, p_burst=2)


def test_locking_a_cluster_tells_whether_it_changed_something(farm: Farm, db: Database) -> None:
    told = [
        db.value("lock_cluster", p_cluster=farm.cluster, p_locked=locked) for locked in (True, False, False)
    ]

    assert told == [True, True, False]
