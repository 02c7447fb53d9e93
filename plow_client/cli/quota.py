"""`plow quota`: projects' shares of clusters."""

from __future__ import annotations

import click

from plow_client import quota as quotas
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.change import apply, told
from plow_client.cli.columns import Column, short
from plow_client.cli.complete import argument, option
from plow_client.cli.find import find_cluster, find_project, find_quota
from plow_client.cli.show import View, listing, shown

_QUOTA = argument("name", "quota", "QUOTA")
_CORES = click.IntRange(min=0)


def _state(found: quotas.Quota) -> str:
    return "locked" if found.is_locked else "open"


_COLUMNS = [
    Column("QUOTA", "name"),
    Column("STATE", _state),
    Column("SIZE", "size"),
    Column("BURST", "burst"),
    Column("RUN", "run_cores"),
    Column("USED HOURS", "used_core_hours", lambda hours: f"{hours:.1f}", extra=True),
    Column("DEBT HOURS", "debt_core_hours", lambda hours: f"{hours:.1f}", extra=True),
    Column("ID", "id", short),
]


@click.group()
def quota() -> None:
    """Quotas: projects' shares of clusters. QUOTA is PROJECT.CLUSTER, an id, or a part of an id."""


@quota.command("list")
@option("--project", "codes", "project", "CODE", "Only this project's.", multiple=True)
@option("--cluster", "names", "cluster", "NAME", "Only on this cluster.", multiple=True)
@listing
def list_(codes: tuple[str, ...], names: tuple[str, ...], view: View) -> None:
    """List quotas."""
    found = quotas.get_quotas(
        project=[find_project(code) for code in codes] or None,
        cluster=[find_cluster(name) for name in names] or None,
    )
    view.rows(found, _COLUMNS, "no quotas")


@quota.command("show")
@_QUOTA
@shown
def show_(name: str, view: View) -> None:
    """Show a quota."""
    found = quotas.get_quota(find_quota(name).id)
    view.one(
        found,
        lambda: [
            ("quota", found.name),
            ("id", found.id),
            ("state", _state(found)),
            ("size", f"{found.size}, its weight against other projects"),
            ("burst", f"{found.burst} cores at most"),
            ("running", f"{found.run_cores} cores"),
            ("used", f"{found.used_core_hours or 0:.1f} core hours of late"),
            ("debt", f"{found.debt_core_hours or 0:.1f} core hours beyond its share"),
        ],
    )


@quota.command("create")
@argument("project", "project", "PROJECT")
@argument("cluster", "cluster", "CLUSTER")
@click.argument("size", type=_CORES)
@click.argument("burst", type=_CORES)
def create(project: str, cluster: str, size: int, burst: int) -> None:
    """Give a project a share of a cluster: weight SIZE, at most BURST cores."""
    told("quota", quotas.create_quota(find_project(project), find_cluster(cluster), size, burst), "made")


@quota.command("set")
@_QUOTA
@click.option("--size", type=_CORES, help="Its weight.")
@click.option("--burst", type=_CORES, help="The most cores at once.")
def set_(name: str, size: int | None, burst: int | None) -> None:
    """Change a quota."""
    found = find_quota(name)
    apply((burst, found.set_burst), (size, found.set_size))
    told("quota", found, "changed")


@quota.command("lock")
@_QUOTA
def lock(name: str) -> None:
    """Book nothing more on a quota; what runs goes on."""
    found = find_quota(name)
    found.set_locked()
    told("quota", found, "locked")


@quota.command("unlock")
@_QUOTA
def unlock(name: str) -> None:
    """Book on a quota again."""
    found = find_quota(name)
    found.set_locked(False)
    told("quota", found, "unlocked")


@quota.command("delete")
@_QUOTA
@yes_option
def delete(name: str, yes: bool) -> None:
    """Delete a quota on which nothing runs."""
    found = find_quota(name)
    confirm(yes, f"delete quota {found.name}: the project then gets no cores of that cluster")
    found.delete()
    told("quota", found, "deleted")
