"""The listener's end, and its TLS."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from plow_client.errors import Unavailable
from plow_client.rpc.caller import Caller
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from tests.wire import Gate, Raw, call, eventually, framed

HERE = Path(__file__).parent


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


# ---- the end


def test_stop_answers_what_runs_and_refuses_what_comes(gate):
    listener = Listener("RpcService", {"getJob": gate, "getPlowTime": lambda: 5})
    listener.start()
    idle = Raw(listener.address)
    with ThreadPoolExecutor(2) as threads:
        answer = threads.submit(Caller("RpcService", *listener.address).call, "getJob", jobId="x")
        assert gate.entered.acquire(timeout=10)
        stopped = threads.submit(listener.stop)
        assert idle.is_closed()
        with pytest.raises(Unavailable):
            Caller("RpcService", *idle.socket.getpeername()).call("getPlowTime")
        gate.opened.set()
        assert answer.result(10).id == "x"
        stopped.result(10)
    assert listener.connections == 0
    listener.stop()  # once more does nothing
    idle.socket.close()


def test_stop_means_stop_even_with_a_call_that_does_not_end(gate, caplog):
    listener = Listener("RpcService", {"getJob": gate}, limits=Limits(stop_s=0.3, threads=1))
    listener.start()
    with Raw(listener.address) as peer:
        peer.send(framed(call("getJob", jobId="x")))
        assert gate.entered.acquire(timeout=10)
        listener.stop()
        assert peer.is_closed()
    assert "calls still running" in caplog.text


def test_a_listener_that_never_started_can_be_stopped():
    Listener("RpcService", {}).stop()


def test_a_handler_for_a_call_that_does_not_exist_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="no call 'getJbo'"):
        Listener("RpcService", {"getJbo": lambda: None})


# ---- TLS


@pytest.fixture
def secure() -> Iterator[tuple[Listener, ssl.SSLContext]]:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(HERE / "localhost.pem")
    theirs = ssl.create_default_context(cafile=str(HERE / "localhost.pem"))
    limits = Limits(handshake_s=0.5, threads=2)
    with Listener("RpcService", {"getPlowTime": lambda: 5}, limits=limits, tls=ours) as listener:
        yield listener, theirs


def test_calls_work_over_tls(secure):
    listener, context = secure
    with Caller("RpcService", *listener.address, tls=context) as caller:
        assert [caller.call("getPlowTime") for _ in range(20)] == [5] * 20


def test_a_certificate_for_another_address_is_not_accepted(secure):
    _, context = secure
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(HERE / "localhost.pem")
    with Listener("RpcService", {"getPlowTime": lambda: 5}, "127.0.0.2", tls=ours) as listener:
        with Caller("RpcService", *listener.address, tls=context) as caller:
            with pytest.raises(Unavailable, match=r"cannot reach 127.0.0.2:\d+: .*certificate"):
                caller.call("getPlowTime")


def test_silent_peers_do_not_keep_others_from_a_handshake_and_are_dropped(secure):
    listener, context = secure
    silent = [Raw(listener.address) for _ in range(200)]
    with Caller("RpcService", *listener.address, tls=context, timeout_s=10) as caller:
        assert caller.call("getPlowTime") == 5
    for peer in silent:
        assert peer.is_closed()
        peer.socket.close()
    eventually(lambda: listener.connections == 0)


def test_plain_bytes_on_a_tls_port_harm_nobody(secure):
    listener, context = secure
    with Raw(listener.address) as peer:
        peer.send(framed(call("getPlowTime")))
        assert peer.read(100)[100:] == b""
    with Caller("RpcService", *listener.address, tls=context) as caller:
        assert caller.call("getPlowTime") == 5
