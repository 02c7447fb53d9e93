"""`plow task`: frames, chunks of frames, or named pieces of work."""

from __future__ import annotations

import click

from plow_client import task as tasks
from plow_client.cli import task_change
from plow_client.cli.complete import argument
from plow_client.cli.find import find_job, find_layer, find_tasks, is_query, the_task
from plow_client.cli.log import log_options, print_log
from plow_client.cli.show import View, listing, long_listing, show_table_after, shown
from plow_client.cli.task_columns import ATTEMPTS, TASKS, TASKS_OF_JOBS, task_facts
from plow_client.errors import NotFound
from plow_client.idl import TaskState

_TASK = argument("name", "task", "TASK")
_STATES = click.Choice([state.name.lower() for state in TaskState], case_sensitive=False)


@click.group()
def task() -> None:
    """Tasks. TASK is JOB/LAYER/FRAME, JOB/0007-beauty, JOB/'*-beauty' where there may be many, or an id."""


for _command in task_change.COMMANDS:
    task.add_command(_command)


@task.command("list")
@argument("name", "task", "JOB[/LAYER]|QUERY")
@click.option("--state", "states", multiple=True, type=_STATES, help="Only tasks in this state.")
@long_listing
def list_(name: str, states: tuple[str, ...], view: View) -> None:
    """List the tasks of a job, of a layer, those that a pattern means (JOB/'*-beauty'), or of a QUERY."""
    if is_query(name):
        view.rows(
            tasks.get_tasks(where=name, states=states or None, limit=view.most), TASKS_OF_JOBS, "no tasks"
        )
    else:
        view.rows(_named(name, states or None, view.most), TASKS, "no tasks")


@task.command("show")
@_TASK
@shown
def show_(name: str, view: View) -> None:
    """Show a task and all its attempts."""
    found = the_task(name)
    attempts = found.get_stats()
    if view.one(found, lambda: task_facts(found), attempts=attempts):
        show_table_after(attempts, ATTEMPTS, "has not begun")


@task.command("attempts")
@_TASK
@listing
def attempts_(name: str, view: View) -> None:
    """List all attempts of a task, oldest first."""
    view.rows(the_task(name).get_stats(), ATTEMPTS, "has not begun")


@task.command("log")
@_TASK
@log_options
def log(name: str, attempt: int | None, and_follow: bool) -> None:
    """Print the log of a task."""
    print_log(the_task(name), attempt, and_follow)


def _named(name: str, states: tuple[str, ...] | None, limit: int) -> list[tasks.Task]:
    job, slash, rest = name.partition("/")
    if not slash:
        return tasks.get_tasks(job=find_job(job), states=states, limit=limit)
    try:
        return tasks.get_tasks(layers=find_layer(name), states=states, limit=limit)
    except NotFound:
        return find_tasks(find_job(job), [rest], (), states)
