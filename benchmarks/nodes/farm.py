"""Thousands of played nodes in one process, behind one address: for benchmarks, chaos and tests of the window.

    with SimulatedFarm("127.0.0.1:11337", count=500, work=Work(run_s=(1, 5))) as farm:
        farm.wait_for(lambda: farm.count().up == 500)
        farm.run(farm.nodes[3].lose_power())

Each node has a port of its own, for servers tell nodes apart by their addresses.
"""

from __future__ import annotations

import asyncio
import logging
import random
import resource
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from benchmarks.nodes import wire
from benchmarks.nodes.attempt import Work
from benchmarks.nodes.node import CALLS, Machine, SimulatedNode
from plow_client import idl
from plow_client.idl import GpuT
from plow_client.rpc.answer import Answer, Answerer, Request

log = logging.getLogger(__name__)

Result = TypeVar("Result")
FILES_PER_NODE = 6  # its door, the server's connection, two of its own, and some to spare
_MODELS = (
    (8, "Intel(R) Xeon(R) E-2388G CPU @ 3.20GHz"),
    (16, "AMD Ryzen 9 7950X 16-Core Processor"),
    (32, "AMD EPYC 7543P 32-Core Processor"),
    (64, "AMD Ryzen Threadripper PRO 5995WX 64-Cores"),
)
_PLATFORM = "Linux-6.1.0-x86_64-with-glibc2.36"


@dataclass(frozen=True)
class Count:
    """The farm at one moment."""

    up: int  # nodes that a server answered last time
    running: int
    started: int
    done: int
    failed: int
    ended: int  # killed, lost, shut down
    reported: int
    refused: int
    missed: int  # pings without an answer
    pings: int
    ping_p50_ms: float
    ping_p99_ms: float


@dataclass
class SimulatedFarm:
    """`start` and `stop`, or a `with` block; everything else may be called from any thread."""

    address: str  # HOST:PORT of the server's node port
    count_of_nodes: int = 100
    work: Work = field(default_factory=Work)
    cores: int | None = None  # None = drawn from what machines have
    ram_mb: int | None = None  # None = 4 GB a core
    gpus: int = 0
    ping_s: float | None = None  # None = as the server says
    spread_s: float = 1.0  # over which the first pings are spread
    seed: int = 1
    prefix: str = "sim"
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        host, _, port = self.address.rpartition(":")
        self.server = (host.strip("[]"), int(port))
        chance = random.Random(self.seed)
        self.nodes = [
            SimulatedNode(self, self._machine(number, chance), self.seed)
            for number in range(1, self.count_of_nodes + 1)
        ]
        self._asked: SimulatedNode = self.nodes[0]
        handler = {call: self._to_asked(method) for call, method in CALLS.items()}
        self._answerer = Answerer(idl.service_of("RndNodeApi"), handler, wire.LIMITS)
        self._counts: Counter[str] = Counter()
        self._pings: deque[float] = deque(maxlen=10_000)

    def start(self) -> None:
        """All nodes listen when this returns; their first pings follow."""
        _allow_files(self.count_of_nodes * FILES_PER_NODE)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated-farm", daemon=True)
        self._thread.start()
        self.run(self._start())

    def stop(self) -> None:
        """All nodes are gone; what they held stays readable."""
        if self._thread.is_alive():
            self.run(self._stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def __enter__(self) -> SimulatedFarm:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self, deed: Coroutine[Any, Any, Result]) -> Result:
        """Let a node do something, in the loop where nodes live."""
        doing: Future[Result] = asyncio.run_coroutine_threadsafe(deed, self._loop)
        return doing.result()

    def call(self, deed: Callable[[], Result]) -> Result:
        """The same for what does not wait."""

        async def act() -> Result:
            return deed()

        return self.run(act())

    def wait_for(self, happened: Callable[[], object], timeout_s: float = 30.0) -> None:
        """Until something is so, or AssertionError."""
        deadline = time.monotonic() + timeout_s
        while not happened():
            assert time.monotonic() < deadline, f"did not happen within {timeout_s} s: {self.count()}"
            time.sleep(0.02)

    def count(self) -> Count:
        """As of now."""
        return self.call(self._count)

    def forget_pings(self) -> None:
        """Begin to measure anew how long pings take."""
        self.call(self._pings.clear)

    # ---- what nodes ask for, in the loop

    def answer(self, node: SimulatedNode, request: Request) -> Answer:
        self._asked = node
        return wire.answer_with(self._answerer, request)

    def note(self, what: str, count: int = 1) -> None:
        self._counts[what] += count

    def note_ping(self, seconds: float) -> None:
        self._counts["pings"] += 1
        self._pings.append(seconds)

    # ---- inside

    def _to_asked(self, method: str) -> Callable[..., object]:
        def call(**arguments: object) -> object:
            answer: object = getattr(self._asked, method)(**arguments)
            return answer

        return call

    def _machine(self, number: int, chance: random.Random) -> Machine:
        drawn, model = chance.choice(_MODELS)
        cores = self.cores or drawn
        gpus = tuple(
            GpuT(index=index, model="NVIDIA RTX A5000", memoryMb=24_564, uuid=f"GPU-{number:05}-{index}",
                 freeMemoryMb=24_000, usedPercent=0)
            for index in range(self.gpus)
        )  # fmt: skip
        ram_mb = self.ram_mb or 4096 * cores
        return Machine(f"{self.prefix}{number:05}", cores, 2 * cores, ram_mb, model, _PLATFORM, gpus)

    async def _start(self) -> None:
        for number, node in enumerate(self.nodes):
            await node.start(self.spread_s * number / len(self.nodes))

    async def _stop(self) -> None:
        await asyncio.gather(*(node.stop() for node in self.nodes if node.is_up))

    def _count(self) -> Count:
        ordered = sorted(self._pings) or [0.0]
        counted = {name: self._counts[name] for name in
                   ("started", "done", "failed", "ended", "reported", "refused", "missed", "pings")}  # fmt: skip
        return Count(
            up=sum(node.has_server for node in self.nodes),
            running=sum(len(node.running) for node in self.nodes),
            ping_p50_ms=ordered[len(ordered) // 2] * 1000,
            ping_p99_ms=ordered[int(len(ordered) * 0.99)] * 1000,
            **counted,
        )


def _allow_files(wanted: int) -> None:
    """As many open files as it takes, where the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + 256
    if soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        if most < needed:
            log.warning("only %d open files are allowed, and %d may be needed", most, needed)
