"""What only the Linux kernel can do for us: adopt orphans, die with a parent, give up rights, pin.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Iterable, Sequence

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_OOM_SCORE_ADJ = 500


def become_subreaper() -> None:
    """Inherit every orphan below us, however it detached itself, instead of process 1."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(signal_number: int) -> None:
    """Get this signal when the parent dies. A change of user forgets it: call it last."""
    _prctl(_PR_SET_PDEATHSIG, signal_number)


def forbid_new_privileges() -> None:
    """No set-uid program can give this process or its children more rights than it has."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def become_user(uid: int, gid: int, groups: Sequence[int]) -> None:
    """Give up root for good, and look whether it worked: -1 means "unchanged" to the kernel."""
    if uid <= 0 or gid < 0:
        raise PermissionError(f"a task cannot run as user {uid}, group {gid}")
    os.setgroups(list(groups))
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (gid, gid, gid):
        raise PermissionError(f"could not become user {uid}")
    if set(os.getgroups()) - {*groups, gid}:
        raise PermissionError(f"could not drop the groups of user {os.getuid()}")


def limit_task() -> None:
    """No core files, and the first to go when memory runs out; a limit we may not set stays as it is."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write(str(_OOM_SCORE_ADJ))
    except OSError:
        pass  # containers may forbid it; the task runs all the same


def pin(cpus: Iterable[int]) -> None:
    """Run on these processors only; where a container hides them, run anywhere."""
    wanted = set(cpus) & os.sched_getaffinity(0)
    if wanted:
        os.sched_setaffinity(0, wanted)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")
