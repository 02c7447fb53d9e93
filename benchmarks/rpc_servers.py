"""The servers that the wire is measured with, each in a process of its own, and a cheap raw client."""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import socket
import struct
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection as Pipe
from typing import Any

from thriftpy2.protocol import TCompactProtocolFactory, TCyBinaryProtocolFactory
from thriftpy2.server import TThreadedServer
from thriftpy2.thrift import TProcessor
from thriftpy2.transport import TCyFramedTransportFactory, TFramedTransportFactory, TServerSocket

from plow_client import idl
from plow_client.rpc import codec
from plow_client.rpc.codec import Dialect
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.rpc.message import CALL, read_head

Address = tuple[str, int]
DESCRIPTORS = 20_000


def jobs(count: int) -> list[Any]:
    """Rows as a list of jobs has them."""
    totals = idl.TaskTotalsT(**{spec[1]: 7 for spec in idl.TaskTotalsT.thrift_spec.values()})
    stats = idl.JobStatsT(**{spec[1]: 7 for spec in idl.JobStatsT.thrift_spec.values()})
    return [
        idl.JobT(
            id="0192f3a4-5b6c-7d8e-9f00-112233445566",
            folderId="0192f3a4-5b6c-7d8e-9f00-665544332211",
            name=f"sc{number:03}_light",
            username="anna",
            uid=1000,
            state=idl.JobState.RUNNING,
            paused=False,
            minCores=1,
            maxCores=-1,
            runCores=64,
            runProcs=16,
            startTime=1_790_000_000_000,
            stopTime=0,
            totals=totals,
            stats=stats,
            attrs={"shot": "sc020", "department": "light"},
        )
        for number in range(count)
    ]


ROWS = jobs(1000)
CALLS: dict[str, Callable[..., object]] = {"getPlowTime": lambda: 5, "getJobs": lambda filter: ROWS}


def ours(pipe: Pipe, dialect: Dialect) -> None:
    """Plow's listener; it needs no telling which dialect."""
    with Listener("RpcService", CALLS, limits=Limits(connections=DESCRIPTORS)) as listener:
        pipe.send(listener.address)
        pipe.recv()


def stock(pipe: Pipe, dialect: Dialect) -> None:
    """The library's threaded server, framed."""
    compact = dialect.is_compact
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    server = TThreadedServer(
        TProcessor(
            idl.RpcService, type("Handler", (), {name: staticmethod(f) for name, f in CALLS.items()})()
        ),
        TServerSocket("127.0.0.1", port, client_timeout=None, backlog=1024),
        iprot_factory=TCompactProtocolFactory() if compact else TCyBinaryProtocolFactory(),
        itrans_factory=TFramedTransportFactory() if compact else TCyFramedTransportFactory(),
    )
    server.daemon = True
    pipe.send(("127.0.0.1", port))
    server.serve()


@contextlib.contextmanager
def running(
    server: Callable[[Pipe, Dialect], None], dialect: Dialect = Dialect.FRAMED_BINARY
) -> Iterator[tuple[Address, int]]:
    """A server in a process of its own: its address and process id."""
    raise_descriptors()
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=server, args=(there, dialect), daemon=True)
    process.start()
    try:
        address = here.recv()
        _wait_for(address)
        yield address, process.pid or 0
    finally:
        process.kill()
        process.join()


def rate(address: Address, request: bytes, clients: int, seconds: float) -> tuple[float, float, float]:
    """Calls a second of so many raw clients, and median and 99th percentile in milliseconds."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    begin = time.time() + 1.0
    args = (address, request, begin, seconds, answers)
    workers = [context.Process(target=_client, args=args, daemon=True) for _ in range(clients)]
    for worker in workers:
        worker.start()
    times = sorted(one for _ in workers for one in answers.get())
    for worker in workers:
        worker.join()
    return len(times) / seconds, times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3


def request(name: str, dialect: Dialect, **arguments: object) -> bytes:
    """A call as it goes over the wire."""
    asked = getattr(idl.RpcService, f"{name}_args")(**arguments)
    raw = codec.encode(codec.begin(name, CALL, 1), asked)
    return codec.pack(read_head(raw), raw, dialect)


def exchange(peer: socket.socket, data: bytes) -> bytes:
    """Send, and read one framed answer."""
    peer.sendall(data)
    return read_frame(peer)


def read_frame(peer: socket.socket) -> bytes:
    """One framed answer."""
    head = peer.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        raise ConnectionError("closed")
    return peer.recv(struct.unpack(">i", head)[0], socket.MSG_WAITALL)


def status(pid: int, key: str) -> int:
    """A number of /proc/PID/status, e.g. VmRSS in kB."""
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(key))


def raise_descriptors() -> None:
    """As many connections as this machine lets us have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(DESCRIPTORS, hard), hard))


def report(what: str, value: float, baseline: float, unit: str) -> None:
    """One line: the value, the baseline of the same run, and their ratio."""
    ratio = f"{value / baseline:8.2f}" if baseline else "       -"
    print(f"{what:44} {value:12,.2f} {baseline:12,.2f} {unit:10} ratio {ratio}", flush=True)


def _client(address: Address, data: bytes, begin: float, seconds: float, answers: Any) -> None:
    peer = socket.create_connection(address)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    time.sleep(max(0.0, begin - time.time()))
    times, end = [], time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        exchange(peer, data)
        times.append(time.perf_counter() - now)
    answers.put(times)


def _wait_for(address: Address) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(address).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
