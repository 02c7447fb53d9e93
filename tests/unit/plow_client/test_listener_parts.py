"""The parts of the listener that need no socket: counting, saying things seldom, answering bytes."""

from __future__ import annotations

import threading

import pytest

from plow_client import idl
from plow_client.errors import NotFound, Unavailable
from plow_client.rpc import codec
from plow_client.rpc.addresses import Addresses
from plow_client.rpc.answer import Answerer, Request
from plow_client.rpc.codec import Dialect
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import EXCEPTION, ONEWAY, REPLY, read_head
from plow_client.rpc.peer import Peer, is_loopback
from plow_client.rpc.pool import Pool
from plow_client.rpc.seldom import Seldom
from tests.wire import call, message

PEER = Peer("10.0.0.7", 4000)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# ---- addresses


def test_an_address_may_make_a_burst_of_calls_and_then_so_many_a_second():
    clock = Clock()
    addresses = Addresses(Limits(requests_per_s=2, requests_burst=3), clock)
    assert [addresses.call("10.0.0.7") for _ in range(4)] == [True, True, True, False]
    assert addresses.call("10.0.0.8")
    clock.now += 1
    assert [addresses.call("10.0.0.7") for _ in range(3)] == [True, True, False]


def test_an_address_gets_its_place_back_when_a_connection_ends():
    addresses = Addresses(Limits(connections_per_address=1))
    assert addresses.enter("10.0.0.7")
    assert not addresses.enter("10.0.0.7")
    addresses.leave("10.0.0.7")
    assert addresses.enter("10.0.0.7")


def test_reconnecting_does_not_refill_a_burst():
    clock = Clock()
    addresses = Addresses(Limits(requests_per_s=1, requests_burst=1), clock)
    assert addresses.enter("10.0.0.7")
    assert addresses.call("10.0.0.7")
    addresses.leave("10.0.0.7")
    addresses.forget()
    assert not addresses.call("10.0.0.7")
    clock.now += 100
    addresses.forget()
    assert addresses.call("10.0.0.7")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_is_not_limited_unless_told(host):
    strict = Limits(requests_per_s=1, requests_burst=1, connections_per_address=1)
    addresses = Addresses(strict)
    assert all(addresses.enter(host) and addresses.call(host) for _ in range(100))
    limited = Addresses(Limits(connections_per_address=1, loopback_is_limited=True))
    assert [limited.enter(host), limited.enter(host)] == [True, False]


def test_zero_means_no_limit():
    addresses = Addresses(Limits(requests_per_s=0, connections_per_address=0))
    assert all(addresses.enter("10.0.0.7") and addresses.call("10.0.0.7") for _ in range(5000))


def test_what_is_loopback():
    assert [is_loopback(host) for host in ("::1%lo", "10.0.0.1", "fe80::1%eth0", "")] == [
        True,
        False,
        False,
        False,
    ]


def test_a_peer_is_written_as_an_address():
    assert (str(PEER), str(Peer("::1", 5))) == ("10.0.0.7:4000", "[::1]:5")


# ---- saying it seldom


def test_equal_events_are_said_once_in_a_while_and_counted():
    clock = Clock()
    seldom = Seldom(10, clock)
    assert [seldom.due("a"), seldom.due("a"), seldom.due("b"), seldom.due("a")] == [0, None, 0, None]
    clock.now += 10
    assert seldom.due("a") == 2


def test_a_flood_of_different_events_is_forgotten_not_kept():
    seldom = Seldom(10, Clock())
    assert all(seldom.due(number) == 0 for number in range(2500))


# ---- the pool


def test_a_pool_runs_what_it_is_given_and_ends():
    pool, done = Pool(3, "test"), []
    pool.start()
    for number in range(100):
        pool.submit(lambda number=number: done.append(number))
    assert pool.stop(within_s=10) == 0
    assert sorted(done) == list(range(100))


def test_a_pool_has_as_many_threads_as_calls_at_once_and_no_more_than_it_may():
    pool, names = Pool(3, "test"), []
    met, opened = threading.Semaphore(0), threading.Event()
    pool.start()

    def call():
        names.append(threading.current_thread().name)
        met.release()
        opened.wait(60)

    for number in range(3):
        pool.submit(call)
        assert met.acquire(timeout=60), number
    pool.submit(call)
    opened.set()
    assert pool.stop(within_s=60) == 0
    assert set(names) == {"test-0", "test-1", "test-2"} and len(names) == 4


