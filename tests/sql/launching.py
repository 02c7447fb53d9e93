"""Launches as a client would make them, for tests of what stored functions do with jobs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plow_client.idl import DependSpecT, DependType, JobSpecT, LayerSpecT, TaskSpecT
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.launch import launch as launch_spec
from tests.sql.farm import Farm

LOGS = Path("/logs")


@dataclass
class Launched:
    """A job and what it is made of, by name."""

    id: str
    layers: dict[str, str]
    tasks: dict[str, str]


def layer(name: str = "beauty", **fields: Any) -> LayerSpecT:
    """A layer of two frames, unless said otherwise."""
    if "tasks" in fields:
        fields["tasks"] = [
            TaskSpecT(name=task) if isinstance(task, str) else task for task in fields["tasks"]
        ]
    else:
        fields = {"range": "1-2", **fields}
    return LayerSpecT(**{"name": name, "command": ["true"], "minRam": 512, "maxRetries": 1, **fields})


def depend(kind: DependType, **sides: str) -> DependSpecT:
    return DependSpecT(type=kind, **sides)


def job_spec(*layers: LayerSpecT, name: str = "shot", **fields: Any) -> JobSpecT:
    fields = {"project": "test", "username": "anna", **fields}
    return JobSpecT(name=name, layers=list(layers) or [layer()], **fields)


def launch(db: Database, *layers: LayerSpecT, name: str = "shot", **fields: Any) -> Launched:
    """Launch into the project of the test's farm."""
    job = launch_spec(db, job_spec(*layers, name=name, **fields), limit=Limit(), log_root=LOGS)
    return launched(db, job)


def launched(db: Database, job: str) -> Launched:
    """The parts of a job that is there."""
    tasks = db.all("tasks", **criteria(job=job))
    return Launched(
        job,
        {row["name"]: row["id"] for row in db.all("layers_of_job", job_id=job)},
        {row["name"]: row["id"] for row in tasks},
    )


def criteria(**given: object) -> dict[str, Any]:
    """Everything that find_tasks wants to know."""
    names = ("job", "layers", "tasks", "nodes", "states", "since_ms", "limit")
    return {**dict.fromkeys(names), "offset": 0, **given}


def states(db: Database, job: str) -> dict[str, str]:
    """Each task's state by its name."""
    return {row["name"]: row["state"] for row in db.all("tasks", **criteria(job=job))}


def wait_for_lock(farm: Farm, sessions: int = 1) -> None:
    """Return when so many other sessions wait for a lock."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    deadline = time.monotonic() + 10
    while farm.value(waiting) < sessions:
        assert time.monotonic() < deadline, "nobody waits for a lock"
        time.sleep(0.01)
