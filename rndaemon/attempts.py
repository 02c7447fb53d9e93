"""The attempts this node answers for: start, kill, list, find again after a restart.

An attempt is held from its intent until a server has acknowledged its result. Its cores are free as
soon as its process tree is gone.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from plow_client.errors import NotAllowed, Unavailable
from plow_client.idl import RunningTask, RunTaskCommand, RunTaskResult
from plow_client.logs import event
from rndaemon import strays
from rndaemon.platform.boot import boot_id
from rndaemon.preparing import Preparer, check_command
from rndaemon.request import Request
from rndaemon.slots import Slots
from rndaemon.spool import Entry, Identity, Spool, identity_of
from rndaemon.starter import find_shim, open_process, start_shim
from rndaemon.taskenv import remove_temp
from rndaemon.tombstones import Tombstones
from rndaemon.verdict import outcome_of_other_boot, outcome_without_record, result_of, running_task
from rndaemon.watch import Watch

log = logging.getLogger(__name__)

_STUCK_S = 5.0  # beyond the grace: a shim that has not even started by then is ended itself


@dataclass
class Attempt:
    """One attempt and its shim."""

    entry: Entry
    request: Request
    slots: list[int] = field(default_factory=list)
    shim: Identity | None = None
    child: subprocess.Popen[bytes] | None = None  # None for one found after a restart
    is_over: bool = False
    give_up_at: float | None = None


class Attempts:
    """The table, and everything that changes it. Any thread may call."""

    def __init__(
        self,
        spool: Spool,
        tombstones: Tombstones,
        slots: Slots,
        preparer: Preparer,
        ended: Callable[[RunTaskResult], None],
        began: Callable[[Request], None] = lambda request: None,
    ) -> None:
        """`ended` gets each result, after the cores were given back; `began` what was started."""
        self._spool = spool
        self._tombstones = tombstones
        self._slots = slots
        self._preparer = preparer
        self._ended = ended
        self._began = began
        self._held: dict[str, Attempt] = {}
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._refusal = ""
        self._watch = Watch(self._give_up_on_stuck)

    def open(self) -> int:
        """Find what an earlier daemon left; how many were found."""
        found = [self._adopt(entry) for entry in list(self._spool.entries())]
        self._watch.start()
        return sum(found)

    def close(self) -> None:
        """Stop watching; the shims go on."""
        self._watch.stop()

    def start(self, command: RunTaskCommand) -> None:
        """Start it, unless it is here already; an error says why it cannot start here."""
        check_command(command)
        with self._lock:
            if command.procId in self._held:
                return
            self._refuse_where_it_must_not(command.procId)
            slots = self._slots.take(command.cores or 0)
            try:
                attempt = self._begin(self._preparer.request(command, slots))
            except BaseException:
                self._slots.give_back(slots)
                raise
        self._began(attempt.request)
        log.info(
            event(
                "attempt started",
                task=command.taskName or command.taskId,
                job=command.jobName or command.jobId,
                cores=command.cores,
                shim=attempt.shim.pid if attempt.shim else 0,
                proc=command.procId,
            )
        )

    def kill(self, proc_id: str, reason: str, grace_s: float | None = None, end: str = "KILLED") -> bool:
        """Stop it and say True, or make sure that it never starts here and say False."""
        with self._lock:
            attempt = self._held.get(proc_id)
            if attempt is None:
                self._tombstones.add([proc_id])
                return False
            if not attempt.is_over:
                self._ask_to_stop(attempt, reason, grace_s, end)
        log.info(event("attempt told to stop", reason=reason, proc=proc_id))
        return True

    def bury_unless_held(self, proc_id: str) -> bool:
        """Say whether we answer for it; where we do not, it can't start here any more."""
        with self._lock:
            if proc_id in self._held:
                return True
            self._tombstones.add([proc_id])
            return False

    def kill_all(self, reason: str, end: str) -> None:
        """Stop everything that runs."""
        with self._lock:
            for attempt in self._held.values():
                if not attempt.is_over:
                    self._ask_to_stop(attempt, reason, None, end)

    def refuse(self, reason: str) -> None:
        """Take nothing new, and say why; an empty reason opens the door again."""
        with self._lock:
            self._refusal = reason

    def is_refusing(self) -> bool:
        """Whether nothing new is taken now."""
        return bool(self._refusal) or self._spool.is_full()

    def holds(self, proc_id: str) -> bool:
        """Whether we answer for it."""
        with self._lock:
            return proc_id in self._held

    def proc_ids(self) -> list[str]:
        """Everything we answer for: starting, running, or ended and not acknowledged."""
        with self._lock:
            return sorted(self._held)

    def running(self) -> list[RunningTask]:
        """What runs now, as its shim last told."""
        with self._lock:
            alive = [attempt for attempt in self._held.values() if not attempt.is_over]
        return [running_task(attempt.request, attempt.entry.read_status()) for attempt in alive]

    def running_count(self) -> int:
        """How many run."""
        with self._lock:
            return sum(not attempt.is_over for attempt in self._held.values())

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait until nothing runs; False when the time is up first."""
        with self._changed:
            return self._changed.wait_for(
                lambda: all(attempt.is_over for attempt in self._held.values()), timeout_s
            )

    def acknowledge(self, proc_ids: Iterable[str]) -> None:
        """A server has these results: they can be forgotten, but never started again."""
        done = list(proc_ids)
        self._tombstones.add(done)
        for proc_id in done:
            self._spool.entry(proc_id).remove()
        with self._lock:
            for proc_id in done:
                self._held.pop(proc_id, None)

    # ---- with the lock held

    def _refuse_where_it_must_not(self, proc_id: str) -> None:
        if proc_id in self._tombstones:
            raise NotAllowed(f"proc '{proc_id}' was stopped or is done: it cannot start here")
        if self._refusal:
            raise NotAllowed(self._refusal)
        if self._spool.is_full():
            raise NotAllowed(f"only {self._spool.free_mb()} MB free in '{self._spool.folder}': no new tasks")

    def _begin(self, request: Request) -> Attempt:
        try:
            entry = self._spool.add(request)
        except OSError as error:
            raise Unavailable(f"cannot write to '{self._spool.folder}': {error.strerror}") from error
        try:
            child = start_shim(entry)
        except BaseException:
            entry.remove()
            raise
        attempt = Attempt(entry, request, request.slots, identity_of(child.pid), child)
        self._held[request.proc_id] = attempt
        self._watch.add(os.pidfd_open(child.pid), lambda: self._shim_ended(attempt))
        return attempt

    def _ask_to_stop(self, attempt: Attempt, reason: str, grace_s: float | None, end: str) -> None:
        grace_s = attempt.request.grace_s if grace_s is None else max(0.0, grace_s)
        attempt.give_up_at = attempt.give_up_at or time.monotonic() + grace_s + _STUCK_S
        number = signal.SIGUSR1
        try:
            attempt.entry.write_kill({"reason": reason, "grace_s": grace_s, "end": end})
        except OSError as error:  # a full disk: a shim ends its task on SIGTERM too
            log.error(event("kill not written", error=error, proc=attempt.request.proc_id))
            number = signal.SIGTERM
        self._signal(attempt, signal.SIGCONT)
        self._signal(attempt, number)

    def _signal(self, attempt: Attempt, number: int) -> None:
        """Signal just this shim. A new one that has no handler yet must not be hit: it reads the wish anyway."""
        has_handlers = bool(attempt.entry.read_status())
        if attempt.shim is None or (number == signal.SIGUSR1 and not has_handlers):
            return
        descriptor = open_process(attempt.shim)
        if descriptor is not None:
            signal.pidfd_send_signal(descriptor, number)
            os.close(descriptor)

    # ---- how attempts end

    def _shim_ended(self, attempt: Attempt) -> None:
        if attempt.child:
            attempt.child.wait()
        outcome = attempt.entry.read_exit()
        if outcome:
            remove_temp(attempt.request.temp)  # gone already, unless the shim was killed while it did that
            self._finish(attempt, outcome)
        else:
            self._clean_up_elsewhere(attempt)

    def _clean_up_elsewhere(self, attempt: Attempt) -> None:
        """Strays may take a while to die, and others end meanwhile."""
        name = f"sweep-{attempt.request.proc_id}"
        threading.Thread(target=self._clean_up, args=(attempt,), name=name, daemon=True).start()

    def _clean_up(self, attempt: Attempt) -> None:
        proc_id = attempt.request.proc_id
        log.warning(event("shim died", complaint=attempt.entry.read_complaint(), proc=proc_id))
        while not strays.sweep(proc_id, attempt.entry.read_status()):
            log.warning(event("stray processes cannot be killed", proc=proc_id))
        remove_temp(attempt.request.temp)
        self._finish(attempt, outcome_without_record(attempt.entry))

    def _finish(self, attempt: Attempt, outcome: dict[str, Any]) -> None:
        with self._changed:
            attempt.is_over = True
            self._slots.give_back(attempt.slots)
            self._changed.notify_all()
        log.info(
            event(
                "attempt ended",
                end=outcome["end"],
                status=outcome["exit_status"],
                signal=outcome["signal"],
                reason=outcome.get("reason", ""),
                proc=attempt.request.proc_id,
            )
        )
        self._ended(result_of(attempt.request, outcome))

    def _give_up_on_stuck(self) -> None:
        """A shim that hangs before its task began (a dead file server under the log) is ended itself."""
        with self._lock:
            late = [
                attempt
                for attempt in self._held.values()
                if not attempt.is_over and attempt.give_up_at and attempt.give_up_at < time.monotonic()
            ]
            for attempt in late:
                if attempt.entry.read_status().get("phase", "starting") == "starting":
                    self._signal(attempt, signal.SIGKILL)

    # ---- after a restart

    def _adopt(self, entry: Entry) -> bool:
        try:
            attempt = Attempt(entry, entry.read_request())
        except (OSError, ValueError, TypeError) as error:
            log.error(event("entry unreadable", error=error, proc=entry.proc_id))
            self._tombstones.add([entry.proc_id])
            entry.remove()
            return False
        self._held[entry.proc_id] = attempt
        if attempt.request.boot_id != boot_id():
            remove_temp(attempt.request.temp)
            self._finish(attempt, entry.read_exit() or outcome_of_other_boot(entry))
        elif outcome := entry.read_exit():
            remove_temp(attempt.request.temp)
            self._finish(attempt, outcome)
        elif not self._watch_again(attempt):
            self._shim_ended(attempt)
        return True

    def _watch_again(self, attempt: Attempt) -> bool:
        """True when its shim lives."""
        attempt.shim = find_shim(attempt.entry)
        descriptor = open_process(attempt.shim) if attempt.shim else None
        if descriptor is None:
            return False
        attempt.slots = attempt.request.slots
        self._slots.take_again(attempt.slots)
        self._watch.add(descriptor, lambda: self._shim_ended(attempt))
        if attempt.entry.read_kill():
            self._signal(attempt, signal.SIGUSR1)
        log.info(
            event("attempt adopted", shim=attempt.shim.pid if attempt.shim else 0, proc=attempt.entry.proc_id)
        )
        return True
