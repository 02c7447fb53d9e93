"""What a hostile or broken peer does to the listener: nothing that another client would notice."""

from __future__ import annotations

import contextlib
import logging
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
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.rpc.message import REPLY, read_head
from tests.wire import SKIPPED, Raw, call, eventually, field, framed, i32, message, text

QUICK = Limits(message_s=0.6, message_s_per_mb=0.0, drain_s=0.6, idle_s=60.0, threads=4)


def job(jobId: str) -> object:
    return idl.JobT(id=jobId, folderId="f")


def broken(**_: object) -> None:
    raise ZeroDivisionError("nobody thought of this")


HANDLER: dict[str, Callable[..., object]] = {
    "getPlowTime": lambda: 5,
    "getJob": job,
    "getTaskLogPath": lambda taskId: taskId * 1_000_000,
    "killJob": broken,
}


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener("RpcService", HANDLER, limits=QUICK) as started:
        yield started


@pytest.fixture(params=list(Dialect), ids=lambda dialect: dialect.value)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


def others_are_served(listener: Listener) -> None:
    with Caller("RpcService", *listener.address, timeout_s=10) as caller:
        assert caller.call("getPlowTime") == 5


def said(raw: Raw, dialect: Dialect) -> bytes:
    """The next answer in binary."""
    if dialect.is_framed:
        return codec.to_binary(raw.frame(), dialect, Limits())
    raw.socket.settimeout(10)
    got = b""
    while True:
        piece = raw.socket.recv(65536)
        assert piece, "the connection was closed without an answer"
        got += piece
        try:
            return codec.to_binary(got, dialect, Limits())
        except codec.Malformed:
            continue


def declared(raw: bytes) -> tuple[int, str]:
    """Code and reason of the declared error in an answer."""
    head = read_head(raw)
    assert head.kind == REPLY
    result = codec.decode(head, raw, getattr(idl.RpcService, f"{head.name}_result")())
    return result.problem.code, result.problem.why


def ask(listener: Listener, dialect: Dialect, raw: bytes) -> tuple[int, str]:
    """Send a binary message in a dialect; the declared error that comes back."""
    with Raw(listener.address) as peer:
        peer.send(codec.pack(read_head(raw), raw, dialect))
        return declared(said(peer, dialect))


# ---- bytes that are no message


def test_random_bytes_harm_nobody_and_leave_one_counted_line(listener, caplog):
    with caplog.at_level(logging.WARNING):
        for seed in range(300):
            with Raw(listener.address) as peer:
                peer.send(bytes([0x80, 0x01, 0x00, 0x01]) + os.urandom(60) if seed % 2 else os.urandom(64))
        others_are_served(listener)
        eventually(lambda: listener.connections <= 1)
    lines = [record for record in caplog.records if "message refused" in record.message]
    assert len(lines) == 1


def test_a_struct_nested_a_million_deep_is_refused(listener, dialect):
    head = message("getPlowTime", b"\0")[:-1]
    if dialect.is_compact:
        raw = b"\x82\x21\x01\x0bgetPlowTime" + b"\x1c" * 1_000_000
    else:
        raw = head + field(12, SKIPPED, b"") * 1_000_000
    with Raw(listener.address) as peer:
        try:
            peer.send(framed(raw) if dialect.is_framed else raw)
            code, why = declared(said(peer, dialect))
            assert (code, why) == (3, "nested deeper than 24")
        except ConnectionError:  # cut off while it was still sending: as good
            pass
    others_are_served(listener)


def test_two_thousand_million_elements_of_no_bytes_do_not_freeze_others(listener, dialect):
    if dialect.is_compact:
        raw = b"\x82\x21\x01\x0bgetPlowTime" + b"\x19\xf0\xff\xff\xff\xff\x07" * 500 + b"\0"
    else:
        raw = message("getPlowTime", field(15, SKIPPED, b"\x01" + i32(2**31 - 1)) * 500 + b"\0")
    with Raw(listener.address) as peer:
        peer.send(framed(raw) if dialect.is_framed else raw)
        code, why = declared(said(peer, dialect))
        assert code == 3
        assert "elements" in why
        assert peer.is_closed()
    others_are_served(listener)


@pytest.mark.parametrize("size", [2**31 - 1, 2**30, 16_384_001, -1, -(2**31) + 5])
def test_a_frame_that_is_too_long_is_refused_when_it_is_announced(listener, size):
    with Raw(listener.address) as peer:
        peer.send(struct.pack(">i", size) + b"\x80\x01\x00\x01" + bytes(96))
        assert peer.is_closed()
    others_are_served(listener)


