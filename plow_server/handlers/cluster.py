"""Calls about clusters."""

from __future__ import annotations

from collections.abc import Collection

from plow_client.errors import NotFound
from plow_client.idl import ClusterT
from plow_server.database import Database
from plow_server.handlers.arguments import Id
from plow_server.rows import maker

_cluster = maker(ClusterT)


def get_cluster(db: Database, name: str) -> ClusterT:
    """A cluster by name or id."""
    return db.one("cluster_by_name_or_id", _cluster, missing=f"no cluster '{name}'", cluster=name)


def get_clusters(db: Database) -> list[ClusterT]:
    """All clusters, by name."""
    return db.all("clusters", _cluster)


def get_clusters_by_tag(db: Database, tag: str) -> list[ClusterT]:
    """Clusters that have this tag."""
    return db.all("clusters_by_tag", _cluster, tag=tag)


def create_cluster(db: Database, name: str) -> ClusterT:
    """A cluster whose one tag is its name."""
    made = db.value("create_cluster", p_name=name)
    return db.one("cluster_by_id", _cluster, missing=f"no cluster '{name}'", id=made)


def delete_cluster(db: Database, id: Id) -> bool:
    """Delete a cluster without nodes. True if it was there."""
    return bool(db.value("delete_cluster", p_cluster=id))


def lock_cluster(db: Database, id: Id, locked: bool) -> bool:
    """Lock or unlock all nodes of a cluster at once. True if that changed something."""
    return bool(db.value("lock_cluster", p_cluster=id, p_locked=locked))


def set_cluster_tags(db: Database, id: Id, tags: Collection[str]) -> None:
    """Replace a cluster's tags; its nodes keep theirs."""
    if not db.run("set_cluster_tags", id=id, tags=sorted(tags)):
        raise NotFound(f"no cluster '{id}'")


def set_cluster_name(db: Database, id: Id, name: str) -> None:
    """Rename a cluster."""
    if not db.run("set_cluster_name", id=id, name=name):
        raise NotFound(f"no cluster '{id}'")


def set_default_cluster(db: Database, id: Id) -> None:
    """New nodes land here."""
    db.run("set_default_cluster", p_cluster=id)
