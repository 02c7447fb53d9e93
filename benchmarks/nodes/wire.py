"""Both ends of the node's wire for a program that plays thousands of nodes: in one loop, without a thread for each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from plow_client import idl
from plow_client.errors import Internal, Invalid, PlowError, Unavailable, from_code
from plow_client.rpc import codec
from plow_client.rpc.answer import Answer, Answerer, Request
from plow_client.rpc.codec import APPLICATION_FAULT, Dialect
from plow_client.rpc.incoming import Incoming
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import CALL, EXCEPTION, Malformed, read_head
from plow_client.rpc.peer import Peer

LIMITS = Limits()
SERVER_API = idl.service_of("RndServiceApi")
_HERE = Peer("127.0.0.1", 0)


class Door(asyncio.Protocol):
    """A connection that a server has opened: its calls are guarded, decoded and answered as a real node does it."""

    def __init__(
        self, answer: Callable[[Request], Answer], open_doors: set[Door], is_cut_off: Callable[[], bool]
    ) -> None:
        self._answer = answer
        self._is_cut_off = is_cut_off
        self._open = open_doors
        self._incoming = Incoming(LIMITS)
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._is_cut_off():
            self.slam()
        self._open.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._open.discard(self)

    def data_received(self, piece: bytes) -> None:
        self._incoming.feed(piece)
        try:
            while (whole := self._incoming.next()) is not None:
                answer = self._answer(whole)
                self._transport.write(answer.reply)
                if not answer.goes_on:
                    self._transport.close()
                    return
        except Malformed:
            self._transport.close()

    def slam(self) -> None:
        """As a crash closes it."""
        self._transport.abort()


def answer_with(answerer: Answerer, request: Request) -> Answer:
    """The answer of handlers that never postpone."""
    answer = answerer.answer(request, _HERE)
    assert isinstance(answer, Answer)
    return answer


class Line:
    """A connection to the server's node port, opened when it is needed; one call at a time."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self._place = (host, port)
        self._timeout_s = timeout_s
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._seqid = 0

    async def call(self, method: str, **arguments: object) -> Any:
        """What the server answers; Unavailable where it does not."""
        self._seqid = self._seqid % 0x7FFFFFFF + 1
        head = codec.begin(method, CALL, self._seqid)
        arguments_of = getattr(SERVER_API, f"{method}_args")
        message = codec.write(head, arguments_of(**arguments), Dialect.FRAMED_BINARY)
        try:
            answer = await asyncio.wait_for(self._exchange(message), self._timeout_s)
            return _outcome(method, self._seqid, answer)
        except (OSError, EOFError, asyncio.TimeoutError, Malformed) as error:
            self.close()
            raise Unavailable(f"{method}: {str(error) or 'no answer in time'}") from error
        except asyncio.CancelledError:
            self.close()
            raise

    def close(self) -> None:
        """Hang up; the next call connects anew."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _exchange(self, message: bytes) -> bytes:
        if self._streams is not None and self._streams[0].at_eof():
            self.close()
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._place)
        reader, writer = self._streams
        writer.write(message)
        size = int.from_bytes(await reader.readexactly(4), "big")
        if size > LIMITS.message_bytes:
            raise Malformed(f"an answer of {size} bytes")
        return await reader.readexactly(size)


def _outcome(method: str, seqid: int, message: bytes) -> Any:
    head = read_head(message)
    if (head.name, head.seqid) != (method, seqid):
        raise Malformed(f"an answer to {head.name} number {head.seqid}")
    if head.kind == EXCEPTION:
        fault = codec.decode(head, message, APPLICATION_FAULT())
        raise Invalid(f"{method}: {fault.message}")
    result = codec.decode(head, message, getattr(SERVER_API, f"{method}_result")())
    refused = getattr(result, "problem", None)
    if refused is not None:
        raise from_code(refused.code, refused.why)
    return getattr(result, "success", None)


def is_final(error: PlowError) -> bool:
    """Whether the server has understood and said no, rather than failed or been away."""
    return not isinstance(error, (Unavailable, Internal))
