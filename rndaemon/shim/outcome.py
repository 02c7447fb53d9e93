"""How a command ended, and what becomes of it in exit record and footer. Pure.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import NamedTuple

from rndaemon.request import Request

_REASON_LIMIT = 700  # characters: with all else it fits into the room that the spool reserves
_LINE_LIMIT = 400


class Cause(NamedTuple):
    """Why somebody ended a command: the label of AttemptEnd, or DONE, and one sentence."""

    end: str
    reason: str


class Ending(NamedTuple):
    """How a command ended."""

    status: int
    signal: int
    end: str
    reason: str
    command: int = 0  # which of its commands
    line: str = ""  # of its output: what tells best why it failed

    @property
    def is_good(self) -> bool:
        """Whether the next command may run."""
        return self.end == "EXITED" and self.status == 0 and self.signal == 0


class Evidence(NamedTuple):
    """What is known when nothing of a command is left."""

    wait_status: int | None  # as waitpid says it; None where it never ran
    cause: Cause | None = None  # who ended it, if anybody did before it ended by itself
    verdict: str = ""  # what its log said: ERROR, LICENSE, DONE
    verdict_line: str = ""
    wrapper: str = ""  # the wrapper's first word, where it failed before the command began
    last_line: str = ""
    out_of_memory: bool = False  # the kernel ended processes meanwhile, for want of memory
    said: str = ""  # what tells best why it failed, of its last lines


def judged(seen: Evidence, index: int) -> Ending:
    """The truth about it. Only what ended well by itself, or said that it was done, is a success."""
    wait_status = 1 << 8 if seen.wait_status is None else seen.wait_status
    number = os.WTERMSIG(wait_status) if os.WIFSIGNALED(wait_status) else 0
    status = 1 if number else os.WEXITSTATUS(wait_status)
    if seen.cause and seen.cause.end == "DONE":
        return Ending(0, 0, "EXITED", seen.cause.reason, index)
    if seen.cause:
        line = _line(seen, seen.cause.end)
        return Ending(max(1, status), number, seen.cause.end, seen.cause.reason, index, line)
    end, reason = _by_itself(seen, status, number)
    status = status if end == "EXITED" else max(1, status)
    return Ending(status, number, end, reason, index, _line(seen, end) if status or number else "")


def _by_itself(seen: Evidence, status: int, number: int) -> tuple[str, str]:
    if seen.wrapper:
        said = f": {seen.last_line}" if seen.last_line else ""
        return "ENVIRONMENT", f"'{seen.wrapper}' failed before the command began{said}"
    if seen.verdict == "LICENSE":
        return "LICENSE", f"no licence, says its log: {seen.verdict_line}"
    if seen.out_of_memory and number == signal.SIGKILL:
        return "MEMORY", "the kernel ended it because memory had run out"
    if seen.verdict == "ERROR":
        return "LOG_ERROR", f"an error, says its log: {seen.verdict_line}"
    return "EXITED", f"ended by {signal_name(number)}" if number else ""


def _line(seen: Evidence, end: str) -> str:
    """Where the node ended it, the reason tells best."""
    if end in ("LICENSE", "LOG_ERROR"):
        return seen.verdict_line
    return seen.said if end in ("EXITED", "ENVIRONMENT") else ""


def record(ending: Ending, started_ms: int, stopped_ms: int, clock_s: float) -> dict[str, object]:
    """What the spool keeps."""
    return {
        "exit_status": ending.status,
        "signal": ending.signal,
        "end": ending.end,
        "reason": ending.reason[:_REASON_LIMIT],
        "command_index": ending.command,
        **({"failure_line": ending.line[:_LINE_LIMIT]} if ending.line else {}),
        "started_ms": started_ms,
        "stopped_ms": stopped_ms,
        "clock_ms": int(clock_s * 1000),
    }


def shown(request: Request, told: Mapping[str, object]) -> dict[str, object]:
    """What the footer of the log says."""
    return {
        "Host": request.host,
        "Exit status": told["exit_status"],
        "Signal": told["signal"],
        "End": told["end"],
        **({"Command": f"{told['command_index']} (from 0)"} if request.before or request.more else {}),
        "Clock": f"{told['clock_ms']} ms",
        "CPU": f"{told['cpu_ms']} ms",
        "MaxRSS": f"{told['max_rss_mb']} MB",
        "DiskIO": _traffic(told.get("disk")),
        "Cores": request.cores,
        "High cores": told["high_cores"],
        "Warnings": told.get("warnings", 0),
        "Dropped bytes": told.get("dropped_bytes", 0),
        **({"Reason": told["reason"]} if told["reason"] else {}),
    }


def _traffic(disk: object) -> str:
    if not isinstance(disk, list) or len(disk) != 4:
        return ""
    reads, writes, read_bytes, write_bytes = disk
    return f"{reads} reads, {read_bytes} bytes; {writes} writes, {write_bytes} bytes"


def signal_name(number: int) -> str:
    """With the name that people know."""
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def sentence(fault: Exception) -> str:
    """An error in words for people."""
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.strerror}: '{fault.filename}'" if fault.filename else fault.strerror
    return str(fault)
