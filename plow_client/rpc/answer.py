"""From the bytes of a request to the bytes of its answer: guard, decode, call, encode.

No sockets here. Whatever happens, a peer that can be answered is answered: with the result, with the
error that the IDL declares for the call, or with a Thrift application exception where it declares none.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from plow_client.errors import Internal, NotAllowed, PlowError
from plow_client.logs import event
from plow_client.rpc import codec
from plow_client.rpc.codec import APPLICATION_FAULT, Dialect
from plow_client.rpc.guard import Guard
from plow_client.rpc.later import Later
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import CALL, EXCEPTION, ONEWAY, REPLY, Head, Malformed, read_head
from plow_client.rpc.peer import Peer, current_peer
from plow_client.rpc.seldom import Seldom

log = logging.getLogger(__name__)

Handler = Mapping[str, Callable[..., object]]
_FAULT_KINDS: Final = {True: codec.PROTOCOL_ERROR, False: codec.INTERNAL_ERROR}


class Request(NamedTuple):
    """A message as it was cut from the stream. A buffered compact one is binary by then."""

    dialect: Dialect
    message: bytes
    is_binary: bool


class Answer(NamedTuple):
    """What to send (nothing for a oneway call), and whether the connection can go on."""

    reply: bytes
    goes_on: bool


class Postponed(NamedTuple):
    """No answer yet: when `later` is due, `answer` makes it."""

    later: Later
    answer: Callable[[], Answer]


@dataclass(frozen=True)
class Call:
    """One method of the service, looked up once."""

    name: str
    arguments: type[Any]
    result: type[Any]
    error: type[Any] | None
    error_field: str
    run: Callable[..., object]

    @property
    def is_oneway(self) -> bool:
        """Whether the caller waits for no answer."""
        return bool(self.result.oneway)

    @property
    def is_void(self) -> bool:
        """Whether the call returns nothing."""
        return 0 not in self.result.thrift_spec


class Answerer:
    """Answers the calls of one service; may be used by many threads at once."""

    def __init__(self, service: type[Any], handler: Handler, limits: Limits) -> None:
        self._limits = limits
        self._service = service.__name__
        self._guard = Guard(service, limits, APPLICATION_FAULT)
        unknown = set(handler) - set(service.thrift_services)
        if unknown:
            raise ValueError(f"{self._service} has no call '{min(unknown)}'")
        self._calls = {name: _call(service, name, handler.get(name)) for name in service.thrift_services}
        self._tracebacks = Seldom(every_s=60)
        self._refusals = Seldom(every_s=60)

    def answer(self, request: Request, peer: Peer, refusal: PlowError | None = None) -> Answer | Postponed:
        """Answer one whole message; with a refusal, say that instead of running the call."""
        try:
            message = request.message
            if not request.is_binary:
                message = codec.to_binary(message, request.dialect, self._limits)
            head = read_head(message, self._limits.name_bytes)
            if head.kind not in (CALL, ONEWAY):
                raise Malformed(f"a message of kind {head.kind} where a call was expected")
        except Malformed as fault:
            return self.refuse(fault.start, request.dialect, fault, peer)
        call = self._calls.get(head.name)
        if call is None:
            text = f"no call '{head.name}' in {self._service}"
            return self._fault(head, request.dialect, codec.UNKNOWN_METHOD, text)
        return self._run(call, head, message, request.dialect, refusal, peer)

    def refuse(self, start: bytes, dialect: Dialect | None, fault: Malformed, peer: Peer) -> Answer:
        """The last word on a connection whose bytes are no sound message; none if its name is not known."""
        self._note_refusal(fault, peer)
        try:
            head = read_head(start, self._limits.name_bytes)
        except Malformed:
            return Answer(b"", goes_on=False)
        call = self._calls.get(head.name)
        if call is None or dialect is None or head.kind not in (CALL, ONEWAY):
            return Answer(b"", goes_on=False)
        return self._error(call, head, dialect, fault)._replace(goes_on=False)

    def _run(
        self,
        call: Call,
        head: Head,
        message: bytes,
        dialect: Dialect,
        refusal: PlowError | None,
        peer: Peer,
    ) -> Answer | Postponed:
        def begin() -> object:
            if refusal is not None:
                raise refusal
            self._guard.request(head, message)
            return call.run(**vars(codec.decode(head, message, call.arguments())))

        return self._settled(call, head, dialect, peer, begin)

    def _settled(
        self, call: Call, head: Head, dialect: Dialect, peer: Peer, run: Callable[[], object]
    ) -> Answer | Postponed:
        """What `run` returns or raises, as an answer."""
        told = current_peer.set(peer)
        try:
            returned = run()
            if isinstance(returned, Later):
                rest = returned.rest
                return Postponed(returned, lambda: self._finished(call, head, dialect, peer, rest))
            return self._returned(call, head, dialect, returned)
        except Malformed as fault:
            self._note_refusal(fault, peer)
            return self._error(call, head, dialect, fault)._replace(goes_on=False)
        except PlowError as error:
            if error.code != 0:
                return self._error(call, head, dialect, error)
            return self._incident(call, head, dialect, error, peer)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, its caller gets an answer
            return self._incident(call, head, dialect, error, peer)
        finally:
            current_peer.reset(told)

    def _finished(
        self, call: Call, head: Head, dialect: Dialect, peer: Peer, rest: Callable[[], object]
    ) -> Answer:
        """The second part of a call that waited; it does not wait again."""
        answer = self._settled(call, head, dialect, peer, rest)
        if isinstance(answer, Postponed):
            error = Internal(f"{call.name} waited twice")
            return self._incident(call, head, dialect, error, peer)
        return answer

    def _returned(self, call: Call, head: Head, dialect: Dialect, returned: object) -> Answer:
        result = call.result()
        if not call.is_void:
            if returned is None:
                raise Internal(f"{call.name} returned nothing")
            result.success = returned
        return self._reply(call, head, dialect, result)

    def _reply(self, call: Call, head: Head, dialect: Dialect, result: Any) -> Answer:
        if call.is_oneway or head.kind == ONEWAY:
            return Answer(b"", goes_on=True)
        answer = codec.begin(head.name, REPLY, head.seqid)
        return Answer(codec.write(answer, result, dialect), goes_on=True)

    def _error(
        self, call: Call, head: Head, dialect: Dialect, error: PlowError, incident: str | None = None
    ) -> Answer:
        """The declared error of the call; fields beyond code and reason are set where the IDL has them."""
        if call.is_oneway or head.kind == ONEWAY:
            log.debug(event("oneway call refused", call=call.name, why=error.why))
            return Answer(b"", goes_on=True)
        if call.error is None:
            kind = _FAULT_KINDS[isinstance(error, Malformed)]
            return self._fault(head, dialect, kind, error.why)
        declared = call.error()
        names = [spec[1] for spec in call.error.thrift_spec.values()]
        setattr(declared, names[0], error.code)
        setattr(declared, names[1], error.why)
        if "incident" in names:
            declared.incident = incident
        result = call.result()
        setattr(result, call.error_field, declared)
        return self._reply(call, head, dialect, result)

    def _fault(self, head: Head, dialect: Dialect, kind: int, text: str) -> Answer:
        if head.kind == ONEWAY:
            return Answer(b"", goes_on=True)
        answer = codec.begin(head.name, EXCEPTION, head.seqid)
        fault = APPLICATION_FAULT(kind, text)
        return Answer(codec.write(answer, fault, dialect), goes_on=True)

    def _incident(self, call: Call, head: Head, dialect: Dialect, error: Exception, peer: Peer) -> Answer:
        """Log what nobody foresaw, and give the caller a number to ask for."""
        if call.error is not None and isinstance(error, call.error):  # the handler raised the wire's own
            result = call.result()
            setattr(result, call.error_field, error)
            return self._reply(call, head, dialect, result)
        incident = os.urandom(4).hex()
        line = event("call failed", call=call.name, peer=peer, error=_first_line(error), incident=incident)
        fresh = self._tracebacks.due(_place(error)) is not None
        log.error(line, exc_info=error if fresh else None)
        why = f"internal error in {call.name}, incident {incident}"
        return self._error(call, head, dialect, Internal(why), incident)

    def _note_refusal(self, fault: Malformed, peer: Peer) -> None:
        more = self._refusals.due(peer.host)
        if more is not None:
            log.warning(event("message refused", reason=fault.why, more=more, peer=peer))


def _call(service: type[Any], name: str, run: Callable[..., object] | None) -> Call:
    result = getattr(service, f"{name}_result")
    declared = [spec for number, spec in result.thrift_spec.items() if number]
    error = declared[0][2] if declared else None
    field = declared[0][1] if declared else ""
    arguments = getattr(service, f"{name}_args")
    return Call(name, arguments, result, error, field, run or _absent(name))


def _absent(name: str) -> Callable[..., object]:
    def refuse(**_: object) -> object:
        raise NotAllowed(f"this server does not have the call {name}")

    return refuse


def _place(error: Exception) -> tuple[str, str, int | None]:
    """What makes an error the same as another: its type and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    last = frames[-1] if frames else None
    return (type(error).__name__, last.filename if last else "", last.lineno if last else None)


def _first_line(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    return text.splitlines()[0][:300]
