"""`plow avoid`: jobs that stay away from nodes where they failed too often."""

from __future__ import annotations

import click

from plow_client import avoid as avoids
from plow_client.cli.columns import Column, when
from plow_client.cli.complete import option
from plow_client.cli.find import find_job, find_node
from plow_client.cli.show import View, listing

_JOB = option("--job", "job", "job", "JOB", "Only of this job.")
_NODE = option("--node", "node", "node", "NODE", "Only from this node.")
_COLUMNS = [
    Column("JOB", "job_name"),
    Column("NODE", "node_name"),
    Column("FAILURES", "failures"),
    Column("UNTIL", "end_time", when),
    Column("REASON", "reason"),
]


@click.group()
def avoid() -> None:
    """Avoids: jobs that stay away from nodes where they failed too often."""


@avoid.command("list")
@_JOB
@_NODE
@listing
def list_(job: str | None, node: str | None, view: View) -> None:
    """List which jobs stay away from which nodes, until when, and why."""
    found = avoids.get_avoids(find_job(job) if job else "", find_node(node) if node else "")
    view.rows(found, _COLUMNS, "no job stays away from a node")


@avoid.command("clear")
@_JOB
@_NODE
def clear(job: str | None, node: str | None) -> None:
    """Let a job try all nodes again, or all jobs a node, or the one the other."""
    if not job and not node:
        raise click.UsageError("say --job, --node, or both")
    avoids.clear_avoids(find_job(job) if job else "", find_node(node) if node else "")
    click.echo(
        f"{f'job {job}' if job else 'no job'} stays away {f'from node {node}' if node else ''} no more".replace(
            "  ", " "
        )
    )
