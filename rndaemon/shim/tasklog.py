"""One log per attempt: who ran what where, then the output byte for byte, then how it ended.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import os
import re
import shlex
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence

from rndaemon.request import Request

RULE = "=" * 60
QUEUE_BYTES = 4 * 1024 * 1024
TAIL_BYTES = 256 * 1024
_LONG_LINE = 4096  # beyond that a cut line says more than none
_STOOD_STILL = "the log stood still"
_SECRETS = ("TOKEN", "SECRET", "PASSW", "KEY", "CREDENTIAL")
MASK = "***"
_SECRET_WORD = re.compile(r"(?i)^(.*(?:token|secret|passw(?:or)?d|api[-_]?key|credentials?)=).+", re.DOTALL)
_SECRET_OPTION = re.compile(r"(?i)-+[\w-]*(?:token|secret|passw(?:or)?d|api[-_]?key|credentials?)")
_SECRET_ADDRESS = re.compile(r"(\w://[^/\s:@]*:)[^/\s@]+@")


def header(request: Request, user: str, folder: str, env: Mapping[str, str], now_s: float) -> bytes:
    """What stands above the output."""
    told = {
        "Host": request.host,
        "User": user,
        "Job": request.job_name or request.job_id,
        "Task": request.task_name or request.task_id,
        "Attempt": request.attempt,
        "Proc": request.proc_id,
        "Cores": request.cores,
        "RAM": f"{request.ram_mb} MB",
        **({"GPUs": ", ".join(map(str, request.gpus))} if request.gpus else {}),
        **({"Limits": _limits(request)} if _limits(request) else {}),
        "Folder": folder,
        **({"Wrapper": command_text(request.wrapper)} if request.wrapper else {}),
        "Command": command_text(request.command),
        **({"Note": request.remark} if request.remark else {}),
    }
    lines = [f"[{stamp(now_s)}] Plow attempt begins", RULE]
    lines += [_line(name, value) for name, value in told.items()]
    lines += [_line("Env", f"{name}={value}") for name, value in sorted(masked(env).items())]
    return as_bytes("\n".join([*lines, RULE, "", ""]))


def _limits(request: Request) -> str:
    limits = {
        "run time {} s": request.max_run_s,
        "silence {} s": request.max_silence_s,
        "log {} MB": request.max_log_mb,
        "memory {} MB": request.memory_limit_mb,
        "nice {}": request.niceness,
        "{} processes": request.max_processes,
        "{} open files": request.open_files,
    }
    return ", ".join(text.format(value) for text, value in limits.items() if value)


def _line(name: str, value: object) -> str:
    """Always one line: a value cannot pretend to be the end of the header."""
    return _on_one_line(f"{name}: {value}")


def _on_one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")


def footer(outcome: Mapping[str, object], now_s: float) -> bytes:
    """What stands below it, on lines of its own."""
    lines = ["", "", RULE, f"[{stamp(now_s)}] Plow attempt ended"]
    lines += [_line(name, value) for name, value in outcome.items()]
    return as_bytes("\n".join([*lines, RULE, ""]))


def masked(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without what nobody should read in a log."""
    return {
        name: MASK if any(word in name.upper() for word in _SECRETS) else value for name, value in env.items()
    }


def masked_words(words: Sequence[str]) -> list[str]:
    """A command without them: `--password=x`, `--token x`, `https://me:x@host`."""
    shown, hide = [], False
    for word in words:
        shown.append(
            MASK if hide else _SECRET_ADDRESS.sub(rf"\1{MASK}@", _SECRET_WORD.sub(rf"\1{MASK}", word))
        )
        hide = _SECRET_OPTION.fullmatch(word) is not None
    return shown


def command_text(words: Sequence[str]) -> str:
    """A command as people read it, on one line."""
    return _on_one_line(shlex.join(masked_words(words)))


def notice(text: str, now_s: float | None = None) -> bytes:
    """A remark of ours between the lines of the output."""
    return as_bytes(f"\n[{stamp(time.time() if now_s is None else now_s)}] Plow: {text}\n")


def stamp(now_s: float) -> str:
    """Local time with its offset."""
    return time.strftime("%Y-%m-%d %H:%M:%S%z", time.localtime(now_s))


def as_bytes(text: str) -> bytes:
    """UTF-8; what cannot be is marked."""
    return text.encode("utf-8", "replace")


class Tail:
    """The end of what went beyond the largest size of a log: that is where errors stand."""

    def __init__(self, most: int) -> None:
        self.taken = 0
        self._most = most
        self._kept: deque[bytes] = deque()
        self._size = 0

    def take(self, chunk: bytes) -> None:
        """Keep it, and forget what is older than needed."""
        self.taken += len(chunk)
        self._kept.append(chunk)
        self._size += len(chunk)
        while self._size - len(self._kept[0]) >= self._most:
            self._size -= len(self._kept.popleft())

    def text(self) -> bytes:
        """From the beginning of a line on, where one is near; behind a notice where something is left out."""
        end = b"".join(self._kept)
        if self.taken <= self._most:
            return end
        end = end[-self._most :]
        end = end[end.find(b"\n", 0, _LONG_LINE) + 1 :]
        return notice(f"{self.taken - len(end)} bytes are left out here; these are the last") + end


