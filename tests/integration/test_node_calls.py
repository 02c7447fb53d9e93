"""Calls to nodes: each node has its own line, and what comes of a call is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.fake_node import FakeNode
from plow_client import idl
from plow_client.idl import KillCommand, RunTaskCommand
from plow_server.nodes import Absent, Accepted, Answered, NodeCalls, Outcome, Refused, Unreachable
from tests.integration.dispatch_parts import wait_for

OLD = idl.load(Path(__file__).parent / "plow_2013.thrift", "plow_2013_calls_thrift")


@pytest.fixture
def told() -> list[Outcome]:
    return []


@pytest.fixture
def calls(told: list[Outcome]) -> Iterator[NodeCalls]:
    made = NodeCalls(told.append, call_s=5)
    made.open()
    yield made
    made.close()


@pytest.fixture(params=["ours", "2013"])
def node(request: pytest.FixtureRequest) -> Iterator[FakeNode]:
    old = OLD.RndNodeApi if request.param == "2013" else None
    with FakeNode("n1", "127.0.0.1:1", old_service=old) as made:
        yield made


def order(proc: str) -> RunTaskCommand:
    return RunTaskCommand(procId=proc, taskId="t", jobId="j", layerId="l", cores=1, command=["true"], env={}, logFile="/l", uid=0, username="anna")  # fmt: skip # noqa: E501


def stop(proc: str, spare: bool = False) -> KillCommand:
    return KillCommand(procId=proc, reason="why", spareHeld=spare)


def test_what_a_node_takes_is_told(calls: NodeCalls, node: FakeNode, told: list[Outcome]):
    calls.start("id", node.address, [order("a"), order("b")])
    wait_for(lambda: told)
    assert told == [Accepted("id", ["a", "b"])]
    assert node.starts == ["a", "b"]


def test_what_it_refuses_is_told_with_the_reason(calls: NodeCalls, node: FakeNode, told: list[Outcome]):
    node.refuse = lambda command: "no room" if command.procId == "b" else None
    calls.start("id", node.address, [order("a"), order("b")])
    wait_for(lambda: len(told) == 2)
    assert told == [Accepted("id", ["a"]), Refused("id", "b", 4, "no room")]


def test_a_node_that_is_not_there_is_told(calls: NodeCalls, told: list[Outcome]):
    calls.start("id", "127.0.0.1:1", [order("a")])
    wait_for(lambda: told)
    assert isinstance(told[0], Unreachable)
    assert "127.0.0.1:1" in told[0].why


def test_a_start_on_its_way_is_not_sent_twice(calls: NodeCalls, node: FakeNode, told: list[Outcome]):
    go_on = threading.Event()
    node.started = lambda command: go_on.wait(5) and None
    calls.start("id", node.address, [order("a")])
    node.wait_for(lambda: bool(node.starts))
    calls.start("id", node.address, [order("a")])
    go_on.set()
    calls.start("id", node.address, [order("b")])
    wait_for(lambda: Accepted("id", ["b"]) in told)
    assert node.orders == 2


def test_a_stop_overtakes_a_start_that_still_waits(calls: NodeCalls, node: FakeNode, told: list[Outcome]):
    go_on = threading.Event()
    node.started = lambda command: go_on.wait(5) and None
    calls.start("id", node.address, [order("a")])
    node.wait_for(lambda: bool(node.starts))
    calls.start("id", node.address, [order("b")])
    calls.stop("id", node.address, [stop("b")])
    go_on.set()
    wait_for(lambda: Absent("id", ["b"], was_killed=True) in told)
    assert node.starts == ["a"]


def test_asking_spares_what_is_held(calls: NodeCalls, node: FakeNode, told: list[Outcome]):
    calls.start("id", node.address, [order("a")])
    wait_for(lambda: told)
    calls.stop("id", node.address, [stop("a", spare=True), stop("gone", spare=True)])
    wait_for(lambda: len(told) == 2)
    assert told[1] == Absent("id", ["gone"], was_killed=False)
    assert list(node.held) == ["a"]


def test_a_node_that_moved_is_called_at_its_new_address(
    calls: NodeCalls, node: FakeNode, told: list[Outcome]
):
    calls.start("id", "127.0.0.1:1", [order("a")])
    wait_for(lambda: told)
    calls.start("id", node.address, [order("a")])
    wait_for(lambda: Accepted("id", ["a"]) in told)


def test_nothing_is_sent_after_the_end(calls: NodeCalls, node: FakeNode):
    calls.close()
    calls.start("id", node.address, [order("a")])
    assert node.orders == 0


def test_a_probe_tells_whether_a_node_answers_and_nothing_else(
    calls: NodeCalls, node: FakeNode, told: list[Outcome]
):
    calls.probe("id", node.address)
    wait_for(lambda: told)
    calls.probe("id", "127.0.0.1:1")
    wait_for(lambda: len(told) == 2)
    assert told[0] == Answered("id")
    assert isinstance(told[1], Unreachable)
