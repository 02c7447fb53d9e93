"""From the shim to the task's own program: everything that happens between fork and exec.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from typing import NamedTuple, NoReturn

from rndaemon.cgroup import Group
from rndaemon.platform import linux
from rndaemon.request import Request
from rndaemon.shim.limits import limit_process
from rndaemon.users import Account


class NotStarted(Exception):
    """The command could not be started; the message is the reason people see."""


class Place(NamedTuple):
    """Where a command runs: as whom, in which folder, in which control group, and where its output goes."""

    account: Account
    env: Mapping[str, str]
    folder: str
    output: int
    group: Group | None = None


def start(request: Request, words: Sequence[str], place: Place) -> int:
    """The pid of the running program, once it has really replaced the child."""
    hear, say = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(hear)
        _become(request, words, place, say, parent)
    os.close(say)
    with os.fdopen(hear, "rb") as file:
        fault = file.read().decode("utf-8", "replace")
    if fault:
        os.waitpid(pid, 0)
        raise NotStarted(fault)
    return pid


def reset_signals() -> None:
    """Undo what we inherited: with SIGCHLD ignored every exit status would be lost."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue  # reserved by the C library
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _become(request: Request, words: Sequence[str], place: Place, say: int, parent: int) -> NoReturn:
    try:
        signal.set_wakeup_fd(-1)
        reset_signals()
        os.setsid()
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(place.output, 1)
        os.dup2(place.output, 2)
        _take_rights_and_limits(request, place)
        if os.getppid() != parent:
            os._exit(1)
        os.execvpe(words[0], list(words), dict(place.env))
    except BaseException as fault:  # noqa: BLE001 - whatever it is, the shim must hear of it
        os.write(say, _reason(words[0], place.env, fault).encode("utf-8", "replace")[:2000])
    os._exit(1)


def _take_rights_and_limits(request: Request, place: Place) -> None:
    if place.group:
        place.group.add(0)
    if request.cpus:
        linux.pin(request.cpus)
    if request.niceness > 0:
        os.nice(request.niceness)
    linux.limit_task()
    limit_process(request.max_processes, request.open_files)
    account = place.account
    if account.switch:
        linux.become_user(account.uid, account.gid, account.groups)
    if os.getuid() == 0 or os.geteuid() == 0:
        raise PermissionError("tasks never run as root")
    os.umask(request.umask)
    _enter(place.folder, request.temp)
    if not request.allow_setuid:
        linux.forbid_new_privileges()
    linux.die_with_parent(signal.SIGKILL)


def _enter(folder: str, temp: str) -> None:
    """Start in the folder, or where the user may not, in the private one."""
    try:
        os.chdir(folder)
    except OSError:
        try:
            os.chdir(temp)
        except OSError as fault:
            raise NotStarted(f"the task's user may not enter '{temp}': {fault.strerror}") from None


def _reason(program: str, env: Mapping[str, str], fault: BaseException) -> str:
    if isinstance(fault, NotStarted):
        return str(fault)
    if isinstance(fault, FileNotFoundError) or (
        isinstance(fault, PermissionError) and fault.errno and not _exists(program, env)
    ):
        return f"no program '{program}' on this node"
    if isinstance(fault, PermissionError) and fault.errno:
        return f"program '{program}' may not be run by this user"
    if isinstance(fault, OSError):
        return f"cannot run '{program}': {fault.strerror or fault}"
    return f"cannot run '{program}': {type(fault).__name__}: {fault}"


def _exists(program: str, env: Mapping[str, str]) -> bool:
    """A folder on PATH that we may not enter is no reason to say that the program is forbidden."""
    if "/" in program:
        return True
    return any(os.path.exists(os.path.join(folder, program)) for folder in os.get_exec_path(env))
