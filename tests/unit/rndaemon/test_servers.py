from pathlib import Path

import pytest

from benchmarks.node_farm import FakeServer, wait_until
from plow_client import idl
from plow_client.errors import Invalid, Unavailable
from plow_client.idl import Hardware, Ping, RunTaskResult
from plow_client.rpc.listener import Listener
from rndaemon.servers import Servers, parse_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("farm", ("farm", 11337)),
        ("farm:1", ("farm", 1)),
        (" 10.0.0.1:65535 ", ("10.0.0.1", 65535)),
        ("[::1]:7", ("::1", 7)),
        ("[::1]", ("::1", 11337)),
    ],
)
def test_addresses_are_understood(text, expected):
    assert parse_address(text) == expected


@pytest.mark.parametrize("text", ["", ":1", "farm:0", "farm:x", "farm:70000", "farm:"])
def test_other_text_is_no_address(text):
    with pytest.raises(Invalid, match="not HOST:PORT"):
        parse_address(text)


def test_a_node_needs_a_server():
    with pytest.raises(Invalid, match=r"daemon\.servers"):
        Servers([], 1.0)


@pytest.fixture
def pair():
    fakes = [FakeServer(), FakeServer()]
    for fake in fakes:
        fake.start()
    yield fakes
    for fake in fakes:
        fake.stop()


def test_the_next_server_is_asked_and_kept_when_one_is_away(pair):
    servers = Servers([fake.address for fake in pair], 5.0)
    for here, away in (pair, pair[::-1]):
        away.stop()
        for _ in range(3):
            servers.call("ping", ping=Ping(hostname="n"))
        assert servers.current == here.address
        away.start()
    servers.close()


def test_a_refusal_is_an_answer(pair):
    for fake in pair:
        fake.refuse = lambda _: Invalid("no")
    servers = Servers([fake.address for fake in pair], 5.0)
    used = servers.current

    with pytest.raises(Invalid, match="no"):
        servers.call("tasksComplete", results=[RunTaskResult(procId="x")])
    assert servers.current == used
    servers.close()


def test_when_all_are_away_the_last_problem_is_told(pair):
    servers = Servers([fake.address for fake in pair], 5.0)
    for fake in pair:
        fake.stop()

    with pytest.raises(Unavailable, match="cannot reach"):
        servers.call("ping", ping=Ping(hostname="n"))


@pytest.fixture
def server_2013():
    """Only the calls of 2013, as its wire had them."""
    old = idl.load(Path(__file__).parents[2] / "integration" / "plow_2013.thrift", "plow_2013_servers_thrift")
    pings, results = [], []
    calls = {
        "sendPing": lambda ping: pings.append(ping),
        "taskComplete": lambda result: results.append(result),
    }
    listener = Listener(old.RndServiceApi, calls, "127.0.0.1", 0)
    listener.start()
    yield f"127.0.0.1:{listener.address[1]}", pings, results
    listener.stop()


def test_a_server_of_2013_is_told_what_it_understands(server_2013):
    address, pings, results = server_2013
    servers = Servers([address], 5.0)
    hardware = Hardware(1, 1, 1, 1, 1, 1, "cpu", "linux", [0.0, 0.0, 0.0])
    reply = servers.ping(Ping("n1", "127.0.0.1", False, 1, hardware, [], awayReason="ours alone"))
    servers.complete([RunTaskResult(proc, "t", "j", 1, 3, 0, signal=0, reason="ours") for proc in ("a", "b")])
    servers.close()

    assert list(reply.kill) == []
    wait_until(lambda: pings)
    assert (pings[0].hostname, pings[0].hw.cpuModel) == ("n1", "cpu")
    assert [(one.procId, one.exitStatus) for one in results] == [("a", 3), ("b", 3)]
