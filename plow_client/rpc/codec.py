"""Structs to bytes and back, in the four dialects of the wire.

A dialect is a protocol (binary or compact) and whether each message is preceded by its length. Inside
there is only binary: compact is translated at the door. Bytes are decoded from a reader that ends,
never from the library's memory buffer, whose short read is not an error.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from plow_client.rpc import fast
from plow_client.rpc.compact_in import Expander
from plow_client.rpc.compact_out import compact_head, to_compact
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import Head, Malformed
from plow_client.rpc.skim import finished
from plow_client.rpc.thriftpy import (
    TApplicationException,
    TCyBinaryProtocol,
    TCyBufferedTransport,
    TCyMemoryBuffer,
)

APPLICATION_FAULT: type[Any] = TApplicationException
UNKNOWN_METHOD, MISSING_RESULT, INTERNAL_ERROR, PROTOCOL_ERROR = 1, 5, 6, 7

_LONG = 4096
_long: set[type[Any]] = set()  # kinds of which a message was longer: worth the fast encoder in binary, too


class Dialect(Enum):
    """How a peer talks, told by the first bytes of its message; the answer is in the same."""

    BINARY = "binary"
    FRAMED_BINARY = "framed binary"
    COMPACT = "compact"
    FRAMED_COMPACT = "framed compact"

    @property
    def is_framed(self) -> bool:
        """Whether a length of four bytes comes before each message."""
        return self in (Dialect.FRAMED_BINARY, Dialect.FRAMED_COMPACT)

    @property
    def is_compact(self) -> bool:
        """Whether the protocol is compact."""
        return self in (Dialect.COMPACT, Dialect.FRAMED_COMPACT)


def dialect_of(start: bytes | bytearray) -> Dialect | None:
    """The dialect of a message by its first five bytes; None while there are too few to tell."""
    if not start:
        return None
    if start[0] == 0x80:
        return Dialect.BINARY
    if start[0] == 0x82:
        return Dialect.COMPACT
    if len(start) < 5:
        return None
    if start[4] == 0x80:
        return Dialect.FRAMED_BINARY
    if start[4] == 0x82:
        return Dialect.FRAMED_COMPACT
    raise Malformed(_stranger(bytes(start[:5])))


def to_binary(message: bytes, dialect: Dialect, limits: Limits) -> bytes:
    """One whole message, without its length, in the binary protocol."""
    if not dialect.is_compact:
        return message
    expander = Expander(message, limits)
    try:
        end = finished(expander.message())
        if end != len(message):
            raise Malformed(f"{len(message) - end} bytes after the end of the message")
    except Malformed as fault:
        fault.start = bytes(expander.out[: limits.name_bytes + 12])
        raise
    return bytes(expander.out)


def write(head: Head, struct: Any, dialect: Dialect) -> bytes:
    """A whole message as it goes over the wire. Raises if a value does not fit its type."""
    if (dialect.is_compact or type(struct) in _long) and fast.is_here():
        try:
            return _written_fast(head, struct, dialect)
        except Exception:  # noqa: BLE001 - the library's encoder names the field that does not fit
            return pack(head, encode(head, struct), dialect)
    message = pack(head, encode(head, struct), dialect)
    if len(message) > _LONG:
        _long.add(type(struct))
    return message


def _written_fast(head: Head, struct: Any, dialect: Dialect) -> bytes:
    if dialect.is_compact:
        message = bytes(compact_head(head)) + fast.compact_body(struct)
    else:
        message = _binary_head(head) + fast.binary_body(struct)
    return _framed(message) if dialect.is_framed else message


def pack(head: Head, message: bytes, dialect: Dialect) -> bytes:
    """A binary message of ours as the dialect wants it on the wire."""
    if dialect.is_compact:
        message = to_compact(head, message)
    return _framed(message) if dialect.is_framed else message


def encode(head: Head, struct: Any) -> bytes:
    """A whole message in the binary protocol. TypeError or ValueError if a value does not fit its type."""
    buffer = TCyMemoryBuffer()
    protocol = TCyBinaryProtocol(buffer)
    protocol.write_message_begin(head.name, head.kind, head.seqid)
    protocol.write_struct(struct)
    written: bytes = buffer.getvalue()
    return written


def decode(head: Head, message: bytes, struct: Any) -> Any:
    """Fill a struct from the body of a binary message that the guard has passed."""
    reader = _Reader(message, head.body)
    size = min(max(len(message) - head.body, 1024), 65536)
    protocol = TCyBinaryProtocol(TCyBufferedTransport(reader, size), strict_decode=True)
    protocol.read_struct(struct)
    return struct


def begin(name: str, kind: int, seqid: int) -> Head:
    """The head of a message that we are about to write."""
    return Head(name, kind, seqid, 12 + len(name))


class _Reader:
    """A source of bytes that ends, as a socket does."""

    __slots__ = ("_buf", "_pos")

    def __init__(self, buf: bytes, pos: int) -> None:
        self._buf = buf
        self._pos = pos

    def read(self, size: int) -> bytes:
        part = self._buf[self._pos : self._pos + size]
        self._pos += len(part)
        return part


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


def _binary_head(head: Head) -> bytes:
    name = head.name.encode()
    return b"\x80\x01\x00%c%c%c%c%c%s" % (head.kind, 0, 0, 0, len(name), name) + head.seqid.to_bytes(
        4, "big", signed=True
    )


def _stranger(start: bytes) -> str:
    if start[:1] == b"\x16":
        return "a TLS hello on a port without TLS"
    if start[:4] in (b"GET ", b"POST", b"PUT ", b"HEAD", b"OPTI"):
        return "an HTTP request on a Thrift port"
    return "neither the binary nor the compact protocol"
