"""The one order key: by what waiting work is served. The planner ranks by it, explain says it in words. Pure.

Quotas come first: the one that uses, and of late has used, the least for its size. In its project the job of the
highest priority, among those the job, then the folder, with the lowest tier, then the oldest job. In the job the layer
of the highest priority, among those the next task of all layers, then the first layer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from plow_server.snapshot import Folder, Job, Layer, Quota, Snapshot

Key = tuple[object, ...]


def tier(run_cores: int, min_cores: int) -> float:
    """How well served: running over wanted cores; what runs nothing comes by how much it wants."""
    if min_cores == 0:
        return float(run_cores)
    return run_cores / min_cores if run_cores else float(-min_cores)


def quota_key(quota: Quota, run_cores: int) -> Key:
    """Where a project stands in a cluster."""
    used = run_cores + quota.lately
    return (used / quota.size if quota.size else float("inf"), quota.id)


def job_key(job: Job, job_tier: float, folder_tier: float) -> Key:
    """Where a job stands in its project."""
    return -job.priority, job_tier, folder_tier, job.age, job.id


def layer_key(layer: Layer, next_ord: int) -> Key:
    """Where a layer stands in its job."""
    return -layer.priority, next_ord, layer.order


class InLine(NamedTuple):
    """A layer that has something ready, with all that its place comes from."""

    key: Key
    layer: Layer
    job: Job
    folder: Folder
    quota: Quota  # in the cluster where its project stands best


def line_of(farm: Snapshot) -> list[InLine]:
    """All layers that have something ready, in the order in which they would be served now."""
    best: dict[str, Quota] = {}
    for quota in sorted(farm.quotas, key=_quota_now, reverse=True):
        best[quota.project_id] = quota
    return sorted(
        (one for quota in best.values() for one in _of_project(farm, quota)), key=lambda one: one.key
    )


def rival_of(own: InLine, other: InLine) -> str:
    """With whom a layer takes turns: another project, or job of its priority; empty where one simply is first."""
    if other.quota.project_id != own.quota.project_id:
        return other.quota.id if other.quota.size and own.quota.size else ""
    return other.job.id if other.job.id != own.job.id and other.job.priority == own.job.priority else ""


def turn_before(own: InLine, other: InLine, cores: int) -> float:
    """Cores that the other's project or job may take until so many of ours have started."""
    if other.quota.project_id != own.quota.project_id:
        used, other_used = (one.quota.run_cores + one.quota.lately for one in (own, other))
        weight, other_weight = own.quota.size, other.quota.size
    else:
        used, other_used = own.job.run_cores, other.job.run_cores
        weight, other_weight = max(own.job.min_cores, 1), max(other.job.min_cores, 1)
    return (used + cores) * other_weight / weight - other_used


def _of_project(farm: Snapshot, quota: Quota) -> Iterator[InLine]:
    for job in farm.jobs.get(quota.project_id, ()):
        folder = farm.folders[job.folder_id]
        tiers = tier(job.run_cores, job.min_cores), tier(folder.run_cores, folder.min_cores)
        for layer in farm.layers.get(job.id, ()):
            if layer.ready > 0:
                key = (*_quota_now(quota), *job_key(job, *tiers), *layer_key(layer, layer.next_ord))
                yield InLine(key, layer, job, folder, quota)


def _quota_now(quota: Quota) -> Key:
    return quota_key(quota, quota.run_cores)


def in_words(one: InLine, project: str, cluster: str, folder: str) -> str:
    """The order key place by place, with its numbers."""
    quota, job, layer = one.quota, one.job, one.layer
    share = f"{_number((quota.run_cores + quota.lately) / quota.size)}" if quota.size else "no size: last"
    created = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(job.age))
    return ", ".join(
        (
            f"project '{project}' uses {quota.run_cores} cores and {_number(quota.lately)} of late"
            f" for its {quota.size} in cluster '{cluster}' ({share})",
            f"job priority {job.priority}",
            f"job tier {_tier(job.run_cores, job.min_cores)}",
            f"tier of folder '{folder}' {_tier(one.folder.run_cores, one.folder.min_cores)}",
            f"launched {created}",
            f"layer priority {layer.priority}",
            f"next task at place {layer.next_ord}",
            f"layer {layer.order}",
        )
    )


def _tier(run_cores: int, min_cores: int) -> str:
    return f"{_number(tier(run_cores, min_cores))} ({run_cores} cores run, {min_cores} wanted)"


def _number(value: float) -> str:
    """``3``, ``1.42``, ``0.0213``: two places, more where it would be little else; less is not worth reading."""
    if 0 < value < 0.001:
        return "next to nothing"
    return f"{value:.2f}".rstrip("0").rstrip(".") if value >= 1 or not value else f"{value:.3g}"
