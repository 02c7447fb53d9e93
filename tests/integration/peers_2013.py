"""A client, a node and a server of Plow 2013, made of its recorded interface and of thriftpy2 alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, TypeVar

import thriftpy2
from thriftpy2.protocol import TCompactProtocolFactory, TCyBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.thrift import TProcessor
from thriftpy2.transport import (
    TCyFramedTransportFactory,
    TFramedTransportFactory,
    TSocket,
    TTransportException,
)

Here = TypeVar("Here", bound="Door2013")
OLD: ModuleType = thriftpy2.load(str(Path(__file__).parent / "plow_2013.thrift"), "peers_2013_thrift")


class Client2013:
    """A framed compact client; remembers which calls it made."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self.made: set[str] = set()
        self._client = make_client(
            OLD.RpcService, host, int(port),
            proto_factory=TCompactProtocolFactory(), trans_factory=TFramedTransportFactory(),
        )  # fmt: skip

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self.made.add(name)
        call: Callable[..., Any] = getattr(self._client, name)
        return call

    def close(self) -> None:
        """Hang up."""
        self._client.close()


class Door2013:
    """A framed binary port on loopback; `service` is answered by the methods of the object itself."""

    service: Any

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._to_other: Any = None

    def __enter__(self: Here) -> Here:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        if self._to_other:
            self._to_other.close()

    def wait_for(self, happened: Callable[[], object]) -> None:
        """Until something is so here, or AssertionError."""
        with self.changed:
            assert self.changed.wait_for(happened, 20), f"{self}: it did not happen in time"

    def _call(self, service: Any, host: str, port: int) -> Any:
        """What calls the other side."""
        self._to_other = make_client(
            service, host, port,
            proto_factory=TCyBinaryProtocolFactory(), trans_factory=TCyFramedTransportFactory(),
        )  # fmt: skip
        return self._to_other

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        processor = TProcessor(self.service, self)
        with connection:
            trans = TCyFramedTransportFactory().get_transport(TSocket(sock=connection))
            proto = TCyBinaryProtocolFactory().get_protocol(trans)
            try:
                while True:
                    processor.process(proto, proto)
            except (TTransportException, OSError):
                return  # the other side has hung up


class Server2013(Door2013):
    """Hears pings and results, and knows no call of ours; `node` calls the node that pinged."""

    service = OLD.RndServiceApi

    def __init__(self) -> None:
        super().__init__()
        self.pings: list[Any] = []
        self.results: dict[str, list[Any]] = {}

    def connect(self, port: int) -> Any:
        """Call the node on this port."""
        return self._call(OLD.RndNodeApi, "127.0.0.1", port)

    # RndServiceApi, as the processor of thriftpy2 calls it

    def sendPing(self, ping: Any) -> None:
        with self.changed:
            self.pings.append(ping)
            self.changed.notify_all()

    def taskComplete(self, result: Any) -> None:
        with self.changed:
            self.results.setdefault(result.procId, []).append(result)
            self.changed.notify_all()


class Node2013(Door2013):
    """On a fixed port: pings, starts, stops, reports, and knows no call of ours."""

    service = OLD.RndNodeApi

    def __init__(self, name: str, cores: int = 2) -> None:
        super().__init__()
        self.name, self.cores = name, cores
        self.commands: dict[str, Any] = {}
        self.started: list[Any] = []
        self.killed: dict[str, str] = {}  # proc to reason; a server that hears nothing says it again

    def connect(self, address: str) -> None:
        """Be able to ping and report."""
        host, _, port = address.rpartition(":")
        self._server = self._call(OLD.RndServiceApi, host, int(port))

    def ping(self) -> None:
        """As of 2013: the boot time in seconds, no address, no answer."""
        self._server.sendPing(self.pingPong(True))

    def finish(self, proc: str, status: int = 0, signal: int = 0) -> None:
        """Report an end, free the slot afterwards."""
        self.report(self.commands[proc], status, signal)
        with self.changed:
            del self.commands[proc]
            self.changed.notify_all()

    def report(self, command: Any, status: int = 0, signal: int = 0) -> None:
        """Say how an attempt ended."""
        self._server.taskComplete(
            OLD.RunTaskResult(
                procId=command.procId,
                taskId=command.taskId,
                jobId=command.jobId,
                maxRssMb=7,
                exitStatus=status,
                exitSignal=signal,
            )
        )

    # RndNodeApi, as the processor of thriftpy2 calls it

    def runTask(self, command: Any) -> None:
        with self.changed:
            if len(self.commands) >= self.cores:
                raise OLD.RndException(what=1, why="no slots", stack=[])
            self.commands[command.procId] = command
            self.started.append(command)
            self.changed.notify_all()

    def killRunningTask(self, procId: str, reason: str) -> None:
        if procId not in self.commands:
            raise OLD.RndException(what=1, why=f"no such proc {procId}", stack=[])
        with self.changed:
            self.killed[procId] = reason
            self.changed.notify_all()

    def getRunningTasks(self) -> list[Any]:
        return [
            OLD.RunningTask(
                procId=proc, taskId=c.taskId, jobId=c.jobId, layerId=c.layerId, rssMb=7, pid=1, cpuPercent=50
            )
            for proc, c in self.commands.items()
        ]

    def pingPong(self, withTasks: bool) -> Any:
        hw = OLD.Hardware(
            physicalCpus=self.cores, logicalCpus=self.cores, totalRamMb=8000, freeRamMb=8000, totalSwapMb=0,
            freeSwapMb=0, cpuModel="old", platform="linux", load=[0.0, 0.0, 0.0],
        )  # fmt: skip
        tasks = self.getRunningTasks() if withTasks else []
        return OLD.Ping(
            hostname=self.name, ipAddr="127.0.0.1", isReboot=False, bootTime=1, hw=hw, tasks=tasks
        )

    def reboot(self, now: bool) -> None:
        raise OLD.RndException(what=0, why="not here", stack=[])
