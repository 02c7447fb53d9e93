"""Writes a binary message of our own in the compact protocol; see compact_in.py for why.

The input is what our encoder has just written, so nothing is checked here.
"""

from __future__ import annotations

from typing import Final

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
    Head,
)

_KIND: Final = {BOOL: 1, I8: 3, I16: 4, I32: 5, I64: 6, DOUBLE: 7, STRING: 8, LIST: 9, SET: 10, MAP: 11}
_KIND[STRUCT] = 12
_INTS: Final = {I16: 2, I32: 4, I64: 8}

_number = int.from_bytes


def to_compact(head: Head, message: bytes) -> bytes:
    """The same message in the compact protocol."""
    out = compact_head(head)
    _struct(message, head.body, out)
    return bytes(out)


def compact_head(head: Head) -> bytearray:
    """The beginning of a compact message."""
    out = bytearray((0x82, head.kind << 5 | 1))
    _varint(out, head.seqid & 0xFFFFFFFF)
    name = head.name.encode()
    _varint(out, len(name))
    out += name
    return out


def _varint(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _struct(buf: bytes, pos: int, out: bytearray) -> int:
    last = 0
    while buf[pos]:
        wire, number = buf[pos], _number(buf[pos + 1 : pos + 3], "big", signed=True)
        pos += 3
        kind = _KIND[wire]
        if wire == BOOL:
            kind = 1 if buf[pos] else 2
        if 0 < number - last <= 15:
            out.append((number - last) << 4 | kind)
        else:
            out.append(kind)
            _varint(out, number << 1 ^ number >> 15)
        last = number
        pos = pos + 1 if wire == BOOL else _value(buf, pos, wire, out)
    out.append(0)
    return pos + 1


def _value(buf: bytes, pos: int, wire: int, out: bytearray) -> int:
    if wire in _INTS:
        end = pos + _INTS[wire]
        value = _number(buf[pos:end], "big", signed=True)
        _varint(out, value << 1 if value >= 0 else ~(value << 1))
        return end
    if wire == STRING:
        end = pos + 4 + _number(buf[pos : pos + 4], "big")
        _varint(out, end - pos - 4)
        out += buf[pos + 4 : end]
        return end
    if wire == STRUCT:
        return _struct(buf, pos, out)
    if wire == DOUBLE:
        out += buf[pos : pos + 8][::-1]
        return pos + 8
    if wire in (LIST, SET):
        return _many(buf, pos, out)
    if wire == MAP:
        return _pairs(buf, pos, out)
    out.append((1 if buf[pos] else 2) if wire == BOOL else buf[pos])
    return pos + 1


def _many(buf: bytes, pos: int, out: bytearray) -> int:
    wire, size = buf[pos], _number(buf[pos + 1 : pos + 5], "big")
    if size < 15:
        out.append(size << 4 | _KIND[wire])
    else:
        out.append(0xF0 | _KIND[wire])
        _varint(out, size)
    pos += 5
    for _ in range(size):
        pos = _value(buf, pos, wire, out)
    return pos


def _pairs(buf: bytes, pos: int, out: bytearray) -> int:
    key, value, size = buf[pos], buf[pos + 1], _number(buf[pos + 2 : pos + 6], "big")
    _varint(out, size)
    if size:
        out.append(_KIND[key] << 4 | _KIND[value])
    pos += 6
    for _ in range(size):
        pos = _value(buf, pos, key, out)
        pos = _value(buf, pos, value, out)
    return pos
