"""The attempts this node answers for: start, kill, list, find again after a restart.

An attempt is held from its intent until a server has acknowledged its result. Its cores are free as
soon as its process tree is gone.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterable
from typing import Any

from plow_client.errors import NotAllowed, Unavailable
from plow_client.idl import RunningTask, RunTaskCommand, RunTaskResult
from plow_client.logs import event
from rndaemon import strays
from rndaemon.attempt import Attempt
from rndaemon.cgroup import remove_leftovers
from rndaemon.platform.boot import boot_id
from rndaemon.preparing import Preparer, check_command
from rndaemon.request import FromTheFuture, Request
from rndaemon.slots import Slots
from rndaemon.spool import Entry, Spool
from rndaemon.starter import Starter, find_shim, open_process
from rndaemon.taskenv import remove_temp
from rndaemon.tombstones import Tombstones
from rndaemon.verdict import outcome_of_other_boot, outcome_without_record, result_of, running_task
from rndaemon.watch import Watch

log = logging.getLogger(__name__)


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
        lacking: Callable[[], str] = lambda: "",
        starter: Starter | None = None,
    ) -> None:
        """`ended` gets each result, after the cores were given back; `began` what was started; `lacking` says what
        the machine has too little of for new tasks.
        """
        self._spool = spool
        self._tombstones = tombstones
        self._slots = slots
        self._preparer = preparer
        self._ended = ended
        self._began = began
        self._lacking = lacking
        self._starter = starter or Starter()
        self._held: dict[str, Attempt] = {}
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._refusal = ""
        self._watch = Watch(self._give_up_on_stuck)

    def open(self) -> int:
        """Find what an earlier daemon left; how many were found. NotAllowed where a newer release left it."""
        entries = list(self._spool.entries())
        for entry in entries:
            self._refuse_the_future(entry)
        found = [self._adopt(entry) for entry in entries]
        base = self._preparer.group_base
        if base:
            remove_leftovers(base, self._held)
        self._watch.start()
        self._starter.warm_up()
        return sum(found)

    def close(self) -> None:
        """Stop watching; the shims go on."""
        self._watch.stop()
        self._starter.close()

    def start(self, command: RunTaskCommand) -> None:
        """Start it, unless it is here already; an error says why it cannot start here."""
        check_command(command, self._preparer.turned)
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
                attempt.ask_to_stop(reason, grace_s, end)
        log.info(event("attempt told to stop", reason=reason, proc=proc_id))
        return True

    def bury_unless_held(self, proc_id: str) -> bool:
        """Say whether we answer for it; where we do not, it can't start here any more."""
        with self._lock:
            if proc_id in self._held:
                return True
            self._tombstones.add([proc_id])
            return False

    def kill_all(self, reason: str, end: str, grace_s: float | None = None) -> None:
        """Stop everything that runs; each has its own grace, unless the node says how long."""
        with self._lock:
            for attempt in self._held.values():
                if not attempt.is_over:
                    attempt.ask_to_stop(reason, grace_s, end)

    def refuse(self, reason: str) -> None:
        """Take nothing new, and say why; an empty reason opens the door again."""
        with self._lock:
            self._refusal = reason

    def why_refusing(self) -> str:
        """Why nothing new is taken now; empty where it is."""
        if self._refusal:
            return self._refusal
        if self._spool.is_full():
            return f"only {self._spool.free_mb()} MB free in '{self._spool.folder}': no new tasks"
        for attempt in list(self._held.values()):
            if attempt.is_unending():
                return (
                    f"processes of proc '{attempt.request.proc_id}' cannot be ended: this machine needs help"
                )
        return self._lacking()

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
        with self._lock:
            for proc_id in done:
                self._held.pop(proc_id, None)
        for proc_id in done:
            self._spool.entry(proc_id).remove()

    # ---- with the lock held

    def _refuse_where_it_must_not(self, proc_id: str) -> None:
        if proc_id in self._tombstones:
            raise NotAllowed(f"proc '{proc_id}' was stopped or is done: it cannot start here")
        if reason := self.why_refusing():
            raise NotAllowed(reason)

    def _begin(self, request: Request) -> Attempt:
        try:
            entry = self._spool.add(request)
        except OSError as error:
            raise Unavailable(f"cannot write to '{self._spool.folder}': {error.strerror}") from error
        try:
            started = self._starter.start(entry)
        except BaseException:
            entry.remove()
            raise
        attempt = Attempt(entry, request, request.slots, started.identity)
        self._held[request.proc_id] = attempt
        self._watch.add(started.descriptor, lambda: self._shim_ended(attempt))
        return attempt

    # ---- how attempts end

    def _shim_ended(self, attempt: Attempt) -> None:
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
        while not strays.sweep(proc_id, attempt.entry.read_status(), attempt.request.cgroup):
            log.warning(event("stray processes cannot be killed", proc=proc_id))
        remove_temp(attempt.request.temp)
        self._finish(attempt, outcome_without_record(attempt.entry))

    def _finish(self, attempt: Attempt, outcome: dict[str, Any]) -> None:
        with self._changed:
            attempt.is_over = True
            self._slots.give_back(attempt.slots)
            self._changed.notify_all()
            # Before the lock goes: who waits until nothing runs, to stop or to reboot, counts on the outbox.
            self._ended(result_of(attempt.request, outcome))
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

    def _give_up_on_stuck(self) -> None:
        """A shim that hangs before its task began (a dead file server under the log) is ended itself."""
        with self._lock:
            for attempt in self._held.values():
                if attempt.is_stuck():
                    attempt.signal(signal.SIGKILL)

    # ---- after a restart

    def _refuse_the_future(self, entry: Entry) -> None:
        """Before anything is touched: what a newer release does with its attempts, we can't know."""
        try:
            entry.read_request()
        except FromTheFuture as fault:
            raise NotAllowed(
                f"{fault}: start that release on '{self._spool.folder}', or wait until its attempts are done"
            ) from None
        except (OSError, ValueError, TypeError):
            pass  # told when it is adopted

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
            attempt.signal(signal.SIGUSR1)
        log.info(
            event("attempt adopted", shim=attempt.shim.pid if attempt.shim else 0, proc=attempt.entry.proc_id)
        )
        return True
