"""Small tasks to try a node or a farm with: each does what its name says.

    python -m rndaemon.tasks echo_log FILE [LINES_PER_S]   writes a file to the log, line by line
    python -m rndaemon.tasks easy_to_kill [CHILDREN]       waits, with children; ends when asked, with a goodbye
    python -m rndaemon.tasks hard_to_kill [CHILDREN]       the same, but nothing of it minds being asked
    python -m rndaemon.tasks crash                         ends by a segmentation fault
    python -m rndaemon.tasks fail [STATUS]                 ends with a status
    python -m rndaemon.tasks cpu_affinity                  prints the processors it may use, and a child's
    python -m rndaemon.tasks memory MB                     takes so much, and holds it until it is ended
    python -m rndaemon.tasks busy SECONDS                  keeps one core busy

Only the standard library, and nothing of ours, so any Python runs the file itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

_FOREVER_S = 3600.0


def echo_log(file: str, lines_per_s: str = "0") -> int:
    """As fast as it goes, or as a renderer would."""
    pause_s = 1 / float(lines_per_s) if float(lines_per_s) > 0 else 0.0
    with open(file, "rb") as lines:
        for line in lines:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            time.sleep(pause_s)
    return 0


def easy_to_kill(children: str = "2") -> int:
    """Says goodbye."""
    started = [_again("easy_to_kill", "0") for _ in range(int(children))]

    def leave(number: int, frame: FrameType | None) -> None:
        print("goodbye", flush=True)
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    return _wait(started)


def hard_to_kill(children: str = "2") -> int:
    """Only SIGKILL ends it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _wait([_again("hard_to_kill", "0") for _ in range(int(children))])


def crash() -> int:
    """As a renderer with a wild pointer."""
    if sys.platform == "win32":
        os.abort()
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


def fail(status: str = "1") -> int:
    """As told."""
    return int(status)


def cpu_affinity() -> int:
    """Where the system tells; a child has the same."""
    if not hasattr(os, "sched_getaffinity"):
        print("this system does not tell")
        return 0
    print("processors", *sorted(os.sched_getaffinity(0)), flush=True)
    if "PLOW_CHILD" in os.environ:
        return 0
    return _again("cpu_affinity", child="1").wait()


def memory(mb: str) -> int:
    """Touched, so that it counts."""
    held = bytearray(int(mb) * 1024 * 1024)
    held[::4096] = b"x" * len(range(0, len(held), 4096))
    print("holding", mb, "MB", flush=True)
    return _wait([])


def busy(seconds: str) -> int:
    """By the clock that never jumps."""
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        pass
    return 0


TASKS: dict[str, Callable[..., int]] = {
    task.__name__: task
    for task in (echo_log, easy_to_kill, hard_to_kill, crash, fail, cpu_affinity, memory, busy)
}


def _again(*words: str, child: str = "") -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PLOW_CHILD": child} if child else None
    return subprocess.Popen([sys.executable, "-I", __file__, *words], env=environment)


def _wait(started: list[subprocess.Popen[bytes]]) -> int:
    print("up", os.getpid(), *(child.pid for child in started), flush=True)
    time.sleep(_FOREVER_S)
    return 0


def main(words: list[str]) -> int:
    """2 where there is no such task."""
    task = TASKS.get(words[0]) if words else None
    if task is None:
        print(__doc__, file=sys.stderr)
        return 2
    return task(*words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
