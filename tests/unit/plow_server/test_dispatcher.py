"""How a plan is cut for the database."""

from __future__ import annotations

from plow_server.dispatcher import _by_node, _slices
from plow_server.planner import Start


def test_a_plan_is_cut_into_slices_of_about_so_many_tasks():
    starts = [Start("a", "n", 2), Start("b", "n", 3), Start("c", "n", 1), Start("d", "n", 9)]
    assert list(_slices(starts, 4)) == [starts[:2], starts[2:]]
    assert list(_slices([], 4)) == []


def test_starts_of_a_node_go_together_in_their_order():
    rows = [{"node_id": n, "address": n, "place": i} for i, n in enumerate("abab")]
    assert [(key, [row["place"] for row in group]) for key, group in _by_node(rows)] == [
        (("a", "a"), [0, 2]),
        (("b", "b"), [1, 3]),
    ]
