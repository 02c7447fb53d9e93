"""Who is at the other end: what the kernel says, what the client says, and what each connection begins with."""

from __future__ import annotations

import getpass
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from plow_client import introduction
from plow_client.rpc import owner, peer
from plow_client.rpc.later import Later
from plow_client.rpc.peer import Introduction, Peer

Pair = tuple[owner.Address, owner.Address]


@pytest.fixture(params=["127.0.0.1", "::1"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """The two ends of a connection of ours, the client's first."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as door:
        with socket.create_connection(door.getsockname()[:2]) as client:
            yield client.getsockname()[:2], door.getsockname()[:2]


def test_the_kernel_knows_who_owns_a_connection(pair: Pair) -> None:
    assert owner._ask_kernel(*pair) == os.getuid()
    assert owner.owner_of(*pair) == getpass.getuser()


def test_the_table_of_sockets_says_the_same(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError("no netlink here")

    monkeypatch.setattr(owner, "_ask_kernel", refuse)
    assert owner.owner_of(*pair) == getpass.getuser()


def test_a_connection_that_is_not_there_has_no_owner() -> None:
    with pytest.raises(OSError, match="the kernel does not say"):
        owner._ask_kernel(("127.0.0.1", 1), ("127.0.0.1", 2))
    assert owner.owner_of(("127.0.0.1", 1), ("127.0.0.1", 2)) is None


@pytest.mark.parametrize("ask", [owner._ask_kernel, owner._look_up])
def test_who_has_hung_up_is_not_taken_for_root(ask: Callable[..., int | None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        client = socket.create_connection(door.getsockname())
        ends = client.getsockname(), door.getsockname()
        connection, _ = door.accept()
        assert ask(*ends) == os.getuid()
        client.close()
        with connection:
            assert connection.recv(1) == b""
            assert ask(*ends) is None  # the kernel has the socket still, as root's


def test_a_listener_on_the_port_of_who_has_gone_is_not_the_caller() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        assert owner._ask_kernel(door.getsockname(), ("127.0.0.1", 1)) is None


@pytest.mark.parametrize("length", [0, 3, 16, 40, 90])
def test_a_short_answer_tells_nothing(length: int) -> None:
    question = owner._question(("127.0.0.1", 1), ("127.0.0.1", 2))
    answer = owner._HEAD.pack(length, 20, 0, 1, 0) + bytes(4) + question[24:]
    with pytest.raises(struct.error):
        owner._owner_told(question, answer[:length])


def test_an_account_without_a_name_is_a_number(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "_uid", lambda *_: 54321)
    assert owner.owner_of(*pair) == "uid 54321"


def test_an_account_of_another_world_proves_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "_uid", lambda *_: owner._unknown_uid())
    assert owner.owner_of(*pair) is None


def test_elsewhere_nobody_can_tell(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert owner.owner_of(*pair) is None


def test_a_peer_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def tell(*ends: object) -> str:
        asked.append(ends)
        return "anna"

    monkeypatch.setattr(peer, "owner_of", tell)
    local = Peer("127.0.0.1", 5, here=("127.0.0.1", 11336), said=Introduction("ben", "nuke"))

    assert [(local.actor, local.is_proven, local.client) for _ in range(2)] == [
        ("anna", True, "nuke 127.0.0.1:5")
    ] * 2
    assert asked == [(("127.0.0.1", 5), ("127.0.0.1", 11336))]


def test_a_peer_of_another_machine_is_who_it_says() -> None:
    far = Peer("10.0.0.7", 5, here=("10.0.0.1", 11336))
    assert (far.actor, far.is_proven, far.client) == ("unknown", False, "10.0.0.7:5")
    far.said.username = "anna"
    assert (far.actor, far.is_proven) == ("anna", False)
    assert replace(far, certificate={}).actor == "anna"  # TLS is set up after the connection


def test_we_say_who_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/plow/bin/wrangler", "--debug"])
    assert introduction.introduction() == {"username": getpass.getuser(), "program": "wrangler"}
    monkeypatch.setattr(sys, "argv", ["/lib/plow_client/cli/__main__.py"])
    assert introduction.program() == "cli"
    monkeypatch.setattr(sys, "argv", [""])
    assert introduction.program().startswith("python")


def test_an_account_without_a_name_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert introduction.username() == ""


def test_what_comes_later_runs_once_whoever_is_first() -> None:
    ran: list[int] = []
    early, late = Later(lambda: 1), Later(lambda: 2)

    early.when_due(lambda: ran.append(1))
    assert ran == []
    early.go_on()
    early.go_on()
    late.go_on()
    late.when_due(lambda: ran.append(2))

    assert ran == [1, 2]


def test_what_is_dropped_never_runs() -> None:
    ran: list[int] = []
    before, after = Later(lambda: 1), Later(lambda: 2)

    before.when_due(lambda: ran.append(1))
    before.drop()
    before.go_on()
    after.drop()
    after.when_due(lambda: ran.append(2))

    assert (ran, before.is_over) == ([], True)
