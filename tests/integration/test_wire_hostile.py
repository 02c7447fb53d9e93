"""What a hostile or broken peer does to the listener: nothing that another client would notice."""

from __future__ import annotations

import logging
import os
import struct
from collections.abc import Callable, Iterator

import pytest

from plow_client import idl
from plow_client.rpc import codec
from plow_client.rpc.codec import Dialect
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.rpc.message import REPLY, read_head
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
    text,
)

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
    before = status_mb("VmSize")
    peers = [Raw(listener.address) for _ in range(20)]
    for peer in peers:
        peer.send(struct.pack(">i", 16_000_000) + bytes([0x80]) + bytes(99))
    others_are_served(listener)
    assert status_mb("VmSize") - before < 100
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
    refused = ask(listener, dialect, call("deleteFolder", folderId="a"))
    assert refused == (4, "this server does not have the call deleteFolder")


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
