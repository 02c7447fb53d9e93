"""Who stands in line: quotas, their projects' jobs, their layers, with what runs in each by now. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from plow_server.order import job_key, layer_key, quota_key, tier
from plow_server.ranking import Ranking
from plow_server.snapshot import Job, Layer, Quota

NO_LIMIT = 1 << 62


class Capped:
    """A folder or job with what runs in it by now."""

    __slots__ = ("cap", "run", "tier", "wanted")

    def __init__(self, run: int, wanted: int, cap: int) -> None:
        self.run, self.wanted, self.cap = run, wanted, NO_LIMIT if cap < 0 else cap
        self.tier = tier(run, wanted)

    def take(self, cores: int) -> None:
        """So many more run."""
        self.run += cores
        self.tier = tier(self.run, self.wanted)

    def left(self) -> int:
        """Cores that may still be taken."""
        return self.cap - self.run


class LayerInLine:
    """A layer with what it has ready still."""

    __slots__ = ("layer", "left", "place")

    def __init__(self, layer: Layer) -> None:
        self.layer, self.left, self.place = layer, layer.ready, layer.next_ord


def _layer_rank(one: LayerInLine) -> tuple[object, ...]:
    return layer_key(one.layer, one.place)


class JobInLine:
    """A job in all clusters."""

    __slots__ = ("_layers", "counts", "folder", "job", "waiting")

    def __init__(self, job: Job, folder: Capped, waiting: Iterable[Layer]) -> None:
        self.job, self.folder, self.waiting = job, folder, waiting
        self.counts = Capped(job.run_cores, job.min_cores, job.max_cores)
        self._layers: list[LayerInLine] | None = None  # made when its turn comes: most jobs' does not

    @property
    def layers(self) -> list[LayerInLine]:
        """Those that have something ready."""
        if self._layers is None:
            self._layers = [LayerInLine(layer) for layer in self.waiting if layer.ready > 0]
        return self._layers

    def rank(self) -> tuple[object, ...]:
        """Its place in its project by now."""
        return job_key(self.job, self.counts.tier, self.folder.tier)


class JobHere:
    """A job in one cluster: its layers that still may find room there."""

    __slots__ = ("_layers", "job")

    def __init__(self, job: JobInLine) -> None:
        self.job = job
        self._layers: Ranking[LayerInLine] | None = None

    @property
    def layers(self) -> Ranking[LayerInLine]:
        """In their order."""
        if self._layers is None:
            self._layers = Ranking(self.job.layers, _layer_rank)
        return self._layers


class QuotaInLine:
    """A project's share of a cluster, with what runs there by now and its jobs in their order."""

    __slots__ = ("cap", "jobs", "quota", "run")

    def __init__(self, quota: Quota) -> None:
        self.quota, self.run, self.cap = quota, quota.run_cores, quota.burst
        self.jobs: Ranking[JobHere] | None = None  # looked up when its turn comes

    def left(self) -> int:
        """Cores that may still be taken."""
        return self.cap - self.run

    def rank(self) -> tuple[object, ...]:
        """Its place among the projects by now."""
        return quota_key(self.quota, self.run)


Caps = tuple[QuotaInLine, Capped, Capped]  # of quota, folder and job
