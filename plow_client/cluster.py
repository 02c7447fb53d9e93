"""Clusters: groups of nodes; each node is in one."""

from __future__ import annotations

from collections.abc import Iterable

from plow_client import proc
from plow_client.current import server
from plow_client.entity import Entity, Record, Ref, id_of, texts_of
from plow_client.idl import ClusterCountsT, ClusterT


class ClusterCounts(Record[ClusterCountsT]):
    """Nodes and cores of a cluster by their state."""

    __slots__ = ()
    _struct = ClusterCountsT
    nodes: int
    up_nodes: int
    down_nodes: int
    repair_nodes: int
    locked_nodes: int
    unlocked_nodes: int
    cores: int
    up_cores: int
    down_cores: int
    repair_cores: int
    locked_cores: int
    unlocked_cores: int
    run_cores: int
    idle_cores: int


class Cluster(Entity[ClusterT]):
    """A cluster; its tags are given to nodes that are moved into it."""

    __slots__ = ()
    _struct = ClusterT
    name: str
    tags: set[str]
    is_locked: bool
    is_default: bool
    total: ClusterCounts

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getCluster(self.id))

    def delete(self) -> bool:
        """Delete it; it must have no nodes."""
        return delete_cluster(self)

    def lock(self, locked: bool = True) -> bool:
        """Lock or unlock all its nodes; true if that changed something."""
        changed = lock_cluster(self, locked)
        self.refresh()
        return changed

    def set_tags(self, tags: str | Iterable[str]) -> None:
        """Replace its tags; its nodes keep theirs."""
        set_cluster_tags(self, tags)
        self.refresh()

    def set_name(self, name: str) -> None:
        """Rename it."""
        set_cluster_name(self, name)
        self._accept("name", name)

    def set_default(self) -> None:
        """Let new nodes land here."""
        set_default_cluster(self)
        self._accept("is_default", True)

    def get_procs(self) -> list[proc.Proc]:
        """What is held on its nodes now."""
        return proc.get_procs(clusters=self)


def get_cluster(name: str) -> Cluster:
    """A cluster by name or id."""
    return Cluster(server().getCluster(name))


def get_clusters() -> list[Cluster]:
    """All clusters, by name."""
    return [Cluster(row) for row in server().getClusters()]


def get_clusters_by_tag(tag: str) -> list[Cluster]:
    """Clusters that have this tag."""
    return [Cluster(row) for row in server().getClustersByTag(tag)]


def create_cluster(name: str) -> Cluster:
    """Make a cluster whose one tag is its name."""
    return Cluster(server().createCluster(name))


def delete_cluster(cluster: Ref) -> bool:
    """Delete a cluster without nodes; true if it was there."""
    return server().deleteCluster(id_of(cluster))


def lock_cluster(cluster: Ref, locked: bool = True) -> bool:
    """Lock or unlock all nodes of a cluster at once; true if that changed something."""
    return server().lockCluster(id_of(cluster), locked)


def set_cluster_tags(cluster: Ref, tags: str | Iterable[str]) -> None:
    """Replace a cluster's tags; its nodes keep theirs."""
    server().setClusterTags(id_of(cluster), set(texts_of(tags) or []))


def set_cluster_name(cluster: Ref, name: str) -> None:
    """Rename a cluster."""
    server().setClusterName(id_of(cluster), name)


def set_default_cluster(cluster: Ref) -> None:
    """Let new nodes land in this cluster."""
    server().setDefaultCluster(id_of(cluster))
