"""One small process per attempt: starts the task, watches over it, ends it, and records how it ended.

It outlives the daemon. It is session leader and inherits every orphan below it, so that no process of
the attempt can hide from it. The daemon talks to it through the spool: a `kill` file and SIGUSR1.

Started with `python -I -S`, so only the standard library.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from rndaemon import child, taskenv, tasklog
from rndaemon.logfile import open_log
from rndaemon.meter import Meter
from rndaemon.platform import linux
from rndaemon.progress import Output
from rndaemon.request import Request
from rndaemon.spool import Entry, identity_of
from rndaemon.stopping import LOOK_S, Stop, has_children
from rndaemon.users import Account, account_for

CHUNK = 64 * 1024
_PUBLISH_S = 1.0  # how often a changed status may be written


class Shim:
    """The life of one attempt."""

    def __init__(self, entry: Entry, request: Request) -> None:
        self._entry = entry
        self._request = request
        self._stop = Stop()
        self._output = Output(request.rules)
        self._meter = Meter(request.sample_s)
        self._log: tasklog.LogWriter | None = None
        self._pid = 0
        self._status: int | None = None  # as waitpid says it
        self._started = time.monotonic()
        self._started_ms = _now_ms()
        self._published_at = 0.0
        self._pipe = -1
        self._wake = _listen_to_signals()

    def run(self) -> dict[str, object]:
        """The exit record."""
        try:
            self._entry.write_status({"phase": "starting", "started_ms": self._started_ms})
            account = account_for(self._request)
            taskenv.make_temp(self._request, account)
            self._start(account)
        except (OSError, child.NotStarted) as fault:
            return self._close(self._outcome(1, 0, "NOT_STARTED", _sentence(fault)))
        while not self._is_over():
            self._listen()
        self._drain()
        return self._close(self._verdict())

    def clean_up(self) -> None:
        """After a fault of our own: nothing of the attempt may live on."""
        self._stop.ask(0)
        while has_children():
            self._reap()
            self._stop.press()
            time.sleep(self._stop.wait_s())

    def _start(self, account: Account) -> None:
        request = self._request
        env = taskenv.environment(request, account)
        folder = taskenv.folder_for(request, account)
        descriptor = open_log(request.log_file, account, request.log_roots, request.umask)
        self._log = tasklog.LogWriter(descriptor, request.stall_s)
        self._pipe, output = os.pipe()
        try:
            self._obey()
            if not self._stop.wish:
                self._pid = child.start(request, account, env, folder, output)
        finally:
            os.close(output)
            told = {**request.env, "PLOW_CORES": env["PLOW_CORES"], "PLOW_THREADS": env["PLOW_THREADS"]}
            self._log.put(tasklog.header(request, account.name, folder, told, time.time()))
            self._log.start()  # only now: the header comes first, and a thread would not survive the fork
        self._publish("running")

    def _is_over(self) -> bool:
        """Move everything that is due, then look whether anything is left."""
        self._reap()
        self._obey()
        if not has_children():
            return True
        if self._status is not None:
            self._stop.ask(self._request.leftover_grace_s)
        self._stop.press()
        if self._meter.is_due():
            self._meter.sample()
            self._publish("stopping" if self._stop.wish else "running")
        return False

    def _listen(self) -> None:
        """Wait for output, a signal, or the next thing to do."""
        log = self._log
        assert log is not None
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        room = log.has_room()
        if self._pipe >= 0 and room:
            poll.register(self._pipe, select.POLLIN)
        wait_s = min(LOOK_S, self._stop.wait_s(), self._meter.wait_s(), LOOK_S if room else 0.02)
        for descriptor, _ in poll.poll(max(1, int(wait_s * 1000))):
            if descriptor == self._wake:
                os.read(self._wake, 1024)
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
        assert self._log is not None
        self._log.put(chunk)
        self._output.feed(chunk)
        if time.monotonic() - self._published_at > _PUBLISH_S:
            self._publish("stopping" if self._stop.wish else "running")
        return True

    def _drain(self) -> None:
        """What the tree had written before it ended; a stranger who holds the pipe does not keep us."""
        if self._pipe < 0:
            return
        os.set_blocking(self._pipe, False)
        for _ in range(2 + fcntl.fcntl(self._pipe, fcntl.F_GETPIPE_SZ) // 4096):
            while self._log and not self._log.has_room():
                time.sleep(0.02)
            if not self._pump():
                break
        self._output.finish()

    def _reap(self) -> None:
        """Take in what ended: the task itself and every orphan."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._pid:
                self._status = status

    def _obey(self) -> None:
        """Stop the task if somebody wishes so; when it had ended by itself, that stays the truth."""
        wish = self._entry.read_kill() or _told_to_stop
        if wish and wish != self._stop.wish:
            if self._status is None:
                self._stop.wish = wish
            self._stop.ask(wish.get("grace_s", self._request.grace_s))

    def _publish(self, phase: str) -> None:
        self._published_at = time.monotonic()
        status = {
            "phase": phase,
            "pid": self._pid,
            "started_ms": self._started_ms,
            "progress": round(self._output.fraction, 4),
            "last_log": self._output.last_line,
            **self._meter.as_dict(),
        }
        with suppress(OSError):  # a full disk under the spool is no reason to end a render
            self._entry.write_status(status)

    def _verdict(self) -> dict[str, object]:
        wish = self._stop.wish
        status = self._status if self._status is not None else 1 << 8
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        code = 1 if number else os.WEXITSTATUS(status)
        if wish:
            return self._outcome(code, number, wish.get("end", "KILLED"), wish.get("reason", ""))
        return self._outcome(code, number, "EXITED", f"ended by {_signal_name(number)}" if number else "")

    def _outcome(self, code: int, number: int, end: str, reason: str) -> dict[str, object]:
        clock_s = time.monotonic() - self._started
        return {
            "exit_status": code,
            "signal": number,
            "end": end,
            "reason": reason[:1000],
            "started_ms": self._started_ms,
            "stopped_ms": _now_ms(),
            "clock_ms": int(clock_s * 1000),
            **self._meter.finish(clock_s),
        }

    def _close(self, outcome: dict[str, object]) -> dict[str, object]:
        """Write the footer; what the log lost belongs to the reason."""
        log = self._log
        if log is None:
            return outcome
        log.drain()
        if log.dropped_bytes or log.fault:
            lost = f"{log.dropped_bytes} bytes of the log could not be written: {log.fault}"
            outcome["reason"] = "; ".join(filter(None, [str(outcome["reason"]), lost]))
        outcome["dropped_bytes"] = log.dropped_bytes
        log.finish(tasklog.footer(_shown(self._request, outcome), time.time()))
        return outcome


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
        outcome = shim._outcome(1, 0, "LOST", f"the supervisor failed: {type(fault).__name__}: {fault}")
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
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return hear


def _remember_to_stop(number: int, _frame: object) -> None:
    _told_to_stop.update(end="SHUTDOWN", reason=f"the supervisor got {_signal_name(number)}")


def _signal_name(number: int) -> str:
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def _sentence(fault: Exception) -> str:
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.strerror}: '{fault.filename}'" if fault.filename else fault.strerror
    return str(fault)


def _shown(request: Request, outcome: dict[str, object]) -> dict[str, object]:
    return {
        "Host": request.host,
        "Exit status": outcome["exit_status"],
        "Signal": outcome["signal"],
        "End": outcome["end"],
        "Clock": f"{outcome['clock_ms']} ms",
        "CPU": f"{outcome['cpu_ms']} ms",
        "MaxRSS": f"{outcome['max_rss_mb']} MB",
        "Cores": request.cores,
        "High cores": outcome["high_cores"],
        "Dropped bytes": outcome.get("dropped_bytes", 0),
        **({"Reason": outcome["reason"]} if outcome["reason"] else {}),
    }


def _now_ms() -> int:
    return int(time.time() * 1000)
