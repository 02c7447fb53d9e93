"""Ending trees below a process that adopts orphans, as a shim is. Each tree grows below a Python of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from rndaemon.shim import stopping
from rndaemon.shim.stopping import LOOK_S, Stop

SUPERVISOR = """
import os, subprocess, sys, time
from rndaemon.platform.linux import become_subreaper
from rndaemon.shim.stopping import Stop, has_children
become_subreaper()
tree = subprocess.Popen({words!r}, stdout=subprocess.PIPE, start_new_session=True)
tree.stdout.readline()
stop = Stop()
stop.ask({grace_s})
deadline = time.monotonic() + 20
while has_children() and time.monotonic() < deadline:
    stop.press()
    while has_children() and os.waitpid(-1, os.WNOHANG)[0]:
        pass
    time.sleep(0.005)
print("left" if has_children() else "clean", tree.pid)
"""
STUBBORN = "trap '' TERM; echo up; while :; do sleep 1000; done"
FLEEING = textwrap.dedent(
    """
    import os, signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("up", flush=True)
    os.fork()
    for _ in range(5000):
        if os.fork():
            os._exit(0)
        os.setsid()
        time.sleep(0.001)
    """
)  # two that are never the same process for longer than a moment, and end by themselves after a while


def supervise(words, grace_s):
    code = SUPERVISOR.format(words=words, grace_s=grace_s)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout


@pytest.mark.parametrize("grace_s", [0, 0.1])
def test_what_ignores_the_question_is_ended_after_the_grace(grace_s):
    assert supervise(["sh", "-c", STUBBORN], grace_s).startswith("clean")


def test_what_flees_from_one_process_to_the_next_is_made_to_stand_first():
    assert supervise([sys.executable, "-c", FLEEING], 0).startswith("clean")


class Group:
    """Notes what it was asked."""

    def __init__(self):
        self.kills = []

    def kill(self, within_s):
        self.kills.append(within_s)


@pytest.fixture
def group(monkeypatch):
    monkeypatch.setattr(stopping, "_below", list)
    return Group()


def test_a_control_group_is_ended_as_a_whole_once_that_is_due(group):
    stop = Stop(group)
    stop.press()
    stop.ask(1000)
    stop.press()
    assert group.kills == [] and 0 < stop.wait_s() <= 1000
    stop.ask(0)
    stop.press()

    assert group.kills == [0]


def test_a_later_wish_only_shortens_the_time(group):
    stop = Stop(group)
    assert stop.wait_s() == LOOK_S
    stop.ask(5)
    stop.ask(1000)

    assert stop.wait_s() <= 5
