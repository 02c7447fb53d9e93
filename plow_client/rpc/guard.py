"""Is this message sound, and does it say what the IDL says? Asked of every message before it is decoded.

The decoder is a good one, but it was written for friends: a list of two thousand million elements that
take no bytes keeps it busy for seconds, a negative size is an empty list, a missing argument is None.
The guard follows a whole message of the binary protocol (a compact one is turned into binary first,
see compact.py) and refuses it with one sentence that names the field.
"""

from __future__ import annotations

import threading
from typing import Any

from plow_client.errors import Invalid
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import EXCEPTION, LEAST_BYTES, Head, Malformed
from plow_client.rpc.schema import BYTES, FIXED, MANY, NESTED, PAIRS, RUN, TEXT, Element, Plan, Plans, Run
from plow_client.rpc.skim import Skimmer, finished

_number = int.from_bytes


class Guard:
    """Checks the messages of one service; may be used by many threads at once."""

    def __init__(self, service: type[Any], limits: Limits, fault: type[Any]) -> None:
        """`fault` is the struct of a Thrift application exception."""
        self._limits = limits
        self._service = service
        self._asked, self._answered = Plans(closed_enums=True), Plans(closed_enums=False)
        self._requests: dict[str, Plan] = {}  # finished plans only: each is made when its call first comes
        self._replies: dict[str, Plan] = {}
        self._making = threading.Lock()
        self._fault = self._answered.of(fault)

    def request(self, head: Head, message: bytes) -> None:
        """Raise Invalid (or Malformed) unless the message holds the arguments of a known call."""
        plan = self._requests.get(head.name)
        if plan is None:
            with self._making:
                takes = getattr(self._service, f"{head.name}_args")
                plan = self._requests[head.name] = self._asked.of(takes, all_needed=True)
        self._check(plan, head, message)

    def reply(self, head: Head, message: bytes) -> None:
        """Raise Invalid (or Malformed) unless the message is an answer to the call that its head names."""
        plan = self._fault if head.kind == EXCEPTION else self._replies.get(head.name)
        if plan is None:
            with self._making:
                answers = getattr(self._service, f"{head.name}_result")
                plan = self._replies[head.name] = self._answered.of(answers)
        self._check(plan, head, message)

    def _check(self, plan: Plan, head: Head, message: bytes) -> None:
        end = _Walk(message, self._limits).struct(plan, head.body, 1)
        if end != len(message):
            raise Malformed(f"{len(message) - end} bytes after the end of the message")


