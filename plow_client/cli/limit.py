"""`plow limit`: counts of something scarce, like licences."""

from __future__ import annotations

import click

from plow_client import limit as limits
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.change import apply, choice
from plow_client.cli.columns import Column, label, short
from plow_client.cli.complete import argument
from plow_client.cli.find import find_limit
from plow_client.cli.show import View, listing, shown
from plow_client.clock import clock
from plow_client.idl import LimitPer

_LIMIT = argument("name", "limit", "LIMIT")
_NUMBER = click.IntRange(min=0)
_COLUMNS = [
    Column("LIMIT", "name"),
    Column("PER", lambda limit: label(limit.per).lower()),
    Column("USED", "used"),
    Column("OF", "total"),
    Column("HELD BACK", "held_back"),
    Column("WAITING", "waiting"),
    Column("NOT BEFORE", "not_before", lambda ms: clock(ms) if ms else "-"),
    Column("REASON", "reason"),
    Column("ID", "id", short, extra=True),
]


@click.group()
def limit() -> None:
    """Limits: counts of something scarce. LIMIT is a name, an id, or a part of an id."""


@limit.command("list")
@listing
def list_(view: View) -> None:
    """List limits by name: in use, total, tasks that wait for them."""
    view.rows(limits.get_limits(), _COLUMNS, "no limits")


@limit.command("show")
@_LIMIT
@shown
def show_(name: str, view: View) -> None:
    """Show a limit."""
    found = find_limit(name)
    view.one(found, lambda: [(column.title.lower(), column.cell(found)) for column in _COLUMNS])


@limit.command("create")
@click.argument("name")
@click.argument("total", type=_NUMBER)
@click.option(
    "--per",
    type=choice(LimitPer),
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
    found = find_limit(name)
    apply((total, found.set_total), (held_back, found.set_held_back))
    _told(found)


@limit.command("retry")
@_LIMIT
def retry(name: str) -> None:
    """Try a limit again now, after a shortage."""
    found = find_limit(name)
    found.clear_wait()
    click.echo(f"limit {found.name} is tried again")


@limit.command("delete")
@_LIMIT
@yes_option
def delete(name: str, yes: bool) -> None:
    """Delete a limit that no unfinished job needs."""
    found = find_limit(name)
    confirm(yes, f"delete limit {found.name}, {found.used} of {found.total} in use")
    found.delete()
    click.echo(f"limit {found.name} deleted")


def _told(found: limits.Limit) -> None:
    back = f", {found.held_back} held back" if found.held_back else ""
    click.echo(
        f"limit {found.name}: {found.used} of {found.total} in use per {label(found.per).lower()}{back}"
    )
