"""Finds the end of a binary message that is still arriving, without knowing what it means.

A buffered (unframed) peer does not say how long its message is, so it is followed as it comes in. The
walk is a generator that yields the length it needs next and goes on where it stopped: a peer that sends
one byte at a time costs no more than one that sends all at once.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

from plow_client.rpc.limits import Limits
from plow_client.rpc.message import LEAST_BYTES, LIST, MAP, SET, STRING, STRUCT, WIDTHS, Malformed

Result = TypeVar("Result")
Walk: TypeAlias = Generator[int, None, Result]

_number = int.from_bytes


def finished(walk: Walk[Result]) -> Result:
    """The result of a walk over bytes that are all there; it is an error if it wants more."""
    try:
        next(walk)
    except StopIteration as stop:
        result: Result = stop.value
        return result
    raise Malformed("the message ends early")


class Skimmer:
    """Follows a message of the strict binary protocol in a buffer that may grow."""

    def __init__(self, buf: bytes | bytearray, limits: Limits) -> None:
        self.left = limits.elements
        self._fields_left = limits.fields
        self._buf = buf
        self._limits = limits

    def message(self) -> Walk[int]:
        """Ends with the length of the message that the buffer starts with."""
        buf = self._buf
        while len(buf) < 8:
            yield 8
        size = _number(buf[4:8], "big")
        if size > self._limits.name_bytes:
            raise Malformed(f"a name of {size} bytes; at most {self._limits.name_bytes} are allowed")
        end = yield from self.value(12 + size, STRUCT, 1)
        return end

    def value(self, pos: int, wire: int, depth: int) -> Walk[int]:
        """Ends with the position after one value. It may lie beyond the buffer: what comes next will ask."""
        if wire in WIDTHS:
            return pos + WIDTHS[wire]
        if wire == STRING:
            return (yield from self._string(pos))
        if depth > self._limits.depth:
            raise Malformed(f"nested deeper than {self._limits.depth}")
        if wire == STRUCT:
            return (yield from self._struct(pos, depth))
        if wire in (LIST, SET):
            return (yield from self._many(pos, depth))
        if wire == MAP:
            return (yield from self._pairs(pos, depth))
        raise Malformed(f"there is no type {wire}")

    def _string(self, pos: int) -> Walk[int]:
        while len(self._buf) < pos + 4:
            yield pos + 4
        size = _number(self._buf[pos : pos + 4], "big")
        if size > self._limits.string_bytes:
            raise Malformed(f"a string of {size} bytes; at most {self._limits.string_bytes} are allowed")
        return pos + 4 + size

    def _struct(self, pos: int, depth: int) -> Walk[int]:
        buf = self._buf
        while True:
            while len(buf) <= pos:
                yield pos + 1
            wire = buf[pos]
            if wire == 0:
                return pos + 1
            self._fields_left -= 1
            if self._fields_left < 0:
                raise Malformed(f"more than {self._limits.fields} fields")
            pos = yield from self.value(pos + 3, wire, depth + 1)

    def _many(self, pos: int, depth: int) -> Walk[int]:
        while len(self._buf) < pos + 5:
            yield pos + 5
        wire = self._buf[pos]
        size = self._size(pos + 1, wire)
        pos += 5
        if wire in WIDTHS:
            return pos + size * WIDTHS[wire]
        for _ in range(size):
            pos = yield from self.value(pos, wire, depth + 1)
        return pos

    def _pairs(self, pos: int, depth: int) -> Walk[int]:
        while len(self._buf) < pos + 6:
            yield pos + 6
        key, value = self._buf[pos], self._buf[pos + 1]
        size = self._size(pos + 2, key, value)
        pos += 6
        for _ in range(size):
            pos = yield from self.value(pos, key, depth + 1)
            pos = yield from self.value(pos, value, depth + 1)
        return pos

    def _size(self, pos: int, *wires: int) -> int:
        """The number of elements of a container; each must be of a type that takes bytes."""
        size = _number(self._buf[pos : pos + 4], "big")
        if size == 0:
            return 0
        self.left -= size
        if self.left < 0:
            raise Malformed(f"more than {self._limits.elements} elements")
        for wire in wires:
            if wire not in LEAST_BYTES:
                raise Malformed(f"there is no type {wire}")
        return size
