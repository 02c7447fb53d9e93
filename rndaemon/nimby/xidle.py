"""A process of its own that asks the X server how long nobody has touched anything: seconds, a line for each line.

Of its own because Xlib ends the process when its X server goes. Only the standard library, and what of X11 is
there; it ends where there is none.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import select
import subprocess
import sys
from collections.abc import Callable
from typing import Any

ANSWER_WITHIN_S = 2.0
_RETRY_LOOKS = 60


class Told(ctypes.Structure):
    """XScreenSaverInfo."""

    _fields_ = [
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("til_or_since", ctypes.c_ulong),
        ("idle_ms", ctypes.c_ulong),
        ("event_mask", ctypes.c_ulong),
    ]


def reader(xlib: Any, extension: Any) -> Callable[[], float | None] | None:
    """A function that gives idle seconds; None where there is no display or no such extension."""
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    xlib.XDefaultRootWindow.restype = ctypes.c_ulong
    xlib.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
    extension.XScreenSaverQueryInfo.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p]
    display = xlib.XOpenDisplay(None)
    if not display:
        return None
    root = xlib.XDefaultRootWindow(display)
    told = Told()

    def read() -> float | None:
        if not extension.XScreenSaverQueryInfo(display, root, ctypes.byref(told)):
            return None
        return float(told.idle_ms) / 1000

    return read


class Asker:
    """The daemon's end: starts the process when it is wanted, and again when it has ended."""

    def __init__(self, command: list[str] | None = None) -> None:
        self._command = command or [sys.executable, "-I", "-S", __file__]
        self._child: subprocess.Popen[bytes] | None = None
        self._wait = 0

    def idle_s(self) -> float | None:
        """None where X11 says nothing."""
        if self._wait > 0:
            self._wait -= 1
            return None
        line = self._ask()
        if line is None:
            self.close()
            self._wait = _RETRY_LOOKS
        try:
            return float(line or "")
        except ValueError:
            return None

    def close(self) -> None:
        """End it."""
        child, self._child = self._child, None
        if child:
            child.kill()
            child.communicate()

    def _ask(self) -> bytes | None:
        try:
            if self._child is None:
                self._child = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            assert self._child.stdin and self._child.stdout
            self._child.stdin.write(b"\n")
            self._child.stdin.flush()
            if not select.select([self._child.stdout], [], [], ANSWER_WITHIN_S)[0]:
                return None
            return self._child.stdout.readline() or None
        except OSError:
            return None


def main() -> int:
    """Answer until our daemon is gone; 1 where there is nothing to say."""
    libraries = [ctypes.util.find_library(name) for name in ("X11", "Xss")]
    if not all(libraries):
        return 1
    read = reader(*(ctypes.CDLL(library) for library in libraries))
    if read is None:
        return 1
    for _ in sys.stdin:
        idle_s = read()
        print("" if idle_s is None else idle_s, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
