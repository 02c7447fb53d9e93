"""An honest fake of a node: speaks the real wire, holds attempts, pings and reports, but runs nothing."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from plow_client.errors import NotAllowed, NotFound, PlowError
from plow_client.idl import (
    AttemptEnd,
    Hardware,
    KillCommand,
    KillReply,
    Ping,
    PingReply,
    RunningTask,
    RunTaskCommand,
    RunTaskResult,
    StartReply,
)
from plow_client.rpc.caller import Caller
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener


class FakeNode:
    """One node. `refuse` may name a reason; with the service of Plow 2013 it speaks as that did."""

    def __init__(
        self,
        name: str,
        server: str,
        *,
        cores: int = 4,
        ram_mb: int = 8000,
        old_service: type[Any] | None = None,
    ) -> None:
        self.name, self.cores, self.ram_mb = name, cores, ram_mb
        self.boot_id, self.daemon_id = str(uuid.uuid4()), str(uuid.uuid4())
        self.held: dict[str, RunTaskCommand] = {}
        self.starts: list[str] = []  # proc ids in the order in which they began
        self.tasks_started: list[str] = []
        self.started_at: list[float] = []
        self.orders = 0  # how often a start was asked for
        self.tombstones: set[str] = set()
        self.wrong_address = ""  # what it says instead of its own
        self.named: list[str] = []  # in the last answer to a ping
        self.dying: set[str] = set()
        self.refuse: Callable[[RunTaskCommand], str | None] = lambda _: None
        self.started: Callable[[RunTaskCommand], None] = lambda _: None
        self.changed = threading.Condition()
        self._sequence = 0
        self._is_old = old_service is not None
        host, _, port = server.rpartition(":")
        self._server = Caller("RndServiceApi", host, int(port), timeout_s=30)
        self._reports = Caller("RndServiceApi", host, int(port), timeout_s=30)
        self._listener = Listener(old_service or "RndNodeApi", self._calls(), limits=Limits(threads=2))

    @property
    def address(self) -> str:
        """HOST:PORT where it answers."""
        return "{}:{}".format(*self._listener.address)

    def start(self) -> None:
        """Answer calls; the first ping is the caller's."""
        self._listener.start()

    def stop(self) -> None:
        """Be gone."""
        self._listener.stop()
        self._server.close()
        self._reports.close()

    def __enter__(self) -> FakeNode:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for(self, happened: Callable[[], bool], timeout_s: float = 10.0) -> None:
        """Wait until something is so here, or AssertionError."""
        with self.changed:
            if not self.changed.wait_for(happened, timeout_s):
                raise AssertionError(f"{self.name}: did not happen within {timeout_s} s")

    def message(self) -> Ping:
        """The ping that it would send now."""
        self._sequence += 1
        hw = Hardware(
            physicalCpus=self.cores, logicalCpus=self.cores, totalRamMb=self.ram_mb, freeRamMb=self.ram_mb,
            totalSwapMb=0, freeSwapMb=0, cpuModel="none", platform="fake", load=[0.0, 0.0, 0.0],
        )  # fmt: skip
        tasks = [
            RunningTask(
                procId=p, taskId=c.taskId, jobId=c.jobId, layerId=c.layerId, rssMb=10, pid=1, cpuPercent=50
            )
            for p, c in list(self.held.items())
        ]
        said = Ping(hostname=self.name, ipAddr="127.0.0.1", isReboot=False, bootTime=1, hw=hw, tasks=tasks)
        said.address = self.wrong_address or self.address
        if not self._is_old:
            said.bootId, said.daemonId, said.sequence = self.boot_id, self.daemon_id, self._sequence
            said.procIds, said.cores, said.ramMb = list(self.held), self.cores, self.ram_mb
            said.gone = [proc for proc in self.named if proc not in self.held]
        return said

    def ping(self, message: Ping | None = None) -> PingReply | None:
        """Say that it lives and what it holds; obey the answer."""
        message = self.message() if message is None else message
        if self._is_old:
            self._server.call("sendPing", ping=message)
            return None
        reply: PingReply = self._server.call("ping", ping=message)
        self.named = reply.kill
        for proc in reply.kill:
            self.forget(proc)
        return reply

    def forget(self, proc: str) -> None:
        """It is not here any more, and can't come back."""
        with self.changed:
            self.held.pop(proc, None)
            self.tombstones.add(proc)
            self.changed.notify_all()

    def finish(self, procs: Iterable[str], status: int = 0, clock_ms: int = 10) -> None:
        """Report them as ended; they are held until the server has said that this is stored."""
        procs = list(procs)
        results = [
            RunTaskResult(procId=p, taskId=self.held[p].taskId, jobId=self.held[p].jobId, maxRssMb=20,
                          exitStatus=status, signal=0, clockMs=clock_ms)
            for p in procs
        ]  # fmt: skip
        self.report(results)
        for proc in procs:
            self.forget(proc)

    def report(self, results: list[RunTaskResult]) -> None:
        """Deliver results, as often as asked to."""
        if self._is_old:
            for result in results:
                self._reports.call("taskComplete", result=result)
        else:
            self._reports.call("tasksComplete", results=results)

    def work(self, stopping: threading.Event, task_s: float = 0.0) -> None:
        """Finish whatever comes, until told to stop: the body of a thread."""
        while not stopping.is_set():
            with self.changed:
                self.changed.wait_for(lambda: self.held or stopping.is_set(), 0.1)
                procs = list(self.held)[:500]
            if task_s:
                stopping.wait(task_s)
            try:
                if procs:
                    self.finish(procs)
            except PlowError:
                time.sleep(0.05)  # the server is away: once more

    def _calls(self) -> dict[str, Callable[..., object]]:
        calls: dict[str, Callable[..., object]] = {
            "runTask": self._run_task,
            "killRunningTask": self._kill_running_task,
            "getRunningTasks": lambda: self.message().tasks,
        }
        if not self._is_old:
            calls |= {"runTasks": self._run_tasks, "killTasks": self._kill_tasks}
        return calls

    def _run_task(self, command: RunTaskCommand) -> None:
        with self.changed:
            self.orders += 1
            self.changed.notify_all()
            why = self.refuse(command)
            if why or command.procId in self.tombstones:
                raise NotAllowed(why or "was stopped")
            if command.procId not in self.held:
                self.held[command.procId] = command
                self.starts.append(command.procId)
                self.tasks_started.append(command.taskId)
                self.started_at.append(time.time())
        self.started(command)

    def _run_tasks(self, commands: list[RunTaskCommand]) -> list[StartReply]:
        return [self._reply(command) for command in commands]

    def _reply(self, command: RunTaskCommand) -> StartReply:
        try:
            self._run_task(command)
        except PlowError as error:
            return StartReply(procId=command.procId, accepted=False, code=error.code, why=error.why)
        return StartReply(procId=command.procId, accepted=True)

    def _kill_tasks(self, commands: list[KillCommand]) -> list[KillReply]:
        return [KillReply(procId=c.procId, held=self._kill(c)) for c in commands]

    def _kill(self, command: KillCommand) -> bool:
        with self.changed:
            held = command.procId in self.held
            if not held:
                self.tombstones.add(command.procId)
            dies = held and not command.spareHeld and command.procId not in self.dying
            if dies:  # asked again, it dies once
                self.dying.add(command.procId)
        if dies:
            threading.Thread(target=self._die, args=(command.procId,)).start()
        return held

    def _kill_running_task(self, procId: str, reason: str) -> None:
        if procId not in self.held:
            raise NotFound("not here")
        threading.Thread(target=self._die, args=(procId,)).start()

    def _die(self, proc: str) -> None:
        command = self.held[proc]
        died = RunTaskResult(
            procId=proc, taskId=command.taskId, jobId=command.jobId, maxRssMb=1, exitStatus=1
        )
        if self._is_old:
            died.exitSignal = -9
        else:
            died.signal, died.endReason = 15, AttemptEnd.KILLED
        self.report([died])
        self.forget(proc)
