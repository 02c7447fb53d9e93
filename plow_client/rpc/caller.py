"""The client side of the wire: one connection, one call at a time, and no answer but the right one.

    with Caller("RpcService", "127.0.0.1", 11336) as caller:
        caller.call("getJob", jobId=job_id)

After any error the connection is thrown away, so a late answer can never be taken for the next one; name
and number of each answer are compared; the answer is guarded like a request; and the time limit holds for
the whole call, connecting included. Threads may share a caller: they take turns.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from plow_client import idl
from plow_client.errors import Internal, Invalid, PlowError, Unavailable, from_code
from plow_client.rpc import codec
from plow_client.rpc.codec import APPLICATION_FAULT, Dialect
from plow_client.rpc.guard import Guard
from plow_client.rpc.incoming import Incoming
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import CALL, EXCEPTION, ONEWAY, REPLY, Head, Malformed, read_head
from plow_client.rpc.resolve import resolve

if TYPE_CHECKING:
    import ssl  # seldom used, and the largest module of all

# What we accept from a server: a list of every task of a large job is longer than any request.
ANSWER_LIMITS = Limits(message_bytes=256 * 1024 * 1024, elements=2_000_000)
REQUEST_BYTES = Limits().message_bytes
_PIECE = 256 * 1024

Greeting = tuple[str, Mapping[str, object]]


class Unsent(Unavailable):
    """The request never reached the server whole, so it was not carried out: safe to send again."""


class Unanswered(Unavailable):
    """The request went out and no answer came: nobody here knows whether it was carried out."""


class UnknownCall(Invalid):
    """The server is of a release that has no such call."""


class Caller:
    """Calls one service on one host. Connects when it must; may be used again after any error."""

    def __init__(
        self,
        service: str | type[Any],
        host: str,
        port: int,
        *,
        timeout_s: float = 30.0,
        framed: bool = True,
        protocol: Literal["binary", "compact"] = "binary",
        tls: ssl.SSLContext | None = None,
        limits: Limits = ANSWER_LIMITS,
        greeting: Greeting | None = None,
    ) -> None:
        """`timeout_s` bounds each call from beginning to end. `tls` must check what it should check.

        `greeting` is a call that each new connection begins with, and its arguments; a server that does not know
        it, or refuses it, is asked all the same.
        """
        self.service = idl.service_of(service)
        self.host, self.port = host, port
        self.timeout_s = timeout_s
        self._dialect = Dialect(f"{'framed ' if framed else ''}{protocol}")
        self._tls = tls
        self._limits = limits
        self._greeting = greeting
        self._guard = _guard_of(self.service, limits)
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._owner = 0  # the process that connected: a fork must not share the connection
        self._seqid = 0

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def call(self, method: str, /, *, timeout_s: float | None = None, **arguments: object) -> Any:
        """Call by wire names; returns what the IDL says. Unavailable names host and port."""
        limit = self.timeout_s if timeout_s is None else timeout_s
        deadline = time.monotonic() + limit
        result = self._result_of(method)
        request = self._filled(method, arguments)
        if not self._lock.acquire(timeout=max(0.0, limit)):
            raise Unsent(f"{self} is busy with other calls of this program for more than {limit:g} s")
        try:
            return self._exchange(method, request, result, deadline, limit)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection; the next call opens a new one. A call that runs in another thread fails."""
        if self._lock.acquire(blocking=False):
            try:
                self._throw_away()
            finally:
                self._lock.release()
        elif (opened := self._socket) is not None:
            with contextlib.suppress(OSError):  # it may have been closed by then
                opened.shutdown(
                    socket.SHUT_RDWR
                )  # its owner closes it: closing it here could hit another file

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_socket", None) is not None:  # it may not even have been made
            self._throw_away()

    def _exchange(self, method: str, request: Any, result: Any, deadline: float, limit: float) -> Any:
        self._seqid = self._seqid % 0x7FFFFFFF + 1
        head = codec.begin(method, ONEWAY if result.oneway else CALL, self._seqid)
        message = self._written(head, request)
        try:
            opened = self._send(message, deadline)
            if result.oneway:
                return None
            answer = self._receive(opened, head, deadline)
            return self._outcome(head, answer, result)
        except _Answered as answered:
            raise answered.error from None
        except BaseException as error:
            self._throw_away()  # also after Ctrl-C: the answer may still be on its way
            if isinstance(error, TimeoutError):
                raise Unanswered(f"no answer from {self} to {method} within {limit:g} s") from None
            if isinstance(error, OSError):
                raise Unanswered(f"lost {self} during {method}: {_reason(error)}") from error
            if isinstance(error, Invalid):
                raise Internal(f"{self} gave an unsound answer to {method}: {error.why}") from None
            raise

    # ---- sending

    def _send(self, message: bytes, deadline: float) -> socket.socket:
        """All or nothing: a server never runs a request that it did not get whole."""
        try:
            opened = self._opened(deadline)
            opened.settimeout(_left(deadline))
            opened.sendall(message)
            return opened
        except OSError as error:
            self._throw_away()
            raise Unsent(f"cannot reach {self}: {_reason(error)}") from error

    def _opened(self, deadline: float) -> socket.socket:
        if self._socket is not None and (self._owner != os.getpid() or not _is_clean(self._socket)):
            self._throw_away()
        if self._socket is None:
            self._socket = self._connect(deadline)
            self._owner = os.getpid()
            if self._greeting is not None:
                self._greet(self._socket, self._greeting, deadline)
        return self._socket

    def _greet(self, opened: socket.socket, greeting: Greeting, deadline: float) -> None:
        method, arguments = greeting
        head = codec.begin(method, CALL, 0)
        opened.settimeout(_left(deadline))
        opened.sendall(self._written(head, self._filled(method, dict(arguments))))
        answer = self._receive(opened, head, deadline)
        with contextlib.suppress(_Answered):  # unknown there, or refused: it is not what we came for
            self._outcome(head, answer, self._result_of(method))

    def _connect(self, deadline: float) -> socket.socket:
        """The first address that answers; all of them together have until the deadline."""
        problem: OSError = ConnectionError("no address found")
        for family, kind, _, _, address in resolve(self.host, self.port, _left(deadline)):
            fresh = socket.socket(family, kind)
            try:
                fresh.settimeout(_left(deadline))
                fresh.connect(address)
                fresh.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._tls is None:
                    return fresh
                fresh.settimeout(_left(deadline))
                return self._tls.wrap_socket(fresh, server_hostname=self.host)
            except OSError as error:
                fresh.close()
                problem = error
        raise problem

    def _throw_away(self) -> None:
        opened, self._socket = self._socket, None
        if opened is not None:
            opened.close()

    def _filled(self, method: str, arguments: dict[str, object]) -> Any:
        try:
            return getattr(self.service, f"{method}_args")(**arguments)
        except TypeError:
            known = [spec[1] for spec in getattr(self.service, f"{method}_args").thrift_spec.values()]
            wrong = [name for name in arguments if name not in known]
            raise Invalid(f"{method} has no argument '{wrong[0]}'; it takes {', '.join(known)}") from None

    def _written(self, head: Head, request: Any) -> bytes:
        try:
            message = codec.write(head, request, self._dialect)
        except Exception as error:  # the library raises many kinds; none of them has reached the wire
            raise Invalid(f"{head.name}: {error}") from error
        if len(message) > REQUEST_BYTES:
            raise Invalid(f"{head.name}: {len(message)} bytes; a request may have {REQUEST_BYTES}")
        return message

    # ---- receiving

    def _receive(self, opened: socket.socket, head: Head, deadline: float) -> bytes:
        incoming = Incoming(self._limits)
        while (whole := incoming.next()) is None:
            opened.settimeout(_left(deadline))
            piece = opened.recv(_PIECE)
            if not piece:
                raise ConnectionError("it closed the connection without an answer")
            incoming.feed(piece)
        if len(incoming):
            raise Malformed(f"{self} sent more than one answer to {head.name}")
        if whole.is_binary:
            return whole.message
        return codec.to_binary(whole.message, whole.dialect, self._limits)

    def _outcome(self, asked: Head, message: bytes, result: Any) -> Any:
        """What the call returned; an error that the server declared leaves the connection in order."""
        head = read_head(message, self._limits.name_bytes)
        if head.kind not in (REPLY, EXCEPTION) or (head.name, head.seqid) != (asked.name, asked.seqid):
            raise Internal(
                f"{self} answered {head.name} number {head.seqid} to {asked.name} number {asked.seqid}"
            )
        self._guard.reply(head, message)
        if head.kind == EXCEPTION:
            fault = codec.decode(head, message, APPLICATION_FAULT())
            raise _Answered(_of_fault(fault, head.name, str(self)))
        codec.decode(head, message, result)
        for number, spec in result.thrift_spec.items():
            declared = getattr(result, spec[1])
            if number and declared is not None:
                raise _Answered(_of_declared(declared))
        if 0 not in result.thrift_spec:
            return None
        if result.success is None:
            raise Internal(f"{self} returned nothing to {asked.name}")
        return result.success

    def _result_of(self, method: str) -> Any:
        if method not in self.service.thrift_services:
            raise Invalid(f"no call '{method}' in {self.service.__name__}")
        return getattr(self.service, f"{method}_result")()


