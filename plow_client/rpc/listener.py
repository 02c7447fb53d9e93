"""The server side of the wire: one port, one service, one loop in a thread of its own, and a pool.

    listener = Listener("RpcService", {"getPlowTime": lambda: 5}, port=11336)
    listener.start()        # Unavailable if the port is taken
    listener.address        # ("127.0.0.1", 11336)
    listener.stop()         # calls in flight are answered, then everything is closed

The loop accepts, shakes hands, and cuts messages; guarding, decoding and the handlers run in the pool's
threads. Few of the threads take large messages, so that some dozen of these cannot occupy all: small calls
go on meanwhile. A handler takes the call's arguments by their wire names; who called is in `current_peer`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from plow_client import idl
from plow_client.errors import PlowError, Unavailable
from plow_client.logs import event
from plow_client.rpc.addresses import Addresses
from plow_client.rpc.answer import Answer, Answerer, Handler, Postponed, Request
from plow_client.rpc.codec import Dialect
from plow_client.rpc.conversation import Conversation
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import Malformed
from plow_client.rpc.peer import Peer
from plow_client.rpc.pool import Pool
from plow_client.rpc.resolve import plain
from plow_client.rpc.seldom import Seldom

if TYPE_CHECKING:
    import ssl

log = logging.getLogger(__name__)

_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_SWEEP_S = 0.25
_BACKLOG = 1024
_LARGE = 64 * 1024
_THREADS_PER_LARGE = 8


class Listener:
    """Answers the calls of one service on one port. Start it once, stop it once."""

    def __init__(
        self,
        service: str | type[Any],
        handler: Handler,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Port 0 takes a free one. A call without an entry in `handler` is answered with NotAllowed."""
        self.limits = limits or Limits()
        self._service = idl.service_of(service)
        self._answerer = Answerer(self._service, handler, self.limits)
        self._wanted = (host, port)
        self._tls = tls
        self._open: set[Conversation] = set()
        self._shaking: set[asyncio.Task[None]] = set()
        self._addresses = Addresses(self.limits)
        self._admitted = 0  # connections, those still shaking hands included
        self._unfinished = 0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._noted = Seldom(every_s=10)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that it listens on."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def start(self) -> None:
        """Bind and serve; returns when a client can connect."""
        self._socket = _bind(*self._wanted)
        name = f"{self._service.__name__}-{self.address[1]}"
        self._loop = asyncio.SelectorEventLoop()
        self._loop.set_exception_handler(self._surprise)
        self._pool = Pool(self.limits.threads, f"{name}-call")
        self._large = Pool(max(1, self.limits.threads // _THREADS_PER_LARGE), f"{name}-large")
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._pool.start()
        self._large.start()
        self._thread.start()

    def stop(self) -> None:
        """Refuse new calls, answer those that run within `stop_s`, close everything. Safe to call twice."""
        if self._thread is None or self._stopping:
            return
        self._stopping = True
        self._loop.call_soon_threadsafe(self._close)
        self._thread.join()
        busy = self._pool.stop(within_s=0.2) + self._large.stop(within_s=0.2)
        if busy:
            log.warning(event("listener stopped with calls still running", calls=busy))

    def __enter__(self) -> Listener:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ---- what a conversation asks for, in the loop

    def opened(self, conversation: Conversation) -> None:
        self._open.add(conversation)
        if self._stopping:
            conversation.finish()

    def closed(self, conversation: Conversation) -> None:
        self._leave(conversation.peer)
        self._open.discard(conversation)

    def run(self, conversation: Conversation, request: Request, refusal: PlowError | None) -> None:
        def work() -> None:
            conversation.peer.identify()
            answer = self._answerer.answer(request, conversation.peer, refusal)
            if isinstance(answer, Answer):
                conversation.answered(answer)
            else:
                self._postpone(conversation, answer)

        pool = self._large if len(request.message) > _LARGE else self._pool
        pool.submit(work)

    def aside(self, work: Callable[[], None]) -> None:
        self._large.submit(work)

    def _postpone(self, conversation: Conversation, postponed: Postponed) -> None:
        """The conversation waits, no thread does."""

        def rest() -> None:
            conversation.answered(postponed.answer())

        conversation.waits_for(postponed.later)
        postponed.later.when_due(lambda: self._pool.submit(rest))

    def in_loop(self, act: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and every connection with it
            self._loop.call_soon_threadsafe(act, *arguments)

    def last_word(self, start: bytes, dialect: Dialect | None, fault: Malformed, peer: Peer) -> Answer:
        return self._answerer.refuse(start, dialect, fault, peer)

    def too_fast(self, peer: Peer) -> PlowError | None:
        if self._addresses.call(peer.host):
            return None
        return Unavailable(f"too many calls from {peer.host}: slow down")

    def holds(self, more: int) -> bool:
        self._unfinished += more
        return more <= 0 or self._unfinished <= self.limits.unfinished_mb * 1024 * 1024

    def dropped(self, peer: Peer, reason: str) -> None:
        self._note(("dropped", reason), "connection dropped", reason=reason, peer=peer)

    # ---- the loop

    def _serve(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        loop.add_reader(self._socket.fileno(), self._accept)
        loop.call_later(_SWEEP_S, self._sweep)
        try:
            loop.run_forever()
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()

    def _accept(self) -> None:
        """Take what waits at the door, some at a time so that others are not kept waiting."""
        for _ in range(64):
            try:
                connection, address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _EXHAUSTED:
                    raise
                self._pause_accepting(error)
                return
            here = connection.getsockname()[:2]
            self._admit(connection, Peer(address[0], address[1], here=here))

    def _pause_accepting(self, error: OSError) -> None:
        """Out of descriptors: a door that stays open would only spin."""
        self._note("exhausted", "accepting paused", reason=os.strerror(error.errno or 0))
        self._loop.remove_reader(self._socket.fileno())
        self._loop.call_later(0.5, self._resume_accepting)

    def _resume_accepting(self) -> None:
        if not self._stopping:
            self._loop.add_reader(self._socket.fileno(), self._accept)

    def _admit(self, connection: socket.socket, peer: Peer) -> None:
        if self._admitted >= self.limits.connections:
            self._note("full", "connection refused", reason="too many connections", peer=peer)
        elif not self._addresses.enter(peer.host):
            self._note("crowd", "connection refused", reason="too many from one address", peer=peer)
        else:
            connection.setblocking(False)
            with contextlib.suppress(
                OSError
            ):  # macOS refuses where the peer has gone already; reading will tell
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._admitted += 1
            task = self._loop.create_task(self._greet(connection, peer))
            self._shaking.add(task)
            task.add_done_callback(self._shaking.discard)
            return
        connection.close()

    async def _greet(self, connection: socket.socket, peer: Peer) -> None:
        """Set up a connection, with its TLS handshake, outside the way of the others."""
        try:
            await self._loop.connect_accepted_socket(
                lambda: Conversation(self, peer, None if self._tls else connection),
                connection,
                ssl=self._tls,
                ssl_handshake_timeout=self.limits.handshake_s if self._tls else None,
            )
        except (OSError, asyncio.CancelledError) as error:  # ssl.SSLError is an OSError
            connection.close()
            self._leave(peer)
            self._note("handshake", "handshake failed", reason=error, peer=peer)

    def _leave(self, peer: Peer) -> None:
        self._admitted -= 1
        self._addresses.leave(peer.host)

    def _sweep(self) -> None:
        """Look at every deadline. A timer for each connection would be set and cleared at every call."""
        now = time.monotonic()
        for conversation in [c for c in self._open if c.deadline < now]:
            conversation.overdue(now)
        self._addresses.forget()
        self._loop.call_later(_SWEEP_S, self._sweep)

    def _close(self) -> None:
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        for task in self._shaking:
            task.cancel()
        for conversation in list(self._open):
            conversation.finish()
        self._end(time.monotonic() + self.limits.stop_s)

    def _end(self, deadline: float) -> None:
        """Wait for the last answers to be read, but not for ever."""
        if self._open and time.monotonic() < deadline:
            self._loop.call_later(0.01, self._end, deadline)
            return
        for conversation in list(self._open):
            conversation.drop()
        self._loop.call_later(0.01, self._loop.stop)

    def _surprise(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What the loop could not tell anyone else."""
        error = context.get("exception")
        if isinstance(
            error, (OSError, asyncio.CancelledError)
        ):  # a peer went away in the middle of something
            self._note("lost", "connection lost", reason=error)
            return
        more = self._noted.due(("surprise", type(error)))
        if more is not None:
            line = event("listener failed", said=context.get("message", ""), more=more)
            log.error(line, exc_info=error)

    def _note(self, kind: Hashable, what: str, **facts: object) -> None:
        more = self._noted.due(kind)
        if more is not None:
            log.warning(event(what, more=more, **facts))


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket that no second server can share, as SO_REUSEPORT would let it."""
    try:
        family = socket.getaddrinfo(
            plain(host) or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0][0]
        bound = socket.create_server((host, port), family=family, backlog=_BACKLOG, reuse_port=False)
    except UnicodeError as error:  # a label that is empty or too long
        raise Unavailable(f"cannot listen on {host}:{port}: not a host name") from error
    except OSError as error:
        raise Unavailable(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    bound.setblocking(False)
    return bound
