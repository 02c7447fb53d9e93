"""The planner against an oracle that tries everything, and its rules one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from plow_server.order import tier
from plow_server.planner import plan
from plow_server.snapshot import Folder, Job, Layer, Node, Plan, Quota, Shape, Snapshot, Start

RENDER = frozenset({"render"})


def a_node(name: str = "n1", cluster: str = "c", cores: int = 4, ram: int = 8000, **more: object) -> Node:
    return Node(name, cluster, more.pop("tags", RENDER), cores, ram, cores, ram, **more)  # type: ignore[arg-type]


@dataclass
class AFarm:
    """A farm to plan for: one project, cluster and folder unless told otherwise."""

    nodes: list[Node] = field(default_factory=list)
    quotas: list[Quota] = field(default_factory=lambda: [Quota("q", "p", "c", 100, 1000)])
    folders: list[Folder] = field(default_factory=lambda: [Folder("f")])
    jobs: list[Job] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)

    def job(self, name: str, *layers: tuple[int, int, int], **more: object) -> AFarm:
        """Add a job; a layer is (ready, cores, ram)."""
        job = Job(name, "p", "f", age=len(self.jobs))
        self.jobs.append(replace(job, **more))  # type: ignore[arg-type]
        for order, (ready, cores, ram) in enumerate(layers):
            self.layers.append(Layer(f"{name}.{order}", name, Shape(RENDER, cores, ram), ready, order))
        return self

    def snapshot(self, **more: object) -> Snapshot:
        clusters = {node.cluster_id for node in self.nodes}
        return Snapshot(
            nodes={c: [n for n in self.nodes if n.cluster_id == c] for c in clusters},
            quotas=self.quotas,
            folders={folder.id: folder for folder in self.folders},
            jobs={p: [j for j in self.jobs if j.project_id == p] for p in {j.project_id for j in self.jobs}},
            layers={j.id: [x for x in self.layers if x.job_id == j.id] for j in self.jobs},
            **more,  # type: ignore[arg-type]
        )

    def plan(self, **more: int) -> Plan:
        return plan(self.snapshot(), **more)


def started(made: Plan) -> list[str]:
    """Layers in the order in which their tasks start."""
    return [start.layer_id for start in made.starts for _ in range(start.n)]


# -------------------- rules


def test_a_job_of_higher_priority_is_served_before_all_others_of_its_project():
    farm = AFarm([a_node(cores=5)]).job("old", (4, 1, 1)).job("urgent", (3, 1, 1), priority=10)
    farm.job("later", (4, 1, 1), priority=-1)

    assert started(farm.plan(visit=1)) == ["urgent.0"] * 3 + ["old.0"] * 2


def test_a_layer_of_higher_priority_is_served_before_all_others_of_its_job():
    farm = AFarm([a_node(cores=4)]).job("j", (3, 1, 1), (3, 1, 1))
    farm.layers[1] = replace(farm.layers[1], priority=1)

    assert started(farm.plan()) == ["j.1"] * 3 + ["j.0"]


def test_a_node_is_filled_with_what_fits():
    made = AFarm([a_node(cores=4, ram=3000)]).job("j", (10, 1, 1000)).plan()
    assert made.starts == [Start("j.0", "n1", 3)]
    assert made.held == {"node": 7}


def test_work_spreads_over_nodes():
    made = AFarm([a_node("n1"), a_node("n2")]).job("j", (4, 1, 100)).plan()
    assert Counter(start.node_id for start in made.starts) == {"n1": 2, "n2": 2}


def test_frame_one_of_each_layer_comes_before_frame_two_of_any():
    made = AFarm([a_node()]).job("j", (2, 1, 100), (2, 1, 100)).plan()
    assert started(made) == ["j.0", "j.1", "j.0", "j.1"]


def test_a_layer_that_fits_nowhere_does_not_hold_up_the_others():
    made = AFarm([a_node(cores=2)]).job("j", (2, 16, 100), (2, 1, 100)).plan()
    assert started(made) == ["j.1", "j.1"]
    assert made.held == {"node": 2}


def test_the_project_that_uses_least_of_its_share_is_first():
    farm = AFarm(
        [a_node(cores=1)], quotas=[Quota("q1", "p", "c", 10, 9, 2), Quota("q2", "p2", "c", 100, 9, 5)]
    )
    farm.job("a", (1, 1, 1)).job("b", (1, 1, 1), project_id="p2")
    assert started(farm.plan()) == ["b.0"]


def test_the_job_furthest_below_its_wish_is_first():
    farm = AFarm([a_node(cores=1)]).job("full", (1, 1, 1), min_cores=2, run_cores=2)
    farm.job("half", (1, 1, 1), min_cores=2, run_cores=1)
    assert started(farm.plan()) == ["half.0"]


def test_of_equal_jobs_the_older_is_first():
    farm = AFarm([a_node(cores=1)]).job("new", (1, 1, 1), age=2.0).job("old", (1, 1, 1), age=1.0)
    assert started(farm.plan()) == ["old.0"]


def test_a_jobs_cap_is_kept_and_named():
    made = AFarm([a_node()]).job("j", (4, 1, 1), max_cores=3, run_cores=1).plan()
    assert (made.size, made.held) == (2, {"job": 2})


def test_a_folders_cap_is_kept_over_its_jobs():
    farm = AFarm([a_node()], folders=[Folder("f", max_cores=3)]).job("a", (4, 1, 1)).job("b", (4, 1, 1))
    made = farm.plan()
    assert (made.size, made.held) == (3, {"folder": 5})


def test_a_quotas_burst_is_kept():
    farm = AFarm([a_node()], quotas=[Quota("q", "p", "c", 1, 3, 1)]).job("j", (4, 1, 1))
    made = farm.plan()
    assert (made.size, made.held) == (2, {"quota": 2})


def test_a_layer_needs_a_common_tag():
    made = AFarm([a_node(tags=frozenset({"gpu"}))]).job("j", (1, 1, 1)).plan()
    assert (made.starts, made.held) == ([], {"node": 1})


def test_a_cluster_without_a_quota_for_the_project_gets_nothing():
    assert AFarm([a_node(cluster="other")]).job("j", (1, 1, 1)).plan().starts == []


def test_single_gives_the_whole_node_to_one_proc():
    farm = AFarm([a_node(mode="SINGLE")], quotas=[Quota("q", "p", "c", 1, 8)]).job("j", (4, 1, 1))
    assert farm.plan().size == 1


def test_a_whole_node_must_fit_the_cap():
    farm = AFarm([a_node("whole", mode="SINGLE"), a_node("parts")]).job("j", (4, 1, 1), max_cores=3)
    assert farm.plan().starts == [Start("j.0", "parts", 3)]


def test_slots_are_taken_whole():
    node = a_node(cores=6, mode="SLOTS", slot_cores=2, slot_ram=1000)
    assert AFarm([node]).job("j", (9, 3, 500)).plan().size == 1  # two slots of two cores
    assert AFarm([node]).job("j", (9, 1, 500)).plan().size == 3


def test_a_plan_has_a_most():
    assert AFarm([a_node(cores=9)]).job("j", (9, 1, 1)).plan(most=5).size == 5


def test_nodes_without_room_for_a_shape_are_not_looked_at_again_until_they_gain_some():
    farm = AFarm([a_node("n1", cores=1, stamp=3), a_node("n2", cores=2, stamp=1)]).job("j", (2, 2, 1))
    shape = farm.layers[0].shape
    assert plan(farm.snapshot(stamp=3, memory={("c", shape): 1})).starts == []
    assert plan(farm.snapshot(stamp=3, memory={("c", shape): 0})).starts == [Start("j.0", "n2", 1)]
    assert plan(farm.snapshot(stamp=3)).barren == {("c", shape): 3}


def test_a_plan_is_cut_into_slices_of_about_so_many_tasks():
    starts = [Start("a", "n", 2), Start("b", "n", 3), Start("c", "n", 1), Start("d", "n", 9)]
    assert list(Plan(starts, Counter(), {}).slices(4)) == [starts[:2], starts[2:]]
    assert list(Plan([], Counter(), {}).slices(4)) == []


def test_what_was_never_looked_at_waits_for_room():
    made = AFarm([a_node(cores=1)]).job("a", (1, 1, 1)).job("b", (5, 1, 1)).job("c", (3, 2, 1)).plan()
    assert (made.size, made.held) == (1, {"node": 8})


def test_devices_of_another_size_are_for_whoever_comes_first_in_the_next_plan():
    farm = AFarm([a_node(cores=8, gpus={0: 8, 1: 24, 2: 24})])
    farm.job("first", (1, 1, 1), priority=2).job("second", (1, 1, 1), priority=1).job("third", (9, 1, 1))
    for place, gpu_ram in ((0, 8), (1, 24), (2, 8)):
        shape = farm.layers[place].shape._replace(gpus=1, gpu_ram=gpu_ram)
        farm.layers[place] = replace(farm.layers[place], shape=shape)

    made = farm.plan()

    assert (started(made), made.again) == (["first.0"], True)
    assert made.barren == {}, "in the next plan there is room for the second"


def test_tiers():
    assert [tier(0, 0), tier(3, 0), tier(0, 5), tier(5, 2)] == [0, 3, -5, 2.5]


# -------------------- the oracle

TAGS = [RENDER, frozenset({"gpu"}), frozenset({"render", "gpu"})]
MODES = [("DYNAMIC", 0, 0), ("DYNAMIC", 0, 0), ("SINGLE", 0, 0), ("SLOTS", 2, 1000)]


@st.composite
def farms(draw: st.DrawFn) -> AFarm:
    count, pick = st.integers(1, 4), draw(st.integers(0, 2))
    farm = AFarm(quotas=[], folders=[])
    for n in range(draw(count)):
        mode, slot_cores, slot_ram = draw(st.sampled_from(MODES))
        cores, ram = draw(st.integers(1, 6)), draw(st.integers(500, 4000))
        node = a_node(f"n{n}", draw(st.sampled_from("cd")), cores, ram, tags=draw(st.sampled_from(TAGS)))
        idle = draw(st.integers(0, cores)) if pick else cores
        farm.nodes.append(replace(node, mode=mode, slot_cores=slot_cores, slot_ram=slot_ram, idle_cores=idle))
    for project in "pr":
        for cluster in "cd":
            if draw(st.booleans()):
                burst = draw(st.integers(0, 12))
                size, run = draw(st.integers(0, 5)), draw(st.integers(0, burst))
                farm.quotas.append(Quota(project + cluster, project, cluster, size, burst, run))
        farm.folders.append(
            Folder("f" + project, draw(st.integers(0, 3)), draw(st.integers(-1, 9)), draw(st.integers(0, 3)))
        )
    for n in range(draw(count)):
        project = draw(st.sampled_from("pr"))
        weights = draw(st.integers(0, 3)), draw(st.integers(-1, 8)), draw(st.integers(0, 3))
        age, priority = draw(st.integers(0, 2)), draw(st.integers(-1, 1))
        farm.jobs.append(Job(f"j{n}", project, "f" + project, *weights, age=age, priority=priority))
        for order in range(draw(st.integers(1, 3))):
            tags, ready = draw(st.sampled_from(TAGS)), draw(st.integers(0, 4))
            avoid = frozenset(draw(st.sets(st.sampled_from(["n0", "n1"]), max_size=1)))
            shape = Shape(tags, draw(st.integers(1, 4)), draw(st.integers(100, 1500)), avoid)
            place = draw(st.integers(0, 3))
            priority = draw(st.integers(-1, 1))
            farm.layers.append(Layer(f"j{n}.{order}", f"j{n}", shape, ready, order, place, priority))
    return farm


class Oracle:
    """The rules again, written plainly: who may start what now, and who is first."""

    def __init__(self, farm: AFarm) -> None:
        self.nodes = {n.id: replace(n) for n in farm.nodes}
        self.quotas = {q.id: replace(q) for q in farm.quotas}
        self.folders = {f.id: replace(f) for f in farm.folders}
        self.jobs = {j.id: replace(j) for j in farm.jobs}
        self.layers = {x.id: replace(x) for x in farm.layers}

    def size(self, layer: Layer, node: Node) -> tuple[int, int]:
        need = layer.shape
        if node.mode == "SINGLE":
            return max(node.cores, need.cores), max(node.ram, need.ram)
        if node.mode == "SLOTS":
            n = 1
            while n * node.slot_cores < need.cores or n * node.slot_ram < need.ram:
                n += 1
            return n * node.slot_cores, n * node.slot_ram
        return need.cores, need.ram

    def may(self, quota: Quota, layer: Layer, node: Node) -> bool:
        job = self.jobs[layer.job_id]
        folder = self.folders[job.folder_id]
        cores, ram = self.size(layer, node)
        return (
            layer.ready > 0
            and quota.project_id == job.project_id
            and quota.cluster_id == node.cluster_id
            and bool(layer.shape.tags & node.tags)
            and node.id not in layer.shape.avoid
            and cores <= node.idle_cores
            and ram <= node.idle_ram
            and quota.run_cores + cores <= quota.burst
            and (job.max_cores == -1 or job.run_cores + cores <= job.max_cores)
            and (folder.max_cores == -1 or folder.run_cores + cores <= folder.max_cores)
        )

    def candidates(self) -> list[tuple[tuple[object, ...], Quota, Layer]]:
        """Every (quota, layer) that could start something on some node, first in line first."""
        found = [
            (self.rank(quota, layer), quota, layer)
            for quota in self.quotas.values()
            for layer in self.layers.values()
            if any(self.may(quota, layer, node) for node in self.nodes.values())
        ]
        return sorted(found, key=lambda one: one[0])

    def rank(self, quota: Quota, layer: Layer) -> tuple[object, ...]:
        job = self.jobs[layer.job_id]
        folder = self.folders[job.folder_id]
        share = quota.run_cores / quota.size if quota.size else float("inf")
        tiers = [
            (r if m == 0 else -m if r == 0 else r / m)
            for r, m in ((job.run_cores, job.min_cores), (folder.run_cores, folder.min_cores))
        ]
        within = -layer.priority, layer.next_ord, layer.order
        return share, quota.id, -job.priority, *tiers, job.age, job.id, *within

    def start(self, quota: Quota, layer: Layer, node: Node) -> None:
        assert self.may(quota, layer, node), f"{layer.id} must not start on {node.id}"
        cores, ram = self.size(layer, node)
        job = self.jobs[layer.job_id]
        node.idle_cores -= cores
        node.idle_ram -= ram
        for one in (quota, job, self.folders[job.folder_id]):
            one.run_cores += cores
        layer.ready -= 1
        layer.next_ord += 1


@settings(max_examples=400, deadline=None)
@given(farms())
def test_the_plan_keeps_every_cap_serves_in_order_and_leaves_nothing_that_fits(farm: AFarm):
    oracle = Oracle(farm)
    for start in farm.plan(visit=1).starts:
        node = oracle.nodes[start.node_id]
        for _ in range(start.n):
            _, quota, layer = oracle.candidates()[0]
            assert layer.id == start.layer_id
            assert quota.cluster_id == node.cluster_id
            oracle.start(quota, layer, node)
    assert oracle.candidates() == []


@settings(max_examples=200, deadline=None)
@given(farms(), st.integers(2, 5))
def test_longer_visits_change_the_order_and_nothing_else(farm: AFarm, visit: int):
    oracle = Oracle(farm)
    for start in farm.plan(visit=visit).starts:
        node, layer = oracle.nodes[start.node_id], oracle.layers[start.layer_id]
        project = oracle.jobs[layer.job_id].project_id
        quota = next(
            q for q in oracle.quotas.values() if (q.project_id, q.cluster_id) == (project, node.cluster_id)
        )
        for _ in range(start.n):
            oracle.start(quota, layer, node)
    assert oracle.candidates() == []


@settings(max_examples=200, deadline=None)
@given(farms())
def test_what_a_plan_found_barren_stays_so_until_room_grows(farm: AFarm):
    first = plan(farm.snapshot(stamp=7))
    oracle = Oracle(farm)
    for start in first.starts:
        layer, node = oracle.layers[start.layer_id], oracle.nodes[start.node_id]
        for _ in range(start.n):
            cores, ram = oracle.size(layer, node)
            node.idle_cores -= cores
            node.idle_ram -= ram
            layer.ready -= 1
    after = AFarm(
        list(oracle.nodes.values()), farm.quotas, farm.folders, farm.jobs, list(oracle.layers.values())
    )
    forgetful = plan(after.snapshot())
    mindful = plan(after.snapshot(memory=first.barren))
    assert mindful.starts == forgetful.starts
