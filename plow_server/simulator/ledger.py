"""The rules again, written plainly: what could start where, given what runs. For judging plans, not for making them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from plow_server.placement import refused
from plow_server.snapshot import Folder, Job, Layer, Limit, Node, Quota, Snapshot, Start


class Ledger:
    """Copies of a snapshot's counters; `start` moves them."""

    def __init__(self, farm: Snapshot, nodes: Mapping[str, Node]) -> None:
        self.nodes = {node.id: replace(node, taken_gpus=set(node.taken_gpus)) for node in nodes.values()}
        for node in farm.kept:  # with the time that is left
            self.nodes[node.id].kept = node.kept
        self.quotas = {(quota.project_id, quota.cluster_id): replace(quota) for quota in farm.quotas}
        self.folders: dict[str, Folder] = {one.id: replace(one) for one in farm.folders.values()}
        self.jobs: dict[str, Job] = {job.id: replace(job) for jobs in farm.jobs.values() for job in jobs}
        self.layers: dict[str, Layer] = {
            layer.id: replace(layer, crowd=Counter(layer.crowd))
            for layers in farm.layers.values()
            for layer in layers
        }
        self.headroom = farm.headroom
        self.limits = {
            one.id: Limit(one.id, one.per, one.free, Counter(one.holders)) for one in farm.limits.values()
        }

    def quota_of(self, layer: Layer, node: Node) -> Quota | None:
        """The share that pays for the layer there."""
        return self.quotas.get((self.jobs[layer.job_id].project_id, node.cluster_id))

    def why_not(self, layer: Layer, node: Node) -> list[str]:
        """Every rule that keeps the layer's next task from starting on the node now."""
        return [*self.held(layer, node), *self.full(layer, node)]

    def held(self, layer: Layer, node: Node) -> list[str]:
        """The rules but for room."""
        cores, _ = node.size_for(layer.shape)
        codes = [*refused(node, layer.shape), *self._caps(layer, node, cores), *self._short(layer, node)]
        if not layer.ready:
            codes.append("none_waiting")
        if node.id in layer.shape.avoid:
            codes.append("avoid")
        if layer.max_per_node and layer.crowd[node.id] >= layer.max_per_node:
            codes.append("per_node")
        if node.kept and node.kept.layer_id != layer.id:
            is_over_by_then = layer.clock_s is not None and layer.clock_s <= node.kept.starts_s
            codes += [] if is_over_by_then else ["kept"]
        return codes

    def is_short(self, layer: Layer) -> bool:
        """Whether a limit of it is used up, so that it could start at the most where that is held already."""
        return any(limit not in self.limits or self.limits[limit].free <= 0 for limit in layer.limits)

    @staticmethod
    def full(layer: Layer, node: Node) -> list[str]:
        """What room there is not."""
        cores, ram = node.size_for(layer.shape)
        codes = ["room_cores"] if cores > node.idle_cores else []
        codes += ["room_ram"] if ram > node.idle_ram else []
        free = [
            index
            for index, ram in node.gpus.items()
            if index not in node.taken_gpus and ram >= layer.shape.gpu_ram
        ]
        return [*codes, "room_gpus"] if len(free) < layer.shape.gpus else codes

    def start(self, layer: Layer, node: Node) -> None:
        """One task of the layer starts there, with its least cores."""
        job = self.jobs[layer.job_id]
        cores, ram = node.size_for(layer.shape)
        node.idle_ram -= ram
        self.grow(layer, node, cores)
        fitting = sorted(
            (memory, index)
            for index, memory in node.gpus.items()
            if index not in node.taken_gpus and memory >= layer.shape.gpu_ram
        )
        node.taken_gpus |= {index for _, index in fitting[: layer.shape.gpus]}
        for limit_id in layer.limits:
            limit = self.limits[limit_id]
            limit.take(limit.holder(node.id, job.user))
        if node.kept and node.kept.layer_id == layer.id:
            node.kept = None
        layer.crowd[node.id] += 1
        layer.ready -= 1
        layer.next_ord += 1

    def grow(self, layer: Layer, node: Node, cores: int) -> None:
        """Its task takes so many cores, or so many more."""
        job, quota = self.jobs[layer.job_id], self.quota_of(layer, node)
        assert quota is not None
        node.idle_cores -= cores
        for one in (quota, job, self.folders[job.folder_id]):
            one.run_cores += cores

    def grown(self, start: Start) -> int:
        """Cores that a start takes beyond the least, in all."""
        layer, node = self.layers[start.layer_id], self.nodes[start.node_id]
        return start.n * max(start.cores - node.size_for(layer.shape)[0], 0)

    def broken(self) -> list[str]:
        """Caps and room that are passed."""
        found = [
            f"quota {one.id}: {one.run_cores} cores of {one.burst}"
            for one in self.quotas.values()
            if one.run_cores > one.burst
        ]
        shelves: list[Folder | Job] = [*self.folders.values(), *self.jobs.values()]
        found += [
            f"{shelf.id}: {shelf.run_cores} cores of {shelf.max_cores}"
            for shelf in shelves
            if shelf.max_cores != -1 and shelf.run_cores > shelf.max_cores
        ]
        found += [
            f"node {node.id} is overfull"
            for node in self.nodes.values()
            if node.idle_cores < 0 or node.idle_ram < 0
        ]
        found += [f"limit {one.id} is passed" for one in self.limits.values() if one.free < 0]
        return found

    def _caps(self, layer: Layer, node: Node, cores: int) -> list[str]:
        quota, job = self.quota_of(layer, node), self.jobs[layer.job_id]
        folder = self.folders[job.folder_id]
        if quota is None:
            return ["quota_missing"]
        codes = ["quota_burst"] if quota.run_cores + cores > quota.burst else []
        for code, shelf in (("folder_cap", folder), ("job_cap", job)):
            codes += [code] if shelf.max_cores != -1 and shelf.run_cores + cores > shelf.max_cores else []
        return [*codes, *self._headroom(layer, quota, cores)]

    def _headroom(self, layer: Layer, quota: Quota, cores: int) -> list[str]:
        """Whether others could no more have what is kept for a large task under its caps."""
        job = self.jobs[layer.job_id]
        kept = self.headroom.get(job.project_id)
        if kept is None or kept.layer_id == layer.id or layer.id in kept.free_of:
            return []
        left = [quota.burst - quota.run_cores] if quota.id == kept.quota_id else []
        for shelf, is_same in (
            (self.folders[job.folder_id], job.folder_id == kept.folder_id),
            (job, job.id == kept.job_id),
        ):
            left += [shelf.max_cores - shelf.run_cores] if is_same and shelf.max_cores != -1 else []
        return ["headroom"] if any(one - kept.cores < cores for one in left) else []

    def _short(self, layer: Layer, node: Node) -> list[str]:
        user = self.jobs[layer.job_id].user
        for limit_id in layer.limits:
            limit = self.limits.get(limit_id)
            if limit is None or limit.free < 0:
                return ["limit"]
            holder = limit.holder(node.id, user)
            if limit.free == 0 and not (holder is not None and limit.holders[holder] > 0):
                return ["limit"]
        return []
