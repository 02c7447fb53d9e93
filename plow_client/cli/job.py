"""`plow job`: what is running, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable

import click

from plow_client import avoid as avoids
from plow_client import job as jobs
from plow_client import layer as layers
from plow_client import task as tasks
from plow_client.cli.find import find_job, find_task, find_tasks
from plow_client.cli.log import print_log
from plow_client.cli.progress import follow
from plow_client.cli.show import (
    Column,
    capped,
    json_option,
    label,
    lasted,
    memory,
    short_id,
    show,
    show_facts,
    show_json,
    when,
)
from plow_client.clock import clock
from plow_client.current import get_plow_time
from plow_client.idl import JobState, TaskState
from plow_client.node import get_node

_JOB = click.argument("name", metavar="JOB")
_JOBS = click.argument("names", metavar="JOB...", nargs=-1, required=True)
_TASKS = click.argument("task_names", metavar="[TASK]...", nargs=-1)
_LAYER = click.option(
    "--layer", "layer_names", multiple=True, metavar="LAYER", help="All tasks of this layer."
)
_TASK_STATES = click.Choice([state.name.lower() for state in TaskState], case_sensitive=False)


@click.group()
def job() -> None:
    """Jobs, their layers, tasks and logs. JOB is a name, an id, or the beginning or end of an id."""


@job.command("list")
@click.argument("part", metavar="[PART]", required=False)
@click.option("--user", multiple=True, help="Only jobs of this user.")
@click.option("--project", multiple=True, metavar="CODE", help="Only jobs of this project.")
@click.option("--all", "everything", is_flag=True, help="Finished jobs too.")
@json_option
def list_(
    part: str | None, user: tuple[str, ...], project: tuple[str, ...], everything: bool, as_json: bool
) -> None:
    """List unfinished jobs, newest first; PART is a part of the name."""
    found = jobs.get_jobs(
        regex=re.escape(part) if part else None,
        user=user or None,
        project=project or None,
        states=None if everything else [JobState.RUNNING, JobState.POST],
    )
    now = 0 if as_json else get_plow_time()
    show(found, _columns(now), as_json, "no jobs")


@job.command("show")
@_JOB
@json_option
def show_(name: str, as_json: bool) -> None:
    """Show a job and its layers."""
    found = find_job(name)
    below = layers.get_layers(found)
    if as_json:
        show_json({**found.as_dict(), "layers": [layer.as_dict() for layer in below]})
        return
    totals = found.totals
    show_facts(
        [
            ("job", found.name),
            ("id", found.id),
            ("state", _state(found)),
            ("user", found.username),
            ("project", found.project_code),
            ("folder", found.folder_name),
            ("pools", ", ".join(found.pools or ())),
            ("paused because", found.pause_reason),
            *(
                ("stays away", f"from {one.node_name} until {clock(one.end_time)}: {one.reason}")
                for one in avoids.get_avoids(found)
            ),
            ("tasks", f"{totals.done} of {totals.total} done, {totals.running} running, {totals.dead} dead"),
            (
                "cores",
                f"{found.run_cores} running, weight {found.min_cores}, at most {capped(found.max_cores)}",
            ),
            ("started", when(found.start_time)),
            ("stopped", when(found.stop_time)),
            ("duration", lasted(found.start_time, found.stop_time, get_plow_time())),
            ("done about", when(found.predicted_end) if found.predicted_end else None),
            ("highest RAM", memory(found.stats.high_ram)),
            ("logs", found.log_path),
        ]
    )
    click.echo()
    show(below, _LAYER_COLUMNS, False, "no layers")


@job.command("tasks")
@_JOB
@_LAYER
@click.option("--state", "states", multiple=True, type=_TASK_STATES, help="Only tasks in this state.")
@json_option
def tasks_(name: str, layer_names: tuple[str, ...], states: tuple[str, ...], as_json: bool) -> None:
    """List the tasks of a job."""
    found = find_tasks(find_job(name), (), layer_names, states or None)
    now = 0 if as_json else get_plow_time()
    show(found, _task_columns(now), as_json, "no tasks")


@job.command("kill")
@_JOB
@_TASKS
@_LAYER
@click.option("--reason", default="killed with the plow command", help="Kept with the job.")
def kill(name: str, task_names: tuple[str, ...], layer_names: tuple[str, ...], reason: str) -> None:
    """End a job; with tasks or a layer, stop these and queue them again."""
    found = find_job(name)
    if task_names or layer_names:
        _change(found, task_names, layer_names, TaskState.RUNNING, tasks.kill_tasks, "stopped")
    else:
        found.kill(reason)
        click.echo(f"job {found.name} ended")


@job.command("restart")
@_JOB
@click.option("--failed-only", is_flag=True, help="Only tasks that are not done.")
@click.option("--reason", default="restarted with the plow command", help="Kept in its history.")
def restart(name: str, failed_only: bool, reason: str) -> None:
    """Run a job that is over again under its id."""
    found = find_job(name)
    found.restart(failed_only, reason)
    totals = found.totals
    click.echo(f"job {found.name} runs again, {totals.total - totals.done} of {totals.total} tasks to do")


@job.command("pause")
@_JOBS
def pause(names: tuple[str, ...]) -> None:
    """Start nothing more; what runs goes on."""
    for found in [find_job(name) for name in names]:
        found.pause(True)
        click.echo(f"job {found.name} paused")


@job.command("resume")
@_JOBS
def resume(names: tuple[str, ...]) -> None:
    """Let paused jobs go on."""
    for found in [find_job(name) for name in names]:
        found.pause(False)
        click.echo(f"job {found.name} goes on")


@job.command("retry")
@_JOB
@_TASKS
@_LAYER
def retry(name: str, task_names: tuple[str, ...], layer_names: tuple[str, ...]) -> None:
    """Queue tasks again; without TASK or --layer the dead ones."""
    found = find_job(name)
    _change(found, task_names, layer_names, TaskState.DEAD, tasks.retry_tasks, "queued again")


@job.command("eat")
@_JOB
@_TASKS
@_LAYER
def eat(name: str, task_names: tuple[str, ...], layer_names: tuple[str, ...]) -> None:
    """Count tasks as done; without TASK or --layer the dead ones."""
    found = find_job(name)
    _change(found, task_names, layer_names, TaskState.DEAD, tasks.eat_tasks, "eaten")


@job.command("log")
@_JOB
@click.argument("task_name", metavar="TASK")
@click.option("--attempt", type=click.IntRange(min=0), help="Number of the attempt, from 0; else the newest.")
@click.option(
    "--follow", "-f", "and_follow", is_flag=True, help="Go on until the task is done, or the attempt ends."
)
def log(name: str, task_name: str, attempt: int | None, and_follow: bool) -> None:
    """Print the log of a task."""
    print_log(find_task(find_job(name), task_name), attempt, and_follow)


@job.command("wait")
@_JOB
def wait(name: str) -> int:
    """Show progress until a job is over: ends 0 ok, 1 failed (dead tasks, nothing left to run), 2 killed."""
    return follow(find_job(name))


@job.command("pools")
@_JOB
@click.argument("pool_names", metavar="[POOL]...", nargs=-1)
def pools_(name: str, pool_names: tuple[str, ...]) -> None:
    """Put a job into pools, for its layers that name none; without POOL into none."""
    found = find_job(name)
    found.set_pools(pool_names)
    click.echo(f"job {found.name} is in {', '.join(found.pools or ()) or 'no pool'}")


@job.command("forgive")
@_JOB
@click.option("--node", "node_name", metavar="NODE", help="Only this node.")
def forgive(name: str, node_name: str | None) -> None:
    """Let a job try the nodes again that it stays away from."""
    found = find_job(name)
    avoids.clear_avoids(found, get_node(node_name) if node_name else "")
    click.echo(
        f"job {found.name} stays away from {'no node' if node_name is None else f'{node_name} no more'}"
    )


def _change(
    found: jobs.Job,
    task_names: tuple[str, ...],
    layer_names: tuple[str, ...],
    state: TaskState,
    act: Callable[..., None],
    done: str,
) -> None:
    """Named tasks in whatever state they are; a layer's, or the job's, only in the state that is meant."""
    named = bool(task_names)
    wanted = find_tasks(found, task_names, layer_names, None if named else state)
    if wanted:
        act(tasks=wanted)
    click.echo(f"{len(wanted)} task{'' if len(wanted) == 1 else 's'} of {found.name} {done}")


def _state(found: jobs.Job) -> str:
    return "paused" if found.paused and found.state == JobState.RUNNING else label(found.state)


def _columns(now: int) -> list[Column]:
    return [
        ("JOB", lambda job: job.name),
        ("STATE", _state),
        ("USER", lambda job: job.username),
        ("PROJECT", lambda job: job.project_code),
        ("DONE", lambda job: job.totals.done),
        ("OF", lambda job: job.totals.total),
        ("RUN", lambda job: job.totals.running),
        ("DEAD", lambda job: job.totals.dead),
        ("CORES", lambda job: job.run_cores),
        ("MAX", lambda job: capped(job.max_cores)),
        ("RAM", lambda job: memory(job.stats.high_ram)),
        ("STARTED", lambda job: when(job.start_time)),
        ("DURATION", lambda job: lasted(job.start_time, job.stop_time, now)),
        ("ID", short_id),
    ]


def _task_columns(now: int) -> list[Column]:
    return [
        ("TASK", lambda task: task.name),
        ("STATE", lambda task: label(task.state)),
        ("FRAMES", lambda task: task.frames),
        ("ATTEMPT", lambda task: task.retries if task.retries >= 0 else None),
        ("NODE", lambda task: task.stats.last_node),
        ("%", lambda task: task.stats.progress),
        ("RAM", lambda task: memory(task.stats.high_ram)),
        ("DURATION", lambda task: lasted(task.stats.start_time, task.stats.stop_time, now)),
        ("EXIT", lambda task: task.stats.exit_status if task.stats.stop_time else None),
        ("SIGNAL", lambda task: task.stats.exit_signal or None),
    ]


def _needs(layer: layers.Layer) -> str:
    """What a layer asks of nodes beside cores, memory and tags: `gpus 2, pools gpu+big`."""
    said = {name: value for name, value in vars(layer.needs).items() if value} if layer.needs else {}
    return ", ".join(f"{name} {_needed(value)}".removesuffix(" True") for name, value in said.items())


def _needed(value: object) -> str:
    return "+".join(value) if isinstance(value, list) else str(value)


_LAYER_COLUMNS: list[Column] = [
    ("LAYER", lambda layer: layer.name),
    ("RANGE", lambda layer: layer.range),
    ("CHUNK", lambda layer: layer.chunk),
    ("SERVICE", lambda layer: layer.service),
    ("DONE", lambda layer: layer.totals.done),
    ("OF", lambda layer: layer.totals.total),
    ("RUN", lambda layer: layer.totals.running),
    ("DEAD", lambda layer: layer.totals.dead),
    ("CORES", lambda layer: layer.min_cores),
    ("RAM", lambda layer: memory(layer.min_ram)),
    ("HIGHEST", lambda layer: memory(layer.stats.high_ram)),
    ("TAGS", lambda layer: ",".join(layer.tags)),
    ("NEEDS", _needs),
]
