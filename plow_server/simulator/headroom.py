"""What SQL does of cores that are kept under caps, done in memory. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plow_server.farm import Farm
from plow_server.placement import refused
from plow_server.snapshot import Headroom, Layer

KEPT_S = 600.0


class Headrooms:
    """`keep_headroom` and `able_nodes` of SQL."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._until: dict[str, float] = {}  # by project

    def times(self, now: float) -> Iterator[float]:
        """When it is looked at again."""
        yield from (self._until[project] for project in self._farm.headroom if self._until[project] > now)

    def keep(self, layers: Sequence[str], now: float) -> list[str]:
        """Renew what has lapsed, then serve these in their order; those who have it from now on."""
        kept = self._farm.headroom
        lapsed = [
            project
            for project, one in kept.items()
            if self._until[project] <= now or not self._farm.waits(one.layer_id)
        ]
        again = [kept.pop(project).layer_id for project in lapsed]
        return [layer for layer in dict.fromkeys([*again, *layers]) if self._keep(layer, now)]

    def _keep(self, layer_id: str, now: float) -> bool:
        layer = self._farm.layers.get(layer_id)
        if layer is None or not layer.ready:
            return False
        job = self._farm.jobs[layer.job_id]
        found = list(self._caps(layer))
        if job.project_id in self._farm.headroom or any(room >= cores for room, _, cores, _ in found):
            return False
        short = [(cores - room, quota_id, cores) for room, most, cores, quota_id in found if cores <= most]
        if not short:
            return False
        _, quota_id, cores = min(short)
        self._farm.headroom[job.project_id] = Headroom(layer.id, quota_id, job.folder_id, job.id, cores)
        self._until[job.project_id] = now + KEPT_S
        return True

    def _caps(self, layer: Layer) -> Iterator[tuple[int, int, int, str]]:
        """By cluster: the least room and the least most of its caps, cores of a task, the quota."""
        job = self._farm.jobs[layer.job_id]
        folder = self._farm.folders[job.folder_id]
        shelves = [(one.run_cores, one.max_cores) for one in (folder, job) if one.max_cores >= 0]
        for quota in self._farm.quotas.values():
            sizes = [
                node.size_for(layer.shape)[0]
                for node in self._farm.nodes.values()
                if node.cluster_id == quota.cluster_id and not refused(node, layer.shape)
            ]
            if quota.project_id == job.project_id and sizes:
                caps = [*shelves, (quota.run_cores, quota.burst)]
                yield (
                    min(most - run for run, most in caps),
                    min(most for _, most in caps),
                    min(sizes),
                    quota.id,
                )
