"""The farm's counters in memory: what the planner plans with, kept up by what the procedures return.

Only a hint. It is read whole at the start and again whenever it may be wrong, and `commit_plan` judges.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from plow_server.snapshot import Folder, Headroom, Job, Kept, Layer, Limit, Node, Plan, Quota, Shape, Snapshot

Row = Mapping[str, Any]


class Farm:
    """Nodes, quotas, folders, jobs and layers that work may be booked on or from."""

    def __init__(
        self,
        nodes: Iterable[Node] = (),
        quotas: Iterable[Quota] = (),
        folders: Iterable[Folder] = (),
        jobs: Iterable[Job] = (),
        layers: Iterable[Layer] = (),
        limits: Iterable[Limit] = (),
        next_start_s: float | None = None,
        lapsed: Iterable[str] = (),
        headroom: Mapping[str, Headroom] = {},
        headroom_lapsed: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # How soon, when it was read, the time of something comes that is left out.
        self.next_start_s = next_start_s
        self.lapsed = list(lapsed)  # layers for which a node is kept that should be kept no more, or anew
        self.headroom = dict(headroom)  # by project
        self.headroom_lapsed = list(headroom_lapsed)  # the same of layers with cores kept under their caps
        self.is_stale = False  # something was told that this picture has no place for
        self.nodes = {node.id: node for node in nodes}
        self.quotas = {quota.id: quota for quota in quotas}
        self.folders = {folder.id: folder for folder in folders}
        self.jobs = {job.id: job for job in jobs}
        self.layers = {layer.id: layer for layer in layers}
        self.limits = {limit.id: limit for limit in limits}
        self._clock = clock
        self.read_at = clock()
        self._stamp = 0
        self._memory: dict[tuple[str, Shape], int] = {}
        self._closed: set[str] = set()
        self._roomy: dict[str, dict[str, Node]] = {}  # by cluster, the freshest last
        self._by_project: dict[str, dict[str, Job]] = {}
        self._by_job: dict[str, list[Layer]] = {}
        self._kept = {node.id: node for node in self.nodes.values() if node.kept}
        for node in self.nodes.values():
            self._freshen(node)
        for job in self.jobs.values():
            self._by_project.setdefault(job.project_id, {})[job.id] = job
        self.ready = 0  # tasks that could start if there were room
        self._shapes: Counter[Shape] = Counter()  # how many layers of a shape have some
        for layer in self.layers.values():
            self._by_job.setdefault(layer.job_id, []).append(layer)
            self._count(layer, layer.ready)

    def snapshot(self) -> Snapshot:
        """What the planner takes; it must be done with it before the farm changes."""
        return Snapshot(
            nodes={cluster: list(reversed(nodes.values())) for cluster, nodes in self._roomy.items()},
            quotas=self.quotas.values(),
            folders=self.folders,
            jobs={project: jobs.values() for project, jobs in self._by_project.items()},
            layers=self._by_job,
            kept=[self._kept_now(node) for node in self._kept.values() if node.id not in self._closed],
            limits=self.limits,
            headroom=self._headroom_now(),
            stamp=self._stamp,
            memory=self._memory,
            shapes=self._shapes.keys(),
            ready=self.ready,
        )

    def remember(self, made: Plan) -> None:
        """Keep what the planner found out, so that it does not look there again for nothing."""
        self._memory |= made.barren

    def forget(self) -> None:
        """The plan was not carried out as it was made: what it left no room for may have room."""
        self._memory.clear()

    def booked(self, rows: Iterable[Row]) -> None:
        """What `commit_plan` has booked takes its room, and one of its layer's ready tasks."""
        for row in rows:
            self._take(row, 1)
            layer = self.layers.get(row["layer_id"])
            if layer is not None:
                self._use_headroom(layer)
                self._set_ready(layer, max(layer.ready - 1, 0))
                layer.next_ord += 1
            node = self.nodes.get(row["node_id"])
            if node is None:
                continue
            if node.kept and node.kept.layer_id == row["layer_id"]:
                self.let_go(node.id)  # it has what it was kept for
            if node.idle_cores <= 0:
                self._roomy[node.cluster_id].pop(node.id, None)
        if any(node.kept and not self.waits(node.kept.layer_id) for node in self._kept.values()):
            self.is_stale = True  # the last task of the layer started elsewhere than on the node kept for it

    def ended(self, rows: Iterable[Row]) -> None:
        """What `complete_tasks` has ended gives its room back; its task may be ready again."""
        finished: set[str] = set()
        for row in rows:
            self._take(row, -1)
            if row["node_id"] in self.nodes:
                self._freshen(self.nodes[row["node_id"]])
            if row["is_ready"]:
                self._wake(row["layer_id"], 1)
            if row["job_finished"]:
                finished.add(row["job_id"])
        for job_id in finished:  # not before the last of its tasks has given back what it used
            self._drop_job(job_id)

    def woken(self, rows: Iterable[Row]) -> None:
        """What `release_dependents` has released is ready."""
        for row in rows:
            if row["woken"]:
                self._wake(row["layer_id"], row["woken"])

    def _use_headroom(self, layer: Layer) -> None:
        """A task starts: what was kept for it under caps is kept no more."""
        project_id = self.jobs[layer.job_id].project_id
        kept = self.headroom.get(project_id)
        if kept is not None and kept.layer_id == layer.id:
            del self.headroom[project_id]

    def add_job(self, job: Job, layers: Iterable[Layer]) -> None:
        """A job that came later."""
        self.jobs[job.id] = job
        self._by_project.setdefault(job.project_id, {})[job.id] = job
        for layer in layers:
            self.layers[layer.id] = layer
            self._by_job.setdefault(job.id, []).append(layer)
            self._count(layer, layer.ready)

    def keep(self, node_id: str, kept: Kept) -> None:
        """From now on a node is kept for a layer's task."""
        node = self.nodes[node_id]
        node.kept = kept
        self._kept[node_id] = node
        self._roomy[node.cluster_id].pop(node_id, None)

    @property
    def kept(self) -> list[Node]:
        """Nodes that are kept for somebody."""
        return list(self._kept.values())

    def let_go(self, node_id: str) -> None:
        """The node is kept for nobody any more."""
        node = self._kept.pop(node_id, None)
        if node is not None and node.kept is not None:
            self._leaves_free(node.kept.layer_id)
            node.kept = None
            self._freshen(node)

    def _leaves_free(self, layer_id: str) -> None:
        """No node is kept for the layer any more: it takes nothing of what is kept under caps for others."""
        for project, one in self.headroom.items():
            self.headroom[project] = one._replace(free_of=one.free_of - {layer_id})

    def waits(self, layer_id: str) -> bool:
        """Whether the layer has something that could start."""
        layer = self.layers.get(layer_id)
        return layer is not None and layer.ready > 0

    def close(self, node_id: str) -> None:
        """Plan nothing for this node until it is opened."""
        self._closed.add(node_id)
        node = self.nodes.get(node_id)
        if node is not None:
            self._roomy[node.cluster_id].pop(node_id, None)

    def open(self, node_id: str) -> None:
        """Plan for this node again."""
        self._closed.discard(node_id)
        if node_id in self.nodes:
            self._freshen(self.nodes[node_id])

    def _take(self, row: Row, sign: int) -> None:
        cores = sign * row["cores"]
        node = self.nodes.get(row["node_id"])
        if node is not None:
            node.idle_cores -= cores
            node.idle_ram -= sign * row["ram"]
        for one in (
            self.quotas.get(row["quota_id"]),
            self.folders.get(row["folder_id"]),
            self.jobs.get(row["job_id"]),
        ):
            if one is not None:
                one.run_cores = max(one.run_cores + cores, 0)
        self._take_scarce(row, node, sign)

    def _take_scarce(self, row: Row, node: Node | None, sign: int) -> None:
        """Devices, limits, and places of layers that may have only so many tasks on a node."""
        if node is not None and row["gpus"]:
            (node.taken_gpus.update if sign > 0 else node.taken_gpus.difference_update)(row["gpus"])
        layer, job = self.layers.get(row["layer_id"]), self.jobs.get(row["job_id"])
        if layer is not None and layer.max_per_node:
            layer.crowd[row["node_id"]] += sign
        for limit_id in row["limits"]:
            limit = self.limits.get(limit_id)
            if limit is None or job is None:
                self.is_stale = True
            else:
                holder = limit.holder(row["node_id"], job.user)
                (limit.take if sign > 0 else limit.give_back)(holder)

    def _headroom_now(self) -> dict[str, Headroom]:
        """What is kept under caps, with those who need not leave it free."""
        have_nodes = frozenset(node.kept.layer_id for node in self._kept.values() if node.kept)
        return {
            project: one._replace(free_of=one.free_of | have_nodes) for project, one in self.headroom.items()
        }

    def _kept_now(self, node: Node) -> Node:
        """A kept node with the time that is left until its task is to start."""
        assert node.kept is not None
        starts_s = node.kept.starts_s - (self._clock() - self.read_at)
        return replace(node, kept=node.kept._replace(starts_s=starts_s))

    def _freshen(self, node: Node) -> None:
        """Its room has grown: it comes first, and every shape may try it."""
        self._stamp += 1
        node.stamp = self._stamp
        roomy = self._roomy.setdefault(node.cluster_id, {})
        roomy.pop(node.id, None)
        if node.idle_cores > 0 and node.id not in self._closed and not node.kept:
            roomy[node.id] = node

    def _wake(self, layer_id: str, n: int) -> None:
        layer = self.layers.get(layer_id)
        if layer is None:
            self.is_stale = True
        else:
            self._set_ready(layer, layer.ready + n)

    def _set_ready(self, layer: Layer, ready: int) -> None:
        self._count(layer, -layer.ready)
        layer.ready = ready
        self._count(layer, ready)

    def _count(self, layer: Layer, ready: int) -> None:
        """Add what a layer has ready, or take it away."""
        if not ready:
            return
        self.ready += ready
        self._shapes[layer.shape] += 1 if ready > 0 else -1
        if not self._shapes[layer.shape]:
            del self._shapes[layer.shape]

    def _drop_job(self, job_id: str) -> None:
        job = self.jobs.pop(job_id, None)
        if job is not None:
            del self._by_project[job.project_id][job_id]
        for layer in self._by_job.pop(job_id, ()):
            self._set_ready(layer, 0)
            del self.layers[layer.id]
