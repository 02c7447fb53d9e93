"""What SQL decides of nodes that are kept for somebody, and of devices, done in memory. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from plow_server.farm import Farm
from plow_server.placement import may_run, refused
from plow_server.simulator.world import Drawn
from plow_server.snapshot import Kept, Layer, Node, Shape

UNKNOWN_S = 600.0  # what a task of unknown length is thought to take at least


@dataclass(slots=True)
class Running:
    """An attempt that runs."""

    row: dict[str, Any]
    project_id: str
    waits_since: float
    began: float
    ends: float
    expected_end: float | None
    drawn: Drawn

    def thought_end(self, now: float) -> float:
        """When the farm thinks it ends: as predicted, else as long again as it has run."""
        if self.expected_end is None:
            return now + max(now - self.began, UNKNOWN_S)
        return self.expected_end if self.expected_end > now else now + (now - self.began)


class Reservation(NamedTuple):
    """A node kept for a layer's task, which should start at `starts`."""

    made: float
    layer_id: str
    node_id: str
    starts: float
    until: float


class Reservations:
    """`reserve_nodes` and `soonest_room` of SQL."""

    def __init__(self, farm: Farm, running: Mapping[str, Mapping[int, Running]], most: int) -> None:
        self._farm, self._running, self._most = farm, running, most
        self._made: dict[str, Reservation] = {}

    @property
    def nodes(self) -> list[str]:
        """Nodes that are kept for somebody."""
        return [node.id for node in self._farm.kept]

    def times(self, now: float) -> Iterator[float]:
        """When there should be room, and when a node is given up."""
        for node_id in self.nodes:
            yield from (at for at in self._made[node_id][3:] if at > now)

    def make(self, layers: Sequence[str], now: float) -> list[Reservation]:
        """Renew what has lapsed, then serve these in their order."""
        lapsed = [self._made[node] for node in self.nodes if self._has_lapsed(self._made[node], now)]
        for one in lapsed:
            self._farm.let_go(one.node_id)
        again = [one.layer_id for one in lapsed]
        made = [self._reserve(layer, now, layer in again) for layer in dict.fromkeys([*again, *layers])]
        return [one for one in made if one is not None]

    def bring_forward(self, now: float) -> None:
        """`bring_forward` of SQL: what leaves sooner than was thought is waited for no longer."""
        for node in self._farm.kept:
            one = self._made[node.id]
            starts = self._room_at(node, self._farm.layers[one.layer_id].shape, now)
            if starts is not None and starts < one.starts - max(1.0, (one.starts - now) / 10):
                self._made[node.id] = one._replace(starts=starts)
                self._farm.keep(node.id, Kept(one.layer_id, starts - self._farm.read_at))

    def _has_lapsed(self, one: Reservation, now: float) -> bool:
        return one.until <= now or not self._farm.waits(one.layer_id)

    def _reserve(self, layer_id: str, now: float, has_lapsed: bool) -> Reservation | None:
        kept = self._farm.kept
        if len(kept) >= self._most or not self._farm.waits(layer_id):
            return None
        if any(node.kept and node.kept.layer_id == layer_id for node in kept):
            return None
        best = min(self._soonest(self._farm.layers[layer_id], now), default=None)
        if best is None:
            return None
        starts, node_id = best
        if has_lapsed and starts <= now:
            return None  # there was room and it did not start: a cap or a limit holds it
        made = Reservation(now, layer_id, node_id, starts, starts + max((starts - now) / 10, UNKNOWN_S))
        self._made[node_id] = made
        self._farm.keep(node_id, Kept(layer_id, starts - self._farm.read_at))
        return made

    def _soonest(self, layer: Layer, now: float) -> Iterator[tuple[float, str]]:
        """When each node that may run it will have room, as far as is known."""
        job = self._farm.jobs[layer.job_id]
        bursts = {q.cluster_id: q.burst for q in self._farm.quotas.values() if q.project_id == job.project_id}
        for node in self._farm.nodes.values():
            if (
                node.kept
                or not may_run(node, layer.shape)
                or refused(node, layer.shape)
                or node.size_for(layer.shape)[0] > bursts.get(node.cluster_id, 0)
            ):
                continue
            at = self._room_at(node, layer.shape, now)
            if at is not None:
                yield at, node.id

    def _room_at(self, node: Node, shape: Shape, now: float) -> float | None:
        cores, ram = node.size_for(shape)
        idle_cores, idle_ram, at = node.idle_cores, node.idle_ram, now
        taken = set(node.taken_gpus)
        leaving = sorted(self._running[node.id].values(), key=lambda task: task.thought_end(now))
        for task in [None, *leaving]:
            if task is not None:
                idle_cores += task.row["cores"]
                idle_ram += task.row["ram"]
                taken -= set(task.row["gpus"])
                at = task.thought_end(now)
            has_gpus = (
                sum(ram >= shape.gpu_ram for index, ram in node.gpus.items() if index not in taken)
                >= shape.gpus
            )
            if idle_cores >= cores and idle_ram >= ram and has_gpus:
                return at
        return None


def smallest_gpus(node: Node, shape: Shape) -> list[int]:
    """The devices that SQL would choose: the smallest that do."""
    free = sorted(
        (memory, index)
        for index, memory in node.gpus.items()
        if index not in node.taken_gpus and memory >= shape.gpu_ram
    )
    return [index for _, index in free[: shape.gpus]]
