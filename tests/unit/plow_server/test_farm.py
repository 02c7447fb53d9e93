"""The counters in memory follow what the procedures return."""

from __future__ import annotations

from typing import Any

import pytest

from plow_server.farm import Farm
from plow_server.planner import plan
from plow_server.snapshot import Folder, Headroom, Job, Kept, Layer, Limit, Node, Plan, Quota, Shape

SHAPE = Shape(frozenset({"render"}), 1, 100)


@pytest.fixture
def farm() -> Farm:
    return Farm(
        nodes=[Node(f"n{i}", "c", SHAPE.tags, 2, 1000, 2, 1000) for i in (1, 2)],
        quotas=[Quota("q", "p", "c", 10, 100)],
        folders=[Folder("f")],
        jobs=[Job("j", "p", "f")],
        layers=[Layer("l", "j", SHAPE, ready=6)],
    )


def row(node: str = "n1", **more: Any) -> dict[str, Any]:
    booked = {"layer_id": "l", "job_id": "j", "folder_id": "f", "quota_id": "q", "cores": 1, "ram": 100}
    booked |= {"gpus": [], "limits": []}
    ended = {"is_ready": False, "job_finished": False}
    return {**booked, **ended, "node_id": node, **more}


def planned(farm: Farm) -> Plan:
    made = plan(farm.snapshot())
    farm.remember(made)
    return made


def test_a_booking_takes_room_everywhere(farm: Farm):
    farm.booked([row(), row()])
    assert (farm.nodes["n1"].idle_cores, farm.nodes["n1"].idle_ram) == (0, 800)
    assert (farm.quotas["q"].run_cores, farm.folders["f"].run_cores, farm.jobs["j"].run_cores) == (2, 2, 2)
    assert (farm.layers["l"].ready, farm.layers["l"].next_ord) == (4, 2)
    assert [start.node_id for start in planned(farm).starts] == ["n2"]


def test_a_node_that_is_kept_is_open_again_once_that_has_started(farm: Farm):
    farm.keep("n1", Kept("l", 60.0))
    assert [start.node_id for start in planned(farm).starts] == ["n1", "n2"]
    farm.booked([row() for _ in range(2)])
    assert (farm.kept, farm.is_stale) == ([], False)


def test_a_node_kept_for_what_started_elsewhere_asks_for_a_new_picture(farm: Farm):
    farm.keep("n1", Kept("l", 60.0))
    farm.booked([row("n2") for _ in range(5)])
    assert not farm.is_stale
    farm.booked([row("n2")])
    assert farm.is_stale


def test_a_node_that_is_let_go_is_for_everybody(farm: Farm):
    farm.keep("n1", Kept("other", 60.0))
    assert [start.node_id for start in planned(farm).starts] == ["n2"]
    farm.let_go("n1")
    farm.let_go("n1")
    assert [start.node_id for start in planned(farm).starts] == ["n1"], "n2 was found to have no more room"


def test_who_has_started_on_the_node_kept_for_it_leaves_free_again_what_is_kept_under_caps(farm: Farm):
    farm.headroom["p"] = Headroom("big", "q", "f", "j", 98, frozenset({"l"}))
    farm.keep("n1", Kept("l", 60.0))
    assert planned(farm).size == 3, "a node is kept for it: it leaves nothing free"

    farm.booked([row(), row("n2"), row("n2")])
    farm.ended([row("n2", is_ready=True), row("n2", is_ready=True)])

    assert planned(farm).size == 1, "of 100 one runs, and 98 are left free"


def test_an_end_gives_it_back(farm: Farm):
    farm.booked([row(), row()])
    farm.ended([row()])
    assert farm.nodes["n1"].idle_cores == 1
    assert farm.quotas["q"].run_cores == 1
    assert farm.layers["l"].ready == 4


def test_a_task_to_be_tried_again_is_ready(farm: Farm):
    farm.booked([row()])
    farm.ended([row(is_ready=True)])
    assert farm.layers["l"].ready == 6


def test_a_finished_job_is_gone(farm: Farm):
    farm.booked([row()])
    farm.ended([row(job_finished=True)])
    assert (farm.jobs, farm.layers, farm.ready) == ({}, {}, 0)
    assert planned(farm).starts == []


def test_all_tasks_of_a_finished_job_give_back_what_they_used(farm: Farm):
    farm.limits["x"] = Limit("x", "NODE", 1)
    farm.booked([row(limits=["x"]), row(limits=["x"])])
    farm.ended([row(limits=["x"], job_finished=True), row(limits=["x"], job_finished=True)])
    assert (farm.limits["x"].free, farm.is_stale) == (1, False)


def test_what_has_no_place_here_asks_for_a_new_picture(farm: Farm):
    farm.woken([{"layer_id": "l", "job_id": "j", "woken": 2}])
    assert (farm.layers["l"].ready, farm.is_stale) == (8, False)
    farm.woken([{"layer_id": "unknown", "job_id": "j", "woken": 2}])
    assert farm.is_stale


def test_a_closed_node_gets_nothing_until_it_is_opened(farm: Farm):
    farm.close("n1")
    assert {start.node_id for start in planned(farm).starts} == {"n2"}
    farm.open("n1")
    assert {start.node_id for start in planned(farm).starts} == {"n1"}  # n2 is known to be full by now


def test_a_node_that_closes_stays_closed_when_it_gains_room(farm: Farm):
    farm.booked([row()])
    farm.close("n1")
    farm.ended([row()])
    assert {start.node_id for start in planned(farm).starts} == {"n2"}


def test_room_that_comes_back_is_looked_at_first(farm: Farm):
    farm.booked([row("n1"), row("n1"), row("n2"), row("n2")])
    assert planned(farm).starts == []
    farm.ended([row("n2")])
    assert [start.node_id for start in planned(farm).starts] == ["n2"]


def test_what_was_remembered_can_be_forgotten(farm: Farm):
    for node in farm.nodes.values():
        node.tags = frozenset({"gpu"})
    assert planned(farm).barren
    for node in farm.nodes.values():
        node.tags = SHAPE.tags  # nobody said so: the memory holds
    assert planned(farm).starts == []
    farm.forget()
    assert planned(farm).size == 4


def test_it_knows_what_is_ready_and_in_which_shapes(farm: Farm):
    assert (farm.ready, list(farm.snapshot().ready_shapes())) == (6, [SHAPE])
    farm.booked([row()] * 6)
    assert (farm.ready, list(farm.snapshot().ready_shapes())) == (0, [])
    farm.ended([row(is_ready=True)])
    farm.woken([{"layer_id": "l", "job_id": "j", "woken": 2}])
    assert (farm.ready, list(farm.snapshot().ready_shapes())) == (3, [SHAPE])
