"""One command of an attempt, from its start until nothing of it is left.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import fcntl
import os
import select
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from rndaemon.cgroup import Group
from rndaemon.request import Request
from rndaemon.shim import child
from rndaemon.shim.lastwords import LastWords
from rndaemon.shim.limits import MEMORY_GRACE_S, Limits, machine_oom_kills
from rndaemon.shim.meter import Meter
from rndaemon.shim.outcome import Cause, Ending, Evidence, judged, sentence
from rndaemon.shim.progress import Output
from rndaemon.shim.steps import Step, command_line
from rndaemon.shim.stopping import LOOK_S, Stop, has_children
from rndaemon.shim.tasklog import LogWriter, as_bytes, stamp
from rndaemon.wrappers import Threshold, marker_of

CHUNK = 64 * 1024
_FULL_S = 0.02  # how soon we look again whether the log has room


class Around(NamedTuple):
    """What all commands of an attempt share."""

    request: Request
    log: LogWriter
    meter: Meter
    group: Group | None
    wake: int  # readable after a signal
    read_wish: Callable[[], dict[str, Any] | None]  # the newest wish to stop the attempt
    began: Callable[[Command], None]
    tell: Callable[[Command], None]  # publish how it is doing, now or soon


class Command:
    """Started, fed into the log, watched, ended where that is due, and judged."""

    def __init__(
        self, around: Around, step: Step, limits: Limits, heeded: dict[str, Any] | None = None
    ) -> None:
        """`heeded` is a wish that is known already: only another one stops this command."""
        self.step = step
        self.output = Output(around.request.rules)
        self._words = LastWords()
        self.pid = 0
        self.heeded = heeded
        self._around = around
        self._limits = limits
        self._stop = Stop(around.group)
        self._cause: Cause | None = None
        self._status: int | None = None  # as waitpid says it
        self._done_at: float | None = None
        self._pipe = -1
        marker = marker_of(around.request.proc_id)
        self._threshold = Threshold(marker) if around.request.wrapper else None
        self._oom_kills = machine_oom_kills()
        self._old_excess = around.meter.excess() if step.number else ""  # the command before was ended for it

    @property
    def is_stopping(self) -> bool:
        """Whether somebody has asked it to end."""
        return self._cause is not None

    def run(self, place: child.Place) -> Ending:
        """The whole of it."""
        self._around.log.put(self.step.heading(stamp(time.time())))
        try:
            self._start(place)
        except (OSError, child.NotStarted) as fault:
            os.close(self._pipe)
            end = "ENVIRONMENT" if self._around.request.wrapper else "NOT_STARTED"
            return Ending(1, 0, end, sentence(fault), self.step.number)
        while not self._is_over():
            self._listen()
        self._drain()
        return judged(self._evidence(), self.step.number)

    def _start(self, place: child.Place) -> None:
        self._pipe, output = os.pipe()
        try:
            self._obey()
            if not self._cause:
                words = command_line(self._around.request, self.step)
                self.pid = child.start(self._around.request, words, place._replace(output=output))
        finally:
            os.close(output)
        self._around.began(self)

    def _is_over(self) -> bool:
        """Move everything that is due, then look whether anything is left."""
        self._reap()
        self._obey()
        if not has_children():
            return True
        if self._status is not None:
            self._stop.ask(self._around.request.leftover_grace_s)
        elif not self._cause:
            self._hold_to_limits()
        self._stop.press()
        if self._around.meter.is_due():
            self._around.meter.sample()
            self._around.tell(self)
        return False

    def _hold_to_limits(self) -> None:
        """End it where it may not go on, or where its own log says that it need not."""
        request = self._around.request
        if excess := self._excess():
            self._end(Cause("MEMORY", excess), min(request.grace_s, MEMORY_GRACE_S))
        elif broken := self._limits.broken():
            self._end(Cause(*broken), request.grace_s)
        elif self.output.verdict == "LICENSE":
            self._end(
                Cause("LICENSE", f"no licence, says its log: {self.output.verdict_line}"), request.grace_s
            )
        elif self._is_done_for(request.leftover_grace_s):
            self._end(Cause("DONE", f"done, says its log: {self.output.verdict_line}"), request.grace_s)

    def _excess(self) -> str:
        """What this command has taken too much of the memory; empty where it has not."""
        excess = self._around.meter.excess()
        return "" if excess == self._old_excess else excess

    def _is_done_for(self, seconds: float) -> bool:
        """Its work is done, and it had this time to end by itself."""
        if self.output.verdict != "DONE":
            return False
        self._done_at = self._done_at or time.monotonic()
        return time.monotonic() - self._done_at >= seconds

    def _end(self, cause: Cause, grace_s: float) -> None:
        self._cause = self._cause or cause
        self._stop.ask(grace_s)

    def _obey(self) -> None:
        """Stop if somebody wishes so; when it had ended by itself, that stays the truth."""
        wish = self._around.read_wish()
        if not wish or wish == self.heeded:
            return
        self.heeded = wish
        grace_s = wish.get("grace_s", self._around.request.grace_s)
        if self._status is None:
            self._end(Cause(wish.get("end", "KILLED"), wish.get("reason", "")), grace_s)
        else:
            self._stop.ask(grace_s)

    def _listen(self) -> None:
        """Wait for output, a signal, or the next thing to do."""
        around = self._around
        poll = select.poll()
        poll.register(around.wake, select.POLLIN)
        room = around.log.has_room()
        if self._pipe >= 0 and room:
            poll.register(self._pipe, select.POLLIN)
        elif not room:
            self._limits.hear()  # it could not be heard: that is no silence of its own
        wait_s = min(LOOK_S, self._stop.wait_s(), around.meter.wait_s(), LOOK_S if room else _FULL_S)
        if not self._cause and self._status is None:
            wait_s = min(wait_s, self._limits.wait_s())
        for descriptor, _ in poll.poll(max(1, int(wait_s * 1000))):
            if descriptor == around.wake:
                os.read(around.wake, 1024)
            else:
                self._pump()

    def _pump(self) -> bool:
        """Take a piece of output; False when there is none now."""
        try:
            chunk = os.read(self._pipe, CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            os.close(self._pipe)
            self._pipe = -1
            return False
        self._limits.hear()
        self._take(self._threshold.feed(chunk) if self._threshold else chunk)
        self._around.tell(self)
        return True

    def _take(self, chunk: bytes) -> None:
        if chunk:
            self._around.log.put(chunk)
            self.output.feed(chunk)
            self._words.feed(chunk)
            self._note()

    def _drain(self) -> None:
        """What the tree had written before it ended; a stranger who holds the pipe does not keep us."""
        if self._pipe >= 0:
            os.set_blocking(self._pipe, False)
            for _ in range(2 + fcntl.fcntl(self._pipe, fcntl.F_GETPIPE_SZ) // 4096):
                while not self._around.log.has_room():
                    time.sleep(_FULL_S)
                if not self._pump():
                    break
        if self._pipe >= 0:
            os.close(self._pipe)
        if self._threshold:
            self._take(self._threshold.finish())
        self.output.finish()
        self._note()

    def _note(self) -> None:
        for note in self.output.take_notes():
            self._around.log.put(as_bytes(f"\n[{stamp(time.time())}] Plow: {note}\n"))

    def _reap(self) -> None:
        """Take in what ended: the command itself and every orphan."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.pid:
                self._status = status

    def _evidence(self) -> Evidence:
        around = self._around
        failed = self._threshold is not None and not self._threshold.is_passed
        excess = self._excess() if around.group else ""
        return Evidence(
            wait_status=self._status,
            cause=self._cause or (Cause("MEMORY", excess) if excess else None),
            verdict=self.output.verdict,
            verdict_line=self.output.verdict_line,
            wrapper=around.request.wrapper[0] if failed else "",
            last_line=self.output.last_line,
            out_of_memory=machine_oom_kills() > self._oom_kills,
            said=self._words.line(any_line=not os.WIFSIGNALED(self._status)) if self._status else "",
        )
