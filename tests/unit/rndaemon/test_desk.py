"""What people tell the node, with stand-ins for what it changes."""

import threading

import pytest

from plow_client.errors import Invalid, NotAllowed
from plow_client.idl import RunningTask
from rndaemon.desk import EXIT_TOLD, Desk
from rndaemon.door import Door
from rndaemon.person import lines
from rndaemon.wishes import Wishes


class Attempts:
    def __init__(self):
        self.reason = ""
        self.idle = threading.Event()
        self.tasks = []

    def refuse(self, reason):
        self.reason = reason

    def why_refusing(self):
        return self.reason

    def running(self):
        return self.tasks

    def wait_until_idle(self, timeout_s):
        return self.idle.wait(timeout_s)


class Pinger:
    server = "farm1:11337"

    def __init__(self):
        self.hurried = 0
        self.silent = None, ""

    def soon(self):
        self.hurried += 1

    def silence(self):
        return self.silent


FACTS = {
    "node": "n1", "address": "n1:11338", "version": "1", "cores": 8, "free_cores": 5, "unsent": 0, "complaints": [],
}  # fmt: skip


@pytest.fixture
def make(tmp_path):
    def make(watchman=None):
        attempts, pinger, ended = Attempts(), Pinger(), threading.Event()
        made = Desk(
            attempts,
            Door(attempts.refuse),
            Wishes(tmp_path),
            pinger,
            watchman,
            lambda: dict(FACTS),
            ended.set,
        )
        made.attempts, made.pinger, made.ended = attempts, pinger, ended
        return made

    return make


def test_a_drained_node_takes_nothing_and_says_who_said_so_and_why(make):
    desk = make()
    desk.drain("anna", "a new disk")

    assert desk.attempts.reason == "drained by anna: a new disk"
    assert desk.pinger.hurried == 1


def test_it_stays_drained_over_a_restart_until_somebody_says_resume(make):
    make().drain("anna")
    desk = make()
    assert desk.attempts.reason == "drained by anna"
    desk.resume("bob")
    assert desk.attempts.reason == ""
    assert make().attempts.reason == ""


@pytest.mark.parametrize(
    "given, told",
    [("a\n new\tdisk ", ": a new disk"), ("", ""), (None, ""), ("x" * 10_000, ": " + "x" * 500)],
)
def test_a_reason_is_one_short_line(make, given, told):
    desk = make()
    desk.drain("anna", given)

    assert desk.attempts.reason == f"drained by anna{told}"


def test_stopping_when_idle_waits_and_takes_nothing_new(make):
    desk = make()
    desk.stop("anna", when_idle=True)
    assert desk.attempts.reason == "anna stops the node daemon"
    assert not desk.ended.is_set()
    desk.attempts.idle.set()

    assert desk.ended.wait(10)
    assert desk.exit_status == EXIT_TOLD


def test_stopping_now_waits_for_nobody(make):
    desk = make()
    desk.stop("anna", when_idle=False)

    assert desk.ended.wait(10)


def test_a_node_that_is_no_workstation_says_so(make):
    with pytest.raises(NotAllowed, match=r"nimby\.enabled"):
        make().nimby("anna", "on")
    with pytest.raises(Invalid, match="on, off or auto"):
        make().nimby("anna", "maybe")


def test_a_status_reads_well(make):
    desk = make()
    desk.attempts.tasks = [
        RunningTask(
            procId="p1", pid=7, usedCores=3.96, rssMb=512, progress=0.42, startTime=0, lastLog="Fra:1"
        )
    ]
    desk.pinger.silent = 3.0, ""
    shown = list(lines({**desk.status(), "unsent": 2, "complaints": ["no temp_root"]}))

    assert shown[:4] == [
        "node       n1 at n1:11338, rndaemon 1",
        "server     farm1:11337, answers",
        "new tasks  yes",
        "cores      5 of 8 free",
    ]
    assert shown[4:7] == ["results    2 wait for a server", "complaint  no temp_root", "tasks      1 running"]
    assert "p1  pid 7   42%" in shown[7] and "4.0 cores  512 MB" in shown[7]


@pytest.mark.parametrize(
    "silent, expected",
    [
        ((None, ""), "never answered: asked just now"),
        ((None, "refused"), "never answered: refused"),
        ((90.4, "refused"), "silent for 90 s: refused"),
        ((2.0, ""), "answers"),
    ],
)
def test_a_status_says_whether_the_server_answers(make, silent, expected):
    desk = make()
    desk.pinger.silent = silent

    assert list(lines(desk.status()))[1].endswith(expected)
