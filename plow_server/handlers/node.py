"""Calls about nodes."""

from __future__ import annotations

from collections.abc import Collection

from plow_client.idl import NodeFilterT, NodeState, NodeT, SlotMode
from plow_server.database import Database, Transaction
from plow_server.handlers.arguments import Id, ids, states, texts
from plow_server.handlers.job import REGEX_S
from plow_server.rows import label, maker

_node = maker(NodeT)


def get_node(db: Database, name: str) -> NodeT:
    """A node by name or id."""
    return db.one("node_by_name_or_id", _node, missing=f"no node '{name}'", node=name)


def get_nodes(db: Database, filter: NodeFilterT) -> list[NodeT]:
    """Nodes that match, by name."""
    wanted = {
        "ids": ids(filter.hostIds),
        "clusters": ids(filter.clusterIds),
        "names": texts(filter.hostnames),
        "states": states(NodeState, filter.states),
        "locked": filter.locked,
        "regex": filter.regex,
    }

    def read(transaction: Transaction) -> list[NodeT]:
        return transaction.all("nodes", _node, **wanted)

    return db.atomically(read, limit_s=None if filter.regex is None else REGEX_S)


def set_node_locked(db: Database, id: Id, locked: bool) -> None:
    """Lock: no new tasks; running ones go on."""
    db.run("set_node_locked", p_node=id, p_locked=locked)


def set_node_cluster(db: Database, id: Id, cluster_id: Id) -> None:
    """Move a node; it takes the cluster's tags."""
    db.run("set_node_cluster", p_node=id, p_cluster=cluster_id)


def set_node_tags(db: Database, id: Id, tags: Collection[str]) -> None:
    """Replace a node's tags."""
    db.run("set_node_tags", p_node=id, p_tags=sorted(tags))


def set_node_slot_mode(db: Database, id: Id, mode: int, slot_cores: int, slot_ram: int) -> None:
    """Choose how a node is divided."""
    db.run("set_node_slot_mode", p_node=id, p_mode=label(SlotMode, mode), p_cores=slot_cores, p_ram=slot_ram)
