"""`plow pool`: nodes by name, chosen by jobs."""

from __future__ import annotations

import click

from plow_client import pool as pools
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.columns import Column, count, short
from plow_client.cli.complete import argument, option
from plow_client.cli.find import find_pool
from plow_client.cli.show import View, listing, shown

_POOL = argument("name", "pool", "POOL")
_HOSTS = argument("hosts", "node", "HOST...", nargs=-1, required=True)
_COLUMNS = [
    Column("POOL", "name"),
    Column("TAKES", lambda pool: "only its own" if pool.exclusive else "all"),
    Column("HOSTS", lambda pool: len(pool.hosts)),
    Column("NODES", "node_count"),
    Column("JOBS", "job_count"),
    Column("ID", "id", short, extra=True),
]


@click.group()
def pool() -> None:
    """Pools: nodes by name, chosen by jobs. POOL is a name, an id, or a part of an id."""


@pool.command("list")
@listing
def list_(view: View) -> None:
    """List pools by name."""
    view.rows(pools.get_pools(), _COLUMNS, "no pools")


@pool.command("show")
@_POOL
@shown
def show_(name: str, view: View) -> None:
    """Show a pool and its hosts."""
    found = find_pool(name)
    view.one(
        found,
        lambda: [
            ("pool", found.name),
            ("id", found.id),
            ("takes", "only jobs that name it" if found.exclusive else "all jobs"),
            ("jobs", f"{found.job_count} unfinished jobs name it"),
            ("nodes", f"{found.node_count} are known"),
            *(("host", host) for host in found.hosts),
        ],
    )


@pool.command("create")
@click.argument("name")
@argument("hosts", "node", "[HOST]...", nargs=-1)
@click.option("--exclusive", is_flag=True, help="Its nodes take only jobs that name it.")
def create(name: str, hosts: tuple[str, ...], exclusive: bool) -> None:
    """Make a pool; hosts may be offline or not yet known."""
    _told(pools.create_pool(name, hosts, exclusive))


@pool.command("add")
@_POOL
@_HOSTS
def add(name: str, hosts: tuple[str, ...]) -> None:
    """Add hosts to a pool."""
    found = find_pool(name)
    found.change_hosts(add=hosts)
    _told(found)


@pool.command("remove")
@_POOL
@_HOSTS
def remove(name: str, hosts: tuple[str, ...]) -> None:
    """Take hosts out of a pool; what runs there goes on."""
    found = find_pool(name)
    found.change_hosts(remove=hosts)
    _told(found)


@pool.command("hosts")
@_POOL
@argument("hosts", "node", "[HOST]...", nargs=-1)
def hosts_(name: str, hosts: tuple[str, ...]) -> None:
    """Give a pool these hosts and no others; what runs elsewhere goes on."""
    found = find_pool(name)
    found.set_hosts(hosts)
    _told(found)


@pool.command("rename")
@_POOL
@click.argument("new", metavar="NAME")
def rename(name: str, new: str) -> None:
    """Give a pool another name; jobs that name it go on doing so."""
    find_pool(name).set_name(new)
    click.echo(f"pool {name} is now {new}")


@pool.command("exclusive")
@_POOL
@click.option("--off", is_flag=True, help="Its nodes take all jobs again.")
def exclusive_(name: str, off: bool) -> None:
    """Let a pool's nodes take only jobs that name it."""
    found = find_pool(name)
    found.set_exclusive(not off)
    _told(found)


@pool.command("delete")
@_POOL
@option("--move-to", "move_to", "pool", "POOL", "The pool that its jobs get instead.", default="")
@yes_option
def delete(name: str, move_to: str, yes: bool) -> None:
    """Delete a pool that no unfinished job names, or move its jobs."""
    found = find_pool(name)
    moved = f" and move {count(found.job_count, 'job')} to {move_to}" if move_to else ""
    confirm(yes, f"delete pool {found.name} with {count(len(found.hosts), 'host')}{moved}")
    found.delete(move_to)
    click.echo(f"pool {found.name} deleted" + (f", its jobs are in {move_to}" if move_to else ""))


def _told(found: pools.Pool) -> None:
    takes = ", takes only jobs that name it" if found.exclusive else ""
    click.echo(
        f"pool {found.name} has {count(len(found.hosts), 'host')}, {found.node_count} of them known{takes}"
    )