class _Walk:
    """One pass over one message. A position beyond the end is noticed by the step that would read there."""

    __slots__ = ("buf", "depth", "left", "limits", "longest")

    def __init__(self, buf: bytes, limits: Limits) -> None:
        self.buf = buf
        self.limits = limits
        self.left = limits.elements
        self.depth = limits.depth
        self.longest = limits.string_bytes

    def struct(self, plan: Plan, pos: int, depth: int) -> int:
        """The position after a struct that is as its plan says."""
        if depth > self.depth:
            raise Malformed(f"nested deeper than {self.depth}")
        buf, steps, seen = self.buf, plan.steps, 0
        while True:
            step = steps.get(buf[pos : pos + 3])
            if step is None:
                if buf[pos : pos + 1] == b"\x00":
                    break
                pos = self._unknown(plan, pos, depth)
                continue
            op, bit, part, name = step
            seen |= bit
            if op == RUN:
                end = part.match(buf, pos).end()
                if end - pos == part.width:
                    seen |= part.mask
                else:
                    seen |= self._part_of_run(part, pos, end, name)
                pos = end
            elif op == TEXT:
                pos = self._text(pos + 3, name)
            elif op == NESTED:
                pos = self.struct(part, pos + 3, depth + 1)
            else:
                pos = self._value(op, part, pos + 3, depth, name)
        if seen & plan.needed != plan.needed:
            raise Invalid(f"{plan.name}: no '{plan.missing(seen)[0]}' given")
        return pos + 1

    def _part_of_run(self, run: Run, pos: int, end: int, name: str) -> int:
        """Bits of the required fields that are there, of a run that is not complete."""
        if end == pos:
            if pos + 3 + 8 > len(self.buf):
                raise Malformed("the message ends inside a field")
            raise Invalid(f"{name} has a value that it cannot have")
        if not run.mask:
            return 0
        found = run.match(self.buf, pos)
        return sum(bit for group, bit in enumerate(run.bits, 1) if found.start(group) >= 0)

    def _text(self, pos: int, name: str) -> int:
        buf = self.buf
        size = _number(buf[pos : pos + 4], "big")
        start = pos + 4
        end = start + size
        if size > self.longest:
            raise Malformed(f"{name} is longer than {self.longest} bytes")
        text = buf[start:end]
        if len(text) != size:
            raise Malformed("the message ends inside a string")
        if 0 in text:
            raise Invalid(f"{name} holds a NUL character")
        if not text.isascii():
            _check_utf8(text, name)
        return end

    def _value(self, op: int, part: Any, pos: int, depth: int, name: str) -> int:
        if op == TEXT:
            return self._text(pos, name)
        if op == NESTED:
            return self.struct(part, pos, depth + 1)
        if op == MANY:
            return self._many(part, pos, depth + 1)
        if op == PAIRS:
            return self._pairs(part, pos, depth + 1)
        if op == BYTES:
            return self._bytes(pos, name)
        if op == FIXED:
            return pos + int(part)
        found = part(self.buf, pos)
        if found is None:
            raise Invalid(f"{name} has a value that it cannot have")
        end: int = found.end()
        return end

    def _many(self, element: Element, pos: int, depth: int) -> int:
        wire, op, part, name = element
        size = self._size(pos + 1, LEAST_BYTES[wire], depth)
        if size and self.buf[pos] != wire:
            raise Invalid(f"{name} has elements of another type than the IDL says")
        pos += 5
        if op == FIXED:
            return pos + size * int(part)
        if op == TEXT:
            for _ in range(size):
                pos = self._text(pos, name)
        elif op == NESTED:
            for _ in range(size):
                pos = self.struct(part, pos, depth + 1)
        else:
            for _ in range(size):
                pos = self._value(op, part, pos, depth, name)
        return pos

    def _pairs(self, elements: tuple[Element, Element], pos: int, depth: int) -> int:
        key, value = elements
        size = self._size(pos + 2, LEAST_BYTES[key.wire] + LEAST_BYTES[value.wire], depth)
        if size and self.buf[pos : pos + 2] != bytes((key.wire, value.wire)):
            raise Invalid(f"{key.name} has elements of another type than the IDL says")
        pos += 6
        for _ in range(size):
            pos = self._value(key.op, key.part, pos, depth, key.name)
            pos = self._value(value.op, value.part, pos, depth, value.name)
        return pos

    def _size(self, pos: int, least: int, depth: int) -> int:
        """The number of elements of a container, which must fit into what is left of the message."""
        if depth > self.depth:
            raise Malformed(f"nested deeper than {self.depth}")
        size = _number(self.buf[pos : pos + 4], "big")
        self.left -= size
        if self.left < 0:
            raise Malformed(f"more than {self.limits.elements} elements")
        if size * least > len(self.buf) - pos - 4:
            raise Malformed("the message ends inside a container")
        return size

    def _bytes(self, pos: int, name: str) -> int:
        size = _number(self.buf[pos : pos + 4], "big")
        if size > self.longest:
            raise Malformed(f"{name} is longer than {self.longest} bytes")
        return pos + 4 + size

    def _unknown(self, plan: Plan, pos: int, depth: int) -> int:
        """Pass over a field that we do not know; a known one of another type is an error, not skipped."""
        head = self.buf[pos : pos + 3]
        if len(head) < 3:
            raise Malformed("the message ends inside a struct")
        number = _number(head[1:], "big", signed=True)
        if number in plan.fields:
            raise Invalid(f"{plan.name}.{plan.fields[number][0]} is of another type than the IDL says")
        skimmer = Skimmer(self.buf, self.limits)
        skimmer.left = self.left - 1
        end = finished(skimmer.value(pos + 3, head[0], depth + 1))
        self.left = skimmer.left
        if self.left < 0:
            raise Malformed(f"more than {self.limits.elements} elements and unknown fields")
        return end


def _check_utf8(text: bytes, name: str) -> None:
    try:
        text.decode()
    except UnicodeDecodeError:
        raise Invalid(f"{name} is not UTF-8 text") from None
