"""`plow job`: what is running, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

import click

from plow_client import job as jobs
from plow_client import layer as layers
from plow_client.cli import job_change, job_launch
from plow_client.cli.columns import Column, words
from plow_client.cli.complete import argument, option
from plow_client.cli.find import find_job, find_task, find_tasks, is_query
from plow_client.cli.folder import COLUMNS as FOLDERS
from plow_client.cli.job_columns import JOBS, LAYERS, job_facts
from plow_client.cli.log import log_options, print_log
from plow_client.cli.show import View, listing, long_listing, show_table_after, shown
from plow_client.cli.spec_json import write_spec
from plow_client.cli.task_columns import TASKS
from plow_client.folder import Folder, get_job_board
from plow_client.idl import JobState, TaskState
from plow_client.job_spec import get_job_spec
from plow_client.project import get_active_projects

_JOB = argument("name", "job", "JOB")
_LAYER = click.option(
    "--layer", "layer_names", multiple=True, metavar="LAYER", help="All tasks of this layer."
)
_TASK_STATES = click.Choice([state.name.lower() for state in TaskState], case_sensitive=False)
_TRACE = [
    Column("FILTER", "filter_name"),
    Column("MATCHED", lambda trace: "yes" if trace.matched else "no"),
    Column("ACTIONS", lambda trace: words([action.type.name.lower() for action in trace.actions])),
    Column("WHY", "why"),
]


@click.group()
def job() -> None:
    """Jobs, their layers, tasks and logs. JOB is a name, an id, or the beginning or end of an id."""


for _command in (*job_change.COMMANDS, *job_launch.COMMANDS):
    job.add_command(_command)


@job.command("list")
@click.argument("part", metavar="[QUERY|PART]", required=False)
@click.option("--user", multiple=True, help="Only jobs of this user.")
@option("--project", "project", "project", "CODE", "Only jobs of this project.", multiple=True)
@click.option("--all", "everything", is_flag=True, help="Finished jobs too.")
@long_listing
def list_(
    part: str | None, user: tuple[str, ...], project: tuple[str, ...], everything: bool, view: View
) -> None:
    """List unfinished jobs, newest first: those of a QUERY ("user=anna and dead>0"), or with PART in their name."""
    where = part if part and is_query(part) else None
    is_any = everything or (where is not None and re.search(r"\bstate\b", where))
    found = jobs.get_jobs(
        where=where,
        regex=re.escape(part) if part and not where else None,
        user=user or None,
        project=project or None,
        states=None if is_any else [JobState.RUNNING, JobState.POST],
        limit=view.most,
    )
    view.rows(found, JOBS, "no jobs")


@job.command("show")
@_JOB
@shown
def show_(name: str, view: View) -> None:
    """Show a job and its layers."""
    found = find_job(name)
    below = layers.get_layers(found)
    if view.one(found, lambda: job_facts(found), layers=below):
        show_table_after(below, LAYERS, "no layers")


@job.command("board")
@option("--project", "project", "project", "CODE", "Only of this project.")
@listing
def board(project: str | None, view: View) -> None:
    """Show the folders with their unfinished jobs."""
    codes = [project] if project else [found.code for found in get_active_projects()]
    folders = [folder for code in codes for folder in get_job_board(code)]
    if view.is_table:
        _show_board(folders, view)
    else:
        view.rows(folders, FOLDERS, "no folders")


@job.command("tasks")
@_JOB
@_LAYER
@click.option("--state", "states", multiple=True, type=_TASK_STATES, help="Only tasks in this state.")
@listing
def tasks_(name: str, layer_names: tuple[str, ...], states: tuple[str, ...], view: View) -> None:
    """List the tasks of a job."""
    view.rows(find_tasks(find_job(name), (), layer_names, states or None), TASKS, "no tasks")


@job.command("log")
@_JOB
@click.argument("task_name", metavar="TASK")
@log_options
def log(name: str, task_name: str, attempt: int | None, and_follow: bool) -> None:
    """Print the log of a task."""
    print_log(find_task(find_job(name), task_name), attempt, and_follow)


@job.command("wait")
@_JOB
def wait(name: str) -> int:
    """Show progress until a job is over: ends 0 ok, 1 failed (dead tasks, nothing left to run), 2 killed."""
    from plow_client.cli.progress import follow

    return follow(find_job(name))


@job.command("spec")
@_JOB
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file."
)
def spec(name: str, output: Path | None) -> None:
    """Print the spec of a job as it was launched, as JSON that `plow job launch` takes."""
    found = find_job(name)
    text = write_spec(get_job_spec(found))
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
        click.echo(f"the spec of job {found.name} is in {output}")


@job.command("filters")
@_JOB
@listing
def filters_(name: str, view: View) -> None:
    """List what the filters did to a job at launch."""
    view.rows(find_job(name).get_filter_trace(), _TRACE, "no filter was asked")


def _show_board(folders: list[Folder], view: View) -> None:
    for place, folder in enumerate(folders):
        totals = folder.totals
        told = f"{totals.done} of {totals.total} done, {totals.running} running, {totals.dead} dead"
        click.echo(("\n" if place else "") + click.style(folder.name, bold=True) + f"  {told}")
        view.rows(folder.jobs or [], JOBS, "  no unfinished jobs")
