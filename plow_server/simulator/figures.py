"""What a simulated farm did, in figures: waits, shares, waste, use. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from plow_server.simulator.clockwork import Clockwork, Ended, Policy, Spell
from plow_server.simulator.world import World

SIZES = ((1, "1 core"), (7, "2-7 cores"), (31, "8-31 cores"), (1 << 30, "32 cores or more"))


@dataclass(frozen=True)
class Waits:
    """How long tasks waited from when they could have started, in seconds."""

    tasks: int
    median: float
    p95: float
    longest: float


@dataclass(frozen=True)
class Share:
    """What a project got of the core-hours that were used, and what its sizes entitle it to, in percent."""

    core_hours: float
    percent: float
    entitled: float


@dataclass
class Figures:
    """A run under one policy; times in seconds, shares in percent, cores as core-hours."""

    policy: dict[str, Any]
    tasks: int
    attempts: int
    waiting: int  # tasks that had not started at the end
    jobs_first_start: Waits
    waits: Waits
    waits_by_project: dict[str, Waits]
    waits_by_size: dict[str, Waits]
    shares: dict[str, Share]
    utilisation: float
    failed_core_hours: float
    idle_core_hours: float  # while work waited for room
    kept_core_hours: float  # idle on kept nodes
    kept_nodes: int
    timeline: dict[str, list[float]] = field(default_factory=dict)  # by project, average cores of each part

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class Meter:
    """Sums up spells of time as they pass; parts of equal length make the timeline."""

    def __init__(self, world: World, until_s: float, parts: int = 240) -> None:
        self._part_s, self._parts = until_s / parts, parts
        self.cores = sum(node.cores for node in world.nodes)
        self.timeline = {quota.project_id: [0.0] * parts for quota in world.quotas}
        self.used = dict.fromkeys(self.timeline, 0.0)  # core-seconds
        self.idle = self.kept = self.passed = 0.0

    def see(self, spell: Spell) -> None:
        """A time in which nothing changed."""
        passed = spell.ends - spell.begins
        self.passed += passed
        run = 0
        for project, cores in spell.run_cores.items():
            run += cores
            if cores:
                self.used[project] += cores * passed
                self._draw(self.timeline[project], cores, spell)
        if spell.waits:
            self.idle += (self.cores - run) * passed
        self.kept += spell.kept_cores * passed

    def _draw(self, line: list[float], cores: int, spell: Spell) -> None:
        first = int(spell.begins / self._part_s)
        for part in range(first, min(int(spell.ends / self._part_s), self._parts - 1) + 1):
            begins, ends = part * self._part_s, (part + 1) * self._part_s
            line[part] += cores * max(min(ends, spell.ends) - max(begins, spell.begins), 0.0) / self._part_s


def measure(world: World, policy: Policy, run: Clockwork, meter: Meter) -> Figures:
    """All figures of a run that is over."""
    started = [*run.ended, *still_running(run)]
    attempts = sorted(started, key=lambda one: one.began)
    firsts: dict[str, Ended] = {}
    for one in attempts:
        firsts.setdefault(one.job, one)
    capacity = meter.cores * meter.passed
    return Figures(
        asdict(policy),
        tasks=sum(one.succeeded for one in run.ended),
        attempts=len(attempts),
        waiting=run.farm.ready,
        jobs_first_start=waits_of(firsts.values()),
        waits=waits_of(attempts),
        waits_by_project=_by(attempts, lambda one: one.project),
        waits_by_size=_by(attempts, lambda one: size_class(one.cores)),
        shares=_shares(world, meter.used),
        utilisation=100 * sum(meter.used.values()) / capacity if capacity else 0.0,
        failed_core_hours=sum(one.cores * (one.ended - one.began) for one in run.ended if not one.succeeded)
        / 3600,
        idle_core_hours=meter.idle / 3600,
        kept_core_hours=meter.kept / 3600,
        kept_nodes=len(run.reserved),
        timeline=meter.timeline,
    )


def still_running(run: Clockwork) -> Iterable[Ended]:
    """What has started and not ended yet."""
    for tasks in run.running.values():
        for task in tasks.values():
            row = task.row
            yield Ended(
                row["job_id"],
                row["layer_id"],
                task.project_id,
                row["node_id"],
                row["cores"],
                task.waits_since,
                task.began,
                task.ends,
                task.drawn.succeeds,
            )


def size_class(cores: int) -> str:
    """The class of tasks of so many cores."""
    return next(name for most, name in SIZES if cores <= most)


def waits_of(attempts: Iterable[Ended]) -> Waits:
    """Median, the one that 5 % exceed, and the longest."""
    waits = sorted(one.began - one.waits_since for one in attempts)
    if not waits:
        return Waits(0, 0.0, 0.0, 0.0)
    return Waits(len(waits), _quantile(waits, 0.5), _quantile(waits, 0.95), waits[-1])


def _quantile(values: Sequence[float], part: float) -> float:
    return values[min(int(part * len(values)), len(values) - 1)]


def _by(attempts: Iterable[Ended], key: Any) -> dict[str, Waits]:
    groups: dict[str, list[Ended]] = {}
    for one in attempts:
        groups.setdefault(key(one), []).append(one)
    return {name: waits_of(group) for name, group in sorted(groups.items())}


def _shares(world: World, used: dict[str, float]) -> dict[str, Share]:
    all_used = sum(used.values()) or 1.0
    sizes = dict.fromkeys(used, 0)
    for quota in world.quotas:
        sizes[quota.project_id] += quota.size
    all_sizes = sum(sizes.values()) or 1
    return {
        project: Share(core_s / 3600, 100 * core_s / all_used, 100 * sizes[project] / all_sizes)
        for project, core_s in used.items()
    }
