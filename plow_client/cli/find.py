"""Jobs and tasks as people name them on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from plow_client import job as jobs
from plow_client import layer as layers
from plow_client import task as tasks
from plow_client.current import is_uuid
from plow_client.errors import Invalid, NotFound

SHORTEST = 4


def find_job(name: str) -> jobs.Job:
    """A job by name (the unfinished one, else the newest of that name), by id, or by a part of its id.

    The part is the beginning or the end, and no other job may have it.
    """
    if is_uuid(name):
        return jobs.get_job(name)
    try:
        return jobs.get_active_job(name)
    except NotFound:
        finished = jobs.get_jobs(name=name, states="FINISHED")
    if finished:
        return finished[0]
    found = _by_part(name)
    if not found:
        raise NotFound(f"no job '{name}'")
    if len(found) > 1:
        raise Invalid(f"'{name}' may be {', '.join(job.name for job in found[:5])}: say more of the id")
    return found[0]


def find_tasks(
    job: jobs.Job,
    names: Sequence[str],
    layer_names: Sequence[str] = (),
    states: tasks.TaskStates | None = None,
) -> list[tasks.Task]:
    """Tasks of a job by name, by pattern (``*-beauty``) or by id; without names, all of the layers given."""
    wanted = [layers.get_layer(job, name) for name in layer_names] or None
    there = tasks.get_tasks(job=job, layers=wanted, states=states)
    if not names:
        return there
    found = [task for task in there if any(_means(name, task) for name in names)]
    for name in names:
        if not any(_means(name, task) for task in found):
            raise NotFound(f"no task '{name}' in job '{job.name}'")
    return found


def find_task(job: jobs.Job, name: str) -> tasks.Task:
    """One task of a job by name or id."""
    found = find_tasks(job, [name])
    if len(found) > 1:
        raise Invalid(f"'{name}' is {len(found)} tasks of job '{job.name}': one is needed")
    return found[0]


def _by_part(part: str) -> list[jobs.Job]:
    if len(part) < SHORTEST or not set(part.lower()) <= set("0123456789abcdef-"):
        return []
    text = part.lower()
    return [job for job in jobs.get_jobs() if job.id.startswith(text) or job.id.endswith(text)]


def _means(name: str, task: tasks.Task) -> bool:
    return name in (task.name, task.id) or fnmatchcase(task.name, name)
