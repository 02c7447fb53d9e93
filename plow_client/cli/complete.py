"""Names from the farm for the shell's completion: quickly, or not at all, and never with a word of error."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

TIMEOUT_S: Final = 1.0
MOST: Final = 200
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def names_of(noun: str) -> Complete:
    """Completes the names of one noun: ``shell_complete=names_of("job")``."""

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        with contextlib.suppress(Exception):  # a farm that is away must not write into the command line
            _hurry(context)
            return [CompletionItem(name) for name in _matching(_SOURCES[noun](begun), begun)]
        return []

    return complete


def argument(name: str, noun: str, metavar: str, **more: Any) -> Callable[[Any], Any]:
    """An argument that names objects of the farm."""
    return click.argument(name, metavar=metavar, shell_complete=names_of(noun), **more)


def option(flag: str, name: str, noun: str, metavar: str, help: str, **more: Any) -> Callable[[Any], Any]:
    """An option that names objects of the farm."""
    return click.option(flag, name, metavar=metavar, help=help, shell_complete=names_of(noun), **more)


def _hurry(context: click.Context) -> None:
    """Talk to the farm that is meant, with a time limit that a person at a prompt bears."""
    from plow_client import current

    said = context.find_root().params.get("host")
    current.connect(said or os.environ.get("PLOW_HOSTS") or current.get_host(), TIMEOUT_S)


def _matching(names: Iterable[str], begun: str) -> list[str]:
    return sorted({name for name in names if name.startswith(begun)})[:MOST]


def _jobs(begun: str) -> Iterable[str]:
    from plow_client.job import get_jobs

    return (job.name for job in get_jobs(states=["RUNNING", "POST"]))


def _layers(begun: str) -> Iterable[str]:
    """Jobs first, with a slash; then the layers of the one that is named."""
    job, slash, _ = begun.partition("/")
    if not slash:
        return (f"{name}/" for name in _jobs(begun))
    from plow_client.job import get_active_job

    return (f"{job}/{layer.name}" for layer in get_active_job(job).get_layers())


def _tasks(begun: str) -> Iterable[str]:
    """Jobs, then the tasks of the one that is named."""
    job, slash, _ = begun.partition("/")
    if not slash:
        return (f"{name}/" for name in _jobs(begun))
    from plow_client.job import get_active_job

    return (f"{job}/{task.name}" for task in get_active_job(job).get_tasks())


def _nodes(begun: str) -> Iterable[str]:
    from plow_client.node import get_nodes

    return (node.name for node in get_nodes())


def _projects(begun: str) -> Iterable[str]:
    from plow_client.project import get_projects

    return (project.code for project in get_projects())


def _clusters(begun: str) -> Iterable[str]:
    from plow_client.cluster import get_clusters

    return (cluster.name for cluster in get_clusters())


def _quotas(begun: str) -> Iterable[str]:
    from plow_client.quota import get_quotas

    return (quota.name for quota in get_quotas())


def _pools(begun: str) -> Iterable[str]:
    from plow_client.pool import get_pools

    return (pool.name for pool in get_pools())


def _limits(begun: str) -> Iterable[str]:
    from plow_client.limit import get_limits

    return (limit.name for limit in get_limits())


def _services(begun: str) -> Iterable[str]:
    from plow_client.service import get_services

    return (service.name for service in get_services())


def _folders(begun: str) -> Iterable[str]:
    from plow_client.folder import get_folders
    from plow_client.project import get_projects

    return (f"{payer.code}/{folder.name}" for payer in get_projects() for folder in get_folders(payer))


def _filters(begun: str) -> Iterable[str]:
    from plow_client.filter import get_filters
    from plow_client.project import get_projects

    return (f"{payer.code}/{one.name}" for payer in get_projects() for one in get_filters(payer))


_SOURCES: Final[dict[str, Callable[[str], Iterable[str]]]] = {
    "job": _jobs,
    "layer": _layers,
    "task": _tasks,
    "node": _nodes,
    "project": _projects,
    "cluster": _clusters,
    "quota": _quotas,
    "pool": _pools,
    "limit": _limits,
    "service": _services,
    "folder": _folders,
    "filter": _filters,
}
