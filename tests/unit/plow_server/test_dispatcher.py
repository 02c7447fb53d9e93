"""How starts are put together for nodes."""

from __future__ import annotations

from plow_server.dispatcher import _by_node


def test_starts_of_a_node_go_together_in_their_order():
    rows = [{"node_id": n, "address": n, "place": i} for i, n in enumerate("abab")]
    assert [(key, [row["place"] for row in group]) for key, group in _by_node(rows)] == [
        (("a", "a"), [0, 2]),
        (("b", "b"), [1, 3]),
    ]
