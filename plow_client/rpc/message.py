"""What every Thrift message begins with, and the words for one that cannot be trusted."""

from __future__ import annotations

from typing import NamedTuple

from plow_client.errors import Invalid

CALL, REPLY, EXCEPTION, ONEWAY = 1, 2, 3, 4

BOOL, I8, DOUBLE, I16, I32, I64, STRING, STRUCT, MAP, SET, LIST = 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15
BINARY = 18  # only in a parsed IDL; on the wire it is STRING

WIDTHS = {BOOL: 1, I8: 1, DOUBLE: 8, I16: 2, I32: 4, I64: 8}
# The fewest bytes a value takes in the binary protocol. None takes nothing: that is what stops
# a list of two thousand million elements in a message of forty bytes.
LEAST_BYTES = {**WIDTHS, STRING: 4, STRUCT: 1, MAP: 6, SET: 5, LIST: 5}


class Malformed(Invalid):
    """The bytes are no sound message: nothing that follows them on the connection can be trusted.

    `start` holds the beginning of the message in binary, to tell which call it was, as far as understood.
    """

    def __init__(self, why: str, start: bytes = b"") -> None:
        super().__init__(why)
        self.start = start


class Head(NamedTuple):
    """The beginning of a message; `body` is where its struct starts."""

    name: str
    kind: int
    seqid: int
    body: int


def read_head(message: bytes, name_bytes: int = 128) -> Head:
    """The head of a whole message of the strict binary protocol."""
    if message[:3] != b"\x80\x01\x00":
        raise Malformed("not a message of the strict binary protocol")
    size = int.from_bytes(message[4:8], "big")
    if size > name_bytes:
        raise Malformed(f"a name of {size} bytes; at most {name_bytes} are allowed")
    body = 12 + size
    if len(message) < body:
        raise Malformed("the message ends inside its head")
    name = message[8 : 8 + size]
    if not name.isascii() or not name:
        raise Malformed("the name of the call is not plain text")
    return Head(name.decode(), message[3], int.from_bytes(message[body - 4 : body], "big", signed=True), body)
