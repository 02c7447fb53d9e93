"""Which layer gets how many starts on which node: a pure function of a picture of the farm.

Order: the quota with the lowest used share; in its project the job of the highest priority, among those the
job, then the folder, with the lowest tier, then the oldest job; in the job the layer of the highest priority,
among those the next task of all layers, then the first layer. Within a pass every kind of room only shrinks, so
whoever finds nothing is not asked again. Nothing here is a promise: `commit_plan` judges each start.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from plow_server.snapshot import Job, Layer, Node, Plan, Quota, Shape, Snapshot, Start

Item = TypeVar("Item")
NO_LIMIT = 1 << 62


def plan(farm: Snapshot, most: int = 20_000, visit: int = 4) -> Plan:
    """Fill the farm, `most` tasks at the most; whoever is first in line gets `visit` tasks at a time."""
    return _Pass(farm).run(most, visit)


def tier(run_cores: int, min_cores: int) -> float:
    """How well served: running over wanted cores; what runs nothing comes by how much it wants."""
    if min_cores == 0:
        return float(run_cores)
    return run_cores / min_cores if run_cores else float(-min_cores)


class _Ranking(Generic[Item]):
    """The least item by a key that may have grown since: it is looked up again when it comes first."""

    __slots__ = ("_heap", "_key")

    def __init__(self, items: Iterable[Item], key: Callable[[Item], tuple[object, ...]]) -> None:
        self._key = key
        self._heap = [(key(item), place, item) for place, item in enumerate(items)]
        heapq.heapify(self._heap)

    def best(self) -> Item | None:
        heap = self._heap
        while heap:
            key, place, item = heap[0]
            now = self._key(item)
            if now == key:
                return item
            heapq.heapreplace(heap, (now, place, item))
        return None

    def drop(self) -> None:
        """The best one is out of the race."""
        heapq.heappop(self._heap)


class _Room:
    """What is left of a node in this pass."""

    __slots__ = ("idle_cores", "idle_ram", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.idle_cores, self.idle_ram = node.idle_cores, node.idle_ram

    def size_for(self, shape: Shape) -> tuple[int, int] | None:
        """Cores and memory that one start of this shape takes here; None where that is not left."""
        if shape.cores > self.idle_cores or shape.ram > self.idle_ram:
            return None
        size = self.node.size_for(shape)
        return size if size[0] <= self.idle_cores and size[1] <= self.idle_ram else None

    def take(self, size: tuple[int, int]) -> None:
        self.idle_cores -= size[0]
        self.idle_ram -= size[1]


class _Search:
    """Nodes with room for one shape, in rounds: each node is offered once a round, so work spreads."""

    __slots__ = ("_again", "_round", "_shape", "is_barren")

    def __init__(self, shape: Shape, rooms: Iterator[_Room]) -> None:
        self._shape = shape
        self._round = rooms
        self._again: list[_Room] = []
        self.is_barren = False

    def find(self, cap: int) -> tuple[_Room, tuple[int, int]] | None:
        """The next node where a start takes at most `cap` cores."""
        for _ in range(2):  # the rest of this round, then one whole round
            for room in self._round:
                size = room.size_for(self._shape)
                if size is None:
                    continue  # for good: room only shrinks
                self._again.append(room)
                if size[0] <= cap:
                    return room, size
            self._round, self._again = iter(self._again), []
        rest = list(self._round)
        self._round = iter(rest)
        self.is_barren = not rest
        return None


class _Capped:
    """A folder or job with what runs in it by now."""

    __slots__ = ("cap", "run", "wanted")

    def __init__(self, run: int, wanted: int, cap: int) -> None:
        self.run, self.wanted, self.cap = run, wanted, NO_LIMIT if cap < 0 else cap


class _Layer:
    __slots__ = ("layer", "left", "place")

    def __init__(self, layer: Layer) -> None:
        self.layer, self.left, self.place = layer, layer.ready, layer.next_ord


def _layer_rank(one: _Layer) -> tuple[object, ...]:
    return -one.layer.priority, one.place, one.layer.order


class _Job:
    """A job in all clusters."""

    __slots__ = ("_layers", "counts", "folder", "job", "waiting")

    def __init__(self, job: Job, folder: _Capped, waiting: Iterable[Layer]) -> None:
        self.job, self.folder, self.waiting = job, folder, waiting
        self.counts = _Capped(job.run_cores, job.min_cores, job.max_cores)
        self._layers: list[_Layer] | None = None  # made when its turn comes: most jobs' does not

    @property
    def layers(self) -> list[_Layer]:
        if self._layers is None:
            self._layers = [_Layer(layer) for layer in self.waiting if layer.ready > 0]
        return self._layers

    def rank(self) -> tuple[object, ...]:
        return (
            -self.job.priority,
            tier(self.counts.run, self.counts.wanted),
            tier(self.folder.run, self.folder.wanted),
            self.job.age,
            self.job.id,
        )


class _Here:
    """A job in one cluster: its layers that still may find room there."""

    __slots__ = ("_layers", "job")

    def __init__(self, job: _Job) -> None:
        self.job = job
        self._layers: _Ranking[_Layer] | None = None

    @property
    def layers(self) -> _Ranking[_Layer]:
        if self._layers is None:
            self._layers = _Ranking(self.job.layers, _layer_rank)
        return self._layers


class _Quota:
    __slots__ = ("jobs", "quota", "run")

    def __init__(self, quota: Quota) -> None:
        self.quota, self.run = quota, quota.run_cores
        self.jobs: _Ranking[_Here] | None = None  # looked up when its turn comes

    def rank(self) -> tuple[object, ...]:
        return (self.run / self.quota.size if self.quota.size else float("inf"), self.quota.id)


class _Pass:
    def __init__(self, farm: Snapshot) -> None:
        self._farm = farm
        self._folders: dict[str, _Capped] = {}
        self._jobs: dict[str, list[_Job]] = {}
        self._rooms: dict[str, _Room] = {}
        self._searches: dict[tuple[str, Shape], _Search] = {}
        self._starts: list[Start] = []
        self._why: dict[str, tuple[int, str]] = {}
        self._barren: dict[tuple[str, Shape], int] = {}
        shapes = farm.ready_shapes()
        self._least_cores = min((shape.cores for shape in shapes), default=0)
        self._least_ram = min((shape.ram for shape in shapes), default=0)
        self._hopeful = (
            {cluster: self._count_hopeful(cluster, shapes) for cluster in farm.nodes} if shapes else {}
        )

    def run(self, most: int, visit: int) -> Plan:
        quotas = _Ranking((_Quota(q) for q in self._farm.quotas), _Quota.rank)
        left = most
        while left > 0 and (quota := quotas.best()) is not None:
            hopeful = self._hopeful.get(quota.quota.cluster_id)
            got = self._visit(quota, min(visit, left)) if hopeful else 0
            left -= got
            if not got:
                quotas.drop()
        return Plan(self._starts, self._held(most - left), self._barren)

    def _count_hopeful(self, cluster_id: str, shapes: Iterable[Shape]) -> int:
        """Nodes on which the smallest start might find room, if not every shape has looked there already."""
        known = min(self._farm.memory.get((cluster_id, shape), -1) for shape in shapes)
        fresh = itertools.takewhile(lambda node: node.stamp > known, self._farm.nodes[cluster_id])
        return sum(self._is_hopeful(node) for node in fresh)

    def _is_hopeful(self, room: Node | _Room) -> bool:
        return room.idle_cores >= self._least_cores and room.idle_ram >= self._least_ram

    def _held(self, planned: int) -> Counter[str]:
        """Why what is not planned waits: what was never looked at waits for room on a node."""
        held: Counter[str] = Counter()
        for waiting, why in self._why.values():
            held[why] += waiting
        held["node"] += self._farm.ready_tasks() - planned - held.total()
        return +held

    def _visit(self, quota: _Quota, most: int) -> int:
        """Serve the best job of the quota's project that can start something in its cluster."""
        if quota.jobs is None:
            jobs = [_Here(job) for job in self._jobs_of(quota.quota.project_id)]
            quota.jobs = _Ranking(jobs, lambda one: one.job.rank())
        while (here := quota.jobs.best()) is not None:
            got = self._serve(quota, here, most)
            if got:
                return got
            quota.jobs.drop()
        return 0

    def _serve(self, quota: _Quota, here: _Here, most: int) -> int:
        got = 0
        while got < most and (layer := here.layers.best()) is not None:
            why = self._place(quota, here.job, layer)
            if why is None:
                got += 1
                continue
            here.layers.drop()
            if layer.left:
                self._why[layer.layer.id] = (layer.left, why)
        return got

    def _place(self, quota: _Quota, job: _Job, layer: _Layer) -> str | None:
        """Start one task of the layer, or say why not."""
        if not layer.left:
            return "none"
        shape = layer.layer.shape
        cap, why = self._cap(quota, job)
        if shape.cores > cap:
            return why
        search = self._search(quota.quota.cluster_id, shape)
        found = None if search.is_barren else search.find(cap)
        if found is None:
            if search.is_barren:
                self._barren[quota.quota.cluster_id, shape] = self._farm.stamp
            return "node" if search.is_barren else why
        room, size = found
        room.take(size)
        if not self._is_hopeful(room):
            self._hopeful[quota.quota.cluster_id] -= 1
        for one in (quota, job.counts, job.folder):
            one.run += size[0]
        layer.left -= 1
        layer.place += 1
        self._note(layer.layer.id, room.node.id)
        return None

    def _note(self, layer_id: str, node_id: str) -> None:
        last = self._starts[-1] if self._starts else None
        if last is not None and last.layer_id == layer_id and last.node_id == node_id:
            self._starts[-1] = Start(layer_id, node_id, last.n + 1)
        else:
            self._starts.append(Start(layer_id, node_id, 1))

    @staticmethod
    def _cap(quota: _Quota, job: _Job) -> tuple[int, str]:
        """How many cores may still be taken, and who says so."""
        cap, why = quota.quota.burst - quota.run, "quota"
        if job.folder.cap - job.folder.run < cap:
            cap, why = job.folder.cap - job.folder.run, "folder"
        if job.counts.cap - job.counts.run < cap:
            cap, why = job.counts.cap - job.counts.run, "job"
        return cap, why

    def _jobs_of(self, project_id: str) -> list[_Job]:
        if project_id not in self._jobs:
            layers = self._farm.layers
            self._jobs[project_id] = [
                _Job(job, self._folder(job.folder_id), layers[job.id])
                for job in self._farm.jobs.get(project_id, ())
                if job.id in layers
            ]
        return self._jobs[project_id]

    def _folder(self, folder_id: str) -> _Capped:
        if folder_id not in self._folders:
            folder = self._farm.folders[folder_id]
            self._folders[folder_id] = _Capped(folder.run_cores, folder.min_cores, folder.max_cores)
        return self._folders[folder_id]

    def _search(self, cluster_id: str, shape: Shape) -> _Search:
        key = cluster_id, shape
        search = self._searches.get(key)
        if search is None:
            search = self._searches[key] = _Search(shape, self._candidates(cluster_id, shape))
        return search

    def _candidates(self, cluster_id: str, shape: Shape) -> Iterator[_Room]:
        """Nodes that share a tag with the shape and had no look at it since they last gained room."""
        known = self._farm.memory.get((cluster_id, shape), -1)
        for node in self._farm.nodes.get(cluster_id, ()):
            if node.stamp <= known:
                return
            if not shape.tags.isdisjoint(node.tags):
                room = self._rooms.get(node.id)
                if room is None:
                    room = self._rooms[node.id] = _Room(node)
                yield room
