"""The servers this node may talk to: one is in use, and when it does not answer, the next is."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

from plow_client.errors import Internal, Invalid, Unavailable
from plow_client.idl import Ping, PingReply, RunTaskResult
from plow_client.rpc.caller import Caller, UnknownCall

DEFAULT_PORT = 11337
_HOST = re.compile(r"[\w.%:-]+")


class Servers:
    """For one thread; each thread has its own, so that a slow answer holds up nobody else."""

    def __init__(self, addresses: Sequence[str], timeout_s: float) -> None:
        places = [parse_address(address) for address in addresses]
        if not places:
            raise Invalid("no server is named: set daemon.servers")
        random.shuffle(places)  # so that a farm spreads over its servers
        self._callers = [Caller("RndServiceApi", host, port, timeout_s=timeout_s) for host, port in places]

    @property
    def current(self) -> str:
        """HOST:PORT of the server in use."""
        return str(self._callers[0])

    def call(self, method: str, **arguments: Any) -> Any:
        """Ask one server after the other until one answers; what it answers, also a refusal, counts."""
        problem: Unavailable | Internal | None = None
        for _ in self._callers:
            try:
                return self._callers[0].call(method, **arguments)
            except (Unavailable, Internal) as error:
                problem = error
                self._callers.append(self._callers.pop(0))
        assert problem is not None
        raise problem

    def ping(self, ping: Ping) -> PingReply:
        """Tell that we live; a server of 2013 does not answer, so it has no wishes."""
        try:
            reply: PingReply = self.call("ping", ping=ping)
        except UnknownCall:
            self.call("sendPing", ping=ping)
            return PingReply(kill=[])
        return reply

    def complete(self, results: Sequence[RunTaskResult]) -> None:
        """Deliver results; a server of 2013 takes them one by one."""
        try:
            self.call("tasksComplete", results=list(results))
        except UnknownCall:
            for result in results:
                self.call("taskComplete", result=result)

    def close(self) -> None:
        """Hang up."""
        for caller in self._callers:
            caller.close()


def parse_address(text: str, default_port: int = DEFAULT_PORT) -> tuple[str, int]:
    """`host`, `host:port`, `[v6]:port`."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or text.strip().endswith("]"):
        host, port = text.strip(), str(default_port)
    host = host.strip("[]")
    if not _HOST.fullmatch(host) or not port.isdigit() or not 0 < int(port) < 65536:
        raise Invalid(f"'{text}' is not HOST:PORT")
    return host, int(port)
