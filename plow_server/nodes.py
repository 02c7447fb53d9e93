"""Calls to nodes: one connection and one queue for each, so that a slow node holds up nobody else.

What comes of a call is told as an outcome; nothing is tried twice here. Whoever asked asks again: every call
may be repeated, because each start has an id of its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TypeVar

from plow_client.errors import Internal, Invalid, NotFound, PlowError, Unavailable
from plow_client.idl import KillCommand, KillReply, RunTaskCommand, StartReply
from plow_client.logs import event
from plow_client.rpc.caller import Caller
from plow_client.rpc.pool import Pool

log = logging.getLogger(__name__)

Command = TypeVar("Command", RunTaskCommand, KillCommand)
MOST = 500  # in one call; a node takes up to 1000
NOBODY = "00000000-0000-0000-0000-000000000000"  # a proc that no node has
SLOW_S = 1.0
SLOW_THREADS = 8
STOP_S = 0.5


@dataclass(frozen=True)
class Accepted:
    """The node holds them."""

    node_id: str
    procs: list[str]


@dataclass(frozen=True)
class Refused:
    """The node will not start it."""

    node_id: str
    proc: str
    code: int
    why: str


@dataclass(frozen=True)
class Absent:
    """The node does not hold them, and will never start them: asked to stop them, or whether it has them."""

    node_id: str
    procs: list[str]
    was_killed: bool


@dataclass(frozen=True)
class Unreachable:
    """Nothing is known of what was asked."""

    node_id: str
    why: str


@dataclass(frozen=True)
class Answered:
    """The node can be called; there is nothing else to tell."""

    node_id: str


Outcome = Accepted | Refused | Absent | Unreachable | Answered
Tell = Callable[[Outcome], None]


class NodeCalls:
    """Starts and stops attempts on nodes, in the background. Any thread may ask."""

    def __init__(self, tell: Tell, *, call_s: float = 10.0, threads: int = 32) -> None:
        self._tell = tell
        self._call_s = call_s
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._quick = Pool(threads, "node-call")
        self._slow = Pool(SLOW_THREADS, "slow-node-call")

    def open(self) -> None:
        """Begin to call."""
        self._quick.start()
        self._slow.start()

    def start(self, node_id: str, address: str, commands: Iterable[RunTaskCommand]) -> None:
        """Start these; one that is on its way already is not sent twice."""
        self._put(node_id, address, lambda line: line.put_starts(commands))

    def stop(self, node_id: str, address: str, commands: Iterable[KillCommand]) -> None:
        """Stop these; with `spareHeld` only ask whether they are there."""
        self._put(node_id, address, lambda line: line.put_stops(commands))

    def probe(self, node_id: str, address: str) -> None:
        """Find out whether the node answers."""
        self.stop(node_id, address, [KillCommand(procId=NOBODY, reason="", spareHeld=True)])

    def close(self) -> None:
        """Finish the calls in hand, forget the others, hang up."""
        with self._lock:
            self._closed = True
        busy = self._quick.stop(within_s=STOP_S) + self._slow.stop(within_s=STOP_S)
        if busy:
            log.warning(event("stopped with calls to nodes still running", calls=busy))
            return
        for line in self._lines.values():
            line.close()

    def _put(self, node_id: str, address: str, add: Callable[[_Line], bool]) -> None:
        with self._lock:
            if self._closed:
                return
            line = self._lines.get(node_id)
            if line is None or line.address != address:
                line = self._lines[node_id] = _Line(node_id, address, self._call_s)
            if add(line):
                (self._slow if line.is_slow else self._quick).submit(partial(self._work, line))

    def _work(self, line: _Line) -> None:
        if self._closed:
            return
        try:
            line.work(self._tell)
        except Exception:  # in a pool's thread nobody else would hear of it
            log.exception(event("call to node met a fault", node=line.address))


@dataclass
class _Line:
    """What is to be said to one node; at most one thread works on it."""

    node_id: str
    address: str
    call_s: float
    is_slow: bool = False
    is_busy: bool = False
    starts: dict[str, RunTaskCommand] = field(default_factory=dict)
    stops: dict[str, KillCommand] = field(default_factory=dict)
    in_hand: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._talk = _Talk(self.address, self.call_s)

    def put_starts(self, commands: Iterable[RunTaskCommand]) -> bool:
        """True if a thread has to be sent to work."""
        with self._lock:
            new = {one.procId: one for one in commands if one.procId not in self.in_hand}
            self.starts |= {proc: one for proc, one in new.items() if proc not in self.stops}
            return self._hire()

    def put_stops(self, commands: Iterable[KillCommand]) -> bool:
        """True if a thread has to be sent to work."""
        with self._lock:
            for one in commands:
                if one.spareHeld:
                    self.stops.setdefault(one.procId, one)
                else:
                    self.stops[one.procId] = one
                    self.starts.pop(one.procId, None)
            return self._hire()

    def work(self, tell: Tell) -> None:
        """Say all that is to be said. Stops first: they may spare a start."""
        try:
            while True:
                stops, starts = self._next()
                if not stops and not starts:
                    return
                began = time.monotonic()
                outcomes = self._stop(stops) if stops else self._start(starts)
                self.is_slow = time.monotonic() - began > SLOW_S
                self._put_down(outcomes)
                for outcome in outcomes:
                    tell(outcome)
        except BaseException:
            with self._lock:
                self.is_busy = False
                self.in_hand.clear()
            raise

    def close(self) -> None:
        self._talk.close()

    def _hire(self) -> bool:
        if self.is_busy or not (self.starts or self.stops):
            return False
        self.is_busy = True
        return True

    def _next(self) -> tuple[list[KillCommand], list[RunTaskCommand]]:
        with self._lock:
            stops = _first(self.stops)
            starts = [] if stops else _first(self.starts)
            self.in_hand = {one.procId for one in stops} | {one.procId for one in starts}
            self.is_busy = bool(stops or starts)
            return stops, starts

    def _put_down(self, outcomes: list[Outcome]) -> None:
        with self._lock:
            self.in_hand.clear()
            if any(isinstance(outcome, Unreachable) for outcome in outcomes):
                self.is_slow = True
                self.starts.clear()  # they are asked for again when they are overdue
                self.stops.clear()

    def _start(self, commands: list[RunTaskCommand]) -> list[Outcome]:
        try:
            replies = self._talk.start(commands)
        except (Unavailable, Internal) as error:
            return [Unreachable(self.node_id, error.why)]
        except PlowError as error:
            return [Refused(self.node_id, one.procId, error.code, error.why) for one in commands]
        accepted = [reply.procId for reply in replies if reply.accepted]
        outcomes: list[Outcome] = [Accepted(self.node_id, accepted)] if accepted else []
        return outcomes + [
            Refused(self.node_id, reply.procId, reply.code or 0, reply.why or "")
            for reply in replies
            if not reply.accepted
        ]

    def _stop(self, commands: list[KillCommand]) -> list[Outcome]:
        try:
            replies = self._talk.stop(commands)
        except PlowError as error:
            return [Unreachable(self.node_id, error.why)]
        absent = {reply.procId for reply in replies if not reply.held} - {NOBODY}
        asked = [one.procId for one in commands if one.spareHeld and one.procId in absent]
        killed = [one.procId for one in commands if not one.spareHeld and one.procId in absent]
        outcomes: list[Outcome] = [
            Absent(self.node_id, procs, was_killed)
            for procs, was_killed in ((killed, True), (asked, False))
            if procs
        ]
        return outcomes or [Answered(self.node_id)]


class _Talk:
    """RndNodeApi as ours speak it, or as the nodes of Plow 2013 do, which know no call for many."""

    def __init__(self, address: str, call_s: float) -> None:
        host, _, port = address.rpartition(":")
        self._caller = Caller("RndNodeApi", host.strip("[]"), int(port), timeout_s=call_s)
        self._is_old = False

    def start(self, commands: list[RunTaskCommand]) -> list[StartReply]:
        if not self._is_old:
            try:
                replies: list[StartReply] = self._caller.call("runTasks", commands=commands)
                return replies
            except Invalid as error:
                self._must_be_old(error, "runTasks")
        return [self._start_one(command) for command in commands]

    def stop(self, commands: list[KillCommand]) -> list[KillReply]:
        if not self._is_old:
            try:
                replies: list[KillReply] = self._caller.call("killTasks", commands=commands)
                return replies
            except Invalid as error:
                self._must_be_old(error, "killTasks")
        running = {task.procId for task in self._caller.call("getRunningTasks")}
        return [self._stop_one(command, running) for command in commands]

    def close(self) -> None:
        self._caller.close()

    def _must_be_old(self, error: Invalid, method: str) -> None:
        """A call that is not known there is answered with the call's name; any other refusal is one."""
        if not error.why.startswith(f"{self._caller}, {method}:"):
            raise error
        self._is_old = True

    def _start_one(self, command: RunTaskCommand) -> StartReply:
        try:
            self._caller.call("runTask", command=command)
        except (Unavailable, Internal):
            raise
        except PlowError as error:
            return StartReply(procId=command.procId, accepted=False, code=error.code, why=error.why)
        return StartReply(procId=command.procId, accepted=True)

    def _stop_one(self, command: KillCommand, running: set[str]) -> KillReply:
        held = command.procId in running
        if held and not command.spareHeld:
            try:
                self._caller.call("killRunningTask", procId=command.procId, reason=command.reason)
            except NotFound:
                held = False
        return KillReply(procId=command.procId, held=held)


def _first(waiting: dict[str, Command]) -> list[Command]:
    procs = list(islice(waiting, MOST))
    return [waiting.pop(proc) for proc in procs]
