"""`plow history`: who changed what."""

from __future__ import annotations

from collections.abc import Callable

import click

from plow_client.blame import Blame, get_history
from plow_client.cli.find import find_job, find_task
from plow_client.cli.show import Column, json_option, show, when
from plow_client.cluster import get_cluster
from plow_client.current import is_uuid
from plow_client.errors import NotFound
from plow_client.node import get_node
from plow_client.project import get_project_by_code

_COLUMNS: list[Column] = [
    ("TIME", lambda blame: when(blame.time)),
    ("WHO", lambda blame: blame.actor if blame.is_proven else f"{blame.actor} (says the client)"),
    ("WHAT", lambda blame: blame.noun),
    ("CHANGE", lambda blame: _change(blame)),
    ("FROM", lambda blame: _short(blame.old_value)),
    ("TO", lambda blame: _short(blame.new_value)),
    ("REASON", lambda blame: blame.reason),
    ("CALL", lambda blame: blame.call),
    ("CLIENT", lambda blame: blame.client),
]
_LONGEST = 60


@click.command()
@click.argument("name", metavar="OBJECT")
@click.argument("task", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@json_option
def history(name: str, task: str | None, limit: int, as_json: bool) -> None:
    """Who changed a job, a TASK of it, or a node, cluster or project; anything else by its id. Newest first."""
    show(get_history(_find(name, task), limit), _COLUMNS, as_json, f"nothing is known of '{name}'")


def _find(name: str, task: str | None) -> str:
    if task is not None:
        return find_task(find_job(name), task).id
    if is_uuid(name):
        return name
    ways: tuple[Callable[[str], str], ...] = (
        lambda text: find_job(text).id,
        lambda text: get_node(text).id,
        lambda text: get_cluster(text).id,
        lambda text: get_project_by_code(text).id,
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
