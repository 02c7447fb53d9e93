"""What the dispatcher remembers of nodes that do not answer."""

from __future__ import annotations

from typing import Any

from plow_server.nodes import Accepted, Answered, Outcome, Unreachable
from plow_server.reach import Reach
from plow_server.verbs import Result, Verbs


class Rows(Verbs):
    """The table, as the database keeps it: calls that failed in a row, by node. `gone` was deleted."""

    def __init__(self) -> None:
        self.failed: dict[str, int] = {}
        self.asked: list[str] = []

    def execute(self, name: str, values: Any) -> Result:
        self.asked.append(name)
        if name == "note_callable":
            for node in values["p_node"]:
                del self.failed[node]
            return Result([], 0)
        if name == "uncallable_nodes":
            rows = [{"node_id": node, "address": "a:1", "is_shut": n >= 2} for node, n in self.failed.items()]
            return Result(rows, len(rows))
        if values["p_node"] == "gone":
            return Result([], 0)
        self.failed[values["p_node"]] = self.failed.get(values["p_node"], 0) + 1
        return Result([{"is_shut": self.failed[values["p_node"]] >= values["p_most"]}], 1)


def failure(node: str = "n1") -> Unreachable:
    return Unreachable(node, "no route")


def test_a_node_is_shut_once_and_opened_by_an_answer() -> None:
    rows, reach = Rows(), Reach(2)
    assert [reach.hear(rows, [failure()]) for _ in range(3)] == [[], ["n1"], []]
    assert reach.shut == ["n1"]
    reach.hear(rows, [Answered("n1")])
    assert (reach.shut, rows.failed) == ([], {})


def test_the_latest_word_counts() -> None:
    rows, reach = Rows(), Reach(1)
    outcomes: list[Outcome] = [failure(), Accepted("n1", ["p"])]
    assert reach.hear(rows, outcomes) == []
    assert reach.hear(rows, outcomes[::-1]) == ["n1"]


def test_nodes_that_answer_cost_the_database_nothing() -> None:
    rows, reach = Rows(), Reach(2)
    reach.hear(rows, [Accepted("n1", ["p"]), Answered("n2")])
    assert rows.asked == []


def test_a_new_leader_learns_what_others_met() -> None:
    rows, reach = Rows(), Reach(2)
    rows.failed = {"n1": 2, "n2": 1}
    assert [row["node_id"] for row in reach.look(rows)] == ["n1", "n2"]
    assert reach.shut == ["n1"]
    reach.hear(rows, [Answered("n2")])
    assert rows.failed == {"n1": 2}


def test_who_is_opened_is_told_once_whether_by_an_answer_or_by_a_ping() -> None:
    rows, reach = Rows(), Reach(2)
    rows.failed = {"n1": 2, "n2": 2, "n3": 1}
    reach.look(rows)
    assert reach.opened(rows) == []
    reach.hear(rows, [Answered("n1"), Answered("n3")])
    del rows.failed["n2"]
    assert (reach.opened(rows), reach.opened(rows)) == (["n1", "n2"], [])


def test_a_node_that_was_deleted_is_passed_over() -> None:
    reach = Reach(1)
    assert reach.hear(Rows(), [failure("gone")]) == []
    assert reach.shut == []
