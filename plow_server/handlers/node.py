"""Calls about nodes."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from plow_client.errors import PlowError
from plow_client.idl import NodeFilterT, NodeState, NodeT, ReservationT, SlotMode
from plow_client.logs import event
from plow_client.query import Query
from plow_server.asking import AskNode
from plow_server.config import Limit
from plow_server.database import Database, Transaction
from plow_server.handlers.arguments import Id, ids, page, search, states, texts
from plow_server.query.check import checked
from plow_server.query.found import nodes
from plow_server.rows import from_json, label, maker

log = logging.getLogger(__name__)

_node = maker(NodeT)


def get_node(db: Database, name: str) -> NodeT:
    """A node by name or id."""
    return db.one("node_by_name_or_id", _node, missing=f"no node '{name}'", node=name)


def get_nodes(db: Database, filter: NodeFilterT, *, limit: Limit) -> list[NodeT]:
    """Nodes that match, by name."""
    wanted = {
        "ids": ids(filter.hostIds),
        "clusters": ids(filter.clusterIds),
        "names": texts(filter.hostnames),
        "states": states(NodeState, filter.states),
        "locked": filter.locked,
        "regex": filter.regex,
    }
    most = page(filter.limit, 0, limit.rows_per_answer)["limit"]
    if filter.where is not None:
        return _nodes_where(db, checked(filter.where, "node", limit), wanted, limit, most)

    def read(transaction: Transaction) -> list[NodeT]:
        return transaction.all("nodes", _node, **wanted, most=most)

    return search(db, read, filter.regex, limit.search_s)


def _nodes_where(db: Database, query: Query, wanted: dict[str, Any], limit: Limit, most: int) -> list[NodeT]:
    regex, locked = wanted.pop("regex"), wanted.pop("locked")
    fields = {"ids": "id", "clusters": "clusterid", "names": "name", "states": "state"}
    given = {fields[name]: value for name, value in wanted.items()}
    values = nodes(given | {"locked": None if locked is None else [locked]}, query)

    def read(transaction: Transaction) -> list[NodeT]:
        return transaction.all("nodes_where", _node, **values, regex=regex, most=most)

    return search(db, read, regex, limit.search_s, is_query=True)


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


def set_node_state(db: Database, id: Id, state: int) -> None:
    """Set a node aside, or take it back."""
    db.run("set_node_state", p_node=id, p_state=label(NodeState, state))


def reboot_node(db: Database, id: Id, now: bool, *, ask_node: AskNode) -> None:
    """Reboot a node, now or when nothing runs; until then it takes nothing new."""
    address = db.value("begin_reboot", p_node=id)
    try:
        ask_node(address, "reboot", now=now)
    except PlowError:
        db.run("drop_reboot", p_node=id)
        raise
    log.info(event("node told to reboot", now=now, node=id))


def delete_node(db: Database, id: Id, *, silent_s: float) -> None:
    """Forget a silent node without procs."""
    db.run("delete_node", p_node=id, p_silent_s=silent_s)
    log.info(event("node deleted", node=id))


def get_reservations(db: Database) -> list[ReservationT]:
    """Nodes that are kept for tasks that found no room, the soonest first."""
    return [from_json(ReservationT, row["reservation"]) for row in db.all("reservations")]


def clear_reservation(db: Database, node_id: Id) -> None:
    """Give up what a node is kept for."""
    db.run("clear_reservation", p_node=node_id)
    log.info(event("reservation given up", node=node_id))
