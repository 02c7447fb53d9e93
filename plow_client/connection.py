"""Which server to talk to: one connection for each thread, and the next host when one is gone.

    farm = Connection("farm1:11336,farm2:11336")
    farm.call("getJob", jobId=job_id)
    farm.getJob(job_id)                     # the same

A call is repeated on the next host only if that cannot do it twice: the request was never sent, the call
only reads, or it carries an id of its own that the server recognises. Whoever makes or changes something and hears no
answer is told that it may have been done: the same call once more may find it there (AlreadyExists), or do it twice.
An only host is asked a second time, within the time of the call, where it hung up before it answered.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from plow_client import idl
from plow_client.errors import Invalid, Unavailable
from plow_client.introduction import introduction
from plow_client.rpc.caller import Caller, Unanswered, Unsent

if TYPE_CHECKING:
    import ssl

DEFAULT_HOSTS = "127.0.0.1:11336"
DEFAULT_PORT = 11336

# Calls between server and node name the attempts they mean, and said twice have one effect. Not so the
# clients' calls of the same name: killTasks by a filter could, the second time, hit what was started since.
REPEATABLE = {
    "RndServiceApi": {"ping", "sendPing", "taskComplete", "tasksComplete"},
    "RndNodeApi": {"pingPong", "runTask", "runTasks", "killRunningTask", "killTasks"},
}


# Calls that begin like this change nothing.
READS = ("get", "check", "read", "explain", "parse")


class Cancelled(Unavailable):
    """The connection was closed by this program while a call waited for its answer."""


class Connection:
    """A farm, as a program sees it. Threads may share it; each gets a connection of its own."""

    def __init__(
        self,
        hosts: str | Sequence[str] | None = None,
        *,
        service: str | type[Any] = "RpcService",
        timeout_s: float = 30.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Hosts are ``host:port`` with commas between; by default what PLOW_HOSTS says, or this machine.

        `timeout_s` bounds the call to one host; with all hosts silent a repeatable call takes that for each.
        """
        self.hosts = parse_hosts(
            hosts if hosts is not None else os.environ.get("PLOW_HOSTS") or DEFAULT_HOSTS
        )
        self.service = idl.service_of(service)
        self._timeout_s = timeout_s
        self._tls = tls
        knows_us = "introduce" in self.service.thrift_services
        self._greeting = ("introduce", introduction()) if knows_us else None
        self._here = threading.local()
        self._callers: weakref.WeakSet[Caller] = weakref.WeakSet()
        self._closings = 0
        self._best = 0  # the host that answered last, for all threads

    def call(self, method: str, /, *, timeout_s: float | None = None, **arguments: object) -> Any:
        """Call by wire names and return what the IDL says; see plow_client.errors for what it may raise."""
        limit = self._timeout_s if timeout_s is None else timeout_s
        began, closings = time.monotonic(), self._closings
        order = self._order()
        for turn, number in enumerate(order):
            try:
                answer = self._caller(number).call(method, timeout_s=limit, **arguments)
            except Unavailable as error:
                if self._closings != closings:
                    raise Cancelled(
                        f"{method} was cancelled; if it was sent, it may have been done"
                    ) from error
                repeats = self._may_repeat(method, arguments, error)
                if isinstance(error, Unanswered) and not repeats:
                    raise Unanswered(
                        f"{error.why}; it may have been done all the same: look before you do it again"
                    ) from error
                if turn == len(order) - 1 or not repeats:
                    raise
                if number == order[turn + 1]:
                    limit -= time.monotonic() - began
                    if isinstance(error, Unsent) or limit <= 0:
                        raise
                continue
            self._best = number
            return answer
        raise AssertionError("unreachable: there is at least one host")

    def _order(self) -> list[int]:
        """Whom to ask, one after the other; an only host that hangs up, as when it starts anew, a second time."""
        count = len(self.hosts)
        return [(self._best + turn) % count for turn in range(count)] if count > 1 else [0, 0]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Every call of the service as a method: ``farm.getJob(job_id)``."""
        if name.startswith("_") or name not in self.service.thrift_services:
            raise AttributeError(f"no call '{name}' in {self.service.__name__}")
        known = [spec[1] for spec in getattr(self.service, f"{name}_args").thrift_spec.values()]

        def call(*given: object, **named: object) -> Any:
            if len(given) > len(known):
                raise Invalid(f"{name} takes {len(known)} arguments, not {len(given)}")
            return self.call(name, timeout_s=None, **dict(zip(known, given, strict=False)), **named)

        return call

    def close(self) -> None:
        """Close the connections of all threads; the next call opens a new one.

        Calls that wait for an answer end with Cancelled. One that is still connecting goes on.
        """
        self._closings += 1
        for caller in list(self._callers):
            caller.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _caller(self, number: int) -> Caller:
        callers: dict[int, Caller] | None = getattr(self._here, "callers", None)
        if callers is None:
            callers = self._here.callers = {}
        if number not in callers:
            host, port = self.hosts[number]
            callers[number] = Caller(
                self.service, host, port, timeout_s=self._timeout_s, tls=self._tls, greeting=self._greeting
            )
            self._callers.add(callers[number])
        return callers[number]

    def _may_repeat(self, method: str, arguments: dict[str, object], error: Unavailable) -> bool:
        if isinstance(error, Unsent) or method.startswith(READS):
            return True
        if method in REPEATABLE.get(self.service.__name__, ()):
            return True
        carriers = [
            arguments,
            *(vars(value) for value in arguments.values() if hasattr(value, "thrift_spec")),
        ]
        return any(carrier.get("requestId") for carrier in carriers)


def parse_hosts(text: str | Sequence[str]) -> list[tuple[str, int]]:
    """``a:1,b`` or a list of such parts; no port means 11336. IPv6 is written ``[::1]:11336``."""
    parts = text.split(",") if isinstance(text, str) else list(text)
    hosts = [_host(part.strip()) for part in parts if part.strip()]
    if not hosts:
        raise Invalid("no host given: expected host:port[,host:port]")
    return hosts


def _host(part: str) -> tuple[str, int]:
    host, colon, port = part.rpartition(":")
    if not colon or part.endswith("]"):
        host, port = part, str(DEFAULT_PORT)
    if not port.isdecimal() or not 0 < int(port) < 65536 or not host.strip("[]"):
        raise Invalid(f"'{part}' is not host:port")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise Invalid(f"'{part}' is not host:port; an IPv6 address is written [::1]:{DEFAULT_PORT}")
    return host.strip("[]"), int(port)
