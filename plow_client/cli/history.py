"""`plow history`: who changed what."""

from __future__ import annotations

from collections.abc import Callable

import click

from plow_client.blame import Blame, get_history
from plow_client.cli.columns import Column, when
from plow_client.cli.complete import argument
from plow_client.cli.find import find_cluster, find_job, find_node, find_project, find_task, the_task
from plow_client.cli.show import View, listing
from plow_client.current import is_uuid
from plow_client.errors import NotFound

_COLUMNS = [
    Column("TIME", "time", when),
    Column("WHO", lambda blame: blame.actor if blame.is_proven else f"{blame.actor} (says the client)"),
    Column("WHAT", "noun"),
    Column("CHANGE", lambda blame: _change(blame)),
    Column("FROM", "old_value", lambda value: _short(value)),
    Column("TO", "new_value", lambda value: _short(value)),
    Column("REASON", "reason"),
    Column("CALL", "call"),
    Column("CLIENT", "client"),
]
_LONGEST = 60


@click.command()
@argument("name", "task", "OBJECT")
@click.argument("task", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@listing
def history(name: str, task: str | None, limit: int, view: View) -> None:
    """Who changed what, newest first: a job, a TASK of it, a node, cluster or project; anything else by its id."""
    view.rows(get_history(_find(name, task), limit), _COLUMNS, f"nothing is known of '{name}'")


def _find(name: str, task: str | None) -> str:
    if task is not None:
        return find_task(find_job(name), task).id
    if is_uuid(name):
        return name
    if "/" in name:
        return the_task(name).id
    ways: tuple[Callable[[str], str], ...] = (
        lambda text: find_job(text).id,
        lambda text: find_node(text).id,
        lambda text: find_cluster(text).id,
        lambda text: find_project(text).id,
    )
    for way in ways:
        try:
            return way(name)
        except NotFound:
            continue
    raise NotFound(f"no job, node, cluster or project '{name}'")


def _change(blame: Blame) -> str:
    if blame.code:
        return "refused"
    if blame.field:
        return blame.field
    return "made" if blame.old_value is None else "deleted"


def _short(value: str | None) -> str | None:
    return value if value is None or len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