class _Answered(Exception):
    """Carries an error that the server sent in good order, past the handlers that close the connection."""

    def __init__(self, error: PlowError) -> None:
        super().__init__(error.why)
        self.error = error


_guards: dict[tuple[type[Any], Limits], Guard] = {}


def _guard_of(service: type[Any], limits: Limits) -> Guard:
    """Its plans take some time to compile; callers of the same service share them."""
    if (service, limits) not in _guards:
        _guards[service, limits] = Guard(service, limits, APPLICATION_FAULT)
    return _guards[service, limits]


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _is_clean(opened: socket.socket) -> bool:
    """Whether the server has neither hung up nor sent what nobody asked for."""
    opened.settimeout(0)
    try:
        socket.socket.recv(opened, 1, socket.MSG_PEEK)  # below TLS, which cannot peek
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _of_declared(declared: Any) -> PlowError:
    """The two declared exceptions begin with a code and a reason, whatever their fields are called."""
    names = [spec[1] for spec in declared.thrift_spec.values()]
    return from_code(getattr(declared, names[0]), getattr(declared, names[1]))


def _of_fault(fault: Any, method: str, where: str) -> PlowError:
    text = f"{where}, {method}: {fault.message or 'no reason given'}"
    if fault.type == codec.UNKNOWN_METHOD:
        return UnknownCall(text)
    if fault.type == codec.PROTOCOL_ERROR:
        return Invalid(text)
    return Internal(text)


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    return error.strerror or str(error) or type(error).__name__
