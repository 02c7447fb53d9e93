"""One connection of the listener: reads a message, has it answered, writes the answer, reads on.

One call at a time, so answers keep the order of the questions. Nothing more is read than one call needs
while another runs, and no further call runs while the peer leaves its answers unread. All methods run in
the listener's loop, except `answered`. While a call runs, its thread alone writes and sets the deadline;
`busy` hands both back, and is set before the other side's flags are looked at, so that neither misses the other.
"""

from __future__ import annotations

import asyncio
import math
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, cast

from plow_client.errors import PlowError
from plow_client.rpc.answer import Answer, Request
from plow_client.rpc.codec import Dialect
from plow_client.rpc.incoming import Incoming
from plow_client.rpc.later import Later
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import Malformed
from plow_client.rpc.peer import Peer

_MB = 1024 * 1024
_READ_AHEAD = 64 * 1024
_LINGER_S = 1.0


class House(Protocol):
    """What a conversation needs of the listener that holds it."""

    limits: Limits

    def opened(self, conversation: Conversation) -> None:
        """The connection is made, and its TLS handshake done."""

    def closed(self, conversation: Conversation) -> None:
        """The connection is gone."""

    def run(self, conversation: Conversation, request: Request, refusal: PlowError | None) -> None:
        """Answer the request in a thread and tell the conversation there."""

    def aside(self, work: Callable[[], None]) -> None:
        """Do something that takes time, in one of the threads for it."""

    def in_loop(self, act: Callable[..., None], *arguments: object) -> None:
        """Do something in the loop, from a thread."""

    def last_word(self, start: bytes, dialect: Dialect | None, fault: Malformed, peer: Peer) -> Answer:
        """What to say to bytes that are no message."""

    def too_fast(self, peer: Peer) -> PlowError | None:
        """Count a call of this address; the refusal if there have been too many."""

    def holds(self, more: int) -> bool:
        """Count bytes of unfinished messages; False if all connections together hold too many."""

    def dropped(self, peer: Peer, reason: str) -> None:
        """A connection was cut off by a limit."""


