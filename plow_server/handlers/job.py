"""Calls about jobs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from plow_client.errors import NotFound
from plow_client.idl import JobFilterT, JobSpecT, JobState, JobT, LaunchPlanT, LayerSpecT, LayerT
from plow_client.logs import event
from plow_client.query import Query
from plow_server import growth, launch_check, wording
from plow_server import launch as launching
from plow_server.config import Limit
from plow_server.database import Database, Transaction
from plow_server.handlers.arguments import Id, ids, page, search, states, texts
from plow_server.handlers.release import release_dependents
from plow_server.linking import refuse_circle_inside
from plow_server.query.check import checked
from plow_server.query.found import jobs
from plow_server.rows import from_json, maker

log = logging.getLogger(__name__)

_job = maker(JobT)
_layer = maker(LayerT)


def launch(db: Database, spec: JobSpecT, *, limit: Limit, log_root: Path) -> JobT:
    """Make a job, whole or not at all."""
    job = get_job(db, Id(launching.launch(db, spec, limit=limit, log_root=log_root)))
    tasks = job.totals.totalTaskCount
    log.info(
        event(
            "job launched", name=job.name, project=job.projectCode, user=job.username, tasks=tasks, job=job.id
        )
    )
    return job


def check_launch(db: Database, spec: JobSpecT, *, limit: Limit) -> LaunchPlanT:
    """What a launch of this spec would do; nothing is made."""
    return launch_check.check_launch(db, spec, limit)


def get_job(db: Database, job_id: Id) -> JobT:
    """A job by id, finished or not."""
    return db.one("job_by_id", _job, missing=f"no job '{job_id}'", id=job_id)


def get_active_job(db: Database, name: str) -> JobT:
    """An unfinished job by name."""
    return db.one("job_by_active_name", _job, missing=f"no unfinished job '{name}'", name=name)


def get_jobs(db: Database, filter: JobFilterT, *, limit: Limit) -> list[JobT]:
    """Jobs that match, newest first."""
    wanted = {
        "ids": ids(filter.jobIds),
        "projects": texts(filter.project),
        "users": texts(filter.user),
        "names": texts(filter.name),
        "states": states(JobState, filter.states),
        "regex": filter.regex,
    }
    most = page(filter.limit, 0, limit.rows_per_answer)["limit"]
    if filter.where is not None:
        return _jobs_where(db, checked(filter.where, "job", limit), wanted, limit, most)
    if filter.matchingOnly and all(value is None for value in wanted.values()):
        return []
    is_living = filter.states is not None and JobState.FINISHED not in filter.states

    def read(transaction: Transaction) -> list[JobT]:
        return transaction.all("jobs", _job, **wanted, is_living=is_living, most=most)

    return search(db, read, filter.regex, limit.search_s)


def _jobs_where(db: Database, query: Query, wanted: dict[str, Any], limit: Limit, most: int) -> list[JobT]:
    regex = wanted.pop("regex")
    fields = {"ids": "id", "projects": "project", "users": "user", "names": "name", "states": "state"}
    values = jobs({fields[name]: given for name, given in wanted.items()}, query)

    def read(transaction: Transaction) -> list[JobT]:
        return transaction.all("jobs_where", _job, **values, regex=regex, most=most)

    return search(db, read, regex, limit.search_s, is_query=True)


def get_job_spec(db: Database, job_id: Id) -> JobSpecT:
    """The spec as it was launched."""
    row = db.one("job_spec", id=job_id, missing=f"no job '{job_id}'")
    return from_json(JobSpecT, row["spec"])


def kill_job(db: Database, job_id: Id, reason: str) -> None:
    """End a job and what runs of it."""
    if db.value("kill_job", p_job=job_id, p_reason=reason):
        log.info(event("job killed", reason=reason, job=job_id))
        release_dependents(db)


def restart_job(db: Database, job_id: Id, failed_only: bool, reason: str) -> None:
    """Run a job that is over again under its id: all tasks, or those not done. Whoever waits for it is let go first.

    Depends that never held at the same time do now; together they must not be a circle.
    """
    release_dependents(db)

    def work(transaction: Transaction) -> int:
        tasks = transaction.value("restart_job", p_job=job_id, p_failed_only=failed_only, p_reason=reason)
        if not failed_only:
            refuse_circle_inside(transaction, job_id)
        return int(tasks)

    tasks = db.atomically(work, limit_s=launching.LARGE_S)
    log.info(event("job restarted", tasks=tasks, reason=reason, job=job_id))


def append_layers(db: Database, job_id: Id, layers: list[LayerSpecT], *, limit: Limit) -> list[LayerT]:
    """Add layers to an unfinished job, with depends among themselves and on others."""
    made = set(growth.append_layers(db, job_id, layers, limit))
    log.info(event("job has grown", layers=len(made), job=job_id))
    return [layer for layer in db.all("layers_of_job", _layer, job_id=job_id) if layer.id in made]


def pause_job(db: Database, job_id: Id, paused: bool) -> None:
    """Stop or resume booking for a job; running tasks go on."""
    db.run("pause_job", p_job=job_id, p_paused=paused)


def set_job_min_cores(db: Database, job_id: Id, value: int) -> None:
    """Set a job's share weight."""
    db.run("set_job_cores", p_job=job_id, p_min=value)


def set_job_max_cores(db: Database, job_id: Id, value: int) -> None:
    """Cap a job's cores."""
    db.run("set_job_cores", p_job=job_id, p_max=value)


def set_job_folder(db: Database, job_id: Id, folder_id: Id) -> None:
    """Move a job to another folder of its project."""
    db.run("set_job_folder", p_job=job_id, p_folder=folder_id)


def set_job_priority(db: Database, job_id: Id, priority: int) -> None:
    """Higher first among the jobs of a project."""
    db.run("set_job_priority", p_job=job_id, p_priority=priority)


def set_job_start_after(db: Database, job_id: Id, start_after: int) -> None:
    """Book nothing of a job before this time."""
    db.run("set_job_start_after", p_job=job_id, p_start_after_ms=start_after)


def set_job_attrs(db: Database, job_id: Id, attrs: dict[str, str], *, limit: Limit) -> None:
    """Replace a job's attributes."""
    if not db.run("set_job_attrs", id=job_id, attrs=wording.check_attrs("a job", attrs, limit)):
        raise NotFound(f"no job '{job_id}'")
