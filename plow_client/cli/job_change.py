"""`plow job kill`, `pause`, `retry`, `set` …: what changes jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from plow_client import avoid as avoids
from plow_client import job as jobs
from plow_client import task as tasks
from plow_client.cli.ask import confirm, dry_option, yes_option
from plow_client.cli.change import apply, pairs_of, told, words_of
from plow_client.cli.columns import count
from plow_client.cli.complete import argument, option
from plow_client.cli.find import find_folder, find_job, find_node, find_tasks, is_query
from plow_client.cli.task_change import stopping
from plow_client.cli.times import TIME
from plow_client.idl import JobState, TaskState

_JOB = argument("name", "job", "JOB")
_JOBS = argument("names", "job", "JOB|QUERY...", nargs=-1, required=True)
_TASKS = click.argument("task_names", metavar="[TASK]...", nargs=-1)
_LAYER = click.option(
    "--layer", "layer_names", multiple=True, metavar="LAYER", help="All tasks of this layer."
)


@click.command("kill")
@argument("name", "job", "JOB|QUERY")
@_TASKS
@_LAYER
@click.option("--reason", default="killed with the plow command", help="Kept with the job.")
@dry_option
@yes_option
def kill(
    name: str,
    task_names: tuple[str, ...],
    layer_names: tuple[str, ...],
    reason: str,
    dry_run: bool,
    yes: bool,
) -> None:
    """End a job, or all of a QUERY; with tasks or a layer, stop these and queue them again."""
    if task_names or layer_names:
        _change(find_job(name), task_names, layer_names, TaskState.RUNNING, STOP, dry_run, yes)
        return
    found = [one for one in find_jobs(name) if one.state != JobState.FINISHED]
    left = sum(one.totals.total - one.totals.done for one in found)
    running = sum(one.totals.running for one in found)
    names = f" ({found[0].name})" if len(found) == 1 else ""
    deed = (
        f"end {count(len(found), 'job')}{names}: {count(left, 'task')} not done, {running:,} of them running"
    )
    if _goes_on(len(found), deed, dry_run, yes):
        for one in found:
            one.kill(reason)
            told("job", one, "ended")


@click.command("restart")
@_JOB
@click.option("--failed-only", is_flag=True, help="Only tasks that are not done.")
@click.option("--reason", default="restarted with the plow command", help="Kept in its history.")
@yes_option
def restart(name: str, failed_only: bool, reason: str, yes: bool) -> None:
    """Run a job that is over again under its id."""
    found = find_job(name)
    if not failed_only and found.totals.done:
        confirm(yes, f"run {count(found.totals.done, 'task')} of job {found.name} again that are done")
    found.restart(failed_only, reason)
    totals = found.totals
    click.echo(f"job {found.name} runs again, {totals.total - totals.done} of {totals.total} tasks to do")


@click.command("pause")
@_JOBS
def pause(names: tuple[str, ...]) -> None:
    """Start nothing more; what runs goes on."""
    for found in [one for name in names for one in find_jobs(name)]:
        found.pause(True)
        told("job", found, "paused")


@click.command("resume")
@_JOBS
def resume(names: tuple[str, ...]) -> None:
    """Let paused jobs go on."""
    for found in [one for name in names for one in find_jobs(name)]:
        found.pause(False)
        told("job", found, "goes on")


@click.command("retry")
@_JOB
@_TASKS
@_LAYER
@dry_option
@yes_option
def retry(
    name: str, task_names: tuple[str, ...], layer_names: tuple[str, ...], dry_run: bool, yes: bool
) -> None:
    """Queue tasks again; without TASK or --layer the dead ones."""
    _change(find_job(name), task_names, layer_names, TaskState.DEAD, RETRY, dry_run, yes)


@click.command("eat")
@_JOB
@_TASKS
@_LAYER
@dry_option
@yes_option
def eat(
    name: str, task_names: tuple[str, ...], layer_names: tuple[str, ...], dry_run: bool, yes: bool
) -> None:
    """Count tasks as done; without TASK or --layer the dead ones."""
    _change(find_job(name), task_names, layer_names, TaskState.DEAD, EAT, dry_run, yes)


@click.command("set")
@_JOBS
@click.option(
    "--weight", type=click.IntRange(min=0), help="Its share of its folder's cores against other jobs."
)
@click.option("--max-cores", type=click.IntRange(min=-1), help="Cap its cores; -1 = no limit.")
@click.option(
    "--priority", type=click.IntRange(-1000, 1000), help="Higher is first among the jobs of a project."
)
@option("--folder", "folder", "folder", "FOLDER", "Move it to another folder of its project.")
@click.option("--start-after", type=TIME, help="Start nothing before: '2026-11-20 22:00', 22:00, +4h; now.")
@click.option("--pools", metavar="POOL,...", help="Pools of its layers that name none; '' for none.")
@click.option("--attr", "attrs", multiple=True, metavar="KEY=VALUE", help="Attributes; the others stay.")
def set_(
    names: tuple[str, ...], folder: str | None, attrs: tuple[str, ...], pools: str | None, **plain: Any
) -> None:
    """Change jobs."""
    for found in [one for name in names for one in find_jobs(name)]:
        _set(found, folder, attrs, pools, **plain)
        told("job", found, "changed")


@click.command("pools")
@_JOB
@argument("pool_names", "pool", "[POOL]...", nargs=-1)
def pools_(name: str, pool_names: tuple[str, ...]) -> None:
    """Put a job into pools, for its layers that name none; without POOL into none."""
    found = find_job(name)
    found.set_pools(pool_names)
    click.echo(f"job {found.name} is in {', '.join(found.pools or ()) or 'no pool'}")


@click.command("forgive")
@_JOB
@option("--node", "node_name", "node", "NODE", "Only this node.")
def forgive(name: str, node_name: str | None) -> None:
    """Let a job try the nodes again that it stays away from."""
    found = find_job(name)
    avoids.clear_avoids(found, find_node(node_name) if node_name else "")
    click.echo(
        f"job {found.name} stays away from {'no node' if node_name is None else f'{node_name} no more'}"
    )


COMMANDS = (kill, restart, pause, resume, retry, eat, set_, pools_, forgive)
STOP: tuple[Callable[..., None], str, str] = (tasks.kill_tasks, "stop {}", "stopped")
RETRY: tuple[Callable[..., None], str, str] = (tasks.retry_tasks, "queue {} again", "queued again")
EAT: tuple[Callable[..., None], str, str] = (tasks.eat_tasks, "count {} as done", "eaten")


def find_jobs(text: str) -> list[jobs.Job]:
    """The jobs of a query, or the one that is named."""
    return jobs.get_jobs(where=text) if is_query(text) else [find_job(text)]


def _set(
    found: jobs.Job,
    folder: str | None,
    attrs: tuple[str, ...],
    pools: str | None,
    weight: int | None,
    max_cores: int | None,
    priority: int | None,
    start_after: int | None,
) -> None:
    apply(
        (weight, found.set_min_cores),
        (max_cores, found.set_max_cores),
        (priority, found.set_priority),
        (start_after, found.set_start_after),
        (
            folder,
            lambda text: found.set_folder(find_folder(text, None if "/" in text else found.project_code)),
        ),
        (pools, lambda text: found.set_pools(words_of(text))),
        (attrs, lambda texts: found.set_attrs({**found.attrs, **pairs_of(texts)})),
    )


def _change(
    found: jobs.Job,
    task_names: tuple[str, ...],
    layer_names: tuple[str, ...],
    state: TaskState,
    deed: tuple[Callable[..., None], str, str],
    dry_run: bool,
    yes: bool,
) -> None:
    """Named tasks in whatever state they are; a layer's, or the job's, only in the state that is meant."""
    act, do, done = deed
    wanted = find_tasks(found, task_names, layer_names, None if task_names else state)
    is_asked = wanted and (act is not tasks.retry_tasks or stopping(wanted))
    words = do.format(f"{count(len(wanted), 'task')} of {found.name}") + stopping(wanted)
    if (dry_run or is_asked) and not _goes_on(len(wanted), words, dry_run, yes):
        return
    if wanted:
        act(tasks=wanted)
    click.echo(f"{count(len(wanted), 'task')} of {found.name} {done}")


def _goes_on(number: int, deed: str, dry_run: bool, yes: bool) -> bool:
    """Whether to do it; says what would be done where nothing shall be."""
    if dry_run:
        click.echo(f"would {deed}")
        return False
    if number:
        confirm(yes, deed)
    return True
