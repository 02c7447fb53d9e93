"""`plow attempt`: the starts of tasks that have ended."""

from __future__ import annotations

from typing import Any

import click

from plow_client import attempt as attempts
from plow_client.cli.change import choice
from plow_client.cli.columns import Column, farm_now, memory, spell, when
from plow_client.cli.complete import argument, option
from plow_client.cli.depend import find_part
from plow_client.cli.find import find_node
from plow_client.cli.show import View, long_listing
from plow_client.errors import NotFound
from plow_client.idl import AttemptEnd
from plow_client.job import Job
from plow_client.layer import Layer

_COLUMNS = [
    Column("TASK", "task_name"),
    Column("JOB", "job_name"),
    Column("LAYER", "layer_name", extra=True),
    Column("ATTEMPT", "attempt"),
    Column("END", "end_reason"),
    Column("EXIT", "exit_status"),
    Column("SIGNAL", "exit_signal", lambda signal: signal or None),
    Column("NODE", "node_name"),
    Column("STARTED", "start_time", when),
    Column("STOPPED", "stop_time", when, extra=True),
    Column("TOOK", "clock_ms", spell),
    Column("CPU", "cpu_ms", spell, extra=True),
    Column("CORES", "cores"),
    Column("RAM", "high_ram", memory),
    Column("BOOKED", "ram", memory, extra=True),
    Column("WARNINGS", "warnings", extra=True),
    Column("LOG", "log_path", extra=True),
    Column("REASON", "reason"),
]


@click.group()
def attempt() -> None:
    """Attempts: the starts of tasks that have ended."""


@attempt.command("list")
@argument("name", "task", "[JOB[/LAYER[/FRAME]]]", required=False)
@option("--node", "nodes", "node", "NODE", "Only on this node.", multiple=True)
@click.option(
    "--end", "ends", multiple=True, type=choice(AttemptEnd), help="Only those that ended like this."
)
@click.option(
    "--hours", type=click.FloatRange(min=0), help="Only those that ended in the last so many hours."
)
@long_listing
def list_(
    name: str | None,
    nodes: tuple[str, ...],
    ends: tuple[str, ...],
    hours: float | None,
    view: View,
) -> None:
    """List attempts of a job, a layer or a task, or on a node, newest first."""
    if not name and not nodes:
        raise click.UsageError("of what? Name a job, a layer or a task, or --node NODE")
    part = find_part(name) if name else None
    owner = "jobs" if isinstance(part, Job) else "layers" if isinstance(part, Layer) else "tasks"
    of: dict[str, Any] = {owner: part} if part else {}
    found = attempts.get_attempts(
        **of,
        nodes=[_node(node) for node in nodes] or None,
        ends=ends or None,
        stopped_since=int(farm_now() - hours * 3_600_000) if hours is not None else None,
        limit=view.most,
    )
    view.rows(found, _COLUMNS, "no attempts have ended")


def _node(name: str) -> str:
    try:
        return find_node(name).name
    except NotFound:
        return name  # the farm has forgotten it, its attempts are still known
