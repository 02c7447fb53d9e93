"""Names of hosts are looked up within the time limit of the call."""

from __future__ import annotations

import socket
import threading

import pytest

from plow_client.rpc import resolve as lookups
from plow_client.rpc.caller import Caller, Unsent
from plow_client.rpc.resolve import resolve

ANSWER = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 5))]


class Resolver:
    """Stands for the system's: knows addresses, and names once it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()

    def getaddrinfo(self, host: str, port: int, **asked: object) -> object:
        if "flags" in asked:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        self.asked.append(host)
        assert self.go_on.wait(20)
        return ANSWER


@pytest.fixture
def resolver(monkeypatch):
    stand_in = Resolver()
    monkeypatch.setattr(lookups.socket, "getaddrinfo", stand_in.getaddrinfo)
    yield stand_in
    stand_in.go_on.set()


def test_an_address_needs_no_lookup():
    [(family, *_, address)] = resolve("127.0.0.1", 5, within_s=0.0)
    assert (family, address) == (socket.AF_INET, ("127.0.0.1", 5))


def test_a_name_has_addresses():
    assert resolve("localhost", 5, within_s=20.0)


def test_a_name_that_is_not_found_in_time_is_unavailable_and_nothing_was_sent(resolver):
    with pytest.raises(Unsent, match="cannot reach farm1:5: timed out"):
        Caller("RpcService", "farm1", 5, timeout_s=0.05).call("getPlowTime")


def test_a_lookup_under_way_is_waited_for_and_not_begun_again(resolver):
    for _ in range(3):
        with pytest.raises(TimeoutError, match="farm2"):
            resolve("farm2", 5, within_s=0.01)
    resolver.go_on.set()

    assert resolve("farm2", 5, within_s=20.0) == ANSWER
    assert 1 <= len(resolver.asked) <= 2  # a second one only if the first had ended by then


@pytest.mark.parametrize("host", ["a..b", "x" * 300, "a\0b", "name.invalid"])
def test_what_is_no_name_of_a_host_is_unavailable(host):
    with pytest.raises(Unsent, match="cannot reach"):
        Caller("RpcService", host, 5, timeout_s=20).call("getPlowTime")
