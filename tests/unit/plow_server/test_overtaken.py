"""How long smaller work may pass over a layer."""

from __future__ import annotations

from collections import Counter

from plow_server.overtaken import AGAIN_S, Overtaken
from plow_server.snapshot import Plan, Start


def made(*started: str, passed: tuple[str, ...] = (), is_open: bool = True) -> Plan:
    return Plan(
        [Start(layer, "n", 1) for layer in started], Counter(), {}, list(passed), is_open and bool(started)
    )


def always(layer: str) -> bool:
    return True


def test_patience_ends_after_its_time():
    overtaken = Overtaken(30.0)
    assert overtaken.notice(made("small", passed=("big",)), always, 100.0) == []
    assert overtaken.due_s(110.0) == 20.0
    assert overtaken.notice(made("small", passed=("big",)), always, 129.0) == []
    assert overtaken.notice(made("small", passed=("big",)), always, 130.0) == ["big"]


def test_patience_ends_though_nothing_happens_meanwhile():
    overtaken = Overtaken(30.0)
    overtaken.notice(made("small", passed=("big",)), always, 100.0)
    assert overtaken.notice(made(), always, 131.0) == ["big"]


def test_whoever_starts_has_patience_again():
    overtaken = Overtaken(30.0)
    overtaken.notice(made("small", passed=("big",)), always, 100.0)
    overtaken.notice(made("big"), always, 120.0)
    assert overtaken.due_s(120.0) is None
    assert overtaken.notice(made("small", passed=("big",)), always, 131.0) == []


def test_whoever_has_nothing_to_start_waits_no_more():
    overtaken = Overtaken(30.0)
    overtaken.notice(made("small", passed=("big",)), always, 100.0)
    assert overtaken.notice(made("small"), lambda layer: False, 131.0) == []
    assert overtaken.due_s(131.0) is None


def test_whoever_is_not_ahead_any_more_is_served_when_it_is_overtaken_again():
    overtaken = Overtaken(30.0)
    overtaken.notice(made("small", passed=("big",)), always, 100.0)
    assert overtaken.notice(made("small"), always, 131.0) == []
    assert overtaken.due_s(131.0) is None
    assert overtaken.notice(made("small", passed=("big",)), always, 140.0) == ["big"]


def test_they_are_served_in_the_order_in_which_they_were_passed_over():
    overtaken = Overtaken(30.0)
    overtaken.notice(made("small", passed=("first",)), always, 100.0)
    overtaken.notice(made("small", passed=("second", "first")), always, 101.0)
    assert overtaken.notice(made("small", passed=("second", "first")), always, 140.0) == ["first", "second"]
    overtaken.forget(["first"])
    assert overtaken.notice(made(), always, 141.0) == ["second"]


def test_what_starts_on_kept_nodes_alone_changes_nobodys_place():
    overtaken = Overtaken(30.0)
    overtaken.notice(made("small", passed=("big",)), always, 100.0)
    assert overtaken.notice(made("owner", is_open=False), always, 131.0) == ["big"]


def test_for_whom_no_node_could_be_kept_one_is_looked_for_again_in_a_moment():
    overtaken = Overtaken(30.0)
    overtaken.notice(made("small", passed=("big",)), always, 100.0)
    assert overtaken.notice(made(), always, 130.0) == ["big"]
    overtaken.put_off(["big"], 130.0)
    assert overtaken.due_s(130.0) == AGAIN_S
    assert overtaken.notice(made("small", passed=("big",)), always, 131.0) == []
    assert overtaken.notice(made("small", passed=("big",)), always, 130.0 + AGAIN_S) == ["big"]
