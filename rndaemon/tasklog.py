"""One log per attempt: who ran what where, then the output byte for byte, then how it ended.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import os
import shlex
import threading
import time
from collections import deque
from collections.abc import Mapping

from rndaemon.request import Request

RULE = "=" * 60
QUEUE_BYTES = 4 * 1024 * 1024
_SECRETS = ("TOKEN", "SECRET", "PASSW", "KEY", "CREDENTIAL")
MASK = "***"


def header(request: Request, user: str, folder: str, env: Mapping[str, str], now_s: float) -> bytes:
    """What stands above the output."""
    lines = [
        f"[{stamp(now_s)}] Plow attempt begins",
        RULE,
        f"Host: {request.host}",
        f"User: {user}",
        f"Job: {request.job_name or request.job_id}",
        f"Task: {request.task_name or request.task_id}",
        f"Attempt: {request.attempt}",
        f"Proc: {request.proc_id}",
        f"Cores: {request.cores}",
        f"RAM: {request.ram_mb} MB",
        f"Folder: {folder}",
        f"Command: {shlex.join(request.command)}",
        *(f"Env: {name}={value}" for name, value in sorted(masked(env).items())),
        RULE,
        "",
        "",
    ]
    return as_bytes("\n".join(lines))


def footer(outcome: Mapping[str, object], now_s: float) -> bytes:
    """What stands below it, on lines of its own."""
    lines = ["", "", RULE, f"[{stamp(now_s)}] Plow attempt ended"]
    lines += [f"{name}: {value}" for name, value in outcome.items()]
    return as_bytes("\n".join([*lines, RULE, ""]))


def masked(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without what nobody should read in a log."""
    return {
        name: MASK if any(word in name.upper() for word in _SECRETS) else value for name, value in env.items()
    }


def stamp(now_s: float) -> str:
    """Local time with its offset."""
    return time.strftime("%Y-%m-%d %H:%M:%S%z", time.localtime(now_s))


def as_bytes(text: str) -> bytes:
    """UTF-8; what cannot be is marked."""
    return text.encode("utf-8", "replace")


class LogWriter:
    """Writes behind a queue, so that a log on a dead file server holds up nothing but itself.

    While the queue is full the task waits, as it would on its own file. When no byte went out for
    `stall_s`, output is dropped instead, and counted.
    """

    def __init__(self, descriptor: int, stall_s: float) -> None:
        self.dropped_bytes = 0
        self.fault = ""
        self._descriptor = descriptor
        self._stall_s = stall_s
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._closing = False
        self._moved_at = time.monotonic()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write_on, name="log", daemon=True)

    def start(self) -> None:
        """Begin to write; after the task was forked, for a thread does not survive that."""
        self._moved_at = time.monotonic()
        self._thread.start()

    def has_room(self) -> bool:
        """Whether more output may come now."""
        with self._changed:
            return self._queued < QUEUE_BYTES or self._is_stalled()

    def put(self, chunk: bytes) -> None:
        """Take output; drops it where the log stands still."""
        with self._changed:
            if self._queued >= QUEUE_BYTES and self._is_stalled():
                self.fault = self.fault or "the log stood still"
                self.dropped_bytes += len(chunk)
                return
            if not self._queue:
                self._moved_at = time.monotonic()
            self._queue.append(chunk)
            self._queued += len(chunk)
            self._changed.notify_all()

    def drain(self) -> None:
        """Wait until all is written; gives up on a log that stands still."""
        with self._changed:
            while self._queued and not self._is_stalled():
                self._changed.wait(0.5)

    def finish(self, last: bytes) -> None:
        """Write this, and stop."""
        self.put(last)
        self.drain()
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            stuck = self._queued > 0
        if not stuck:
            self._thread.join()

    def _is_stalled(self) -> bool:
        return self._queued > 0 and time.monotonic() - self._moved_at > self._stall_s

    def _write_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                if not self._queue:
                    break
                chunk = self._queue[0]
            lost = self._write(chunk)
            with self._changed:
                self._queue.popleft()
                self._queued -= len(chunk)
                self.dropped_bytes += lost
                self._moved_at = time.monotonic()
                self._changed.notify_all()
        os.close(self._descriptor)

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
