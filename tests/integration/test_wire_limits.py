"""Peers that are slow, silent or many: each is held to its share."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from plow_client import idl
from plow_client.errors import Unavailable
from plow_client.rpc import codec
from plow_client.rpc.caller import Caller
from plow_client.rpc.codec import Dialect
from plow_client.rpc.incoming import Incoming
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.rpc.message import read_head
from tests.wire import (
    SKIPPED,
    Raw,
    call,
    eventually,
    field,
    framed,
    i32,
    message,
    others_are_served,
    said,
    status_mb,
)

QUICK = Limits(message_s=0.6, message_s_per_mb=0.0, drain_s=0.6, idle_s=60.0, threads=4)
HANDLER: dict[str, Callable[..., object]] = {
    "getPlowTime": lambda: 5,
    "getJob": lambda jobId: idl.JobT(id=jobId, folderId="f"),
    "getTaskLogPath": lambda taskId: taskId * 1_000_000,
}


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener("RpcService", HANDLER, limits=QUICK) as started:
        yield started


@pytest.fixture(params=list(Dialect), ids=lambda dialect: dialect.value)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


def test_one_byte_at_a_time_does_not_outlast_the_deadline_of_the_whole_message(listener, dialect):
    raw = call("getJob", jobId="x" * 1000)
    data = codec.pack(read_head(raw), raw, dialect)
    with Raw(listener.address) as peer:
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            for byte in data:
                peer.send(bytes([byte]))
                time.sleep(0.02)
        assert time.monotonic() - begun < 10
    others_are_served(listener)


def test_an_idle_peer_is_dropped_quietly(caplog):
    with (
        Listener("RpcService", HANDLER, limits=Limits(idle_s=0.3, threads=1)) as listener,
        Raw(listener.address) as peer,
    ):
        peer.send(framed(call("getPlowTime")))
        assert peer.frame()
        assert peer.is_closed()
    assert not caplog.records


def test_a_peer_that_does_not_read_stops_being_served_and_holds_little(listener):
    peer = Raw(listener.address)
    asked = threading.Thread(target=_ask_without_reading, args=(peer,), daemon=True)
    before = status_mb("VmRSS")
    asked.start()
    asked.join(20)
    assert not asked.is_alive(), "the listener still reads from a peer that does not"
    assert status_mb("VmRSS") - before < 60
    others_are_served(listener)
    eventually(lambda: listener.connections <= 1)
    peer.socket.close()


def _ask_without_reading(peer: Raw) -> None:
    one = framed(call("getTaskLogPath", taskId="x"))
    try:
        while True:
            peer.send(one * 100)
    except OSError:
        return


def test_a_peer_that_hangs_up_after_asking_still_gets_its_answer(listener):
    with Raw(listener.address) as peer:
        peer.send(framed(call("getPlowTime")))
        peer.socket.shutdown(socket.SHUT_WR)
        assert peer.frame()
        assert peer.is_closed()


@pytest.mark.parametrize("dialect", [Dialect.FRAMED_BINARY, Dialect.FRAMED_COMPACT])
def test_calls_sent_at_once_are_answered_in_order(listener, dialect):
    raw = [call("getJob", jobId=str(n), seqid=n) for n in range(1, 200)]
    with Raw(listener.address) as peer:
        peer.send(b"".join(codec.pack(read_head(one), one, dialect) for one in raw))
        for number in range(1, 200):
            assert read_head(said(peer, dialect)).seqid == number


def test_connections_are_limited_in_all():
    with Listener("RpcService", HANDLER, limits=Limits(connections=3, threads=1)) as listener:
        peers = [Raw(listener.address) for _ in range(3)]
        eventually(lambda: listener.connections == 3)
        with Raw(listener.address) as fourth:
            assert fourth.is_closed()
        peers.pop().socket.close()
        eventually(lambda: listener.connections == 2)
        others_are_served(listener)
        for peer in peers:
            peer.socket.close()


def test_connections_are_limited_for_each_address():
    limits = Limits(connections_per_address=2, loopback_is_limited=True, threads=1)
    with Listener("RpcService", HANDLER, limits=limits) as listener:
        with Raw(listener.address), Raw(listener.address):
            eventually(lambda: listener.connections == 2)
            with Raw(listener.address) as third:
                assert third.is_closed()
        eventually(lambda: listener.connections == 0)
        others_are_served(listener)


def test_an_address_that_calls_too_often_is_told_to_slow_down():
    limits = Limits(requests_per_s=1, requests_burst=5, loopback_is_limited=True, threads=1)
    with (
        Listener("RpcService", HANDLER, limits=limits) as listener,
        Caller("RpcService", *listener.address) as caller,
    ):
        for _ in range(5):
            caller.call("getPlowTime")
        with pytest.raises(Unavailable, match=r"too many calls from 127.0.0.1: slow down"):
            caller.call("getPlowTime")


def test_large_messages_leave_threads_for_small_calls():
    """Twenty large messages occupied all threads once, and small calls waited ten seconds."""
    gate = threading.Event()

    def launch(spec: object) -> object:
        assert gate.wait(20)
        return idl.JobT(id="1", folderId="f")

    large = framed(call("launch", spec=idl.JobSpecT(name="x" * 100_000, layers=[])))
    handler = {**HANDLER, "launch": launch}
    with Listener("RpcService", handler, limits=Limits(threads=2)) as listener:
        peers = [Raw(listener.address) for _ in range(6)]
        for peer in peers:
            peer.send(large)
        others_are_served(listener)
        gate.set()
        for peer in peers:
            assert read_head(peer.frame()).name == "launch"
            peer.socket.close()


@pytest.mark.parametrize("dialect", [Dialect.BINARY, Dialect.COMPACT])
def test_a_long_message_without_a_length_is_followed_outside_the_loop(dialect, monkeypatch):
    """In the loop, twenty of them kept everyone waiting for four seconds."""
    told: set[str] = set()
    follow = Incoming.next

    def watched(incoming: Incoming) -> object:
        if incoming.is_long:
            told.add(threading.current_thread().name)
        return follow(incoming)

    monkeypatch.setattr(Incoming, "next", watched)
    asked = [call("getTaskLogPath", taskId="x" * 300_000), call("getPlowTime", seqid=2)]
    handler = {**HANDLER, "getTaskLogPath": lambda taskId: str(len(taskId))}
    with Listener("RpcService", handler) as listener, Raw(listener.address) as peer:
        peer.send(b"".join(codec.pack(read_head(one), one, dialect) for one in asked))
        answers = Incoming(Limits())
        first, second = [_next_answer(peer, answers) for _ in asked]

    result = codec.decode(read_head(first), first, idl.RpcService.getTaskLogPath_result())
    assert result.success == "300000"
    assert read_head(second).seqid == 2
    assert told
    assert all("-large-" in name for name in told)


def _next_answer(peer: Raw, answers: Incoming) -> bytes:
    while (found := answers.next()) is None:
        answers.feed(peer.socket.recv(65536))
    return found.message


def test_stopping_does_not_wait_for_a_long_message_that_never_ends():
    listener = Listener("RpcService", HANDLER)
    listener.start()
    with Raw(listener.address) as peer:
        peer.send(message("getPlowTime", field(15, SKIPPED, b"\x0c" + i32(400_000) + bytes(200_000))))
        eventually(lambda: listener.connections == 1)
        listener.stop()
        assert peer.is_closed()


def test_two_servers_cannot_share_a_port(listener):
    second = Listener("RpcService", HANDLER, port=listener.address[1])
    with pytest.raises(Unavailable, match=rf"cannot listen on 127.0.0.1:{listener.address[1]}: .*in use"):
        second.start()


def test_no_room_for_more_unfinished_messages_drops_the_newest():
    with (
        Listener("RpcService", HANDLER, limits=Limits(unfinished_mb=1, threads=1)) as listener,
        Raw(listener.address) as peer,
    ):
        with pytest.raises(ConnectionError):
            peer.send(struct.pack(">i", 16_000_000) + bytes([0x80]) + bytes(8_000_000))
            peer.read(1)
            raise ConnectionError
        others_are_served(listener)


def test_running_out_of_descriptors_pauses_accepting_with_one_line():
    with served("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))") as (
        process,
        address,
    ):
        peers = [Raw(address) for _ in range(100)]  # the system takes the connections, the program cannot
        time.sleep(1.0)
        busy_s = _processor_s(process.pid)
        for peer in peers:
            peer.socket.close()
        with Caller("RpcService", *address, timeout_s=20) as caller:
            assert caller.call("getPlowTime") == 5
        _, errors = process.communicate("\n", timeout=30)
    assert errors.count("accepting paused") == 1
    assert "Too many open files" in errors
    assert busy_s < 1.5  # a loop that spins would have used a second more than the start of the program


# ---- resources


def test_two_thousand_idle_connections_cost_little():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    peers: list[Raw] = []
    try:
        with served() as (process, address):
            for _ in range(2000):
                peers.append(Raw(address))
                peers[-1].send(framed(call("getPlowTime")))
            for peer in peers:
                assert peer.frame()
            out, _ = process.communicate("\n", timeout=30)
    finally:
        for peer in peers:
            peer.socket.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    connections, megabytes, threads = map(int, out.split())
    assert connections == 2000
    assert megabytes <= 64
    assert threads <= 32


SERVER = """
import logging, sys
from plow_client.rpc.listener import Listener
logging.basicConfig()
with Listener("RpcService", {"getPlowTime": lambda: 5}) as listener:
    print(listener.address[1], flush=True)
    sys.stdin.readline()
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(listener.connections, int(status["VmRSS"].split()[0]) // 1024, status["Threads"].strip(), flush=True)
"""


@contextlib.contextmanager
def served(first: str = "") -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    """A listener in a process of its own, whose memory, threads and descriptors are its alone."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", f"{first}\n{SERVER}"]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=os.getcwd())
    try:
        assert process.stdout is not None
        yield process, ("127.0.0.1", int(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()


def _processor_s(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:
        words = stat.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
