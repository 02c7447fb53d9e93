"""`plow task retry`, `eat` and `kill`: tasks by name or by query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from plow_client import task as tasks
from plow_client.cli.ask import confirm, dry_option, yes_option
from plow_client.cli.columns import count
from plow_client.cli.complete import argument
from plow_client.cli.find import is_query, the_tasks
from plow_client.idl import TaskState

_NAMES = argument("names", "task", "TASK|QUERY...", nargs=-1, required=True)
_SHOWN = 20


@click.command("retry")
@_NAMES
@dry_option
@yes_option
def retry(names: tuple[str, ...], dry_run: bool, yes: bool) -> None:
    """Queue tasks again with a fresh retry budget: those named, or all of a QUERY."""
    _change(names, tasks.retry_tasks, ("queue {} again", "queued again"), dry_run, yes)


@click.command("eat")
@_NAMES
@dry_option
@yes_option
def eat(names: tuple[str, ...], dry_run: bool, yes: bool) -> None:
    """Count tasks as done: those named, or all of a QUERY."""
    _change(names, tasks.eat_tasks, ("count {} as done", "eaten"), dry_run, yes)


@click.command("kill")
@_NAMES
@dry_option
@yes_option
def kill(names: tuple[str, ...], dry_run: bool, yes: bool) -> None:
    """Stop running tasks and queue them again: those named, or all of a QUERY."""
    _change(names, tasks.kill_tasks, ("stop {}", "stopped"), dry_run, yes)


COMMANDS = (retry, eat, kill)


def find_all(names: Sequence[str]) -> list[tasks.Task]:
    """The tasks of queries, and those that are named."""
    found = [task for name in names if is_query(name) for task in tasks.get_tasks(where=name)]
    found += the_tasks([name for name in names if not is_query(name)])
    return list({task.id: task for task in found}.values())


def stopping(found: Sequence[tasks.Task]) -> str:
    """How much work is lost: ``, 3 of them running``; nothing where none is."""
    running = sum(task.state == TaskState.RUNNING for task in found)
    done = sum(task.state == TaskState.SUCCEEDED for task in found)
    return "".join(
        f", {number:,} of them {what}" for number, what in ((running, "running"), (done, "done")) if number
    )


def _change(
    names: Sequence[str], act: Callable[..., Any], words: tuple[str, str], dry_run: bool, yes: bool
) -> None:
    found = find_all(names)
    deed = words[0].format(count(len(found), "task")) + stopping(found)
    if dry_run:
        click.echo(f"would {deed}")
        for task in found[:_SHOWN]:
            click.echo(f"  {task.job_name}/{task.name} {task.state.name}")
        if len(found) > _SHOWN:
            click.echo(f"  and {count(len(found) - _SHOWN, 'task')} more")
        return
    if found and (act is not tasks.retry_tasks or stopping(found)):
        confirm(yes, deed)
    if found:
        act(tasks=found)
    click.echo(f"{count(len(found), 'task')} {words[1]}")
