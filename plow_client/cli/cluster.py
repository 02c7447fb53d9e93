"""`plow cluster`: groups of nodes."""

from __future__ import annotations

import click

from plow_client import cluster as clusters
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.change import apply, told, words_of
from plow_client.cli.columns import Column, short, words, yes
from plow_client.cli.complete import argument
from plow_client.cli.find import find_cluster
from plow_client.cli.show import View, listing, shown

_CLUSTER = argument("name", "cluster", "CLUSTER")


def _state(found: clusters.Cluster) -> str:
    return "locked" if found.is_locked else "open"


_COLUMNS = [
    Column("CLUSTER", "name"),
    Column("STATE", _state),
    Column("DEFAULT", "is_default", yes),
    Column("NODES", "total.nodes"),
    Column("UP", "total.up_nodes"),
    Column("DOWN", "total.down_nodes"),
    Column("REPAIR", "total.repair_nodes", extra=True),
    Column("LOCKED", "total.locked_nodes"),
    Column("CORES", "total.cores"),
    Column("RUN", "total.run_cores"),
    Column("IDLE", "total.idle_cores"),
    Column("TAGS", "tags", words),
    Column("ID", "id", short, extra=True),
]


@click.group()
def cluster() -> None:
    """Clusters: groups of nodes; each node is in one. CLUSTER is a name, an id, or a part of an id."""


@cluster.command("list")
@click.option("--tag", help="Only clusters that have this tag.")
@listing
def list_(tag: str | None, view: View) -> None:
    """List clusters by name."""
    found = clusters.get_clusters_by_tag(tag) if tag else clusters.get_clusters()
    view.rows(found, _COLUMNS, "no clusters")


@cluster.command("show")
@_CLUSTER
@shown
def show_(name: str, view: View) -> None:
    """Show a cluster: its nodes and cores by their state."""
    found = find_cluster(name)
    total = found.total
    view.one(
        found,
        lambda: [
            ("cluster", found.name),
            ("id", found.id),
            ("state", _state(found)),
            ("new nodes", "land here" if found.is_default else "land elsewhere"),
            ("tags", words(found.tags)),
            *(
                (name.replace("_", " "), value)
                for name, value in total.as_dict().items()
                if isinstance(value, int)
            ),
        ],
    )


@cluster.command("create")
@click.argument("name")
def create(name: str) -> None:
    """Make a cluster whose one tag is its name."""
    told("cluster", clusters.create_cluster(name), "made")


@cluster.command("set")
@_CLUSTER
@click.option("--name", "new", metavar="NAME", help="Rename it.")
@click.option("--tags", metavar="TAG,...", help="Its tags, which nodes that are moved into it get.")
@click.option("--default", "is_default", is_flag=True, default=None, help="Let new nodes land here.")
def set_(name: str, new: str | None, tags: str | None, is_default: bool | None) -> None:
    """Change a cluster."""
    found = find_cluster(name)
    apply(
        (new, found.set_name),
        (tags, lambda text: found.set_tags(words_of(text))),
        (is_default or None, lambda _: found.set_default()),
    )
    told("cluster", found, "changed")


@cluster.command("lock")
@_CLUSTER
def lock(name: str) -> None:
    """Give no node of a cluster new tasks; what runs goes on."""
    found = find_cluster(name)
    told("cluster", found, "locked" if found.lock() else "was locked already")


@cluster.command("unlock")
@_CLUSTER
def unlock(name: str) -> None:
    """Give the nodes of a cluster tasks again."""
    found = find_cluster(name)
    told("cluster", found, "unlocked" if found.lock(False) else "was not locked")


@cluster.command("delete")
@_CLUSTER
@yes_option
def delete(name: str, yes: bool) -> None:
    """Delete a cluster without nodes, with the quotas on it."""
    found = find_cluster(name)
    confirm(yes, f"delete cluster {found.name}")
    found.delete()
    told("cluster", found, "deleted")
