"""`plow why`: why something waits, runs, or is idle."""

from __future__ import annotations

from collections.abc import Callable

import click

from plow_client.cli.complete import argument
from plow_client.cli.depend import find_part
from plow_client.cli.find import find_job, find_node, find_task
from plow_client.cli.show import View, shown
from plow_client.cli.words import visible
from plow_client.current import is_uuid
from plow_client.errors import NotFound
from plow_client.explanation import explain
from plow_client.layer import get_layer


@click.command()
@argument("name", "task", "NAME|ID")
@click.argument("part", metavar="[PART]", required=False)
@shown
def why(name: str, part: str | None, view: View) -> None:
    """Why a job waits, runs or is over, or why a node is idle; PART is a layer or a task of the job."""
    told = explain(_find(name, part))
    if not view.is_table:
        view.one(told, list)
        return
    for line in told.lines():
        click.echo(visible(line))


def _find(name: str, part: str | None) -> str:
    if part is not None:
        job = find_job(name)
        return _first(part, f"no layer or task '{part}' in job '{job.name}'", (
            lambda text: get_layer(job, text).id,
            lambda text: find_task(job, text).id,
        ))  # fmt: skip
    if is_uuid(name):
        return name
    if "/" in name:
        return find_part(name).id
    ways: tuple[Callable[[str], str], ...] = (lambda text: find_job(text).id, lambda text: find_node(text).id)
    return _first(name, f"no job or node '{name}'", ways)


def _first(name: str, missing: str, ways: tuple[Callable[[str], str], ...]) -> str:
    for way in ways:
        try:
            return way(name)
        except NotFound:
            continue
    raise NotFound(missing)
