"""Windows: a Job Object holds the whole tree of a task, and ending it ends all of them.

Written from Microsoft's reference and tested with stand-ins for its functions; never run on a real
Windows. `rndaemon --selftest` there tells what holds.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any

_KILL_ON_CLOSE = 0x2000
_EXTENDED_LIMITS = 9
_PROCESS_ALL = 0x1F0FFF
_BELOW_NORMAL = 0x4000
_KILLED = 1


class _Basic(ctypes.Structure):
    _fields_ = [
        ("per_process_time", ctypes.c_int64),
        ("per_job_time", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    ]


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = [
        ("basic", _Basic),
        ("io", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    ]


class LastInput(ctypes.Structure):
    """LASTINPUTINFO."""

    _fields_ = [("size", ctypes.c_uint32), ("tick_ms", ctypes.c_uint32)]


class Windows:
    """The layer of Windows."""

    name = "windows"

    def __init__(self, kernel: Any = None, user: Any = None) -> None:
        """kernel32 and user32, or stand-ins for them."""
        self._given = kernel, user

    def boot_id(self) -> str:
        """There is none; the second of the boot will do, rounded because the clock is corrected now and then."""
        import psutil

        return f"boot-{round(psutil.boot_time() / 10)}"

    def idle_s(self) -> float | None:
        """Since the last input in the session of this process; a service sees none but its own."""
        told = LastInput(ctypes.sizeof(LastInput), 0)
        if not self._user.GetLastInputInfo(ctypes.byref(told)):
            return None
        idle_ms = (
            int(self._kernel.GetTickCount()) - told.tick_ms
        ) & 0xFFFFFFFF  # both turn over after 49 days
        return float(idle_ms) / 1000

    def groups_of(self, user: str) -> list[int]:
        """Groups have no numbers here."""
        return []

    def limit_task(self) -> None:
        """A lower priority, so that the person at the machine comes first."""
        self._kernel.SetPriorityClass(self._kernel.GetCurrentProcess(), _BELOW_NORMAL)

    def pin(self, cpus: Iterable[int]) -> bool:
        """The first 64 processors, which is one group of them."""
        mask = sum(1 << cpu for cpu in set(cpus) if 0 <= cpu < 64)
        return bool(mask and self._kernel.SetProcessAffinityMask(self._kernel.GetCurrentProcess(), mask))

    def own_tree(self) -> object:
        """A Job Object that ends what is in it when its last handle is closed; OSError where there is none."""
        job = self._kernel.CreateJobObjectW(None, None)
        if not job:
            raise OSError("no Job Object could be made")
        limits = ExtendedLimits()
        limits.basic.limit_flags = _KILL_ON_CLOSE
        size = ctypes.sizeof(limits)
        if not self._kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size):
            self._kernel.CloseHandle(job)
            raise OSError("the Job Object takes no limits")
        return job

    def take_in(self, job: object, pid: int) -> bool:
        """Put a process into the job; what it starts from then on is in it too."""
        process = self._kernel.OpenProcess(_PROCESS_ALL, False, pid)
        if not process:
            return False
        try:
            return bool(self._kernel.AssignProcessToJobObject(job, process))
        finally:
            self._kernel.CloseHandle(process)

    def end_tree(self, root: int, tag: str, tree: object) -> list[int]:
        """All at once, by the kernel."""
        return [root] if self._kernel.TerminateJobObject(tree, _KILLED) else []

    def reboot_words(self) -> list[str]:
        """At once, and programs are not asked."""
        return ["shutdown", "/r", "/t", "0", "/f"]

    @property
    def _kernel(self) -> Any:
        return self._given[0] or _library("kernel32")

    @property
    def _user(self) -> Any:
        return self._given[1] or _library("user32")


def _library(name: str) -> Any:
    """Handles are as wide as pointers; ctypes takes results for 32 bits unless told."""
    library = getattr(ctypes, "WinDLL")(name, use_last_error=True)  # noqa: B009 - exists on Windows alone
    if name == "kernel32":
        for function in ("CreateJobObjectW", "OpenProcess", "GetCurrentProcess"):
            getattr(library, function).restype = ctypes.c_void_p
        library.SetInformationJobObject.argtypes = [
            ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32,
        ]  # fmt: skip
        library.AssignProcessToJobObject.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        library.TerminateJobObject.argtypes = [ctypes.c_void_p, ctypes.c_uint]
        library.SetProcessAffinityMask.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        library.SetPriorityClass.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
        library.CloseHandle.argtypes = [ctypes.c_void_p]
        library.GetTickCount.restype = ctypes.c_uint32
    return library
