"""Nodes that are kept, limits and spare cores, rule by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from plow_server.planner import plan
from plow_server.rooms import Room
from plow_server.scarce import Scarce
from plow_server.snapshot import Kept, Limit, Plan, Start
from plow_server.spare import Grower, share_out
from tests.unit.plow_server.test_planner import AFarm, a_node, started


def planned(farm: AFarm, *kept: tuple[str, str, float]) -> Plan:
    """A plan while nodes are kept: (node, layer, seconds until it is to start)."""
    nodes = {node.id: node for node in farm.nodes}
    farm.nodes = [node for node in farm.nodes if node.id not in {name for name, _, _ in kept}]
    snapshot = farm.snapshot()
    snapshot.kept = [replace(nodes[name], kept=Kept(layer, starts_s)) for name, layer, starts_s in kept]
    return plan(snapshot)


def known(farm: AFarm, layer: str, clock_s: float) -> None:
    farm.layers = [replace(one, clock_s=clock_s) if one.id == layer else one for one in farm.layers]


# -------------------- kept nodes


def test_a_kept_node_is_for_its_layer_alone():
    farm = AFarm([a_node()]).job("small", (4, 1, 1)).job("big", (1, 4, 1))
    assert planned(farm, ("n1", "big.0", 60)).starts == [Start("big.0", "n1", 1)]


def test_others_start_there_if_they_are_known_to_be_over_by_then():
    for clock_s, n in ((60.0, 2), (61.0, 0)):
        farm = AFarm([replace(a_node(), idle_cores=2)]).job("small", (9, 1, 1)).job("big", (1, 4, 1))
        known(farm, "small.0", clock_s)
        assert planned(farm, ("n1", "big.0", 60.0)).size == n


def test_what_is_left_of_a_kept_node_is_for_the_next_plan():
    farm = AFarm([a_node()]).job("big", (2, 2, 1)).job("small", (9, 1, 1))
    known(farm, "small.0", 1.0)
    made = planned(farm, ("n1", "big.0", 60.0))
    assert (started(made), made.again, made.is_open) == (["big.0"], True, False)


def test_nobody_is_overtaken_on_a_kept_node():
    farm = (
        AFarm([replace(a_node(), idle_cores=2)])
        .job("other", (1, 4, 1))
        .job("small", (9, 1, 1))
        .job("big", (1, 4, 1))
    )
    known(farm, "small.0", 1.0)
    made = planned(farm, ("n1", "big.0", 60.0))
    assert (set(started(made)), made.passed) == ({"small.0"}, [])


def test_whoever_finds_no_room_while_others_do_is_overtaken():
    farm = (
        AFarm([replace(a_node(), idle_cores=2)])
        .job("big", (1, 4, 1))
        .job("huge", (1, 9, 1))
        .job("small", (9, 1, 1))
    )
    made = farm.plan()
    assert (started(made), made.passed) == (["small.0"] * 2, ["big.0"]), (
        "no node is large enough for the huge one"
    )


def test_whoever_is_behind_is_not_overtaken():
    farm = AFarm([replace(a_node(), idle_cores=2)]).job("small", (9, 1, 1), priority=1).job("big", (1, 4, 1))
    assert farm.plan().passed == []


# -------------------- limits


@pytest.mark.parametrize(
    ("per", "free", "holders", "where"),
    [
        ("TASK", 1, {}, (None, "")),
        ("TASK", 0, {}, (None, "limit")),
        ("NODE", 0, {"n1": 2, "n2": 0}, ({"n1"}, "")),
        ("NODE", 0, {}, (None, "limit")),
        ("NODE", -1, {"n1": 2}, (None, "limit")),
        ("USER", 0, {"anna": 1}, (None, "")),
        ("USER", 0, {"ben": 1}, (None, "limit")),
    ],
)
def test_where_a_limit_lets_a_task_start(
    per: str, free: int, holders: dict[str, int], where: tuple[set[str] | None, str]
):
    assert Scarce({"l": Limit("l", per, free, Counter(holders))}).where(["l"], "anna") == where


def test_a_limit_that_is_not_known_lets_nothing_start():
    assert Scarce({}).where(["l"], "anna") == (None, "limit")


def test_a_plan_takes_from_its_own_copy_of_a_limit():
    limit = Limit("l", "NODE", 1)
    scarce = Scarce({"l": limit})
    scarce.take(["l"], "n1", "anna")
    assert scarce.where(["l"], "anna") == ({"n1"}, "")
    assert (limit.free, limit.holders) == (1, Counter())


# -------------------- spare cores


class Cap:
    def __init__(self, most: int) -> None:
        self.run, self._most = 0, most

    def left(self) -> int:
        return self._most - self.run


def test_spare_cores_go_round_by_round():
    room = Room(a_node(cores=7))
    first, second = (Grower(room, n, 1, most, ()) for n, most in ((1, 8), (2, 2)))
    share_out([first, second])
    assert (first.cores, second.cores, room.idle_cores) == (6, 2, 0)


def test_no_cap_is_passed_by_growing():
    cap = Cap(3)
    grower = Grower(Room(a_node(cores=8)), 2, 1, 8, (cap,))
    share_out([grower])
    assert (grower.cores, cap.run) == (2, 2)


def test_nothing_grows_where_something_waits_for_room():
    farm = AFarm([a_node(cores=4)]).job("j", (2, 1, 1), (1, 4, 1))
    farm.layers[0] = replace(farm.layers[0], max_cores=8)
    assert farm.plan().starts == [Start("j.0", "n1", 2)]
    farm.layers[1] = replace(farm.layers[1], ready=0)
    assert farm.plan().starts == [Start("j.0", "n1", 2, 2)]


def test_what_can_never_run_there_keeps_nobody_from_growing():
    farm = AFarm([a_node(cores=4)]).job("j", (2, 1, 1), (1, 9, 1))
    farm.layers[0] = replace(farm.layers[0], max_cores=8)
    assert farm.plan().starts == [Start("j.0", "n1", 2, 2)]
