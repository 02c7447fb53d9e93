"""`plow pool`: nodes by name, chosen by jobs."""

from __future__ import annotations

import click

from plow_client import pool as pools
from plow_client.cli.show import Column, json_option, show, show_facts, show_json

_POOL = click.argument("name", metavar="POOL")
_HOSTS = click.argument("hosts", metavar="HOST...", nargs=-1, required=True)

_COLUMNS: list[Column] = [
    ("POOL", lambda pool: pool.name),
    ("TAKES", lambda pool: "only its own" if pool.exclusive else "all"),
    ("HOSTS", lambda pool: len(pool.hosts)),
    ("NODES", lambda pool: pool.node_count),
    ("JOBS", lambda pool: pool.job_count),
]


@click.group()
def pool() -> None:
    """Pools: nodes by name, chosen by jobs. POOL is a name or an id."""


@pool.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List pools by name."""
    show(pools.get_pools(), _COLUMNS, as_json, "no pools")


@pool.command("show")
@_POOL
@json_option
def show_(name: str, as_json: bool) -> None:
    """Show a pool and its hosts."""
    found = pools.get_pool(name)
    if as_json:
        show_json(found.as_dict())
        return
    show_facts(
        [
            ("pool", found.name),
            ("id", found.id),
            ("takes", "only jobs that name it" if found.exclusive else "all jobs"),
            ("jobs", f"{found.job_count} unfinished jobs name it"),
            ("nodes", f"{found.node_count} are known"),
            *(("host", host) for host in found.hosts),
        ]
    )


@pool.command("create")
@_POOL
@click.argument("hosts", metavar="[HOST]...", nargs=-1)
@click.option("--exclusive", is_flag=True, help="Its nodes take only jobs that name it.")
def create(name: str, hosts: tuple[str, ...], exclusive: bool) -> None:
    """Make a pool; hosts may be offline or not yet known."""
    _told(pools.create_pool(name, hosts, exclusive))


@pool.command("add")
@_POOL
@_HOSTS
def add(name: str, hosts: tuple[str, ...]) -> None:
    """Add hosts to a pool."""
    found = pools.get_pool(name)
    found.change_hosts(add=hosts)
    _told(found)


@pool.command("remove")
@_POOL
@_HOSTS
def remove(name: str, hosts: tuple[str, ...]) -> None:
    """Take hosts out of a pool; what runs there goes on."""
    found = pools.get_pool(name)
    found.change_hosts(remove=hosts)
    _told(found)


@pool.command("rename")
@_POOL
@click.argument("new", metavar="NAME")
def rename(name: str, new: str) -> None:
    """Give a pool another name; jobs that name it go on doing so."""
    pools.get_pool(name).set_name(new)
    click.echo(f"pool {name} is now {new}")


@pool.command("exclusive")
@_POOL
@click.option("--off", is_flag=True, help="Its nodes take all jobs again.")
def exclusive_(name: str, off: bool) -> None:
    """Let a pool's nodes take only jobs that name it."""
    found = pools.get_pool(name)
    found.set_exclusive(not off)
    _told(found)


@pool.command("delete")
@_POOL
@click.option("--move-to", default="", metavar="POOL", help="The pool that its jobs get instead.")
def delete(name: str, move_to: str) -> None:
    """Delete a pool that no unfinished job names, or move its jobs."""
    pools.get_pool(name).delete(move_to)
    click.echo(f"pool {name} deleted" + (f", its jobs are in {move_to}" if move_to else ""))


def _told(found: pools.Pool) -> None:
    takes = ", takes only jobs that name it" if found.exclusive else ""
    click.echo(f"pool {found.name} has {len(found.hosts)} hosts, {found.node_count} of them known{takes}")
