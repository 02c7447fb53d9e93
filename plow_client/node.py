"""Nodes: machines that run tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from plow_client import avoid, cluster, explanation, failure, proc
from plow_client.current import server
from plow_client.entity import Entity, Record, Ref, Refs, id_of, ids_of, member_of, members_of, texts_of
from plow_client.idl import DiskT, GpuT, NodeFilterT, NodeState, NodeSystemT, NodeT, ReservationT, SlotMode
from plow_client.keywords import also_known
from plow_client.where import terms_of

if TYPE_CHECKING:
    from plow_client.query import Query

NodeStates = NodeState | int | str | Iterable[NodeState | int | str]


class NodeSystem(Record[NodeSystemT]):
    """A node's machine as last heard; `load` is over 1, 5 and 15 minutes, times 100."""

    __slots__ = ()
    _struct = NodeSystemT
    physical_cores: int
    logical_cores: int
    total_ram_mb: int
    free_ram_mb: int
    total_swap_mb: int
    free_swap_mb: int
    cpu_model: str
    platform: str
    load: list[int]


class Gpu(Record[GpuT]):
    """A graphics processor of a node; memory is MB, `index` counts as its driver does."""

    __slots__ = ()
    _struct = GpuT
    index: int
    model: str
    memory_mb: int
    uuid: str | None
    free_memory_mb: int | None
    used_percent: int | None


class Disk(Record[DiskT]):
    """A disk of a node, by a folder on it that tasks use."""

    __slots__ = ()
    _struct = DiskT
    path: str
    total_mb: int
    free_mb: int


class Reservation(Record[ReservationT]):
    """A node that is kept for a task that found no room, which there will be from `start_time` on, as predicted."""

    __slots__ = ()
    _struct = ReservationT
    node_id: str
    node_name: str
    job_id: str
    layer_id: str
    job_name: str
    layer_name: str
    cores: int
    ram: int
    start_time: int
    sentence: str


class Node(Entity[NodeT]):
    """A node; cores and RAM (MB) are what is given to tasks."""

    __slots__ = ()
    _struct = NodeT
    cluster_id: str
    name: str
    cluster_name: str
    ipaddr: str
    tags: set[str]
    state: NodeState
    mode: SlotMode
    locked: bool
    created_time: int
    updated_time: int
    boot_time: int
    total_cores: int
    idle_cores: int
    slot_cores: int
    total_ram_mb: int
    free_ram_mb: int
    slot_ram: int
    system: NodeSystem
    address: str | None
    run_procs: int | None
    version: str | None
    is_draining: bool | None
    is_rebooting: bool | None
    os: str | None
    arch: str | None
    gpus: list[Gpu] | None
    disks: list[Disk] | None
    users: list[str] | None
    metrics: dict[str, float] | None
    away_reason: str | None
    pools: list[str] | None
    idle_gpus: int | None
    state_reason: str | None
    reservation: Reservation | None
    complaints: list[str] | None

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getNode(self.id))

    def lock(self, locked: bool = True) -> None:
        """Give it no new tasks, or give it some again; running ones go on."""
        set_node_locked(self, locked)
        self._accept("locked", locked)

    def set_state(self, state: NodeState | int | str) -> None:
        """Set it aside (REPAIR) or take it back (UP)."""
        set_node_state(self, state)
        self.refresh()

    def reboot(self, now: bool = False) -> None:
        """Reboot it: now, stopping its tasks, or when nothing runs there."""
        reboot_node(self, now)
        self.refresh()

    def delete(self) -> None:
        """Forget it; it must be DOWN and without procs."""
        delete_node(self)

    def clear_reservation(self) -> None:
        """Give up what it is kept for."""
        clear_reservation(self)
        self.refresh()

    def explain(self) -> explanation.Explanation:
        """Why it is idle, or what runs there."""
        return explanation.explain(self)

    def get_failures(self, hours: int = 24) -> list[failure.Failure]:
        """The failures on it within the last hours, those with the same last words together."""
        return failure.get_node_failures(self, hours)

    def get_avoids(self) -> list[avoid.Avoid]:
        """The jobs that stay away from it."""
        return avoid.get_avoids(node=self)

    def clear_avoids(self) -> None:
        """Let every job that failed on it try again."""
        avoid.clear_avoids(node=self)

    def get_cluster(self) -> cluster.Cluster:
        """The cluster it is in."""
        return cluster.get_cluster(self.cluster_id)

    def set_cluster(self, to: Ref) -> None:
        """Move it; it takes the cluster's tags."""
        set_node_cluster(self, to)
        self.refresh()

    def set_tags(self, tags: str | Iterable[str]) -> None:
        """Replace its tags."""
        set_node_tags(self, tags)
        self.refresh()

    def set_slot_mode(self, mode: SlotMode | int | str, cores: int = 0, ram_mb: int = 0) -> None:
        """Choose how it is divided."""
        set_node_slot_mode(self, mode, cores, ram_mb)
        self.refresh()

    def get_procs(self) -> list[proc.Proc]:
        """What is held on it now."""
        return proc.get_procs(nodes=self)