class Conversation(asyncio.Protocol):
    """The state of one connection."""

    __slots__ = (
        "_began",
        "_direct",
        "_ends",
        "_held",
        "_house",
        "_incoming",
        "_is_gone",
        "_is_paused",
        "_later",
        "_sending",
        "_transport",
        "_unread",
        "busy",
        "deadline",
        "peer",
    )

    def __init__(self, house: House, peer: Peer, direct: socket.socket | None = None) -> None:
        """`direct` is the connection's socket where nothing (TLS) stands between it and the bytes."""
        self.peer = peer
        self.busy = False
        self.deadline = math.inf
        self._house = house
        self._incoming = Incoming(house.limits)
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._began = 0.0  # when the message in progress began, 0 = none
        self._held = 0  # bytes counted with the house
        self._unread = -1  # bytes the peer has left unread, -1 = it keeps up
        self._is_paused = False
        self._ends = False  # close as soon as nothing runs
        self._is_gone = False
        self._later: Later | None = None  # what the call under way waits for
        self._direct = direct
        self._sending = threading.Lock()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        certificate = transport.get_extra_info("peercert")
        if certificate:
            self.peer = replace(self.peer, certificate=certificate)
        self._house.opened(self)
        self._rest()

    def connection_lost(self, error: Exception | None) -> None:
        with self._sending:
            self._direct = None  # after this the socket's number may belong to another file
            self._is_gone = True
            later = self._later
        if later is not None:
            later.drop()
        self._hold(0)
        self._incoming = Incoming(self._house.limits)
        self._house.closed(self)

    def data_received(self, data: bytes) -> None:
        if self._ends:
            return
        self._incoming.feed(data)
        if not self._hold(len(self._incoming)):
            self.drop("no room for more unfinished messages")
            return
        self._go_on()

    def eof_received(self) -> bool:
        """A peer that only stops talking still gets the answer that is under way; one that is waited for comes now,
        for a peer that has hung up looks the same and must not keep its place among those who wait."""
        with self._sending:
            self._ends = True
            later = self._later
        if later is not None:
            later.go_on()
        return self.busy

    def pause_writing(self) -> None:
        self._unread = self._transport.get_write_buffer_size()
        self.deadline = time.monotonic() + self._house.limits.drain_s

    def resume_writing(self) -> None:
        self._unread = -1
        self.deadline = math.inf
        self._go_on()

    def waits_for(self, later: Later) -> None:
        """The call that ran has no answer yet, in a thread of the pool: it need not come if the peer hangs up."""
        with self._sending:
            self._later = later
            is_gone, ends = self._is_gone, self._ends
        if is_gone:
            later.drop()
        elif ends:
            later.go_on()

    def answered(self, answer: Answer) -> None:
        """The answer to the call that ran, in a thread of the pool: send it and let the next begin.

        Most answers leave from here, because waking the loop for each would halve the rate of small calls.
        What the socket does not take at once goes through the loop, as does everything over TLS.
        """
        self._later = None
        reply = self._sent_at_once(answer.reply) if answer.goes_on else answer.reply
        if reply or not answer.goes_on:
            self._house.in_loop(self._write, answer._replace(reply=reply))
            return
        self.deadline = time.monotonic() + self._house.limits.idle_s
        self.busy = False  # from here on the loop may start the next call
        if len(self._incoming) or self._ends or self._is_paused:
            self._house.in_loop(self._after_answer)

    def _sent_at_once(self, reply: bytes) -> bytes:
        """Send in the pool's thread what the socket takes; returns the rest. The lock keeps it open so long."""
        with self._sending:
            if self._direct is None or self._transport.get_write_buffer_size():
                return reply
            try:
                return reply[self._direct.send(reply) :] if reply else reply
            except OSError:  # full, or gone: the loop will find out which
                return reply

    def _write(self, answer: Answer) -> None:
        self.busy = False
        if self._transport.is_closing():
            return
        self._transport.write(answer.reply)
        if not answer.goes_on:
            self._transport.close()
        else:
            self._after_answer()

    def _after_answer(self) -> None:
        if self._ends and not self.busy:
            self._transport.close()
        elif not self._transport.is_closing():
            self._go_on()

    def finish(self) -> None:
        """Close, after the call that runs has been answered."""
        self._ends = True
        if not self.busy:
            self._transport.close()

    def drop(self, reason: str = "") -> None:
        """Cut the connection off at once; a reason is worth a log line."""
        if reason:
            self._house.dropped(self.peer, reason)
        self._ends = True
        self._transport.abort()

    def overdue(self, now: float) -> None:
        """The deadline has passed: a peer that reads slowly gets more time, any other is cut off."""
        if self._unread >= 0:
            left = self._transport.get_write_buffer_size()
            if left < self._unread:
                self._unread = left
                self.deadline = now + self._house.limits.drain_s
                return
            self.drop("answers left unread")
        elif self._began:
            self.drop("message not finished in time")
        else:
            self._transport.close()

    def _go_on(self) -> None:
        """Take the next message if there is one and nothing stands in the way."""
        if self.busy or self._unread >= 0:
            self._read_ahead(len(self._incoming) < _READ_AHEAD)
            return
        if self._incoming.is_long:
            self._follow_aside()
            return
        try:
            request = self._incoming.next()
        except Malformed as fault:
            self._part(fault)
            return
        self._take(request)

    def _follow_aside(self) -> None:
        """Look for the end of a long message in a thread, which has the bytes for itself so long: some
        peers that each send many tiny values would otherwise keep the loop, and so everyone, for seconds."""
        incoming = self._incoming
        self.busy = True
        self._rest()
        self._read_ahead(False)

        def work() -> None:
            found: Request | Malformed | None
            try:
                found = incoming.next()
            except Malformed as fault:
                found = fault
            self._house.in_loop(self._followed, found)

        self._house.aside(work)

    def _followed(self, found: Request | Malformed | None) -> None:
        self.busy = False
        if self._transport.is_closing():
            return
        if self._ends:
            self._transport.close()
        elif isinstance(found, Malformed):
            self._part(found)
        else:
            self._take(found)

    def _take(self, request: Request | None) -> None:
        """Have the message answered; without one, wait for more of it."""
        self._hold(len(self._incoming))
        if request is None:
            self._read_ahead(True)
            self._rest()
            return
        self.busy = True
        self._began = 0.0
        self.deadline = math.inf
        self._house.run(self, request, self._house.too_fast(self.peer))

    def _part(self, fault: Malformed) -> None:
        last = self._house.last_word(self._incoming.start(), self._incoming.dialect, fault, self.peer)
        self._ends = True
        self._began = 0.0
        if not last.reply or not self._transport.can_write_eof():
            self._transport.write(last.reply)
            self._transport.close()
            return
        self._transport.write(last.reply)
        self._transport.write_eof()  # closing with bytes unread would destroy the answer on its way
        self.deadline = time.monotonic() + _LINGER_S

    def _rest(self) -> None:
        """Wait for more: for the rest of a message not long, for the next one longer."""
        limits, now, waiting = self._house.limits, time.monotonic(), len(self._incoming)
        if not waiting:
            self._began = 0.0
            self.deadline = now + limits.idle_s
            return
        self._began = self._began or now
        self.deadline = self._began + limits.message_s + limits.message_s_per_mb * waiting / _MB

    def _read_ahead(self, wanted: bool) -> None:
        if wanted == self._is_paused and not self._transport.is_closing():
            self._is_paused = not wanted
            if wanted:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    def _hold(self, size: int) -> bool:
        more, self._held = size - self._held, size
        return self._house.holds(more)