def test_a_pool_that_nobody_asks_has_one_thread():
    pool = Pool(8, "quiet")
    pool.start()

    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("quiet")] == ["quiet-0"]
    pool.stop(within_s=60)


def test_a_pool_says_how_many_did_not_end():
    pool, entered, opened = Pool(2, "test"), threading.Event(), threading.Event()
    pool.start()
    pool.submit(lambda: (entered.set(), opened.wait(20)))
    assert entered.wait(10)
    assert pool.stop(within_s=0) >= 1
    opened.set()


# ---- answering


def answerer(service: str = "RpcService", **handler: object) -> Answerer:
    return Answerer(idl.services[service], handler, Limits())


def test_a_oneway_call_has_no_answer_whatever_happens():
    seen = []
    answers = answerer("RndServiceApi", sendPing=lambda ping: seen.append(ping.hostname) or 1 / 0)
    ping = call("sendPing", service="RndServiceApi", ping=idl.Ping(hostname="n"))
    for raw in (ping, message("sendPing", b"\0", ONEWAY), ping[:3] + bytes([ONEWAY]) + ping[4:]):
        assert answers.answer(Request(Dialect.BINARY, raw, True), PEER) == (b"", True)
    assert seen == ["n", "n"]


def test_an_answer_is_in_the_dialect_of_its_question():
    answers = answerer(getPlowTime=lambda: 5)
    raw = call("getPlowTime", seqid=77)
    for dialect in Dialect:
        wire = codec.pack(read_head(raw), raw, dialect)[4 if dialect.is_framed else 0 :]
        reply = answers.answer(Request(dialect, wire, False), PEER).reply
        binary = codec.to_binary(reply[4 if dialect.is_framed else 0 :], dialect, Limits())
        head = read_head(binary)
        assert (head.name, head.kind, head.seqid) == ("getPlowTime", REPLY, 77)
        assert codec.decode(head, binary, idl.RpcService.getPlowTime_result()).success == 5


def test_a_refusal_is_said_instead_of_running_the_call():
    answers = answerer(getPlowTime=lambda: 1 / 0)
    reply = answers.answer(
        Request(Dialect.BINARY, call("getPlowTime"), True), PEER, Unavailable("slow down")
    ).reply
    problem = codec.decode(read_head(reply), reply, idl.RpcService.getPlowTime_result()).problem
    assert (problem.code, problem.why) == (6, "slow down")


@pytest.mark.parametrize("kind", [0, REPLY, EXCEPTION, 5, 255])
def test_a_message_that_is_no_call_ends_the_connection(kind):
    assert answerer().answer(Request(Dialect.BINARY, message("getPlowTime", b"\0", kind), True), PEER) == (
        b"",
        False,
    )


def test_the_incident_is_told_in_the_answer_and_in_the_log(caplog):
    answers = answerer(getPlowTime=lambda: 1 / 0)
    reply = answers.answer(Request(Dialect.BINARY, call("getPlowTime"), True), PEER).reply
    problem = codec.decode(read_head(reply), reply, idl.RpcService.getPlowTime_result()).problem
    assert problem.why == f"internal error in getPlowTime, incident {problem.incident}"
    assert (
        f'peer=10.0.0.7:4000 error="ZeroDivisionError: division by zero" incident={problem.incident}'
        in caplog.text
    )


def test_an_error_that_a_handler_raises_for_two_services_fits_both():
    def gone(**_: object) -> None:
        raise NotFound("no proc 'p'")

    answers = answerer("RndNodeApi", killRunningTask=gone)
    raw = call("killRunningTask", service="RndNodeApi", procId="p", reason="r")
    reply = answers.answer(Request(Dialect.BINARY, raw, True), PEER).reply
    problem = codec.decode(read_head(reply), reply, idl.RndNodeApi.killRunningTask_result()).problem
    assert type(problem) is idl.RndException
    assert (problem.code, problem.why) == (1, "no proc 'p'")
