"""Cuts the stream of one connection into messages, whatever dialect they are in."""

from __future__ import annotations

import contextlib

from plow_client.rpc.answer import Request
from plow_client.rpc.codec import Dialect, dialect_of
from plow_client.rpc.compact_in import Expander
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import Malformed
from plow_client.rpc.skim import Skimmer, Walk

_LONG = 16 * 1024


class Incoming:
    """Bytes as they arrive, and the whole messages among them. `dialect` is that of the newest message."""

    __slots__ = ("_buf", "_expander", "_limits", "_needed", "_walk", "dialect")

    def __init__(self, limits: Limits) -> None:
        self.dialect: Dialect | None = None
        self._limits = limits
        self._buf = bytearray()
        self._walk: Walk[int] | None = None
        self._expander: Expander | None = None
        self._needed = 0

    def __len__(self) -> int:
        return len(self._buf)

    @property
    def is_long(self) -> bool:
        """Whether so much has come of a message that does not say its length that the next step takes time."""
        size = len(self._buf)
        if size <= _LONG or size < self._needed:
            return False
        return self._walk is not None or self._buf[0] in (0x80, 0x82)

    def feed(self, piece: bytes) -> None:
        """Take what has arrived."""
        self._buf += piece

    def start(self) -> bytes:
        """What is known of the message in progress, in binary, to tell which call it was meant to be."""
        enough = self._limits.name_bytes + 32
        if self._expander is not None:
            return bytes(self._expander.out[:enough])
        is_framed = self.dialect is not None and self.dialect.is_framed
        raw = bytes(self._buf[4 if is_framed else 0 :][:enough])
        if self.dialect is None or not self.dialect.is_compact:
            return raw
        expander = Expander(raw, self._limits)
        with contextlib.suppress(Malformed, StopIteration):  # a piece of a message that is refused already
            next(expander.message())
        return bytes(expander.out)

    def next(self) -> Request | None:
        """The next whole message, or None until more has arrived."""
        if len(self._buf) < self._needed or not self._buf:
            return None
        if self._walk is None:
            dialect = dialect_of(self._buf)
            if dialect is None:
                return None
            self.dialect = dialect
            if dialect.is_framed:
                return self._framed(dialect)
            self._walk = self._follow(dialect)
        return self._buffered(self._walk)

    def _framed(self, dialect: Dialect) -> Request | None:
        size = int.from_bytes(self._buf[:4], "big")
        self._check(size)
        if len(self._buf) < 4 + size:
            self._needed = 4 + size
            return None
        return self._cut(Request(dialect, bytes(memoryview(self._buf)[4 : 4 + size]), False), 4 + size)

    def _follow(self, dialect: Dialect) -> Walk[int]:
        if dialect.is_compact:
            self._expander = Expander(self._buf, self._limits)
            return self._expander.message()
        return Skimmer(self._buf, self._limits).message()

    def _buffered(self, walk: Walk[int]) -> Request | None:
        try:
            self._needed = next(walk)
        except StopIteration as stop:
            end: int = stop.value
            self._check(end)
            dialect, expander = self.dialect or Dialect.BINARY, self._expander
            message = expander.out if expander else memoryview(self._buf)[:end]
            request = Request(dialect, bytes(message), True)
            del message  # a view would keep the buffer from shrinking
            return self._cut(request, end)
        self._check(max(self._needed, len(self._buf)))
        return None

    def _check(self, size: int) -> None:
        if size > self._limits.message_bytes:
            raise Malformed(f"a message of {size} bytes; at most {self._limits.message_bytes} are allowed")

    def _cut(self, request: Request, end: int) -> Request:
        self._walk = self._expander = None
        self._needed = 0
        del self._buf[:end]
        return request
