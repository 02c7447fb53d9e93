"""Servers that are gone, or lie; and the next host that answers instead."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from plow_client import idl
from plow_client.connection import Connection
from plow_client.errors import Internal, Unavailable
from plow_client.rpc import codec
from plow_client.rpc.caller import Caller, Unsent
from plow_client.rpc.listener import Listener
from plow_client.rpc.message import CALL, REPLY, read_head
from tests.wire import Serving, framed, i32, message, text


@pytest.fixture
def listener() -> Iterator[Listener]:
    handler = {
        "getPlowTime": lambda: 5,
        "launch": lambda spec: idl.JobT(id="1", folderId="f", name=spec.name),
    }
    with Listener("RpcService", handler) as started:
        yield started


# ---- servers that are gone, or lie


def answering(reply: bytes, *, then_wait: bool = False) -> Callable[[socket.socket], None]:
    def act(connection: socket.socket) -> None:
        connection.settimeout(10)
        if connection.recv(65536):
            connection.sendall(reply)
            if then_wait:
                connection.recv(1)

    return act


def _reply(name: str, seqid: int, value: object) -> bytes:
    result = getattr(idl.RpcService, f"{name}_result")(success=value)
    return framed(codec.encode(codec.begin(name, REPLY, seqid), result))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (_reply("getPlowTime", 2, 5), "answered getPlowTime number 2 to getPlowTime number 1"),
        (_reply("getServices", 1, []), "answered getServices number 1 to getPlowTime number 1"),
        (framed(message("getPlowTime", b"\0", CALL)), "answered getPlowTime"),
        (framed(message("getPlowTime", b"\0", REPLY)), "returned nothing"),
        (_reply("getPlowTime", 1, 5) * 2, "more than one answer"),
        (framed(message("getPlowTime", b"\x0f\x00\x63\x01" + i32(2**31 - 1) + b"\0", REPLY)), "elements"),
        (framed(message("getPlowTime", (b"\x0c\x00\x63") * 100_000, REPLY)), "nested deeper"),
        (struct.pack(">i", 2**31 - 1) + b"\x80", "at most"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "unsound answer"),
    ],
)
def test_an_answer_that_cannot_be_right_is_not_believed(reply, words):
    with Serving(answering(reply)) as address, Caller("RpcService", *address, timeout_s=10) as caller:
        with pytest.raises(Internal, match=words):
            caller.call("getPlowTime")


def test_a_server_that_hangs_up_is_unavailable_and_named():
    with (
        Serving(lambda connection: connection.recv(100)) as address,
        Caller("RpcService", *address) as caller,
    ):
        with pytest.raises(Unavailable, match=rf"lost 127.0.0.1:{address[1]} during getPlowTime: it closed"):
            caller.call("getPlowTime")


def test_no_server_is_unavailable_and_the_request_was_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    with pytest.raises(Unsent, match=f"cannot reach 127.0.0.1:{port}: Connection refused"):
        Caller("RpcService", "127.0.0.1", port).call("getPlowTime")


def test_a_restarted_server_is_found_again_by_the_next_call():
    handler = {"getPlowTime": lambda: 5, "launch": lambda spec: idl.JobT(id="1", folderId="f")}
    first = Listener("RpcService", handler)
    first.start()
    with Caller("RpcService", *first.address) as caller:
        assert caller.call("getPlowTime") == 5
        first.stop()
        with Listener("RpcService", handler, port=caller.port):
            assert caller.call("launch", spec=idl.JobSpecT(name="a")).id == "1"


# ---- fail-over


def test_the_next_host_answers_when_the_first_is_gone(listener):
    with socket.create_server(("127.0.0.1", 0)) as door:
        gone = door.getsockname()[1]
    with Connection(f"127.0.0.1:{gone},127.0.0.1:{listener.address[1]}") as farm:
        assert (
            farm.launch(idl.JobSpecT(name="a")).name == "a"
        )  # not sent the first time: nothing is done twice
        assert farm.getPlowTime() == 5


def test_a_call_that_changes_something_is_not_repeated_once_it_was_sent(listener):
    asked = []

    def act(connection: socket.socket) -> None:
        assert read_head(connection.recv(65536)[4:]).name == "introduce"
        connection.sendall(framed(b"\x80\x01\x00\x02" + text(b"introduce") + i32(0) + b"\x00"))
        asked.append(read_head(connection.recv(65536)[4:]).name)

    with Serving(act) as bad, Connection([f"{h}:{p}" for h, p in (bad, listener.address)]) as farm:
        with pytest.raises(Unavailable, match="during launch"):
            farm.launch(idl.JobSpecT(name="a"))
        assert farm.getPlowTime() == 5
    assert asked == ["launch", "getPlowTime"]
