"""`plow proc`: what runs now, and what it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from plow_client import proc as procs
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.columns import Column, lasted, memory, short, when, words
from plow_client.cli.complete import option
from plow_client.cli.find import (
    find_cluster,
    find_folder,
    find_job,
    find_layer,
    find_node,
    find_proc,
    find_project,
    find_quota,
    the_task,
)
from plow_client.cli.show import View, long_listing, shown

COLUMNS = [
    Column("TASK", "task_name"),
    Column("JOB", "job_name"),
    Column("LAYER", "layer_name", extra=True),
    Column("NODE", "node_name"),
    Column("STATE", "state"),
    Column("CORES", "cores"),
    Column("USED CORES", "used_cores"),
    Column("RAM", "ram", memory),
    Column("USED RAM", "used_ram", memory),
    Column("HIGH RAM", "high_ram", memory, extra=True),
    Column("GPUS", "gpus", words, extra=True),
    Column("ATTEMPT", "attempt", extra=True),
    Column("DURATION", "started_time", lasted),
    Column("ID", "id", short),
]
_FINDERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "projects": ("project", find_project),
    "folders": ("folder", find_folder),
    "jobs": ("job", find_job),
    "layers": ("layer", find_layer),
    "tasks": ("task", the_task),
    "clusters": ("cluster", find_cluster),
    "quotas": ("quota", find_quota),
    "nodes": ("node", find_node),
}


@click.group()
def proc() -> None:
    """Procs: what runs now, and what it holds. PROC is an id, or a part of one."""


def _owners(function: Any) -> Any:
    for name, (noun, _) in reversed(_FINDERS.items()):
        function = option(f"--{noun}", name, noun, noun.upper(), f"Only of this {noun}.", multiple=True)(
            function
        )
    return function


@proc.command("list")
@_owners
@long_listing
def list_(view: View, **owners: tuple[str, ...]) -> None:
    """List procs."""
    wanted: dict[str, Any] = {
        name: [_FINDERS[name][1](text) for text in texts] for name, texts in owners.items() if texts
    }
    view.rows(procs.get_procs(**wanted, limit=view.most), COLUMNS, "nothing runs")


@proc.command("show")
@click.argument("name", metavar="PROC")
@shown
def show_(name: str, view: View) -> None:
    """Show a proc."""
    found = find_proc(name)
    view.one(
        found,
        lambda: [
            ("proc", found.id),
            ("task", f"{found.job_name}/{found.task_name}"),
            ("node", found.node_name),
            ("cores", f"{found.cores}, {found.used_cores:g} used, at most {found.high_cores:g}"),
            ("RAM", f"{memory(found.ram)}, {memory(found.used_ram)} used, at most {memory(found.high_ram)}"),
            ("GPUs", words(found.gpus or ())),
            ("attempt", found.attempt),
            ("started", when(found.started_time)),
            ("duration", lasted(found.started_time)),
        ],
    )


@proc.command("kill")
@click.argument("names", metavar="PROC...", nargs=-1, required=True)
@click.option("--reason", default="killed with the plow command", help="Kept with the attempt.")
@yes_option
def kill(names: tuple[str, ...], reason: str, yes: bool) -> None:
    """Stop attempts and queue their tasks again at no cost."""
    found = [find_proc(name) for name in names]
    confirm(yes, f"stop {', '.join(f'{one.job_name}/{one.task_name}' for one in found)} and queue it again")
    for one in found:
        one.kill(reason)
        click.echo(f"{one.job_name}/{one.task_name} on {one.node_name} stopped")
