"""The queue between the window and whatever takes long."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from wrangler.lane import URGENT, Lane

DEADLINE_S = 5.0


class Desk:
    """Plays the window's thread: takes what the lane posts and runs it when the test says so."""

    def __init__(self) -> None:
        self.posted: queue.Queue[Callable[[], None]] = queue.Queue()

    def run_next(self) -> None:
        self.posted.get(timeout=DEADLINE_S)()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def lane(desk) -> Iterator[Lane]:
    lane = Lane("test", desk.posted.put)
    yield lane
    lane.stop()


class Gate:
    """Work that goes on only when the test lets it."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.entered.set()
        assert self.opened.wait(DEADLINE_S)


def refuse(error: Exception) -> None:
    raise AssertionError(error)


def test_work_runs_on_another_thread_and_its_result_on_ours(lane, desk):
    lane.start()
    found: list[object] = []
    lane.submit(threading.get_ident, lambda ident: found.extend([ident, threading.get_ident()]), refuse)

    desk.run_next()

    assert found[0] != threading.get_ident()
    assert found[1] == threading.get_ident()


def test_urgent_work_goes_before_what_waits(lane, desk):
    done: list[str] = []
    for name in ("first", "second"):
        lane.submit(lambda name=name: done.append(name), lambda _: None, refuse)
    lane.submit(lambda: done.append("urgent"), lambda _: None, refuse, rank=URGENT)
    lane.start()
    for _ in range(3):
        desk.run_next()

    assert done == ["urgent", "first", "second"]


def test_a_newer_request_replaces_an_older_one_that_still_waits(lane, desk):
    done: list[int] = []
    for number in range(3):
        lane.submit(lambda number=number: done.append(number), lambda _: None, refuse, key="jobs")
    lane.submit(lambda: done.append(99), lambda _: None, refuse)
    lane.start()
    desk.run_next()
    desk.run_next()

    assert done == [2, 99]


def test_the_result_of_a_request_that_was_asked_again_is_dropped(lane, desk):
    gate, shown = Gate(), []
    lane.start()
    lane.submit(gate, lambda _: shown.append("old"), refuse, key="jobs")
    assert gate.entered.wait(DEADLINE_S)
    lane.submit(lambda: None, lambda _: shown.append("new"), refuse, key="jobs")
    gate.opened.set()
    desk.run_next()
    desk.run_next()

    assert shown == ["new"]


def test_a_result_that_nobody_waits_for_is_dropped_even_at_the_last_moment(lane, desk):
    shown: list[str] = []
    lane.start()
    lane.submit(lambda: None, lambda _: shown.append("too late"), refuse, key="tasks")
    call = desk.posted.get(timeout=DEADLINE_S)
    lane.forget("tasks")
    call()

    assert shown == []


def test_a_failure_is_told_and_the_next_request_runs(lane, desk):
    told: list[object] = []
    lane.start()
    lane.submit(lambda: 1 // 0, told.append, told.append)
    lane.submit(lambda: "fine", told.append, told.append)
    desk.run_next()
    desk.run_next()

    assert isinstance(told[0], ZeroDivisionError)
    assert told[1] == "fine"


def test_a_stopped_lane_does_not_wait_for_work_that_hangs(lane, desk):
    gate = Gate()
    lane.start()
    lane.submit(gate, lambda _: None, refuse)
    assert gate.entered.wait(DEADLINE_S)

    lane.stop(wait_s=0.01)

    gate.opened.set()
    assert desk.posted.empty()
