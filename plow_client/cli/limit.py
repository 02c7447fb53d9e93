"""`plow limit`: counts of something scarce, like licences."""

from __future__ import annotations

import click

from plow_client import limit as limits
from plow_client.cli.show import Column, json_option, label, show
from plow_client.clock import clock
from plow_client.idl import LimitPer

_LIMIT = click.argument("name", metavar="LIMIT")
_NUMBER = click.IntRange(min=0)

_COLUMNS: list[Column] = [
    ("LIMIT", lambda limit: limit.name),
    ("PER", lambda limit: label(limit.per).lower()),
    ("USED", lambda limit: limit.used),
    ("OF", lambda limit: limit.total),
    ("HELD BACK", lambda limit: limit.held_back),
    ("WAITING", lambda limit: limit.waiting),
    ("NOT BEFORE", lambda limit: clock(limit.not_before) if limit.not_before else "-"),
    ("REASON", lambda limit: limit.reason),
]


@click.group()
def limit() -> None:
    """Limits: counts of something scarce. LIMIT is a name or an id."""


@limit.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List limits by name: in use, total, tasks that wait for them."""
    show(limits.get_limits(), _COLUMNS, as_json, "no limits")


@limit.command("create")
@_LIMIT
@click.argument("total", type=_NUMBER)
@click.option(
    "--per",
    type=click.Choice([per.name.lower() for per in LimitPer], case_sensitive=False),
    default="task",
    help="What counts as one use: each task, or all on a node, or all of a user.",
)
def create(name: str, total: int, per: str) -> None:
    """Make a limit of which TOTAL may be in use."""
    _told(limits.create_limit(name, total, per))


@limit.command("set")
@_LIMIT
@click.option("--total", type=_NUMBER, help="How many there are.")
@click.option("--held-back", type=_NUMBER, help="How many the farm leaves alone.")
def set_(name: str, total: int | None, held_back: int | None) -> None:
    """Change a limit; what is in use beyond it goes on."""
    found = limits.get_limit(name)
    if total is not None:
        found.set_total(total)
    if held_back is not None:
        found.set_held_back(held_back)
    _told(found)


@limit.command("retry")
@_LIMIT
def retry(name: str) -> None:
    """Try a limit again now, after a shortage."""
    limits.get_limit(name).clear_wait()
    click.echo(f"limit {name} is tried again")


@limit.command("delete")
@_LIMIT
def delete(name: str) -> None:
    """Delete a limit that no unfinished job needs."""
    limits.get_limit(name).delete()
    click.echo(f"limit {name} deleted")


def _told(found: limits.Limit) -> None:
    back = f", {found.held_back} held back" if found.held_back else ""
    click.echo(
        f"limit {found.name}: {found.used} of {found.total} in use per {label(found.per).lower()}{back}"
    )
