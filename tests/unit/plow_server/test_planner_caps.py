"""What a plan says of layers that caps hold, and how it leaves free what is kept for one under its caps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plow_server.farm import Farm
from plow_server.planner import plan
from plow_server.snapshot import Folder, Headroom, Plan, Quota
from tests.unit.plow_server.test_planner import AFarm, a_node, started


def capped(cap: str, most: int) -> AFarm:
    """Where three cores run under a cap: a big job that comes first, and a small one."""
    farm = AFarm([a_node(cores=99)]).job("big", (1, 4, 1)).job("small", (9, 1, 1))
    if cap == "quota":
        farm.quotas = [Quota("q", "p", "c", 100, most, run_cores=3)]
    else:
        farm.folders = [Folder("f", max_cores=most, run_cores=3)]
    return farm


def kept(farm: AFarm, layer: str = "big.0", cores: int = 4, **more: object) -> Plan:
    """A plan while cores under its caps are kept for a layer."""
    job = layer.partition(".")[0]
    headroom = Headroom(layer, "q", "f", job, cores)._replace(**more)  # type: ignore[arg-type]
    return plan(farm.snapshot(headroom={"p": headroom}))


@pytest.mark.parametrize("cap", ["quota", "folder"])
def test_a_layer_that_a_cap_holds_is_passed_over_when_others_start_under_it(cap: str) -> None:
    made = capped(cap, 4).plan()
    assert (started(made), made.capped, made.passed) == (["small.0"], ["big.0"], [])


def test_a_layer_is_passed_over_under_its_own_jobs_cap() -> None:
    farm = AFarm([a_node(cores=99)]).job("j", (1, 4, 1), (9, 1, 1), max_cores=4, run_cores=3)
    assert farm.plan().capped == ["j.0"]


def test_nobody_is_passed_over_by_what_another_cap_allows() -> None:
    farm = AFarm([a_node(cores=99)]).job("big", (1, 4, 1), max_cores=5, run_cores=3).job("small", (9, 1, 1))
    made = farm.plan()
    assert (len(started(made)), made.capped) == (9, [])


def test_a_cap_that_is_too_small_for_a_task_passes_over_nobody() -> None:
    assert capped("quota", 4).job("huge", (1, 5, 1), priority=1).plan().capped == ["big.0"]
    assert AFarm([a_node()], quotas=[Quota("q", "p", "c", 1, 3)]).job("big", (1, 4, 1)).plan().capped == []


@pytest.mark.parametrize("cap", ["quota", "folder"])
def test_what_is_kept_under_a_cap_is_left_free_by_others(cap: str) -> None:
    made = kept(capped(cap, 9))
    assert started(made) == ["big.0"] and made.again  # the rest is for the next plan

    held = kept(capped(cap, 6))
    assert started(held) == [] and held.held == {"headroom": 9, cap: 1}


def test_others_start_under_a_cap_that_has_more_room_than_is_kept() -> None:
    farm = capped("quota", 12)
    assert started(kept(farm)) == ["big.0", "small.0"]


def test_what_is_kept_in_one_cluster_holds_nobody_in_another() -> None:
    farm = AFarm([a_node(), a_node("n2", "d")]).job("big", (1, 4, 1), priority=-1).job("small", (9, 1, 1))
    farm.quotas = [Quota("q", "p", "c", 1, 4), Quota("r", "p", "d", 1, 9)]
    assert {start.node_id for start in kept(farm).starts if start.layer_id == "small.0"} == {"n2"}


def test_who_has_a_node_kept_need_not_leave_anything_free() -> None:
    farm = AFarm([a_node()]).job("small", (9, 1, 1)).job("big", (1, 4, 1), priority=-1)
    farm.quotas = [Quota("q", "p", "c", 1, 4)]
    assert started(kept(farm)) == ["big.0"]
    assert started(kept(farm, free_of=frozenset({"small.0"}))) == ["small.0"] * 4


def test_spare_cores_are_no_way_round_it() -> None:
    farm = AFarm([a_node(cores=20)]).job("small", (1, 1, 1)).job("big", (1, 4, 1), priority=-1)
    farm.quotas = [Quota("q", "p", "c", 1, 5)]
    farm.layers[0] = replace(farm.layers[0], max_cores=8)
    assert [(start.layer_id, start.cores) for start in kept(farm).starts] == [("small.0", 0), ("big.0", 0)]


def test_with_its_start_nothing_is_kept_any_more() -> None:
    rows = AFarm([a_node()]).job("big", (2, 4, 1))
    farm = Farm(rows.nodes, rows.quotas, rows.folders, rows.jobs, rows.layers,
                headroom={"p": Headroom("big.0", "q", "f", "big", 4)})  # fmt: skip

    farm.booked([{"layer_id": "big.0", "node_id": "n1", "job_id": "big", "quota_id": "q", "folder_id": "f",
                  "cores": 4, "ram": 1, "gpus": [], "limits": []}])  # fmt: skip

    assert farm.snapshot().headroom == {}
