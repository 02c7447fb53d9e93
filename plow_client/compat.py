"""Plow's names of before 2013, camelCase functions and raw records, for scripts that are written with them.

    from plow_client import compat as plow

    layer = plow.LayerSpecT(name="beauty", command=["true"], range="1-10")
    job = plow.launchJob(plow.JobSpecT(name="sc020", project="default", layers=[layer]))
    for task in plow.getTasks(jobId=job.id, states=[plow.TaskState.DEAD]):
        print(task.name, task.stats.exitStatus)

Every function of plow_client is here under its camelCase name with camelCase keywords, and returns the same
objects; their attributes answer to both spellings. New scripts use plow_client itself: checkers and editors know it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import plow_client as plow
from plow_client.entity import Ref
from plow_client.idl import DependSpecT, JobSpecT, LayerSpecT, TaskSpecT
from plow_client.names import to_camel, to_snake

# Functions whose old name is not the new one spelt in camelCase.
_RENAMED = {
    "addOutput": "add_layer_output",
    "getFolderById": "get_folder",
    "getJobById": "get_job",
    "getLayerByName": "get_layer",
    "getProjectById": "get_project",
    "getTaskById": "get_task",
    "launch": "launch_job",
}
_RECORDS = (DependSpecT, JobSpecT, LayerSpecT, TaskSpecT)


def launchJob(spec: JobSpecT | plow.JobSpec) -> plow.Job:
    """Launch a job, said by a record or by a spec."""
    return plow.launch_job(spec if isinstance(spec, plow.JobSpec) else plow.JobSpec.from_wire(spec))


def createDepend(spec: DependSpecT | plow.DependSpec) -> plow.Depend:
    """Make a depend, said by a record or by a spec."""
    return plow.create_depend(spec if isinstance(spec, plow.DependSpec) else plow.DependSpec.from_wire(spec))


def killJob(job: Ref, reason: str = "") -> None:
    """End a job; the oldest clients gave no reason."""
    plow.kill_job(job, reason)


def __getattr__(name: str) -> Any:
    own = name if name[:1].isupper() else _RENAMED.get(name, to_snake(name))
    if own not in plow.__all__ or "_" in name:
        raise AttributeError(f"module '{__name__}' has no '{name}'")
    found = getattr(plow, own)
    return found if own[:1].isupper() else _camel(found, name)


def __dir__() -> list[str]:
    functions = [to_camel(name) for name in plow.__all__ if name[:1].islower()]
    classes = [name for name in plow.__all__ if name[:1].isupper()]
    return sorted({*functions, *classes, *_RENAMED, *(kind.__name__ for kind in _RECORDS)})


def _camel(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function under its old name, with keywords in camelCase."""

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        return function(*given, **{to_snake(keyword): value for keyword, value in named.items()})

    call.__name__ = call.__qualname__ = name
    call.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return call