def test_a_request_that_is_too_long_is_answered_before_it_is_all_sent(dialect):
    raw = call("getJob", jobId="x" * 200_000)
    with Listener("RpcService", HANDLER, limits=Limits(message_bytes=100_000)) as listener:
        with Raw(listener.address) as peer:
            peer.send(codec.pack(read_head(raw), raw, dialect))
            code, why = declared(said(peer, dialect))
        others_are_served(listener)
    assert code == 3
    assert "at most 100000 are allowed" in why


def test_twenty_peers_that_claim_a_gigabyte_reserve_none(listener):
    before = _virtual_mb()
    peers = [Raw(listener.address) for _ in range(20)]
    for peer in peers:
        peer.send(struct.pack(">i", 16_000_000) + bytes([0x80]) + bytes(99))
    others_are_served(listener)
    assert _virtual_mb() - before < 100
    for peer in peers:
        peer.socket.close()


def test_a_negative_list_size_is_refused(listener, dialect):
    raw = message("setNodeTags", field(11, 1, text(b"n")) + field(14, 2, b"\x0b" + i32(-1)) + b"\0")
    if dialect.is_compact:
        raw = b"\x82\x21\x01\x0bsetNodeTags" + b"\x18\x01n\x1a\xf8\xff\xff\xff\xff\x0f\0"
    with Raw(listener.address) as peer:
        peer.send(framed(raw) if dialect.is_framed else raw)
        assert declared(said(peer, dialect))[0] == 3


# ---- content that is refused with a sentence, and the connection goes on


def test_a_string_that_is_not_utf8_is_refused(listener, dialect):
    raw = message("getJob", field(11, 1, text(b"a\xff")) + b"\0")
    assert ask(listener, dialect, raw) == (3, "getJob.jobId is not UTF-8 text")


def test_a_nul_in_a_string_is_refused(listener, dialect):
    assert ask(listener, dialect, call("getJob", jobId="a\0b")) == (3, "getJob.jobId holds a NUL character")


def test_a_missing_argument_is_refused(listener, dialect):
    assert ask(listener, dialect, call("getJob")) == (3, "getJob: no 'jobId' given")


def test_a_missing_required_field_is_refused(listener, dialect):
    raw = call("launch", spec=idl.JobSpecT(name="a", layers=[idl.LayerSpecT(name="b")]))
    assert ask(listener, dialect, raw) == (3, "LayerSpecT: no 'command' given")


def test_an_unforeseen_exception_becomes_the_declared_error_with_an_incident(listener, dialect, caplog):
    code, why = ask(listener, dialect, call("killJob", jobId="a", reason="b"))
    assert code == 0
    incident = why.rpartition(" ")[2]
    [record] = [r for r in caplog.records if incident in r.message]
    assert "call failed call=killJob" in record.message
    assert "nobody thought of this" in record.message


def test_the_same_error_is_traced_once(listener, caplog):
    for _ in range(3):
        ask(listener, Dialect.FRAMED_BINARY, call("killJob", jobId="a", reason="b"))
    failed = [record for record in caplog.records if "call failed" in record.message]
    assert [bool(record.exc_info) for record in failed] == [True, False, False]


def test_a_call_that_has_no_handler_says_so(listener, dialect):
    assert ask(listener, dialect, call("deleteFolder", folderId="a")) == (4, "not built yet: deleteFolder")


def test_a_call_that_does_not_exist_is_answered_and_the_connection_goes_on(listener, dialect):
    strange, good = message("formatDisk", b"\0"), call("getPlowTime", seqid=9)
    with Raw(listener.address) as peer:
        peer.send(codec.pack(read_head(strange), strange, dialect))
        answer = said(peer, dialect)
        fault = codec.decode(read_head(answer), answer, codec.APPLICATION_FAULT())
        assert (fault.type, fault.message) == (1, "no call 'formatDisk' in RpcService")
        peer.send(codec.pack(read_head(good), good, dialect))
        assert read_head(said(peer, dialect)).seqid == 9


def test_after_refused_content_the_connection_goes_on(listener, dialect):
    bad, good = call("getJob", jobId="\0"), call("getJob", jobId="x", seqid=2)
    with Raw(listener.address) as peer:
        peer.send(codec.pack(read_head(bad), bad, dialect))
        assert declared(said(peer, dialect))[0] == 3
        peer.send(codec.pack(read_head(good), good, dialect))
        answer = said(peer, dialect)
        assert codec.decode(read_head(answer), answer, idl.RpcService.getJob_result()).success.id == "x"


# ---- peers that are slow, silent or many


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
    before = _resident_mb()
    asked.start()
    asked.join(20)
    assert not asked.is_alive(), "the listener still reads from a peer that does not"
    assert _resident_mb() - before < 60
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


def _status(key: str) -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith(key))


def _virtual_mb() -> int:
    return _status("VmSize")


def _resident_mb() -> int:
    return _status("VmRSS")
