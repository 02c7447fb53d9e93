"""`plow failures`: what failed, the same last words together."""

from __future__ import annotations

import click

from plow_client.cli.columns import Column, when, words
from plow_client.cli.complete import argument
from plow_client.cli.find import find_job, find_node
from plow_client.cli.show import View, listing
from plow_client.cli.words import visible
from plow_client.errors import Invalid, NotFound
from plow_client.failure import Failure, as_text, get_job_failures, get_node_failures

_COLUMNS = [
    Column("TASKS", "tasks"),
    Column("ATTEMPTS", "attempts"),
    Column("NODES", "nodes", words),
    Column("LAYERS", "layers", words),
    Column("FIRST", "first_time", when, extra=True),
    Column("LAST", "last_time", when, extra=True),
    Column("LINE", "line"),
    Column("FINGERPRINT", "fingerprint", extra=True),
]


@click.command()
@argument("name", "job", "JOB|NODE")
@click.option("--dead", "dead_only", is_flag=True, help="Of a job: only what its dead tasks died of.")
@click.option(
    "--hours",
    type=click.IntRange(min=1),
    default=24,
    show_default=True,
    help="Of a node: so many hours back.",
)
@listing
def failures(name: str, dead_only: bool, hours: int, view: View) -> None:
    """What failed in a job or on a node, the same last words together, those of most tasks first."""
    found = _find(name, dead_only, hours)
    if not view.is_table or view.columns or view.is_long:
        view.rows(found, _COLUMNS, "nothing failed")
        return
    for line in as_text(found).splitlines():
        click.echo(visible(line))


def _find(name: str, dead_only: bool, hours: int) -> list[Failure]:
    try:
        return get_job_failures(find_job(name), dead_only)
    except NotFound:
        pass  # then it is a node
    try:
        node = find_node(name)
    except NotFound:
        raise NotFound(f"no job or node '{name}'") from None
    if dead_only:
        raise Invalid(f"'{name}' is a node: --dead is for jobs")
    return get_node_failures(node, hours)
