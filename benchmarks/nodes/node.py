"""One node that is played: it pings, takes, runs, kills and reports as rndaemon does, but starts no process."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass
from typing import Protocol

from benchmarks.nodes.attempt import SimulatedAttempt, Work
from benchmarks.nodes.reports import Reports
from benchmarks.nodes.wire import Door, Line
from plow_client.errors import Invalid, NotAllowed, NotFound, PlowError, Unavailable
from plow_client.idl import (
    AttemptEnd,
    GpuT,
    Hardware,
    KillCommand,
    KillReply,
    LogT,
    Ping,
    RunningTask,
    RunTaskCommand,
    StartReply,
)
from plow_client.rpc.answer import Answer, Request

CALLS = {
    "runTask": "run_task",
    "runTasks": "run_tasks",
    "killRunningTask": "kill_running_task",
    "killTasks": "kill_tasks",
    "reboot": "reboot",
    "getRunningTasks": "running_tasks",
    "pingPong": "ping_pong",
    "readLog": "read_log",
    "drain": "drain",
}
_JITTER = 0.2


@dataclass(frozen=True)
class Machine:
    """What a node says of itself."""

    name: str
    cores: int
    threads: int
    ram_mb: int
    cpu_model: str
    platform: str
    gpus: tuple[GpuT, ...] = ()


class Stage(Protocol):
    """What a node needs of the farm that plays it."""

    server: tuple[str, int]
    ping_s: float | None
    work: Work
    timeout_s: float

    def answer(self, node: SimulatedNode, request: Request) -> Answer:
        """Answer a call made to this node."""

    def note(self, what: str, count: int = 1) -> None:
        """Count something."""

    def note_ping(self, seconds: float) -> None:
        """A ping was answered."""


class SimulatedNode:
    """Everything here runs in the farm's loop."""

    def __init__(self, farm: Stage, machine: Machine, seed: int) -> None:
        self.machine = machine
        self.boot_id, self.daemon_id = str(uuid.uuid4()), str(uuid.uuid4())
        self.boot_time_s = int(time.time()) - 3600
        self.held: dict[str, SimulatedAttempt] = {}
        self.tombstones: set[str] = set()
        self.is_up = self.has_server = False
        self.away_reason = ""
        self.is_cut_off = False  # answers nothing and hears nothing, but renders on
        self._farm = farm
        self._chance = random.Random(f"{seed}/{machine.name}")
        self._gone: list[str] = []
        self._sequence = 0
        self._interval_s = farm.ping_s or 10.0
        self._free = machine.cores
        self._rebooting, self._has_power = False, True
        self._doors: set[Door] = set()
        self._port = 0
        self._lines = (Line(*farm.server, farm.timeout_s), Line(*farm.server, farm.timeout_s))
        self._reports = Reports(self._lines[1], self._forget, lambda: not self.is_up, lambda: self.is_cut_off)
        self._loops: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        """HOST:PORT where it answers."""
        return f"127.0.0.1:{self._port}"

    @property
    def running(self) -> list[SimulatedAttempt]:
        """Attempts that have not ended."""
        return [attempt for attempt in self.held.values() if attempt.result is None]

    # ---- its life

    async def start(self, first_ping_s: float = 0.0) -> None:
        """Answer, and begin to ping after so long."""
        loop = asyncio.get_running_loop()
        self._door = await loop.create_server(
            lambda: Door(lambda request: self._farm.answer(self, request), self._doors, lambda: self.is_cut_off),
            "127.0.0.1",
            self._port,
        )  # fmt: skip
        self._port = self._door.sockets[0].getsockname()[1]
        self.is_up = True
        self._loops = [loop.create_task(self._ping_on(first_ping_s)), loop.create_task(self._reports.go_on())]

    async def stop(self) -> None:
        """The daemon is gone without a word; attempts go on, as under their shims."""
        self.is_up = self.has_server = False
        self._door.close()
        for door in list(self._doors):
            door.slam()
        for one in self._loops:
            one.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        for line in self._lines:
            line.close()

    async def lose_power(self) -> None:
        """The machine is gone, and everything that runs there."""
        self._has_power = False
        await self.stop()

    async def boot(self) -> None:
        """Come back after that: what ran is lost; results and tombstones lie on the disk."""
        self._has_power = True
        self._be_new_boot()
        for attempt in self.running:
            self._end(attempt, AttemptEnd.LOST, "the machine was restarted")
        await self.start()

    async def restart(self) -> None:
        """Another daemon on the same machine, which finds everything that runs."""
        await self.stop()
        self.daemon_id, self._sequence = str(uuid.uuid4()), 0
        await self.start()

    def cut_off(self, is_cut_off: bool) -> None:
        """Take the network away, or give it back; attempts go on."""
        self.is_cut_off = is_cut_off
        for door in list(self._doors):
            door.slam()
        for line in self._lines:
            line.close()

    def _be_new_boot(self) -> None:
        self.boot_id, self.daemon_id = str(uuid.uuid4()), str(uuid.uuid4())
        self.boot_time_s, self._sequence, self._rebooting = int(time.time()), 0, False

    # ---- what it says

    def message(self, with_tasks: bool = True) -> Ping:
        """The ping that it would send now."""
        self._sequence += 1
        machine, running, now = self.machine, self.running, asyncio.get_running_loop().time()
        tasks = [attempt.running(now) for attempt in running]
        used_mb = sum(task.rssMb for task in tasks)
        load = sum(task.usedCores or 0.0 for task in tasks)
        hw = Hardware(
            physicalCpus=machine.cores, logicalCpus=machine.threads, totalRamMb=machine.ram_mb,
            freeRamMb=max(0, machine.ram_mb - used_mb - 900), totalSwapMb=8192, freeSwapMb=8192,
            cpuModel=machine.cpu_model, platform=machine.platform, load=[load, load, load],
        )  # fmt: skip
        return Ping(
            hostname=machine.name, ipAddr="127.0.0.1", isReboot=self._rebooting, bootTime=self.boot_time_s, hw=hw,
            tasks=tasks if with_tasks else [], address=self.address, bootId=self.boot_id, daemonId=self.daemon_id,
            sequence=self._sequence, procIds=list(self.held), cores=machine.cores, ramMb=machine.ram_mb,
            version="simulated", isDraining=bool(self.away_reason) or self._rebooting, os="linux", arch="x86_64",
            gpus=list(machine.gpus), awayReason=self.away_reason or None, gone=self._gone[:1000],
        )  # fmt: skip

    async def _ping_on(self, first_s: float) -> None:
        failures, pause_s = 0, first_s
        while self.is_up:  # a cancellation may get lost in wait_for
            await asyncio.sleep(pause_s)
            try:
                await self._ping()
                failures = 0
            except PlowError:
                self._farm.note("missed")
                self.has_server = False
                failures += 1
            pause_s = self._interval_s
            if failures:
                pause_s = min(pause_s, 0.5 * 2 ** min(failures - 1, 10))
            pause_s *= self._chance.uniform(1 - _JITTER, 1 + _JITTER)

    async def _ping(self) -> None:
        if self.is_cut_off:
            raise Unavailable("cut off")
        began, told = time.perf_counter(), self.message()
        reply = await self._lines[0].call("ping", ping=told)
        self._farm.note_ping(time.perf_counter() - began)
        if not self.has_server:
            self.has_server = True
            self._reports.hurry()
        if reply.pingIntervalS and self._farm.ping_s is None:
            self._interval_s = float(reply.pingIntervalS)
        self._gone = [
            proc for proc in reply.kill if not self._stop(proc, "the server does not want it any more")
        ]

    def _forget(self, procs: list[str]) -> None:
        """A server has their results: they can't start here again."""
        self.tombstones.update(procs)
        for proc in procs:
            self.held.pop(proc, None)
        self._farm.note("reported", len(procs))

    # ---- what it is asked

    def run_task(self, command: RunTaskCommand) -> None:
        """Take it, unless it is here already."""
        if command.procId in self.held:
            return
        if command.procId in self.tombstones:
            raise NotAllowed(f"proc '{command.procId}' was stopped or is done: it cannot start here")
        if self.away_reason or self._rebooting:
            raise NotAllowed(self.away_reason or "the node is about to reboot")
        if command.cores < 1:
            raise Invalid(f"a task needs at least 1 core, not {command.cores}")
        if command.cores > self._free:
            raise NotAllowed(f"{command.cores} cores wanted, {self._free} of {self.machine.cores} free")
        loop = asyncio.get_running_loop()
        attempt = self._farm.work.draw(command, self._chance, loop.time())
        self.held[command.procId] = attempt
        self._free -= command.cores
        self._farm.note("started")
        loop.call_later(attempt.run_s, self._end, attempt, AttemptEnd.EXITED)

    def run_tasks(self, commands: list[RunTaskCommand]) -> list[StartReply]:
        """Take many; one that cannot start does not keep the others."""
        return [self._reply(command) for command in commands]

    def kill_tasks(self, commands: list[KillCommand]) -> list[KillReply]:
        """Stop many, or keep them from ever starting here."""
        return [self._kill(wish) for wish in commands]

    def ping_pong(self, withTasks: bool) -> Ping:
        """The ping that would go out now."""
        return self.message(withTasks)

    def kill_running_task(self, procId: str, reason: str) -> None:
        """As Plow 2013 asks for it."""
        if procId not in self.held:
            raise NotFound(f"no proc '{procId}' on this node")
        self._stop(procId, reason)

    def running_tasks(self) -> list[RunningTask]:
        """What runs now."""
        now = asyncio.get_running_loop().time()
        return [attempt.running(now) for attempt in self.running]

    def reboot(self, now: bool) -> None:
        """Boot anew when nothing runs any more; at once after ending what does."""
        self._rebooting = True
        for attempt in self.running if now else []:
            self._end(attempt, AttemptEnd.SHUTDOWN, "the node reboots")
        self._reboot_if_idle()

    def drain(self, wanted: bool, reason: str) -> None:
        """Take nothing new, or take work again."""
        self.away_reason = (reason or "set aside") if wanted else ""

    def read_log(self, path: str, offset: int, length: int) -> LogT:
        """A piece of the log of an attempt that is held."""
        found = [attempt for attempt in self.held.values() if attempt.command.logFile == path]
        if not found:
            raise NotFound(f"no log '{path}' of this node")
        text = found[0].log(asyncio.get_running_loop().time())
        begin = min(len(text), offset if offset >= 0 else max(0, len(text) + offset))
        piece = text[begin : begin + max(0, length)]
        return LogT(content=piece, offset=begin, size=len(text), path=path, nodeName="", attempt=-1)

    def _reply(self, command: RunTaskCommand) -> StartReply:
        try:
            self.run_task(command)
        except PlowError as error:
            self._farm.note("refused")
            return StartReply(procId=command.procId, accepted=False, code=error.code, why=error.why)
        return StartReply(procId=command.procId, accepted=True)

    def _kill(self, wish: KillCommand) -> KillReply:
        if wish.spareHeld and wish.procId in self.held:
            return KillReply(procId=wish.procId, held=True)
        return KillReply(procId=wish.procId, held=self._stop(wish.procId, wish.reason or ""))

    def _stop(self, proc: str, reason: str) -> bool:
        """True if it is here; a result follows. Otherwise it can't start here any more."""
        attempt = self.held.get(proc)
        if attempt is None:
            self.tombstones.add(proc)
            return False
        if attempt.result is None and not attempt.is_dying:
            attempt.is_dying = True
            pause_s = self._chance.uniform(*self._farm.work.dying_s)
            loop = asyncio.get_running_loop()
            loop.call_later(pause_s, self._end, attempt, AttemptEnd.KILLED, reason, 15)
        return True

    def _end(self, attempt: SimulatedAttempt, end: AttemptEnd, reason: str = "", signal: int = 0) -> None:
        if attempt.result is not None or not self._has_power:
            return
        self._reports.put(attempt.finish(asyncio.get_running_loop().time(), end, reason, signal))
        self._free += attempt.command.cores
        failed = end == AttemptEnd.EXITED and attempt.status != 0
        self._farm.note("failed" if failed else "done" if end == AttemptEnd.EXITED else "ended")
        self._reboot_if_idle()

    def _reboot_if_idle(self) -> None:
        if self._rebooting and not self.running:
            self._be_new_boot()
