"""The farm as the planner sees it, and what it makes of that: counters only, no task rows, no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Tags = frozenset[str]


class Shape(NamedTuple):
    """What a layer needs; layers of one shape find the same nodes."""

    tags: Tags
    cores: int
    ram: int
    avoid: Tags = frozenset()  # ids of nodes that it does not go to now
    pools: Tags = frozenset()
    os: str = ""
    node_cores: int = 0
    node_ram: int = 0
    whole_node: bool = False
    gpus: int = 0
    gpu_ram: int = 0
    crowd: str = ""  # id of the layer, where only so many of its tasks may be on a node


class Kept(NamedTuple):
    """What a node is kept for: a layer's task that is to start there in so many seconds."""

    layer_id: str
    starts_s: float


class Headroom(NamedTuple):
    """Cores under its caps that are kept for a layer's next task: others of the project leave them free."""

    layer_id: str
    quota_id: str
    folder_id: str
    job_id: str
    cores: int
    free_of: Tags = frozenset()  # ids of layers that need not, for a node is kept for them


@dataclass(slots=True)
class Node:
    """A node that may be booked. `stamp` rises whenever its room grows."""

    id: str
    cluster_id: str
    tags: Tags
    cores: int
    ram: int
    idle_cores: int
    idle_ram: int
    mode: str = "DYNAMIC"
    slot_cores: int = 0
    slot_ram: int = 0
    pools: Tags = frozenset()
    exclusive: Tags = frozenset()  # those of its pools that take only who names them
    os: str = ""
    gpus: Mapping[int, int] = field(default_factory=dict)  # memory of its devices, by index
    taken_gpus: set[int] = field(default_factory=set)
    kept: Kept | None = None
    stamp: int = 0

    def size_for(self, shape: Shape) -> tuple[int, int]:
        """What one proc takes: what is asked for, the whole node, or as many slots as hold it."""
        if self.mode == "SINGLE" or shape.whole_node:
            return max(self.cores, shape.cores), max(self.ram, shape.ram)
        if self.mode == "DYNAMIC":
            return shape.cores, shape.ram
        slots = max(-(-shape.cores // max(self.slot_cores, 1)), -(-shape.ram // max(self.slot_ram, 1)))
        return slots * self.slot_cores, slots * self.slot_ram


@dataclass(slots=True)
class Limit:
    """A count of something scarce; `free` may be below 0. holders: procs by node or user that has one."""

    id: str
    per: str
    free: int
    holders: Counter[str] = field(default_factory=Counter)

    def holder(self, node_id: str, user: str) -> str | None:
        """Who uses it for all its tasks together; None where each task does."""
        return {"NODE": node_id, "USER": user}.get(self.per)

    def take(self, holder: str | None) -> None:
        """One more task uses it."""
        if holder is None or not self.holders[holder]:
            self.free -= 1
        if holder is not None:
            self.holders[holder] += 1

    def give_back(self, holder: str | None) -> None:
        """A task of the holder has ended."""
        if holder is not None:
            self.holders[holder] -= 1
        if holder is None or self.holders[holder] <= 0:
            self.free += 1


@dataclass(slots=True)
class Quota:
    """A project's share of a cluster; `burst` is the cap, `lately` the cores used of late, on average."""

    id: str
    project_id: str
    cluster_id: str
    size: int
    burst: int
    run_cores: int = 0
    lately: float = 0.0


@dataclass(slots=True)
class Folder:
    """A shelf of jobs with weight and cap; -1 = no cap."""

    id: str
    min_cores: int = 0
    max_cores: int = -1
    run_cores: int = 0


@dataclass(slots=True)
class Job:
    """A job that may start tasks; a lower `age` is older, a higher `priority` comes first."""

    id: str
    project_id: str
    folder_id: str
    min_cores: int = 0
    max_cores: int = -1
    run_cores: int = 0
    age: float = 0.0
    priority: int = 0
    user: str = ""


@dataclass(slots=True)
class Layer:
    """Tasks of one shape; the first of `ready` waiting ones is at place `next_ord` or later. A higher `priority` comes
    first inside the job."""

    id: str
    job_id: str
    shape: Shape
    ready: int
    order: int = 0
    next_ord: int = 0
    priority: int = 0
    max_cores: int = 0  # of a threadable layer's task; 0 = as the shape says
    limits: tuple[str, ...] = ()
    max_per_node: int = 0
    crowd: Counter[str] = field(default_factory=Counter)  # its procs by node, where max_per_node is set
    clock_s: float | None = None  # how long a task will run, as far as is known


Memory = Mapping[tuple[str, Shape], int]


@dataclass
class Snapshot:
    """The farm as the planner sees it. Nodes of a cluster come freshest first (highest stamp)."""

    nodes: Mapping[str, Iterable[Node]]  # by cluster
    quotas: Iterable[Quota]
    folders: Mapping[str, Folder]
    jobs: Mapping[str, Iterable[Job]]  # by project
    layers: Mapping[str, Sequence[Layer]]  # by job
    kept: Sequence[Node] = ()  # nodes that are kept for somebody; they are not among `nodes`
    limits: Mapping[str, Limit] = field(default_factory=dict)
    headroom: Mapping[str, Headroom] = field(default_factory=dict)  # by project
    stamp: int = 0
    memory: Memory = field(default_factory=dict)  # up to which stamp no node had room for a shape
    shapes: Collection[Shape] | None = None  # of layers that have something ready; None = look for yourself
    ready: int | None = None  # tasks that are ready, in all; likewise

    def ready_shapes(self) -> Collection[Shape]:
        """The shapes that have something ready."""
        if self.shapes is not None:
            return self.shapes
        return {layer.shape for layers in self.layers.values() for layer in layers if layer.ready}

    def ready_tasks(self) -> int:
        """How many tasks could start if there were room."""
        if self.ready is not None:
            return self.ready
        return sum(layer.ready for layers in self.layers.values() for layer in layers)


class Start(NamedTuple):
    """So many tasks of a layer on a node."""

    layer_id: str
    node_id: str
    n: int
    cores: int = 0  # of each, where the layer is threadable; 0 = its least


@dataclass
class Plan:
    """What to book, in this order; how many tasks wait for what; what no node had room for.

    `passed` are layers that came first and found no room, while others start on nodes where they could run; where
    `is_open` is false, nothing starts on nodes but those that are kept for somebody. `again`: as soon as it is booked,
    another plan finds more. `capped` are layers that came first and were held by a cap, under which others start.
    """

    starts: list[Start]
    held: Counter[str]
    barren: dict[tuple[str, Shape], int]
    passed: list[str] = field(default_factory=list)
    is_open: bool = True
    again: bool = False
    capped: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many tasks it starts."""
        return sum(start.n for start in self.starts)

    def slices(self, most: int) -> Iterator[list[Start]]:
        """The plan in pieces of about `most` tasks, for one transaction each."""
        piece: list[Start] = []
        size = 0
        for start in self.starts:
            piece.append(start)
            size += start.n
            if size >= most:
                yield piece
                piece, size = [], 0
        if piece:
            yield piece
