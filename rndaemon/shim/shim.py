"""One small process per attempt: starts its commands, watches over them, ends them, and records how it ended.

It outlives the daemon. It is session leader and inherits every orphan below it, so that no process of
the attempt can hide from it. The daemon talks to it through the spool: a `kill` file and SIGUSR1.

Started without site packages, so only the standard library.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from rndaemon import taskenv
from rndaemon.cgroup import Group
from rndaemon.logfile import open_log
from rndaemon.platform import linux
from rndaemon.request import Request
from rndaemon.shim import child, tasklog
from rndaemon.shim.command import Around, Command
from rndaemon.shim.limits import Limits, processes_for
from rndaemon.shim.meter import Meter
from rndaemon.shim.outcome import Ending, record, sentence, shown, signal_name
from rndaemon.shim.steps import Step, last_step_of, steps_of
from rndaemon.shim.stopping import Stop, has_children
from rndaemon.spool import Entry, identity_of
from rndaemon.users import account_for

_PUBLISH_S = 1.0  # how often a changed status may be written


class Shim:
    """The life of one attempt."""

    def __init__(self, entry: Entry, request: Request) -> None:
        self._entry = entry
        self._request = request
        self._group: Group | None = None
        self._meter = Meter(request.sample_s, request.memory_limit_mb)
        self._log: tasklog.LogWriter | None = None
        self._place: child.Place | None = None
        self._is_logging = False
        self._warnings = 0  # of the commands that are over
        self._started = time.monotonic()
        self._started_ms = _now_ms()
        self._published_at = 0.0
        self._published: tuple[int, bool] | None = None
        self._wake = _listen_to_signals()

    def run(self) -> dict[str, object]:
        """The exit record."""
        try:
            self._entry.write_status({"phase": "starting", "started_ms": self._started_ms})
            self._prepare()
        except OSError as fault:
            return self._close(Ending(1, 0, "NOT_STARTED", sentence(fault)))
        if self._request.environment_fault:
            return self._close(Ending(1, 0, "ENVIRONMENT", self._request.environment_fault))
        return self._close(self._run_last(*self._run_all()))

    def clean_up(self) -> None:
        """After a fault of our own: nothing of the attempt may live on."""
        stop = Stop(self._group)
        stop.ask(0)
        while has_children():
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            stop.press()
            time.sleep(min(stop.wait_s(), 0.05))

    def lost(self, fault: BaseException) -> dict[str, object]:
        """What is recorded after it."""
        return self._record(Ending(1, 0, "LOST", f"the supervisor failed: {type(fault).__name__}: {fault}"))

    def _prepare(self) -> None:
        """All that the commands share: user, private folder, log, control group."""
        request = self._request
        account = account_for(request)
        taskenv.make_temp(request, account)
        env = taskenv.environment(request, account)
        folder = taskenv.folder_for(request, account)
        descriptor = open_log(request.log_file, account, request.log_roots, request.umask)
        self._log = tasklog.LogWriter(descriptor, request.stall_s, request.max_log_mb)
        told = {**request.env, "PLOW_CORES": env["PLOW_CORES"], "PLOW_THREADS": env["PLOW_THREADS"]}
        self._log.put(tasklog.header(request, account.name, folder, told, time.time()))
        self._make_group()
        self._place = child.Place(account, env, folder, -1, self._group)

    def _make_group(self) -> None:
        """Where it cannot be made, the meter watches instead."""
        request = self._request
        if not request.cgroup:
            return
        group = Group(request.cgroup)
        try:
            group.create()
            group.limit(request.memory_limit_mb, processes_for(request.max_processes), request.cores)
        except OSError as fault:
            group.remove()
            if self._log:
                note = f"[{tasklog.stamp(time.time())}] Plow: without a control group: {sentence(fault)}\n"
                self._log.put(tasklog.as_bytes(note))
            return
        self._group = group
        self._meter = Meter(request.sample_s, request.memory_limit_mb, group)

    def _run_all(self) -> tuple[Ending, dict[str, Any] | None]:
        """The commands in their order, until one fails; how it ended, and the wish that was heeded."""
        limits = Limits(self._request.max_run_s, self._request.max_silence_s)
        heeded: dict[str, Any] | None = None
        ending = Ending(1, 0, "NOT_STARTED", "it has no command")
        for step in steps_of(self._request):
            if heeded:  # it came when the command before had just ended by itself
                end, reason = heeded.get("end", "KILLED"), heeded.get("reason", "")
                return Ending(1, 0, end, reason, ending.command), heeded
            limits.hear()
            ending, heeded = self._run(step, limits, None)
            if not ending.is_good:
                break
        return ending, heeded

    def _run_last(self, ending: Ending, heeded: dict[str, Any] | None) -> Ending:
        """The command that runs whatever happened, within the grace; it decides only where all before it went well."""
        step = last_step_of(self._request)
        if step is None:
            return ending
        grace_s = self._request.grace_s
        if (heeded and heeded.get("grace_s", grace_s) <= 0) or grace_s <= 0:
            return ending  # told to end at once: there is no time for it
        assert self._place
        told = {
            "PLOW_END": ending.end,
            "PLOW_EXIT_STATUS": str(ending.status),
            "PLOW_EXIT_SIGNAL": str(ending.signal),
        }
        self._place = self._place._replace(env={**self._place.env, **told})
        last, _ = self._run(step, Limits(grace_s, 0), heeded)
        return last if ending.is_good and not last.is_good else ending

    def _run(
        self, step: Step, limits: Limits, heeded: dict[str, Any] | None
    ) -> tuple[Ending, dict[str, Any] | None]:
        assert self._place and self._log
        around = Around(
            self._request,
            self._log,
            self._meter,
            self._group,
            self._wake,
            read_wish=self._wish,
            began=self._begun,
            tell=self._publish,
        )
        command = Command(around, step, limits, heeded)
        ending = command.run(self._place)
        self._warnings += command.output.warnings
        return ending, command.heeded

    def _begun(self, command: Command) -> None:
        """Only now does the log get its thread: a thread does not survive the first fork."""
        self._start_log()
        self._publish(command)

    def _start_log(self) -> None:
        if self._log and not self._is_logging:
            self._is_logging = True
            self._log.start()

    def _wish(self) -> dict[str, Any] | None:
        return self._entry.read_kill() or _told_to_stop or None

    def _publish(self, command: Command) -> None:
        """Tell the daemon, at once when something changed, else about once a second."""
        now = time.monotonic()
        state = (command.pid, command.is_stopping)
        if state == self._published and now - self._published_at < min(_PUBLISH_S, self._request.sample_s):
            return
        self._published_at, self._published = now, state
        status = {
            "phase": "stopping" if command.is_stopping else "running",
            "pid": command.pid,
            "started_ms": self._started_ms,
            "progress": round((command.step.number + command.output.fraction) / command.step.total, 4),
            "last_log": command.output.last_line,
            "command_index": command.step.number,
            "warnings": self._warnings + command.output.warnings,
            **self._meter.as_dict(),
        }
        with suppress(OSError):  # a full disk under the spool is no reason to end a render
            self._entry.write_status(status)

    def _record(self, ending: Ending) -> dict[str, object]:
        clock_s = time.monotonic() - self._started
        told = record(ending, self._started_ms, _now_ms(), clock_s)
        return {**told, **self._meter.finish(clock_s), "warnings": self._warnings}

    def _close(self, ending: Ending) -> dict[str, object]:
        """Write the footer; what the log lost belongs to the reason."""
        told = self._record(ending)
        if self._group and self._group.remove():
            self._group = None
        log = self._log
        if log is None:
            return told
        self._start_log()
        log.drain()
        if log.dropped_bytes or log.fault:
            lost = f"{log.dropped_bytes} bytes of the log could not be written: {log.fault}"
            told["reason"] = "; ".join(filter(None, [str(told["reason"]), lost]))
        told["dropped_bytes"] = log.dropped_bytes
        log.finish(tasklog.footer(shown(self._request, told), time.time()))
        return told


_told_to_stop: dict[str, Any] = {}


def main(arguments: list[str]) -> None:
    """Arguments: the folder in the spool, and the descriptor of its lock, which we hold until we end."""
    entry, lock = Entry(arguments[0]), int(arguments[1])
    os.set_inheritable(lock, False)
    os.chdir("/")
    child.reset_signals()
    linux.become_subreaper()
    myself = identity_of(os.getpid())
    assert myself is not None
    entry.write_shim(myself)
    request = entry.read_request()
    shim = Shim(entry, request)
    try:
        outcome = shim.run()
    except BaseException as fault:  # noqa: BLE001 - whatever it was, the tree ends and the cause is kept
        sys.excepthook(type(fault), fault, fault.__traceback__)
        shim.clean_up()
        outcome = shim.lost(fault)
    entry.write_exit(outcome)
    taskenv.remove_temp(request.temp)
    sys.stderr.flush()
    os._exit(0)


def _listen_to_signals() -> int:
    """A descriptor that becomes readable at each signal that means something to us."""
    hear, say = os.pipe()
    os.set_blocking(hear, False)
    os.set_blocking(say, False)
    signal.set_wakeup_fd(say, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGUSR1):
        signal.signal(number, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _remember_to_stop)
    for number in (
        signal.SIGHUP,
        signal.SIGPIPE,
        signal.SIGXFSZ,
    ):  # the last: a log that may not grow any more
        signal.signal(number, signal.SIG_IGN)
    return hear


def _remember_to_stop(number: int, _frame: object) -> None:
    _told_to_stop.update(end="SHUTDOWN", reason=f"the supervisor got {signal_name(number)}")


def _now_ms() -> int:
    return int(time.time() * 1000)
