"""Opens a task's log so that root never writes where a job says.

The file and its folders are made with the rights of the task's user. Where these do not suffice, and
only below a configured log root, root makes what is missing, step by step without following a link,
and hands it to the user. Used by the shim, so only the standard library.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from rndaemon.users import Account

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
FILE_MODE = 0o644
FOLDER_MODE = 0o755


def open_log(path: str, account: Account, roots: Sequence[str], umask: int) -> int:
    """A descriptor that appends to the log; OSError says why there is none."""
    target = checked(path)
    before = os.umask(umask)
    try:
        with acting_as(account):
            descriptor = _open_as_user(target)
        if descriptor is None:
            descriptor = _open_below_root(target, account, roots)
    finally:
        os.umask(before)
    return _fit_for_logging(descriptor, path)


def checked(path: str) -> str:
    """Absolute, and never upwards."""
    if not path.startswith("/") or ".." in path.split("/") or "\0" in path or path.endswith("/"):
        raise OSError(f"a log path is absolute, names a file and has no '..': '{path[:200]}'")
    return "/" + os.path.normpath(path).lstrip("/")


@contextmanager
def acting_as(account: Account) -> Iterator[None]:
    """Do something with the task user's rights; our real user stays, so that we can come back."""
    if not account.switch:
        yield
        return
    gid, groups = os.getegid(), os.getgroups()
    try:
        os.setgroups(account.groups)
        os.setegid(account.gid)
        os.seteuid(account.uid)
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(groups)


def _open_as_user(target: str) -> int | None:
    """None where the user's rights do not suffice."""
    try:
        os.makedirs(os.path.dirname(target), FOLDER_MODE, exist_ok=True)
        return os.open(target, _APPEND | os.O_CREAT, FILE_MODE)
    except PermissionError:
        return None


def _open_below_root(target: str, account: Account, roots: Sequence[str]) -> int:
    root = next((root for root in roots if target.startswith(root.rstrip("/") + "/")), None)
    if root is None or not account.switch:
        raise PermissionError(
            f"user '{account.name}' may not make '{target}', and it is not below one of task.log_roots"
        )
    os.makedirs(root, FOLDER_MODE, exist_ok=True)
    folder = os.open(root, _FOLDER)
    try:
        *folders, name = target[len(root.rstrip("/")) + 1 :].split("/")
        for part in folders:
            below = _step_into(folder, part, account)
            os.close(folder)
            folder = below
        return _hand_over(folder, name, account)
    finally:
        os.close(folder)


def _step_into(folder: int, part: str, account: Account) -> int:
    """Enter a folder; where there is none, make it and give it to the user."""
    with suppress(FileNotFoundError):
        return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    os.mkdir(part, FOLDER_MODE, dir_fd=folder)
    made = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    os.fchown(made, account.uid, account.gid)
    return made


def _hand_over(folder: int, name: str, account: Account) -> int:
    """The user's own file by the user's rights, or a new one that root makes for the user."""
    with acting_as(account), suppress(OSError):
        return os.open(name, _APPEND | os.O_CREAT, FILE_MODE, dir_fd=folder)
    descriptor = os.open(name, _APPEND | os.O_CREAT | os.O_EXCL, FILE_MODE, dir_fd=folder)
    os.fchown(descriptor, account.uid, account.gid)
    return descriptor


def _fit_for_logging(descriptor: int, path: str) -> int:
    """Files, and devices such as /dev/null; a pipe could hold us up."""
    mode = os.fstat(descriptor).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode)):
        os.close(descriptor)
        raise OSError(f"'{path}' is not a plain file")
    return descriptor
