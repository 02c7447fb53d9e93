"""What people name on the command line: by name, by id, or by a part of an id that nothing else has.

A layer is JOB/LAYER. A task is JOB/LAYER/FRAME or JOB/0007-beauty, where the name may be a pattern ('shot/*-beauty').
A folder, a filter and a quota are PROJECT/NAME, or the name alone where no other project has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, TypeVar

import plow_client as plow  # whose names are loaded when they are asked for
from plow_client.entity import Entity
from plow_client.errors import Invalid, NotFound

if TYPE_CHECKING:
    from plow_client.task import TaskStates

SHORTEST: Final = 4
_NAMED: Final = 5
_OPERATOR: Final = re.compile(r"[=<>~()\s]")
Thing = TypeVar("Thing", bound=Entity[Any])


def is_query(text: str) -> bool:
    """Whether this is a condition such as ``state=dead`` or ``not locked``; no name has these letters."""
    return _OPERATOR.search(text) is not None


def choose(text: str, there: Iterable[Thing], noun: str, name: Callable[[Thing], str] | None = None) -> Thing:
    """The one that is meant: by id, by name, or by the beginning or end of its id."""
    known = list(there)
    named = name or (lambda one: str(getattr(one, "name", one.id)))
    if plow.is_uuid(text):
        found = [one for one in known if one.id == text.lower()]
    else:
        found = [one for one in known if named(one) == text] or by_part(text, known)
    if not found:
        raise NotFound(f"no {noun} '{text}'{_near(text, map(named, known))}")
    return single(text, found, named)


def single(text: str, found: Sequence[Thing], named: Callable[[Thing], str]) -> Thing:
    """The only one; Invalid lists them where there are more."""
    if len(found) > 1:
        told = ", ".join(f"{named(one)} ({one.id[-8:]})" for one in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise Invalid(f"'{text}' may be {told}{more}: say more of the id")
    return found[0]


def by_part(part: str, there: Iterable[Thing]) -> list[Thing]:
    """Those whose id begins or ends like this."""
    text = part.lower()
    if len(text) < SHORTEST or not set(text) <= set("0123456789abcdef-"):
        return []
    return [one for one in there if one.id.startswith(text) or one.id.endswith(text)]


def find_job(name: str) -> plow.Job:
    """A job by name (the unfinished one, else the newest of that name), by id, or by a part of its id."""
    if plow.is_uuid(name):
        return plow.get_job(name)
    try:
        return plow.get_active_job(name)
    except NotFound:
        finished = plow.get_jobs(name=name, states="FINISHED")
    return finished[0] if finished else choose(name, plow.get_jobs(), "job")


def find_layer(text: str, layer: str | None = None) -> plow.Layer:
    """A layer: JOB/LAYER, the two as two words, or its id."""
    if layer is None and plow.is_uuid(text):
        return plow.get_layer_by_id(text)
    if layer is None:
        text, layer = _parted(text, "layer", "JOB/LAYER")
    found = find_job(text)
    try:
        return plow.get_layer(found, layer)
    except NotFound:
        return choose(layer, plow.get_layers(found), f"layer in job '{found.name}':")


def find_tasks(
    job: plow.Job,
    names: Sequence[str],
    layer_names: Sequence[str] = (),
    states: TaskStates | None = None,
) -> list[plow.Task]:
    """Tasks of a job by name, LAYER/FRAME, pattern (``*-beauty``) or id; without names, all of the layers given."""
    wanted = [plow.get_layer(job, name) for name in layer_names] or None
    there = plow.get_tasks(job=job, layers=wanted, states=states)
    if not names:
        return there
    found = {name: [task for task in there if _means(name, task)] or by_part(name, there) for name in names}
    for name, meant in found.items():
        if not meant:
            near = _near(name, (task.name for task in there))
            raise NotFound(f"no task '{name}' in job '{job.name}'{near}")
    picked = {task.id for meant in found.values() for task in meant}
    return [task for task in there if task.id in picked]


def find_task(job: plow.Job, name: str) -> plow.Task:
    """One task of a job by name, LAYER/FRAME or id."""
    found = find_tasks(job, [name])
    if len(found) > 1:
        some = ", ".join(task.name for task in found[:_NAMED])
        raise Invalid(f"'{name}' is {len(found)} tasks of job '{job.name}' ({some}): one is needed")
    return found[0]


def the_task(text: str, task: str | None = None) -> plow.Task:
    """One task: JOB/LAYER/FRAME, JOB/TASK, job and task as two words, or its id."""
    if task is None and plow.is_uuid(text):
        return plow.get_task(text)
    if task is None:
        text, task = _parted(text, "task", "JOB/LAYER/FRAME or JOB/TASK")
    return find_task(find_job(text), task)


def the_tasks(texts: Iterable[str]) -> list[plow.Task]:
    """Tasks of any jobs, each as in `the_task`, or by a pattern."""
    found: dict[str, plow.Task] = {}
    for text in texts:
        if plow.is_uuid(text):
            meant = [plow.get_task(text)]
        else:
            job, name = _parted(text, "task", "JOB/LAYER/FRAME or JOB/TASK")
            meant = find_tasks(find_job(job), [name])
        found.update({task.id: task for task in meant})
    return list(found.values())


def find_node(text: str) -> plow.Node:
    """A node by name, by id, or by a part of its id."""
    return _asked(plow.get_node, text, plow.get_nodes, "node")


def find_project(text: str) -> plow.Project:
    """A project by code, or by id."""
    try:
        return plow.get_project_by_code(text)
    except NotFound:
        return choose(text, plow.get_projects(), "project", lambda one: one.code)


def find_cluster(text: str) -> plow.Cluster:
    """A cluster."""
    return _asked(plow.get_cluster, text, plow.get_clusters, "cluster")


def find_quota(text: str) -> plow.Quota:
    """A quota: PROJECT.CLUSTER, as its name is."""
    return choose(text.replace("/", "."), plow.get_quotas(), "quota")


def find_pool(text: str) -> plow.Pool:
    """A pool."""
    return _asked(plow.get_pool, text, plow.get_pools, "pool")


def find_limit(text: str) -> plow.Limit:
    """A limit."""
    return _asked(plow.get_limit, text, plow.get_limits, "limit")


def find_service(text: str) -> plow.Service:
    """A service."""
    return choose(text, plow.get_services(), "service")


def find_folder(text: str, project: str | None = None) -> plow.Folder:
    """A folder: PROJECT/NAME, the name alone, or an id."""
    return _in_project(text, project, "folder", plow.get_folders)


def find_filter(text: str, project: str | None = None) -> plow.Filter:
    """A filter: PROJECT/NAME, the name alone, or an id."""
    return _in_project(text, project, "filter", plow.get_filters)


def find_proc(text: str) -> plow.Proc:
    """A proc by its id, or a part of it."""
    return plow.get_proc(text) if plow.is_uuid(text) else choose(text, plow.get_procs(), "proc")


def _asked(get: Callable[[str], Thing], text: str, there: Callable[[], list[Thing]], noun: str) -> Thing:
    """What the server knows by name or id; else all are looked through."""
    try:
        return get(text)
    except NotFound:
        return choose(text, there(), noun)


def _in_project(
    text: str, project: str | None, noun: str, read: Callable[[plow.Project], list[Thing]]
) -> Thing:
    if project is None and "/" in text:
        project, _, text = text.partition("/")
    payers = [find_project(project)] if project else plow.get_projects()
    return choose(text, [one for payer in payers for one in read(payer)], noun)


def _parted(text: str, noun: str, form: str) -> tuple[str, str]:
    job, slash, rest = text.partition("/")
    if not slash or not job or not rest:
        raise Invalid(f"'{text}' is no {noun}: write {form}, or its id")
    return job, rest


def _means(name: str, task: plow.Task) -> bool:
    if name in (task.name, task.id) or fnmatchcase(task.name, name):
        return True
    layer, slash, frame = name.rpartition("/")
    if not slash or layer != task.layer_name:
        return False
    return frame == task.frames or (frame.isdecimal() and int(frame) == task.number) or frame == task.name


def _near(text: str, names: Iterable[str]) -> str:
    import difflib  # only where a name is wrong

    near = difflib.get_close_matches(text, list(names), n=1, cutoff=0.7)
    return f"; did you mean '{near[0]}'?" if near else ""
