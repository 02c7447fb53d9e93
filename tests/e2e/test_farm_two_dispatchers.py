"""Two servers that book at once, by force, and eight nodes that ping at once on one job."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from benchmarks.fake_node import FakeNode
from tests.e2e.conftest import Story, wait_for

TASKS = 1200


def test_no_task_starts_twice_and_what_runs_has_a_proc(begin: Callable[..., Story]) -> None:
    forced = ("dispatch.single_leader=false", "dispatch.reload_s=0.1")
    first = begin(nodes=0, options=forced)
    second = first.beside(options=forced).start()
    stopping = threading.Event()
    with ExitStack() as exits:
        exits.callback(second.close)
        servers = [first.farm.node_port, second.farm.node_port]
        nodes = [FakeNode(f"fake-{n}", f"127.0.0.1:{servers[n % 2]}") for n in range(8)]
        for node in nodes:
            exits.enter_context(node)
        threads = [threading.Thread(target=node.work, args=(stopping, 0.02)) for node in nodes]
        threads += [threading.Thread(target=ping_on, args=(node, stopping)) for node in nodes]
        exits.callback(lambda: [thread.join() for thread in threads])
        exits.callback(stopping.set)
        for thread in threads:
            thread.start()
        job = first.launch(first.layer(f"1-{TASKS}"))
        while first.query("select state from plow.job")[0]["state"] != "FINISHED":
            assert first.faults() == []  # also: what runs has exactly one proc
        first.wait_for_end(job)

    starts = Counter(task for node in nodes for task in node.tasks_started)
    assert len(starts) == TASKS
    assert set(starts.values()) == {1}
    assert len(first.attempts()) == TASKS


def ping_on(node: FakeNode, stopping: threading.Event) -> None:
    """Ping all the time, as a farm does after an outage."""
    while not stopping.is_set():
        node.ping()
        stopping.wait(0.05)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "freezes"])
def test_work_goes_on_when_the_leader(begin: Callable[..., Story], signal_number: int) -> None:
    hasty = ("dispatch.heartbeat_s=0.3", "dispatch.leader_silent_s=1")
    first = begin(nodes=0, options=hasty)
    second = first.beside(options=hasty).start()
    leader = first.farm.server.pid
    assert leader is not None
    try:
        with FakeNode("fake", f"127.0.0.1:{second.farm.node_port}", cores=2) as node:
            node.ping()
            first.launch(first.layer("1-6"))
            node.wait_for(lambda: len(node.starts) == 2)
            os.kill(leader, signal_number)
            node.finish(list(node.held))
            node.wait_for(lambda: len(node.starts) == 4)
            if signal_number == signal.SIGSTOP:
                os.kill(leader, signal.SIGCONT)  # it wakes, and is not the leader any more
            node.finish(list(node.held))
            node.wait_for(lambda: len(node.starts) == 6)
            node.finish(list(node.held))
            wait_for(lambda: first.query("select state from plow.job")[0]["state"] == "FINISHED")
            assert node.orders == len(set(node.starts)) == 6
    finally:
        second.close()
