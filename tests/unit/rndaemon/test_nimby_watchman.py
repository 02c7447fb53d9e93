"""The watchman, with sources that the test plays and a clock that it moves."""

import time
from datetime import datetime, timedelta

import pytest

from benchmarks.node_farm import wait_until
from plow_client.config import load
from rndaemon.config import Config
from rndaemon.nimby.judge import Sign, State
from rndaemon.nimby.watchman import Watchman, reason_of
from rndaemon.wishes import Wishes

NOON = datetime(2026, 11, 20, 12, 0)  # a Friday


class Person:
    """Somebody at the keyboard, now and then."""

    def __init__(self):
        self.typed_at = None
        self.fault = None

    def look(self, now):
        if self.fault:
            raise self.fault
        return None if self.typed_at is None else Sign(now - self.typed_at, "anna", "at the keyboard")


class Machine:
    """A watchman and what it did."""

    def __init__(self, folder, *overrides, boot="boot-1"):
        settings = load(Config, overrides=["nimby.enabled=true", *overrides], environ={}).value.nimby
        self.person, self.told, self.recalled = Person(), [], []
        self.wishes = Wishes(folder)
        self.man = Watchman(
            settings, [self.person], self.wishes, boot, self.told.append, self.recalled.append
        )
        self.began = time.monotonic()

    def at(self, seconds, typed=False):
        now = self.began + seconds
        if typed:
            self.person.typed_at = now
        return self.man.look(now, NOON + timedelta(seconds=seconds))


@pytest.fixture
def machine(tmp_path):
    return lambda *overrides, **said: Machine(tmp_path, *overrides, **said)


def test_a_day_at_a_workstation(machine):
    ws = machine("nimby.recall=grace", "nimby.grace_s=300")
    assert not ws.at(0).is_given
    assert ws.at(601).is_given
    ws.at(7320, typed=True)
    assert ws.told[-1] == "anna is at the keyboard, since 14:02"
    ws.at(7320 + 299)
    assert ws.recalled == []
    ws.at(7320 + 300)
    ws.at(7320 + 305)
    assert ws.recalled == ["the machine was taken back: anna is at the keyboard"]
    assert ws.told[-1] == "anna was at the keyboard, 14:02 to 14:02"
    assert ws.at(7320 + 601).is_given and ws.told[-1] == ""


def test_tasks_that_end_by_themselves_are_not_recalled(machine):
    ws = machine("nimby.recall=finish")
    ws.at(601)
    for second in range(700, 5000, 50):
        ws.at(second, typed=True)

    assert ws.recalled == []


def test_now_means_at_once_and_each_time_it_is_taken_anew(machine):
    ws = machine("nimby.recall=now")
    for begin in (1000, 3000):
        assert ws.at(begin).is_given
        ws.at(begin + 1, typed=True)
        ws.at(begin + 2, typed=True)

    assert len(ws.recalled) == 2


def test_a_machine_that_worked_for_the_farm_goes_on_after_a_restart_of_the_daemon(machine):
    machine().at(601)
    assert machine().at(0).is_given
    assert not machine(boot="boot-2").at(0).is_given


def test_a_machine_that_was_taken_stays_taken_over_a_restart(machine):
    ws = machine()
    ws.at(601)
    ws.at(602, typed=True)
    assert not machine().at(0).is_given


def test_a_persons_word_holds_over_a_restart(machine):
    ws = machine()
    ws.at(601)
    ws.man.tell("on", "anna")
    assert ws.told[-1].startswith("anna took the machine, since ")
    assert not machine().at(9999).is_given
    ws.man.tell("off", "anna")
    assert machine().at(0).is_given


def test_hours_of_the_week_are_obeyed(machine):
    ws = machine("nimby.busy=fri 13:00-14:00")
    assert ws.at(3599).is_given
    assert ws.at(3600).why == "hours of its user (fri 13:00-14:00)"
    assert ws.at(7200).is_given


def test_a_source_that_fails_blinds_no_other_and_is_told_once(machine, caplog):
    ws = machine()
    ws.man._sources.append(Person())
    ws.man._sources[1].fault = OSError("no such device")
    ws.at(601)
    for second in range(602, 610):
        assert not ws.at(second, typed=True).is_given

    assert caplog.text.count("no such device") == 1


def test_it_says_nothing_twice(machine):
    ws = machine()
    for second in range(700, 730):
        ws.at(second, typed=True)

    assert ws.told == ["anna is at the keyboard, since 12:11"]


@pytest.mark.parametrize(
    "state, expected",
    [
        (State(), ""),
        (State("wish", "anna took the machine", since=0.0), "anna took the machine, since 11:58"),
        (State("sign", "a is at b", 0.0, until=60.0), "a was at b, 11:58 to 11:59"),
        (State("wish", "anna took the machine", since=-86_400.0), "anna took the machine, since Thu 11:58"),
    ],
)
def test_reasons_are_told_with_the_clock_on_the_wall(state, expected):
    assert reason_of(state, 120.0, NOON) == expected


def test_the_loop_looks_by_itself_and_survives_what_goes_wrong(tmp_path):
    ws = Machine(tmp_path, "nimby.look_s=0.05", "nimby.idle_minutes=0")
    ws.man.start()
    wait_until(lambda: ws.man.state.is_given)
    good, ws.man._changed = ws.man._changed, lambda reason: 1 / 0
    ws.man._told = None
    wait_until(lambda: ws.man._told is not None)
    ws.man._changed, ws.man._told = good, None
    wait_until(lambda: ws.told[-1] == "" and len(ws.told) > 1)
    ws.man.stop()
    assert not ws.man._thread.is_alive()