class LogWriter:
    """Writes behind a queue, so that a log on a dead file server holds up nothing but itself.

    While the queue is full the task waits, as it would on its own file. When no byte went out for
    `stall_s`, output is dropped instead, and counted; the log says where. Beyond `most_mb` only the end is kept.
    """

    def __init__(self, descriptor: int, stall_s: float, most_mb: int = 0) -> None:
        self.fault = ""
        self._dropped = 0
        self._descriptor = descriptor
        self._stall_s = stall_s
        self._room = most_mb * 1024 * 1024 if most_mb else None
        self._tail = Tail(TAIL_BYTES)
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._unsaid = 0  # bytes that were dropped since the last that was taken
        self._hole = 0  # bytes that were lost since the last that could be written
        self._given_up = False
        self._is_alone = False
        self._closing = False
        self._moved_at = time.monotonic()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write_on, name="log", daemon=True)
        if os.fstat(descriptor).st_size:
            self._append(b"\n")  # what somebody wrote before us may have been cut in the middle of a line

    def start(self) -> None:
        """Begin to write; after the task was forked, for a thread does not survive that."""
        self._moved_at = time.monotonic()
        try:
            self._thread.start()
        except RuntimeError:  # there are no threads left on this machine: then the task waits for its log
            self._is_alone = True
            self._write_all()

    @property
    def dropped_bytes(self) -> int:
        """What the log does not hold: it could not be written, or had not been when we gave up."""
        return self._dropped + (self._queued if self._given_up else 0)

    def has_room(self) -> bool:
        """Whether more output may come now."""
        with self._changed:
            return self._queued < QUEUE_BYTES or self._is_stalled()

    def put(self, chunk: bytes) -> None:
        """Take output; drops it where the log stands still."""
        with self._changed:
            self._take(self._within(chunk))
        if self._is_alone:
            self._write_all()

    def drain(self) -> None:
        """Wait until all is written; gives up on a log that stands still."""
        with self._changed:
            while self._queued and not self._is_stalled():
                self._changed.wait(0.5)
            self._given_up = self._queued > 0
            if self._given_up:
                self.fault = self.fault or _STOOD_STILL

    def finish(self, last: bytes) -> None:
        """Write the end of what went beyond the largest size, then this, and stop."""
        with self._changed:
            self._take(self._tail.text() + last)
        if self._is_alone:
            self._write_all()
            os.close(self._descriptor)
            return
        self.drain()
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            stuck = self._queued > 0
        if not stuck:
            self._thread.join()

    def _within(self, chunk: bytes) -> bytes:
        """As much of it as there is room for."""
        if self._room is None:
            return chunk
        fits, beyond = chunk[: self._room], chunk[self._room :]
        self._room -= len(fits)
        if beyond:
            if not self._tail.taken:
                fits += notice("this log is as large as it may be; of what follows only the end is kept")
            self._tail.take(beyond)
        return fits

    def _take(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self._queued >= QUEUE_BYTES and self._is_stalled():
            self.fault = self.fault or _STOOD_STILL
            self._dropped += len(chunk)
            self._unsaid += len(chunk)
            return
        if self._unsaid:
            chunk, self._unsaid = self._missing(self._unsaid) + chunk, 0
        if not self._queue:
            self._moved_at = time.monotonic()
        self._append(chunk)
        self._changed.notify_all()

    def _append(self, chunk: bytes) -> None:
        self._queue.append(chunk)
        self._queued += len(chunk)

    def _is_stalled(self) -> bool:
        return self._queued > 0 and time.monotonic() - self._moved_at > self._stall_s

    def _missing(self, count: int) -> bytes:
        return notice(f"{count} bytes are missing here: {self.fault}")

    def _write_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                if not self._queue:
                    break
            self._write_next()
        os.close(self._descriptor)

    def _write_all(self) -> None:
        while self._queue:
            self._write_next()

    def _write_next(self) -> None:
        chunk = self._queue[0]
        if self._hole and not self._write(self._missing(self._hole)):
            self._hole = 0
        lost = len(chunk) if self._hole else self._write(chunk)
        self._hole += lost
        with self._changed:
            self._queue.popleft()
            self._queued -= len(chunk)
            self._dropped += lost
            self._moved_at = time.monotonic()
            self._changed.notify_all()

    def _write(self, chunk: bytes) -> int:
        """How many bytes could not be written."""
        left = memoryview(chunk)
        while left:
            try:
                left = left[os.write(self._descriptor, left) :]
            except OSError as error:
                self.fault = self.fault or (error.strerror or str(error))
                return len(left)
        return 0
