"""A farm that runs by itself: jobs arrive, the planner plans, tasks take their drawn time and end.

The planner, the picture that it plans with and the patience of those who are passed over are the server's own. What
SQL does in a real farm is done here in memory: booking a plan whole, ending tasks, the memory of shares, keeping nodes.
Deterministic: everything drawn comes from the world's own generator.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from plow_server.farm import Farm
from plow_server.overtaken import Overtaken
from plow_server.planner import plan
from plow_server.simulator.booking import Reservation, Reservations, Running, smallest_gpus
from plow_server.simulator.headroom import Headrooms
from plow_server.simulator.world import Drawn, World
from plow_server.snapshot import Plan, Snapshot

MOST = 20_000  # starts of one plan


@dataclass(frozen=True)
class Policy:
    """What may be compared: settings of the server's section `dispatch`, by their names there."""

    visit: int = 4
    reserve_after_s: float = 30.0
    reserve_most: int = 8
    share_half_life_h: float = 24.0


class Ended(NamedTuple):
    """An attempt's whole story, for the report."""

    job: str
    layer: str
    project: str
    node: str
    cores: int
    waits_since: float
    began: float
    ended: float
    succeeded: bool


class Spell(NamedTuple):
    """A time in which nothing changed, and what was so meanwhile."""

    begins: float
    ends: float
    run_cores: dict[str, int]  # by project
    waits: bool  # some task could have started had there been room
    kept_cores: int  # idle on nodes that are kept for somebody