def get_node(name: str) -> Node:
    """A node by name or id."""
    return Node(server().getNode(name))


@also_known(host_ids="nodes", node_ids="nodes", cluster_ids="clusters")
def get_nodes(
    *,
    nodes: Refs | None = None,
    clusters: Refs | None = None,
    regex: str | None = None,
    hostnames: str | Iterable[str] | None = None,
    states: NodeStates | None = None,
    locked: bool | None = None,
    where: str | Query | None = None,
    limit: int = 0,
) -> list[Node]:
    """Nodes for which all that is given holds, by name; `regex` is searched anywhere in the name.

    `where` is a query: `state=up and idle>=16 and tag=linux`. With a `limit` at most so many come.
    """
    wanted = NodeFilterT(
        hostIds=ids_of(nodes),
        clusterIds=ids_of(clusters),
        regex=regex,
        hostnames=texts_of(hostnames),
        states=members_of(NodeState, states),
        locked=locked,
        where=terms_of(where, "node"),
        limit=limit or None,
    )
    return [Node(row) for row in server().getNodes(wanted)]


def set_node_locked(node: Ref, locked: bool = True) -> None:
    """Lock: no new tasks, running ones go on. Unlocking offers the node at once."""
    server().setNodeLocked(id_of(node), locked)


def set_node_cluster(node: Ref, to: Ref) -> None:
    """Move a node; it takes the cluster's tags. NotAllowed while it has procs."""
    server().setNodeCluster(id_of(node), id_of(to))


def set_node_tags(node: Ref, tags: str | Iterable[str]) -> None:
    """Replace a node's tags."""
    server().setNodeTags(id_of(node), set(texts_of(tags) or []))


def set_node_slot_mode(node: Ref, mode: SlotMode | int | str, cores: int = 0, ram_mb: int = 0) -> None:
    """Choose how a node is divided; cores and RAM are those of a slot. NotAllowed while it has procs."""
    server().setNodeSlotMode(id_of(node), int(member_of(SlotMode, mode)), cores, ram_mb)


def set_node_state(node: Ref, state: NodeState | int | str) -> None:
    """Set a node aside (REPAIR: nothing new, what runs goes on) or take it back (UP)."""
    server().setNodeState(id_of(node), int(member_of(NodeState, state)))


def reboot_node(node: Ref, now: bool = False) -> None:
    """Reboot a node: now, stopping its tasks, or when nothing runs; until then it takes nothing new."""
    server().rebootNode(id_of(node), now)


def delete_node(node: Ref) -> None:
    """Forget a node; NotAllowed unless it is silent and without procs. Should it ping again, it is new."""
    server().deleteNode(id_of(node))


def get_reservations() -> list[Reservation]:
    """Nodes that are kept for tasks that found no room, the soonest first."""
    return [Reservation(row) for row in server().getReservations()]


def clear_reservation(node: Ref) -> None:
    """Give up what a node is kept for."""
    server().clearReservation(id_of(node))
