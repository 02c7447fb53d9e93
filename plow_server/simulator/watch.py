"""Counts what must never happen in a simulated farm: judged at every pass, before what was planned is booked.

inversion: a task starts while other work could have started in its place, on that node at that moment, that comes
before it: a job of its project with a higher priority, or a layer of its job with a higher one.

starvation: a layer is passed over when a task starts on a node where it could run, that it comes before, while it
finds room nowhere, no cap holds it and none of its limits is used up. When that happens again later than its patience
(`reserve_after_s`) after the first time, a node must be kept for it from then on. It starves where none is, though for
five seconds one could have been, for more might be kept and one where it could run was kept for nobody, and it is
passed over again; and where a node is kept for it that has room for it, nothing holds it, and it does not start.

breach: something starts that a rule refuses; a quota, folder, job, limit or node is above its most; or the counters
differ from what runs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from plow_server.order import job_key, layer_key, quota_key, tier
from plow_server.overtaken import AGAIN_S
from plow_server.simulator.clockwork import Clockwork
from plow_server.simulator.ledger import Ledger
from plow_server.snapshot import Layer, Node, Plan, Snapshot, Start


@dataclass
class Watch:
    """Hand `judge` to a Clockwork."""

    inversion: int = 0
    starvation: int = 0
    breach: int = 0
    passes: int = 0
    faults: list[str] = field(default_factory=list)  # in words
    # By layer: when it was passed over first; since when a node could be kept for it, its patience being at an end;
    # whether it was passed over even so.
    _since: dict[str, float] = field(default_factory=dict)
    _could: dict[str, float | None] = field(default_factory=dict)
    _owed: set[str] = field(default_factory=set)

    def judge(self, clock: Clockwork, farm: Snapshot, made: Plan) -> None:
        """Look at each start of a plan in turn."""
        self.passes += 1
        ledger = Ledger(farm, clock.farm.nodes)
        self._recount(clock, ledger)
        self._look_at_owed(clock, ledger)
        self._follow(clock, farm, ledger, made.starts)
        for fault in ledger.broken():
            self._note("breach", clock, fault)
        if not made.again:
            self._look_at_kept(clock, ledger)
        started = {start.layer_id for start in made.starts}
        for layer_id in [*self._since]:
            if layer_id in started or layer_id not in ledger.layers or not ledger.layers[layer_id].ready:
                self._drop(layer_id)

    def _note(self, what: str, clock: Clockwork, words: str) -> None:
        setattr(self, what, getattr(self, what) + 1)
        self.faults.append(f"{what} at {clock.now:.1f} s: {words}")

    def _drop(self, layer_id: str) -> None:
        self._since.pop(layer_id, None)
        self._could.pop(layer_id, None)
        self._owed.discard(layer_id)

    def _recount(self, clock: Clockwork, ledger: Ledger) -> None:
        cores: Counter[str] = Counter()
        for node_id, tasks in clock.running.items():
            used = sum(task.row["cores"] for task in tasks.values())
            node = ledger.nodes[node_id]
            if node.idle_cores != node.cores - used:
                self._note("breach", clock, f"node {node_id} counts {node.idle_cores} idle cores")
            for task in tasks.values():
                cores[task.row["quota_id"]] += task.row["cores"]
        for quota in ledger.quotas.values():
            if cores[quota.id] != quota.run_cores:
                self._note(
                    "breach", clock, f"quota {quota.id}: {quota.run_cores} counted, {cores[quota.id]} run"
                )

    def _follow(self, clock: Clockwork, farm: Snapshot, ledger: Ledger, starts: list[Start]) -> None:
        kept = {node.id for node in farm.kept}
        last_job = ""
        for start in starts:
            layer, node = ledger.layers[start.layer_id], ledger.nodes[start.node_id]
            for _ in range(start.n):
                self._look_at_start(clock, ledger, layer, node)
                if layer.job_id != last_job and node.id not in kept:
                    self._look_for_overtaken(
                        clock, ledger, layer, node
                    )  # one visit may start several of a job
                ledger.start(layer, node)
                last_job = layer.job_id
        for start in starts:
            ledger.grow(ledger.layers[start.layer_id], ledger.nodes[start.node_id], ledger.grown(start))

    def _look_at_start(self, clock: Clockwork, ledger: Ledger, layer: Layer, node: Node) -> None:
        if codes := ledger.why_not(layer, node):
            self._note("breach", clock, f"{layer.id} on {node.id}: {codes}")
        for other in ledger.layers.values():
            if other.ready and _outranks(ledger, other, layer) and not ledger.why_not(other, node):
                self._note("inversion", clock, f"{layer.id} before {other.id} on {node.id}")

    def _look_for_overtaken(self, clock: Clockwork, ledger: Ledger, layer: Layer, node: Node) -> None:
        mine = _key(ledger, layer, node)
        for other in ledger.layers.values():
            if other.ready and other.id != layer.id and _is_overtaken(ledger, other, node, mine):
                since = self._since.setdefault(other.id, clock.now)
                if clock.now - since < clock.policy.reserve_after_s:
                    continue
                could = self._could.setdefault(other.id, None)
                if could is not None and clock.now > could + AGAIN_S:
                    self._owed.add(other.id)

    def _look_at_owed(self, clock: Clockwork, ledger: Ledger) -> None:
        kept = {node.kept.layer_id for node in clock.farm.kept if node.kept}
        for layer_id in kept:
            self._drop(layer_id)
        may_keep = len(kept) < clock.policy.reserve_most
        open_nodes = [node for node in ledger.nodes.values() if not node.kept]
        for layer_id, since in self._could.items():
            layer = ledger.layers.get(layer_id)
            could = (
                may_keep
                and layer
                and not ledger.is_short(layer)
                and any(not ledger.held(layer, node) for node in open_nodes)
            )
            if could and layer_id in self._owed:
                self._note("starvation", clock, f"no node is kept for {layer_id}")
            self._could[layer_id] = (clock.now if since is None else since) if could else None
        self._owed.clear()

    def _look_at_kept(self, clock: Clockwork, ledger: Ledger) -> None:
        for node in ledger.nodes.values():
            owner = ledger.layers.get(node.kept.layer_id) if node.kept else None
            if owner is not None and not ledger.why_not(owner, node):
                self._note("starvation", clock, f"{node.id} has room for {owner.id}, which does not start")


def _is_overtaken(ledger: Ledger, other: Layer, node: Node, key: tuple[object, ...]) -> bool:
    """Whether it comes before that key and could run here, but there is room for it nowhere."""
    if ledger.held(other, node) or ledger.is_short(other) or not _key(ledger, other, node) < key:
        return False
    return all(ledger.why_not(other, one) for one in ledger.nodes.values())


def _outranks(ledger: Ledger, one: Layer, other: Layer) -> bool:
    mine, its = ledger.jobs[one.job_id], ledger.jobs[other.job_id]
    if mine.id == its.id:
        return one.priority > other.priority
    return mine.project_id == its.project_id and mine.priority > its.priority


def _key(ledger: Ledger, layer: Layer, node: Node) -> tuple[object, ...]:
    """Where the layer stands in the order, in the cluster of the node."""
    job, quota = ledger.jobs[layer.job_id], ledger.quota_of(layer, node)
    assert quota is not None
    folder = ledger.folders[job.folder_id]
    tiers = tier(job.run_cores, job.min_cores), tier(folder.run_cores, folder.min_cores)
    return (*quota_key(quota, quota.run_cores), *job_key(job, *tiers), *layer_key(layer, layer.next_ord))
