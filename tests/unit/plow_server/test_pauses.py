"""Pauses of nodes that fail."""

from __future__ import annotations

from plow_server.pauses import Pauses


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def made() -> tuple[Pauses, Clock]:
    clock = Clock()
    return Pauses(most_s=8.0, clock=clock), clock


def fail_after_each_pause(pauses: Pauses, clock: Clock, times: int) -> list[float]:
    found = []
    for _ in range(times):
        pause_s = pauses.begin("n", 1.0)
        assert pause_s is not None
        found.append(pause_s)
        clock.now += pause_s
        assert pauses.over() == ["n"]
    return found


def test_each_failure_in_a_row_doubles_the_pause_up_to_a_most():
    assert fail_after_each_pause(*made(), times=5) == [1.0, 2.0, 4.0, 8.0, 8.0]


def test_a_success_ends_the_row():
    pauses, clock = made()
    fail_after_each_pause(pauses, clock, times=3)
    pauses.succeeded("n")
    assert pauses.begin("n", 1.0) == 1.0


def test_a_pause_ends_early_when_its_cause_is_gone():
    pauses, clock = made()
    fail_after_each_pause(pauses, clock, times=3)
    pauses.begin("n", 1.0)
    pauses.end("n")
    pauses.end("another")
    assert pauses.nodes == []
    assert pauses.begin("n", 1.0) == 1.0


def test_many_failures_at_once_are_one():
    pauses, clock = made()
    pauses.begin("n", 1.0)
    clock.now = 0.4
    assert pauses.begin("n", 1.0) is None
    assert pauses.left_s() == 0.6


def test_a_pause_ends_once():
    pauses, clock = made()
    pauses.begin("n", 1.0)
    assert (pauses.over(), pauses.nodes) == ([], ["n"])
    clock.now = 1.0
    assert (pauses.over(), pauses.over(), pauses.nodes) == (["n"], [], [])
    assert pauses.left_s() == float("inf")
