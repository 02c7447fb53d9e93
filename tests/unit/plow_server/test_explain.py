"""What explain says, from rows as the database gives them."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.clock import clock
from plow_server.explain import Names, Prospect, Standing, explain_node, explain_work, needs_soonest, standing
from plow_server.explain_rules import ORDER, RULES
from plow_server.explain_state import Work
from plow_server.order import line_of
from plow_server.snapshot import Folder, Job, Layer, Quota, Shape, Snapshot

NOW = 1_800_000_000_000
NONE = dict.fromkeys(("total", "waiting", "running", "dead", "eaten", "depend", "succeeded"), 0)
JOB: dict[str, Any] = {
    **NONE, "id": "j1", "name": "shot", "held": None, "total": 10, "waiting": 10, "pause_reason": "",
    "end_reason": None,
    "ended_by": None, "paused_by": None, "paused_why": None, "paused_at": 0, "start_after": 0, "first_job": None,
    "later": None,
}  # fmt: skip
LAYER: dict[str, Any] = {
    **NONE, "id": "l1", "name": "beauty", "job": "shot", "project": "ocean", "folder": "comp", "tags": ["render"],
    "pool_names": ["gpu"], "limit_list": [], "os": "linux", "node_cores": 16, "node_ram": 65536, "gpus": 2,
    "gpu_ram": 24576,
    "max_per_node": 3, "held_reason": "no licence", "held_until": None, "folder_cores": 9, "folder_max_cores": 10,
    "job_cores": 3,
    "job_max_cores": 4, "total": 10, "waiting": 10, "ready": 10, "later": None,
    "headroom_cores": None, "is_headroom_its_own": None, "headroom_job": None, "headroom_layer": None,
}  # fmt: skip
TASK: dict[str, Any] = {
    "id": "t1", "name": "0007-beauty", "state": "WAITING", "is_ready": True, "before": 0, "depend_count": 0,
    "failures": 3,
    "max_retries": 2, "exit_status": 1, "exit_signal": 0, "last_node": "r12", "started": NOW, "node": None,
    "cores": None,
    "ram": None, "proc_state": None, "end_reason": "EXITED", "reason": "", "later": None,
}  # fmt: skip
NODES: dict[str, Any] = {
    "name": "r12", "cluster": "main", "cores": 8, "ram": 65536, "all_cores": 800, "idle_cores": 1, "idle_ram": 700,
    "all_idle_cores": 50, "task_cores": 4, "task_ram": 98304, "quota_cores": 20, "burst": 22, "gpus": 1,
    "idle_gpus": 0, "paused_why": "its disk is full", "paused_until": NOW + 30_000, "now": NOW,
}  # fmt: skip


HEADROOM = {"headroom_cores": 4, "is_headroom_its_own": False, "headroom_job": "big", "headroom_layer": "sim"}


def nodes(n: int, *codes: str, **other: Any) -> dict[str, Any]:
    return {**NODES, "n": n, "codes": list(codes), **other}


def work(noun: str = "layer", job: Any = None, layer: Any = None, **other: Any) -> Work:
    return Work(noun, {**JOB, **(job or {})}, {**LAYER, **(layer or {})}, **other)


# -------------------- the funnel


def test_each_node_counts_at_the_first_rule_that_refuses_it() -> None:
    groups = [nodes(5, "room_cores", "room_ram"), nodes(3, "ram"), nodes(2, "ram", "room_cores"), nodes(4)]

    told = explain_work(work(), groups)

    assert [(rule.code, rule.nodes) for rule in told.rules] == [("ram", 5), ("room_cores", 5)]
    assert told.fitting == 4


def test_the_nearest_miss_is_refused_by_the_fewest_rules_and_came_farthest() -> None:
    groups = [nodes(9, "tags"), nodes(1, "ram"), nodes(2, "ram", "room_cores")]

    told = explain_work(work(), groups)

    assert told.nearest == (
        "node 'r12': too little memory (a task takes 96 GB, the largest in pool gpu has 64 GB)"
    )
    assert told.advice == ["ask for less memory (setLayerMinRamPerTask)"]
    assert "no node can run it as things are" in told.sentence


def test_where_time_will_mend_it_nothing_is_called_impossible() -> None:
    told = explain_work(work(), [nodes(9, "tags"), nodes(2, "room_cores")])

    assert told.sentence.endswith("no node can take it now")
    assert told.nearest and told.nearest.startswith("2 nodes, like 'r12': too few idle cores")


def test_a_rule_tells_of_the_largest_of_all_the_nodes_that_it_refuses() -> None:
    groups = [nodes(5, "ram", "room_cores", ram=32768), nodes(1, "ram")]

    (rule,) = explain_work(work(), groups).rules

    assert "the largest in pool gpu has 64 GB" in rule.sentence


@pytest.mark.parametrize(
    "over",
    [work(layer={"waiting": 0, "ready": 0, "dead": 10}), work("task", task={**TASK, "state": "SUCCEEDED"})],
)
def test_of_what_will_not_start_no_node_is_told(over: Work) -> None:
    told = explain_work(over, [nodes(1, "ram")])

    assert (told.rules, told.nearest) == ([], None)


def test_who_has_cores_kept_under_its_caps_is_told_how_many() -> None:
    own = work(layer={**HEADROOM, "is_headroom_its_own": True})

    told = explain_work(own, [nodes(1, "quota_burst")], prospect=Prospect(NOW))

    assert told.sentence.endswith("; 4 cores under its caps are kept free for it")


def test_what_happens_soon_is_told_to_the_second() -> None:
    state = {"ready": 0, "later": NOW + 23_000}

    assert clock(NOW + 23_000, NOW) in explain_work(work(layer=state, now=NOW), []).sentence
    assert clock(NOW + 23_000, NOW).count(":") == 2 and clock(NOW + 200_000, NOW).count(":") == 1


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_a_sentence_and_an_advice(code: str) -> None:
    told = explain_work(work(), [nodes(2, code)])

    (rule,) = told.rules
    assert rule.sentence.startswith(f"2 nodes: {RULES[code].phrase}") and told.advice[-1]
    assert "{" not in rule.sentence + told.advice[-1]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("machine", "it wants machines of 16 cores and 64 GB; these have up to 8 and 64 GB"),
        ("gpus", "a task takes 2 devices of 24 GB, at most 1 such are there"),
        ("quota_burst", "20 of 22 cores run, a task takes 4"),
        ("folder_cap", "folder 'comp' runs 9 of 10"),
        ("headroom", "4 for layer 'sim' of job 'big'"),
        ("refusing", f"its disk is full; nothing is sent there before {clock(NOW + 30_000, NOW)}"),
        ("held_back", "no licence"),
        ("pool", "it may run in pool gpu only"),
        ("quota_missing", "project 'ocean', cluster 'main'"),
    ],
)
def test_a_rule_says_its_numbers(code: str, words: str) -> None:
    layer = HEADROOM if code == "headroom" else {}
    assert words in explain_work(work(layer=layer), [nodes(1, code)]).rules[0].sentence


def test_a_limit_says_how_much_of_it_is_in_use() -> None:
    limit = {"name": "nuke", "total": 20, "held_back": 2, "used": 18, "wait": False, "reason": ""}
    (rule,) = explain_work(work(layer={"limit_list": [limit]}), [nodes(1, "limit")]).rules
    assert "'nuke': 18 of 18 in use" in rule.sentence

    waits = {**limit, "wait": True, "reason": "no licence for nuke", "until": NOW + 10_000, "now": NOW}
    told = explain_work(work(layer={"limit_list": [waits]}), [nodes(1, "limit")])
    assert f"'nuke' waits until {clock(NOW + 10_000, NOW)}: no licence for nuke" in told.rules[0].sentence
    assert told.advice == ["wait, or `plow limit retry nuke` to try it now"]


# -------------------- the state


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (work("job", {"held": "paused", "paused_by": "anna", "paused_at": NOW,
         "pause_reason": "it fails everywhere"}),
         f"job 'shot' is paused by anna at {clock(NOW)}: it fails everywhere"),
        (work("job", {"held": "paused", "running": 1}), "job 'shot' is paused since its launch; 1 task runs"),
        (work("job", {"held": "start_after", "start_after": NOW}), f"job 'shot' starts nothing before {clock(NOW)}"),
        (work("job", {"held": "finished", "waiting": 0, "succeeded": 8, "dead": 2, "ended_by": "ben",
         "end_reason": "enough"}),
         "job 'shot' is finished, ended by ben: enough; 10 tasks: 2 dead, 8 succeeded"),
        (work("job", {"held": "post", "first_job": "main"}),
         "job 'shot' is a post job: it waits until job 'main' is over"),
        (work(layer={"ready": 0, "waiting": 0, "running": 2, "succeeded": 8}),
         "layer 'beauty' of job 'shot' runs: 10 tasks: 2 running, 8 succeeded"),
        (work(layer={"ready": 0, "waiting": 0, "dead": 10}),
         "layer 'beauty' of job 'shot' has nothing left but dead tasks: 10 tasks: 10 dead"),
        (work(layer={"ready": 0, "waiting": 2}),
         "layer 'beauty' of job 'shot' waits until earlier attempts of its tasks are gone from their nodes"),
        (work(layer={"ready": 0, "waiting": 2, "later": NOW}),
         f"layer 'beauty' of job 'shot' waits until {clock(NOW)} with the next attempts of tasks that failed"),
        (work(layer={"ready": 0, "waiting": 0, "succeeded": 10}),
         "layer 'beauty' of job 'shot' has nothing waiting: 10 tasks: 10 succeeded"),
        (work("task", task={**TASK, "state": "RUNNING", "node": "r3", "cores": 4, "ram": 2048}),
         f"task '0007-beauty' of job 'shot' runs on node 'r3' with 4 cores and 2 GB since {clock(NOW)}"),
        (work("task", task={**TASK, "state": "DEAD"}),
         "task '0007-beauty' of job 'shot' is dead: exit status 1 (on node 'r12', failure 3 of 3)"),
        (work("task", task={**TASK, "state": "DEAD", "end_reason": "MEMORY", "reason": "more than 8 GB"}),
         "task '0007-beauty' of job 'shot' is dead: more than 8 GB (MEMORY on node 'r12', failure 3 of 3)"),
        (work("task", task={**TASK, "state": "EATEN"}),
         "task '0007-beauty' of job 'shot' was eaten: it counts as done"),
        (work("task", task={**TASK, "is_ready": False, "proc_state": "KILLING", "node": "r3"}),
         "task '0007-beauty' of job 'shot' waits until its last attempt is gone from node 'r3'"),
    ],
)  # fmt: skip
def test_the_state_is_one_sentence_with_its_reason(asked: Work, sentence: str) -> None:
    assert explain_work(asked, []).sentence == sentence


def test_who_waits_for_others_says_for_whom_and_how_many_are_left() -> None:
    depend = {
        "n": 1,
        "job": "sim",
        "layer": "fluid",
        "task": None,
        "is_task": False,
        "undone": 12,
        "dead": 3,
        "is_other": True,
    }
    one = {
        **depend,
        "job": "shot",
        "layer": "shadow",
        "task": "0001-shadow",
        "is_task": True,
        "n": 4,
        "dead": 0,
        "is_other": False,
    }

    told = explain_work(work(layer={"ready": 0, "waiting": 0, "depend": 10}, depends=[depend, one]), [])

    assert told.sentence == (
        "layer 'beauty' of job 'shot' waits for layer 'fluid' of job 'sim' (12 tasks left, 3 dead), "
        "4 tasks of layer 'shadow', first task '0001-shadow'"
    )
    assert told.advice[0] == "dead tasks never end: `plow job retry sim` or `plow job eat sim`"


# -------------------- the order, and when


def farm(*sizes: int, clock_s: float | None = 60.0) -> Snapshot:
    """A project, job and layer of ten one-core tasks for each size of quota."""
    numbers = range(len(sizes))
    return Snapshot(
        nodes={},
        quotas=[Quota(f"q{n}", f"p{n}", "main", sizes[n], 99, run_cores=4) for n in numbers],
        folders={"f": Folder("f")},
        jobs={f"p{n}": [Job(f"j{n}", f"p{n}", "f")] for n in numbers},
        layers={
            f"j{n}": [Layer(f"l{n}", f"j{n}", Shape(frozenset(), 1, 1), 10, clock_s=clock_s)] for n in numbers
        },
    )


def names(count: int) -> Names:
    return Names(
        {f"q{n}": {"project": f"p{n}", "cluster": "main"} for n in range(count)},
        {f"j{n}": {"name": f"shot{n}", "folder": "jobs"} for n in range(count)},
    )


def test_the_place_is_that_of_the_planners_order_and_who_is_ahead_is_named() -> None:
    stand = standing(line_of(farm(1, 4, 2)), "l2")

    told = explain_work(work(), [nodes(1)], stand, names(3), Prospect(NOW))

    assert told.place == 2
    assert [(one.jobName, one.waiting) for one in told.ahead] == [("shot1", 10)]
    assert told.orderKey.startswith(
        "project 'p2' uses 4 cores and 0 of late for its 2 in cluster 'main' (2), job priority 0"
    )
    assert told.sentence.endswith("1 node could take a task now; 1 layer before it in the order")


def test_at_most_ten_jobs_ahead_are_named() -> None:
    sizes = [9] * 14 + [1]
    told = explain_work(work(), [nodes(1)], standing(line_of(farm(*sizes)), "l14"), names(15), Prospect(NOW))

    assert (told.place, len(told.ahead)) == (15, 10)


def test_who_does_not_wait_has_no_place() -> None:
    told = explain_work(work(layer={"ready": 0}), [])

    assert (told.place, told.orderKey, told.ahead, told.predictedStart) == (0, "", [], None)


def start(groups: list[dict[str, Any]], clock_s: float | None = 60.0, **known: Any) -> int | None:
    """Behind ten tasks of one core each, of a project with twice the size that runs as much: six start before ours."""
    stand = standing(line_of(farm(4, 2, clock_s=clock_s)), "l1")
    found: int | None = explain_work(work(), groups, stand, names(2), Prospect(NOW, **known)).predictedStart
    return found


def test_a_start_is_predicted_from_the_room_and_the_work_ahead() -> None:
    small = {"all_cores": 2, "all_idle_cores": 1}
    assert start([nodes(1)]) == NOW  # room for those ahead, too
    assert start([nodes(1, **small)]) == NOW + 180_000  # 360 core-seconds on two cores
    assert start([nodes(1, "room_cores", **small)], soonest=NOW + 5000) == NOW + 185_000
    assert start([nodes(1, "room_cores")], kept={"name": "r12", "starts": NOW + 9}) == NOW + 9


def test_who_has_a_node_kept_is_told_which() -> None:
    kept = Prospect(NOW, {"name": "r12", "starts": NOW})
    told = explain_work(work(), [nodes(1, "room_cores")], prospect=kept)
    assert told.sentence.endswith(f"; node 'r12' is kept for it until {clock(NOW, NOW)}")


def test_equals_take_turns_however_much_waits() -> None:
    told = explain_work(
        work(), [nodes(1, all_cores=2, all_idle_cores=0)],
        standing(line_of(farm(2, 2, 2)), "l2"), names(3), Prospect(NOW),
    )  # fmt: skip
    assert told.predictedStart == NOW + 60_000  # one task of each


def test_no_start_is_predicted_of_what_is_not_known() -> None:
    assert start([nodes(1, all_idle_cores=1)], clock_s=None) is None
    assert start([nodes(1, "tags")]) is None
    assert start([nodes(1, "job_cap")]) is None
    assert start([nodes(1, "room_cores")]) is None


def test_when_there_will_be_room_is_asked_only_where_that_decides() -> None:
    stand = standing(line_of(farm(1)), "l0")
    assert needs_soonest(work(), [nodes(1, "room_cores")], stand)
    assert not needs_soonest(work(), [nodes(1, "room_cores"), nodes(1)], stand)
    assert not needs_soonest(work(), [nodes(1, "ram")], stand)
    assert not needs_soonest(work(), [nodes(1, "room_cores")], Standing())


# -------------------- nodes

NODE: dict[str, Any] = {
    "id": "n1", "name": "r12", "state": "UP", "state_reason": "", "cluster": "main", "closed": None,
    "away_reason": None,
    "uncallable": None, "paused_why": None,
    "cores": 8, "ram": 65536, "idle_cores": 8, "idle_ram": 65536, "run_procs": 0, "kept": None,
    "heard": NOW,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"closed": "locked"}, "node 'r12' takes nothing: locked"),
        ({"closed": "repair", "state_reason": "5 jobs failed"},
         "node 'r12' takes nothing: set aside as REPAIR (5 jobs failed)"),
        ({"closed": "down", "run_procs": 1},
         f"node 'r12' takes nothing: down (last heard {clock(NOW)}), 1 task runs there"),
        ({"paused_why": "disk full", "paused_until": NOW + 9_000, "now": NOW},
         "node 'r12' takes nothing: it refused a start, or did not answer, a moment ago (disk full; nothing is sent"
         f" there before {clock(NOW + 9_000, NOW)})"),
        ({"uncallable": "no route"}, "node 'r12' takes nothing: the server cannot call it (no route)"),
        ({}, "node 'r12' is open: 8 of 8 cores and 64 GB of 64 GB are idle; nothing on the farm waits"),
    ],
)  # fmt: skip
def test_a_node_says_why_it_is_idle(changed: dict[str, Any], sentence: str) -> None:
    assert explain_node({**NODE, **changed}, []).sentence == sentence


def test_an_open_node_says_what_keeps_the_waiting_layers_from_it() -> None:
    groups = [{"codes": ["tags"], "n": 12, "layer_id": "l0"}, {"codes": ["ram"], "n": 1, "layer_id": "l1"}]

    told = explain_node(NODE, groups, LAYER, nodes(1, "ram"))

    assert told.sentence.endswith("are idle; none of 13 waiting layers may start here now")
    assert [(rule.code, rule.nodes, rule.sentence) for rule in told.rules] == [
        ("tags", 12, "12 layers: none of the tags"),
        ("ram", 1, "1 layer: too little memory"),
    ]
    assert told.nearest == (
        "layer 'beauty' of job 'shot': too little memory (a task takes 96 GB, the largest in pool gpu has 64 GB)"
    )


def test_a_node_says_what_it_is_kept_for() -> None:
    kept = {"sentence": "node 'r12' is kept for job 'big', layer 'sim', until 14:20"}

    told = explain_node({**NODE, "kept": kept}, [{"codes": ["kept"], "n": 2, "layer_id": "l0"}])

    assert told.sentence.endswith("; kept for job 'big', layer 'sim', until 14:20")
    assert told.advice == ["`plow node release r12` gives up what it is kept for"]


def test_rules_stand_in_the_order_in_which_they_are_asked() -> None:
    assert list(ORDER) == list(RULES)
    assert next(iter(ORDER)) == "down" and list(ORDER)[-3:] == ["room_cores", "room_ram", "room_gpus"]