@dataclass
class Clockwork:
    """One run of a world under a policy.

    `see` hears of each time that passes, `judge` of each plan before it is booked.
    """

    world: World
    policy: Policy = field(default_factory=Policy)
    step_s: float = 0.0  # events within so many seconds are looked at together
    see: Callable[[Spell], None] | None = None
    judge: Callable[[Clockwork, Snapshot, Plan], None] | None = None
    now: float = 0.0
    ended: list[Ended] = field(default_factory=list)
    reserved: list[Reservation] = field(default_factory=list)

    def __post_init__(self) -> None:
        world = self.world
        self.farm = Farm(
            nodes=[replace(node, taken_gpus=set()) for node in world.nodes],
            quotas=[replace(quota) for quota in world.quotas],
            folders=[replace(folder) for folder in world.folders],
            limits=[replace(limit, holders=Counter()) for limit in world.limits],
            clock=lambda: self.now,
        )
        self.used = {
            quota.id: 0.0 for quota in world.quotas
        }  # core-seconds; each is worth half after the half-life
        self._used_at = 0.0
        self._arrivals = deque(sorted(world.arrivals, key=lambda arrival: arrival.at_s))
        self._ends: list[tuple[float, int, Running]] = []
        self._count = itertools.count()
        self._since: dict[str, deque[float]] = {}  # by layer, when tasks failed that wait again
        self._arrived: dict[str, float] = {}  # by layer
        self._unfinished: Counter[str] = Counter()  # tasks by job
        self._draws: dict[str, Iterator[Drawn]] = {}
        self._quota_of = {(quota.project_id, quota.cluster_id): quota for quota in self.farm.quotas.values()}
        self.overtaken = Overtaken(self.policy.reserve_after_s)
        self.capped = Overtaken(self.policy.reserve_after_s)  # under their caps
        self.headrooms = Headrooms(self.farm)
        self.running: dict[str, dict[int, Running]] = {node.id: {} for node in world.nodes}
        self.reservations = Reservations(self.farm, self.running, self.policy.reserve_most)

    def run(self, until_s: float, told: Callable[[float], None] | None = None) -> Clockwork:
        """Go on until then, or until nothing is left to do; `told` hears how far it is."""
        while (at := self._next_time()) is not None and at <= until_s:
            self._pass_time(at)
            self._arrive()
            self._finish()
            self._book()
            if told is not None:
                told(self.now)
        self._pass_time(until_s)
        return self

    def _next_time(self) -> float | None:
        times = [self._ends[0][0]] if self._ends else []
        if self._arrivals:
            times.append(self._arrivals[0].at_s)
        if not times:
            return None
        times += [*self.reservations.times(self.now), *self.headrooms.times(self.now)]
        for overtaken in (self.overtaken, self.capped):
            due = overtaken.due_s(self.now)
            if due is not None and self.policy.reserve_most:
                times.append(self.now + due + 1e-6)
        at = max(min(times), self.now)
        return math.ceil(at / self.step_s) * self.step_s if self.step_s else at

    def _pass_time(self, at: float) -> None:
        """Shares forget a little, and remember what runs."""
        passed, half = at - self._used_at, self.policy.share_half_life_h * 3600
        if passed <= 0:
            return
        kept = 0.5 ** (passed / half)
        for quota in self.farm.quotas.values():
            gained = quota.run_cores * (1 - kept) * half / math.log(2)
            self.used[quota.id] = self.used[quota.id] * kept + gained
        if self.see is not None:
            run: dict[str, int] = {}
            for quota in self.farm.quotas.values():
                run[quota.project_id] = run.get(quota.project_id, 0) + quota.run_cores
            kept_cores = sum(node.idle_cores for node in self.farm.kept)
            self.see(Spell(self._used_at, at, run, self.farm.ready > 0, kept_cores))
        self.now = self._used_at = at

    def _arrive(self) -> None:
        while self._arrivals and self._arrivals[0].at_s <= self.now:
            arrival = self._arrivals.popleft()
            layers = [replace(layer, crowd=Counter()) for layer in arrival.layers]
            known = self.farm.jobs.get(arrival.job.id)  # more layers of it
            self.farm.add_job(known or replace(arrival.job), layers)
            self._unfinished[arrival.job.id] += sum(layer.ready for layer in layers)
            for layer in layers:
                self._arrived[layer.id] = arrival.at_s
                self._since[layer.id] = deque()
                self._draws[layer.id] = self.world.draws(arrival, layer)

    def _finish(self) -> None:
        rows = []
        while self._ends and self._ends[0][0] <= self.now:
            _, number, task = heapq.heappop(self._ends)
            del self.running[task.row["node_id"]][number]
            rows.append(self._end(task))
        self.farm.ended(rows)

    def _end(self, task: Running) -> dict[str, Any]:
        """What `complete_tasks` would tell of it; it ended when it did, though we look later."""
        row, succeeded = task.row, task.drawn.succeeds
        if succeeded:
            self._unfinished[row["job_id"]] -= 1
        else:
            self._since[row["layer_id"]].append(task.ends)
        story = Ended(
            row["job_id"],
            row["layer_id"],
            task.project_id,
            row["node_id"],
            row["cores"],
            task.waits_since,
            task.began,
            task.ends,
            succeeded,
        )
        self.ended.append(story)
        is_last = self._unfinished[row["job_id"]] == 0
        return {**row, "is_ready": not succeeded, "job_finished": is_last}

    def _book(self) -> None:
        """Plan until nothing starts and nothing is given free."""
        self.reservations.bring_forward(self.now)
        while True:
            self._share()
            snapshot = self.farm.snapshot()
            made = plan(snapshot, MOST, self.policy.visit)
            if self.judge is not None:
                self.judge(self, snapshot, made)
            for start in made.starts:
                for _ in range(start.n):
                    self._start(start.layer_id, start.node_id, start.cores)
            self.farm.remember(made)
            is_free = self._reserve(made) | self._keep_headroom(made)
            if not is_free and not made.starts:
                return

    def _share(self) -> None:
        for quota in self.farm.quotas.values():
            quota.lately = self.used[quota.id] * math.log(2) / (self.policy.share_half_life_h * 3600)

    def _start(self, layer_id: str, node_id: str, cores: int) -> None:
        layer, node = self.farm.layers[layer_id], self.farm.nodes[node_id]
        job = self.farm.jobs[layer.job_id]
        size = node.size_for(layer.shape)
        row: dict[str, Any] = {
            "layer_id": layer_id,
            "job_id": job.id,
            "folder_id": job.folder_id,
            "quota_id": self._quota_of[job.project_id, node.cluster_id].id,
            "node_id": node_id,
            "cores": max(size[0], cores),
            "ram": size[1],
            "gpus": smallest_gpus(node, layer.shape),
            "limits": list(layer.limits),
        }
        drawn = next(self._draws[layer_id])
        runs_s = drawn.clock_s * (layer.shape.cores / row["cores"] if cores else 1.0)
        failed = self._since[layer_id]
        since = failed.popleft() if failed else self._arrived[layer_id]
        expected = None if layer.clock_s is None else self.now + layer.clock_s
        task = Running(row, job.project_id, since, self.now, self.now + runs_s, expected, drawn)
        number = next(self._count)
        heapq.heappush(self._ends, (task.ends, number, task))
        self.running[node_id][number] = task
        self.farm.booked([row])

    def _reserve(self, made: Plan) -> bool:
        """Keep nodes for those who were passed over for too long; whether a node was given free."""
        due = self.overtaken.notice(made, self.farm.waits, self.now)
        kept = set(self.reservations.nodes)
        made_now = self.reservations.make(due, self.now)
        self.reserved += made_now
        self.overtaken.forget(one.layer_id for one in made_now)
        self.overtaken.put_off(due, self.now)
        return bool(kept - set(self.reservations.nodes))

    def _keep_headroom(self, made: Plan) -> bool:
        """The same under caps: whether cores were given free."""
        if not self.policy.reserve_most:
            return False
        due = self.capped.notice(made, self.farm.waits, self.now, made.capped)
        before = {one.layer_id for one in self.farm.headroom.values()}
        self.capped.forget(self.headrooms.keep(due, self.now))
        self.capped.put_off(due, self.now)
        return bool(before - {one.layer_id for one in self.farm.headroom.values()})
