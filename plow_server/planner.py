"""Which layer gets how many starts on which node: a pure function of a picture of the farm.

In the order of `order`: quotas, in their projects jobs, in those layers. Within a pass every kind of room only
shrinks, so whoever finds nothing is not asked again. Nothing here is a promise: `commit_plan` judges each start.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

from plow_server.passing import Passing
from plow_server.placement import may_run, refused
from plow_server.ranking import Ranking
from plow_server.rooms import Room, Search, Size
from plow_server.scarce import Scarce
from plow_server.snapshot import Headroom, Layer, Node, Plan, Shape, Snapshot, Start
from plow_server.spare import Grower, share_out
from plow_server.standing import NO_LIMIT, Capped, Caps, JobHere, JobInLine, LayerInLine, QuotaInLine


def plan(farm: Snapshot, most: int = 20_000, visit: int = 4) -> Plan:
    """Fill the farm, `most` tasks at the most; whoever is first in line gets `visit` tasks at a time."""
    return _Pass(farm).run(most, visit)


class _Pass:
    def __init__(self, farm: Snapshot) -> None:
        self._farm = farm
        self._folders: dict[str, Capped] = {}
        self._jobs: dict[str, list[JobInLine]] = {}
        self._rooms: dict[str, Room] = {}
        self._searches: dict[tuple[str, Shape], Search] = {}
        self._scarce = Scarce(farm.limits)
        self._crowds: dict[str, Counter[str]] = {}  # of layers with a most per node, their tasks by node
        self._growers: dict[int, Grower] = {}  # by place in `_starts`
        self._passing = Passing()
        self._again = False
        self._starts: list[Start] = []
        self._why: dict[str, tuple[int, str]] = {}
        self._barren: dict[tuple[str, Shape], int] = {}
        shapes = farm.ready_shapes()
        self._least_cores = min((shape.cores for shape in shapes), default=0)
        self._least_ram = min((shape.ram for shape in shapes), default=0)
        self._hopeful = (
            {cluster: self._count_hopeful(cluster, shapes) for cluster in farm.nodes} if shapes else {}
        )
        self._kept = list(self._kept_of_use(shapes))

    def run(self, most: int, visit: int) -> Plan:
        quotas = Ranking((QuotaInLine(q) for q in self._farm.quotas), QuotaInLine.rank)
        left = most
        while left > 0 and (quota := quotas.best()) is not None:
            hopeful = self._hopeful.get(quota.quota.cluster_id) or self._kept
            got = self._visit(quota, min(visit, left)) if hopeful else 0
            left -= got
            if not got:
                quotas.drop()
        held = self._held(most - left)
        if self._growers and left:
            self._grow()
        return Plan(
            self._starts,
            held,
            self._barren,
            self._passing.over(),
            self._passing.is_open,
            self._again,
            self._passing.under_caps(),
        )

    def _count_hopeful(self, cluster_id: str, shapes: Iterable[Shape]) -> int:
        """Nodes on which the smallest start might find room, if not every shape has looked there already."""
        known = min(self._farm.memory.get((cluster_id, shape), -1) for shape in shapes)
        fresh = itertools.takewhile(lambda node: node.stamp > known, self._farm.nodes[cluster_id])
        return sum(self._is_hopeful(node) for node in fresh)

    def _kept_of_use(self, shapes: Iterable[Shape]) -> Iterator[Room]:
        """Kept nodes where anything could start; without one, most plans need not look at all that waits."""
        if not self._farm.kept:
            return
        least_s: dict[Shape, float] = {}  # the shortest that waits, where that is known
        for layer in itertools.chain.from_iterable(self._farm.layers.values()):
            if layer.ready and layer.clock_s is not None:
                least_s[layer.shape] = min(layer.clock_s, least_s.get(layer.shape, layer.clock_s))
        owners = {node.kept.layer_id for node in self._farm.kept if node.kept}
        owning = {
            one.id: one.shape for layers in self._farm.layers.values() for one in layers if one.id in owners
        }
        for room in map(Room, self._farm.kept):
            assert room.node.kept is not None
            layer_id, starts_s = room.node.kept
            own = owning.get(layer_id)
            able = (shape for shape in shapes if shape == own or least_s.get(shape, NO_LIMIT) <= starts_s)
            if any(may_run(room.node, shape) and room.size_for(shape) for shape in able):
                yield room

    def _is_hopeful(self, room: Node | Room) -> bool:
        return room.idle_cores >= self._least_cores and room.idle_ram >= self._least_ram

    def _held(self, planned: int) -> Counter[str]:
        """Why what is not planned waits: what was never looked at waits for room on a node."""
        held: Counter[str] = Counter()
        for waiting, why in self._why.values():
            held[why] += waiting
        held["node"] += self._farm.ready_tasks() - planned - held.total()
        return +held

    def _visit(self, quota: QuotaInLine, most: int) -> int:
        """Serve the best job of the quota's project that can start something in its cluster."""
        if quota.jobs is None:
            jobs = [JobHere(job) for job in self._jobs_of(quota.quota.project_id)]
            quota.jobs = Ranking(jobs, lambda one: one.job.rank())
        while (here := quota.jobs.best()) is not None:
            got = self._serve(quota, here, most)
            if got:
                return got
            quota.jobs.drop()
        return 0

    def _serve(self, quota: QuotaInLine, here: JobHere, most: int) -> int:
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

    def _place(self, quota: QuotaInLine, job: JobInLine, layer: LayerInLine) -> str | None:
        """Start one task of the layer, or say why not."""
        if not layer.left:
            return "none"
        caps = (quota, job.folder, job.counts)
        cap, why = self._cap(caps)
        if layer.layer.shape.cores > cap:
            self._passing.capped(caps, layer.layer)
            return why
        headroom = self._farm.headroom.get(job.job.project_id)
        if headroom is not None and layer.layer.shape.cores > (
            cap := min(cap, self._left_free(headroom, quota, job, layer.layer))
        ):
            return "headroom"
        holders, short = None, ""
        if layer.layer.limits:
            holders, short = self._scarce.where(layer.layer.limits, job.job.user)
            if short:
                return short
        found = self._find(quota.quota.cluster_id, layer.layer, cap, holders)
        if found is None:
            return self._why_none(quota.quota.cluster_id, layer.layer, cap, why, holders)
        self._take(quota, job, layer, *found)
        return None

    def _find(
        self, cluster_id: str, layer: Layer, cap: int, holders: set[str] | None
    ) -> tuple[Room, Size] | None:
        """A place: the node kept for the layer, one with room, or one kept for others that is free until then."""
        mine = self._find_kept(cluster_id, layer, cap, holders, is_mine=True) if self._kept else None
        if mine is not None:
            return mine
        search = self._searches.get((cluster_id, layer.shape)) or self._search(cluster_id, layer)
        found = None if search.is_barren else search.find(cap, holders)
        if found is None and self._kept:
            found = self._find_kept(cluster_id, layer, cap, holders, is_mine=False)
        return found

    def _find_kept(
        self, cluster_id: str, layer: Layer, cap: int, holders: set[str] | None, *, is_mine: bool
    ) -> tuple[Room, Size] | None:
        for room in self._kept:
            kept = room.node.kept
            assert kept is not None
            is_open = (
                kept.layer_id == layer.id
                if is_mine
                else layer.clock_s is not None and layer.clock_s <= kept.starts_s
            )
            if not is_open or room.node.cluster_id != cluster_id or not may_run(room.node, layer.shape):
                continue
            if layer.max_per_node and self._crowd(layer)[room.node.id] >= layer.max_per_node:
                continue
            size = room.size_for(layer.shape)
            self._again = self._again or room.is_closed
            if size and size[0] <= cap and (holders is None or room.node.id in holders):
                return room, size
        return None

    def _why_none(self, cluster_id: str, layer: Layer, cap: int, why: str, holders: set[str] | None) -> str:
        """Nothing was found: because no node has room, or because of a cap or a limit."""
        search = self._searches[cluster_id, layer.shape]
        self._again = self._again or search.met_closed
        if not search.is_barren:
            if holders is None:
                self._passing.too_large(cluster_id, layer, cap)
            return "limit" if holders is not None else why
        if search.met_closed:
            return "node"
        self._barren[cluster_id, layer.shape] = self._farm.stamp
        self._passing.roomless(cluster_id, layer)
        return "node"

    def _take(self, quota: QuotaInLine, job: JobInLine, layer: LayerInLine, room: Room, size: Size) -> None:
        room.take(size, layer.layer.shape)
        kept = room.node.kept
        if kept is None:
            if not self._is_hopeful(room):
                self._hopeful[quota.quota.cluster_id] -= 1
        elif kept.layer_id == layer.layer.id:
            room.close()  # it has what the node was kept for: what is left is for whoever comes first in the next plan
            self._again = True
        quota.run += size[0]
        job.counts.take(size[0])
        job.folder.take(size[0])
        if layer.layer.limits:
            self._scarce.take(layer.layer.limits, room.node.id, job.job.user)
        if layer.layer.max_per_node:
            self._crowd(layer.layer)[room.node.id] += 1
        layer.left -= 1
        layer.place += 1
        caps = (quota, job.folder, job.counts)
        self._note(layer.layer.id, room.node, caps)
        headroom = self._farm.headroom.get(job.job.project_id)
        self._again = self._again or (headroom is not None and headroom.layer_id == layer.layer.id)
        if (
            layer.layer.max_cores > size[0]
            and room.node.mode == "DYNAMIC"
            and not layer.layer.shape.whole_node
            and headroom is None
        ):
            n = self._starts[-1].n
            self._growers[len(self._starts) - 1] = Grower(room, n, size[0], layer.layer.max_cores, caps)

    def _crowd(self, layer: Layer) -> Counter[str]:
        if layer.id not in self._crowds:
            self._crowds[layer.id] = Counter(layer.crowd)
        return self._crowds[layer.id]

    def _grow(self) -> None:
        """What is idle on nodes that nothing waits for goes to those who can use it there."""
        growers = {place: one for place, one in self._growers.items() if one.room.idle_cores >= one.n}
        free = {one.room.node.id: one.room.node for one in growers.values()}
        for cluster_id, shape in self._wanted():
            if not free:
                return
            taken = [
                node.id
                for node in free.values()
                if node.cluster_id == cluster_id and may_run(node, shape) and not refused(node, shape)
            ]
            for node_id in taken:
                del free[node_id]
        growing = {place: one for place, one in growers.items() if one.room.node.id in free}
        share_out(list(growing.values()))
        for place, grower in growing.items():
            self._starts[place] = self._starts[place]._replace(cores=grower.cores)

    def _wanted(self) -> Iterator[tuple[str, Shape]]:
        """What waits for room after this pass, and in which clusters, each once."""
        planned: Counter[str] = Counter()
        for start in self._starts:
            planned[start.layer_id] += start.n
        told: set[tuple[str, Shape]] = set()
        for quota in self._farm.quotas:
            for job in self._farm.jobs.get(quota.project_id, ()):
                for layer in self._farm.layers.get(job.id, ()):
                    wanted = (quota.cluster_id, layer.shape)
                    held = self._why.get(layer.id, (0, "node"))[1]
                    if layer.ready > planned[layer.id] and held == "node" and wanted not in told:
                        told.add(wanted)
                        yield wanted

    def _note(self, layer_id: str, node: Node, caps: Caps) -> None:
        last = self._starts[-1] if self._starts else None
        if last is not None and last.layer_id == layer_id and last.node_id == node.id:
            self._starts[-1] = Start(layer_id, node.id, last.n + 1)
        else:
            self._starts.append(Start(layer_id, node.id, 1))
            self._passing.started(node, caps)

    @staticmethod
    def _left_free(headroom: Headroom, quota: QuotaInLine, job: JobInLine, layer: Layer) -> int:
        """How many cores the layer may take so that what is kept for another stays free."""
        if layer.id == headroom.layer_id or layer.id in headroom.free_of:
            return NO_LIMIT
        same = (
            (quota, quota.quota.id == headroom.quota_id),
            (job.folder, job.job.folder_id == headroom.folder_id),
            (job.counts, job.job.id == headroom.job_id),
        )
        return min((cap.left() - headroom.cores for cap, is_same in same if is_same), default=NO_LIMIT)

    @staticmethod
    def _cap(caps: Caps) -> tuple[int, str]:
        """How many cores may still be taken, and who says so."""
        quota, folder, job = caps
        cap, why = quota.left(), "quota"
        if folder.left() < cap:
            cap, why = folder.left(), "folder"
        if job.left() < cap:
            cap, why = job.left(), "job"
        return cap, why

    def _jobs_of(self, project_id: str) -> list[JobInLine]:
        if project_id not in self._jobs:
            layers = self._farm.layers
            self._jobs[project_id] = [
                JobInLine(job, self._folder(job.folder_id), layers[job.id])
                for job in self._farm.jobs.get(project_id, ())
                if job.id in layers
            ]
        return self._jobs[project_id]

    def _folder(self, folder_id: str) -> Capped:
        if folder_id not in self._folders:
            folder = self._farm.folders[folder_id]
            self._folders[folder_id] = Capped(folder.run_cores, folder.min_cores, folder.max_cores)
        return self._folders[folder_id]

    def _search(self, cluster_id: str, layer: Layer) -> Search:
        crowd = self._crowd(layer) if layer.max_per_node else Counter()
        search = Search(layer.shape, self._candidates(cluster_id, layer.shape), crowd, layer.max_per_node)
        self._searches[cluster_id, layer.shape] = search
        return search

    def _candidates(self, cluster_id: str, shape: Shape) -> Iterator[Room]:
        """Nodes that no lasting rule keeps from it, and that had no look at it since they last gained room."""
        known = self._farm.memory.get((cluster_id, shape), -1)
        asks_more = bool(shape.avoid or shape.pools or shape.os or shape.node_cores or shape.node_ram)
        for node in self._farm.nodes.get(cluster_id, ()):
            if node.stamp <= known:
                return
            if shape.tags.isdisjoint(node.tags):
                continue
            if not (asks_more or node.exclusive) or may_run(node, shape):
                room = self._rooms.get(node.id)
                if room is None:
                    room = self._rooms[node.id] = Room(node)
                yield room
