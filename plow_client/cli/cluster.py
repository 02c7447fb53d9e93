"""`plow cluster`: groups of nodes."""

from __future__ import annotations

import click

from plow_client import cluster as clusters
from plow_client.cli.show import Column, json_option, show

_COLUMNS: list[Column] = [
    ("CLUSTER", lambda cluster: cluster.name),
    ("STATE", lambda cluster: "locked" if cluster.is_locked else "open"),
    ("DEFAULT", lambda cluster: "yes" if cluster.is_default else "no"),
    ("NODES", lambda cluster: cluster.total.nodes),
    ("UP", lambda cluster: cluster.total.up_nodes),
    ("DOWN", lambda cluster: cluster.total.down_nodes),
    ("LOCKED", lambda cluster: cluster.total.locked_nodes),
    ("CORES", lambda cluster: cluster.total.cores),
    ("RUN", lambda cluster: cluster.total.run_cores),
    ("IDLE", lambda cluster: cluster.total.idle_cores),
    ("TAGS", lambda cluster: ",".join(sorted(cluster.tags))),
]


@click.group()
def cluster() -> None:
    """Clusters: groups of nodes."""


@cluster.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List clusters by name."""
    show(clusters.get_clusters(), _COLUMNS, as_json, "no clusters")
