"""Parts for tests of the wire: messages written byte by byte, raw sockets, waiting for a condition."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable

from plow_client import idl
from plow_client.rpc import codec
from plow_client.rpc.caller import Caller
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.rpc.message import CALL, Malformed, read_head

SKIPPED = 100  # a field number that no struct of ours has


def message(name: str, body: bytes, kind: int = CALL, seqid: int = 1) -> bytes:
    """A binary message with any body."""
    return b"\x80\x01\x00%c" % kind + i32(len(name)) + name.encode() + i32(seqid) + body


def call(name: str, seqid: int = 1, *, service: str = "RpcService", **arguments: object) -> bytes:
    """A sound binary message of a call."""
    kind = getattr(idl.services[service], f"{name}_args")
    return codec.encode(codec.begin(name, CALL, seqid), kind(**arguments))


def compact(binary: bytes) -> bytes:
    """The same message in compact."""
    return codec.pack(read_head(binary), binary, codec.Dialect.COMPACT)


def framed(payload: bytes) -> bytes:
    return i32(len(payload)) + payload


def i32(value: int) -> bytes:
    return struct.pack(">i", value)


def field(wire: int, number: int, value: bytes) -> bytes:
    return struct.pack(">bh", wire, number) + value


def text(value: bytes) -> bytes:
    return i32(len(value)) + value


def eventually(condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait until something is so; fail if it does not come."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


class Raw:
    """A socket that sends what it is told and reads answers in any dialect."""

    def __init__(self, address: tuple[str, int], timeout_s: float = 10.0) -> None:
        self.socket = socket.create_connection(address, timeout=timeout_s)

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self, size: int) -> bytes:
        """So many bytes; fewer only when the server closed."""
        got = b""
        while len(got) < size and (piece := self.socket.recv(size - len(got))):
            got += piece
        return got

    def frame(self) -> bytes:
        """The next framed answer, empty if the server closed."""
        head = self.read(4)
        return self.read(struct.unpack(">i", head)[0]) if len(head) == 4 else b""

    def is_closed(self) -> bool:
        """Whether the server closes this connection (waits as long as the socket's timeout)."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True


class Gate:
    """A handler that waits until it is let through."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.opened = threading.Event()

    def __call__(self, jobId: str) -> object:
        self.entered.release()
        assert self.opened.wait(20)
        return idl.JobT(id=jobId, folderId="f")


def fail(error: Exception) -> Callable[..., object]:
    def handler(**_: object) -> object:
        raise error

    return handler


class Serving:
    """A server that does one thing with each connection."""

    def __init__(self, act: Callable[[socket.socket], None]) -> None:
        self._act = act
        self._door = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> tuple[str, int]:
        threading.Thread(target=self._serve, daemon=True).start()
        return self._door.getsockname()

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            with connection:
                self._act(connection)


def others_are_served(listener: Listener) -> None:
    with Caller("RpcService", *listener.address, timeout_s=10) as caller:
        assert caller.call("getPlowTime") == 5


def said(raw: Raw, dialect: codec.Dialect) -> bytes:
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
        except Malformed:
            continue


def status_mb(key: str) -> int:
    """A size of this process by its name in the system's status file."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith(key))
