"""Turns a message of the compact protocol into the same message in binary.

The original's clients speak compact. The library's own compact codec is pure Python and trusts its input;
so a compact message becomes a binary one, is guarded and decoded like any other, and the answer goes the
other way (compact_out.py). One guard, one decoder, and less time.
"""

from __future__ import annotations

from typing import Final

from plow_client.rpc.limits import Limits
from plow_client.rpc.message import (
    BOOL,
    DOUBLE,
    I8,
    I16,
    I32,
    I64,
    LIST,
    MAP,
    SET,
    STRING,
    STRUCT,
    Malformed,
)
from plow_client.rpc.skim import Walk

# Types of the compact protocol by their number; a boolean field has its value in its type.
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_WIRE: Final = {1: BOOL, 2: BOOL, 3: I8, 4: I16, 5: I32, 6: I64, 7: DOUBLE, 8: STRING}
_WIRE.update({9: LIST, 10: SET, 11: MAP, 12: STRUCT})
_COMPACT: Final = {wire: number for number, wire in reversed(_WIRE.items())}
_INTS: Final = {4: 2, 5: 4, 6: 8}


class Expander:
    """Follows a compact message in a buffer that may grow, and writes it in binary into `out`."""

    def __init__(self, buf: bytes | bytearray, limits: Limits) -> None:
        self.out = bytearray()
        self._buf = buf
        self._limits = limits
        self._left = limits.elements
        self._fields_left = limits.fields

    def message(self) -> Walk[int]:
        """Ends with the length of the compact message that the buffer starts with."""
        buf = self._buf
        while len(buf) < 2:
            yield 2
        if buf[0] != 0x82 or buf[1] & 0x1F != 1:
            raise Malformed("not a message of the compact protocol")
        kind = buf[1] >> 5
        seqid, pos = yield from self._varint(2, 32)
        size, pos = yield from self._varint(pos, 32)
        if size > self._limits.name_bytes:
            raise Malformed(f"a name of {size} bytes; at most {self._limits.name_bytes} are allowed")
        while len(buf) < pos + size:
            yield pos + size
        name = buf[pos : pos + size]
        self.out += b"\x80\x01\x00%c" % kind + size.to_bytes(4, "big") + name + seqid.to_bytes(4, "big")
        return (yield from self._struct(pos + size, 1))

    def _varint(self, pos: int, bits: int) -> Walk[tuple[int, int]]:
        """An unsigned number of at most so many bits, and the position after it."""
        value = shift = 0
        while True:
            while len(self._buf) <= pos:
                yield pos + 1
            byte = self._buf[pos]
            pos += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift >= bits:
                raise Malformed(f"a number of more than {bits} bits")
        if value >> bits:
            raise Malformed(f"a number of more than {bits} bits")
        return value, pos

    def _struct(self, pos: int, depth: int) -> Walk[int]:
        buf, out, number = self._buf, self.out, 0
        if depth > self._limits.depth:
            raise Malformed(f"nested deeper than {self._limits.depth}")
        while True:
            while len(buf) <= pos:
                yield pos + 1
            byte = buf[pos]
            pos += 1
            if byte == 0:
                out.append(0)
                return pos
            self._fields_left -= 1
            if self._fields_left < 0:
                raise Malformed(f"more than {self._limits.fields} fields")
            kind = byte & 0x0F
            if byte < 16:
                value, pos = yield from self._varint(pos, 16)
                number = (value >> 1) ^ -(value & 1)
            else:
                number += byte >> 4
            if kind not in _WIRE or not -32768 <= number <= 32767:
                raise Malformed(f"there is no compact type {kind} or no field {number}")
            out.append(_WIRE[kind])
            out += number.to_bytes(2, "big", signed=True)
            if kind <= _FALSE:
                out.append(kind == _TRUE)
            else:
                pos = yield from self._value(pos, kind, depth + 1)

    def _value(self, pos: int, kind: int, depth: int) -> Walk[int]:
        if kind in _INTS:
            return (yield from self._int(pos, _INTS[kind]))
        if kind == _BINARY:
            return (yield from self._string(pos))
        if kind == _STRUCT:
            return (yield from self._struct(pos, depth))
        if kind == _DOUBLE:
            while len(self._buf) < pos + 8:
                yield pos + 8
            self.out += self._buf[pos : pos + 8][::-1]
            return pos + 8
        if kind == _MAP:
            return (yield from self._pairs(pos, depth))
        if kind in (_LIST, _SET):
            return (yield from self._many(pos, depth))
        while len(self._buf) <= pos:
            yield pos + 1
        byte = self._buf[pos]
        self.out.append(byte if kind == _BYTE else byte == _TRUE)
        return pos + 1

    def _int(self, pos: int, width: int) -> Walk[int]:
        buf = self._buf
        if len(buf) > pos and buf[pos] < 0x80:
            value = buf[pos]
            pos += 1
        else:
            value, pos = yield from self._varint(pos, 8 * width)
        self.out += ((value >> 1) ^ -(value & 1)).to_bytes(width, "big", signed=True)
        return pos

    def _string(self, pos: int) -> Walk[int]:
        size, pos = yield from self._varint(pos, 32)
        if size > self._limits.string_bytes:
            raise Malformed(f"a string of {size} bytes; at most {self._limits.string_bytes} are allowed")
        end = pos + size
        while len(self._buf) < end:
            yield end
        self.out += size.to_bytes(4, "big")
        self.out += self._buf[pos:end]
        return end

    def _many(self, pos: int, depth: int) -> Walk[int]:
        while len(self._buf) <= pos:
            yield pos + 1
        byte = self._buf[pos]
        pos += 1
        size, kind = byte >> 4, byte & 0x0F
        if size == 15:
            size, pos = yield from self._varint(pos, 32)
        self._enter(size, depth, kind)
        self.out.append(_WIRE.get(kind, STRING))
        self.out += size.to_bytes(4, "big")
        for _ in range(size):
            pos = yield from self._value(pos, kind, depth + 1)
        return pos

    def _pairs(self, pos: int, depth: int) -> Walk[int]:
        size, pos = yield from self._varint(pos, 32)
        if size == 0:
            self.out += bytes((STRING, STRING, 0, 0, 0, 0))
            return pos
        while len(self._buf) <= pos:
            yield pos + 1
        key, value = self._buf[pos] >> 4, self._buf[pos] & 0x0F
        self._enter(size, depth, key, value)
        self.out += bytes((_WIRE[key], _WIRE[value])) + size.to_bytes(4, "big")
        pos += 1
        for _ in range(size):
            pos = yield from self._value(pos, key, depth + 1)
            pos = yield from self._value(pos, value, depth + 1)
        return pos

    def _enter(self, size: int, depth: int, *kinds: int) -> None:
        """Count a container's elements, each of a type that takes bytes."""
        if depth > self._limits.depth:
            raise Malformed(f"nested deeper than {self._limits.depth}")
        self._left -= size
        if self._left < 0:
            raise Malformed(f"more than {self._limits.elements} elements")
        if size and not all(kind in _WIRE for kind in kinds):
            raise Malformed("a container of a compact type that does not exist")
