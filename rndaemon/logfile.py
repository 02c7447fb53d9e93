"""Opens a task's log so that nothing is ever written where no log belongs.

Below a configured log root the way is walked folder by folder, each opened in the one before and none through a
link: whatever a task has put there, the log is below the root, as openat2 with "beneath, no symbolic links" would
have it. Elsewhere the task's user has to have the right by itself. The file and its folders are made as that user;
only below a root, where its rights do not suffice, root makes what is missing and hands over the file and its folder.
The folders above that one are for all users whose logs come to lie there.
Used by the shim, so only the standard library.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from rndaemon.users import Account

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_WAY = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE_MODE = 0o640
FOLDER_MODE = 0o755
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def open_log(path: str, account: Account, roots: Sequence[str], umask: int) -> int:
    """A descriptor that appends to the log; OSError says why there is none."""
    target = checked(path)
    root = _root_of(target, roots)
    before = os.umask(umask)
    try:
        if root is None:
            descriptor = _open_as_user(target, account)
        else:
            descriptor = _open_below(root, target, account)
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


def _root_of(target: str, roots: Sequence[str]) -> str | None:
    """The nearest one above it."""
    above = [root for root in (root.rstrip("/") for root in roots) if root and target.startswith(root + "/")]
    return max(above, key=len, default=None)


def _open_as_user(target: str, account: Account) -> int:
    try:
        with acting_as(account):
            _make_folders(os.path.dirname(target))
            return os.open(target, _APPEND | os.O_CREAT, FILE_MODE)
    except PermissionError:
        raise PermissionError(
            f"user '{account.name}' may not make '{target}', and it is not below one of task.log_roots"
        ) from None


def _open_below(root: str, target: str, account: Account) -> int:
    os.makedirs(root, FOLDER_MODE, exist_ok=True)
    folder = os.open(root, _FOLDER)
    try:
        *folders, name = target[len(root) + 1 :].split("/")
        for place, part in enumerate(folders, 1):
            below = _step_into(folder, part, account, target, is_last=place == len(folders))
            os.close(folder)
            folder = below
        return _open_in(folder, name, account, target)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise OSError(error.errno, f"a link or a file is in the way to the log '{target}'") from None
        raise
    finally:
        os.close(folder)


def _make_folders(path: str) -> None:
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for folder in reversed(missing):
        with suppress(FileExistsError):
            _make(folder, None, is_last=folder == missing[0], above=os.stat(os.path.dirname(folder)))


def _make(part: str, folder: int | None, *, is_last: bool, above: os.stat_result) -> None:
    """One for other users too is as open as the one above it, whatever the umask: who comes first does not own it."""
    if is_last:
        os.mkdir(part, FOLDER_MODE, dir_fd=folder)
        return
    others = above.st_mode & _OTHERS_WRITE
    before = os.umask(0)
    try:
        os.mkdir(part, FOLDER_MODE | others | (stat.S_ISVTX if others else 0), dir_fd=folder)
    finally:
        os.umask(before)


def _step_into(folder: int, part: str, account: Account, target: str, *, is_last: bool) -> int:
    """Enter a folder, never through a link; where there is none, make it."""
    try:
        with acting_as(account):
            with suppress(FileNotFoundError):
                return os.open(part, _WAY, dir_fd=folder)
            with suppress(FileExistsError):
                _make(part, folder, is_last=is_last, above=os.fstat(folder))
            return os.open(part, _WAY, dir_fd=folder)
    except PermissionError:
        _check_may_help(folder, account, target)
    try:
        _make(part, folder, is_last=is_last, above=os.fstat(folder))
    except FileExistsError:  # of old, or another attempt of the job has just made it
        return os.open(part, _WAY, dir_fd=folder)
    made = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    if is_last:
        os.fchown(made, account.uid, account.gid)
    return made


def _open_in(folder: int, name: str, account: Account, target: str) -> int:
    """The user's own file by the user's rights, or a new one that root makes for the user."""
    try:
        with acting_as(account):
            return os.open(name, _APPEND | os.O_CREAT, FILE_MODE, dir_fd=folder)
    except PermissionError:
        _check_may_help(folder, account, target)
    descriptor = os.open(name, _APPEND | os.O_CREAT | os.O_EXCL, FILE_MODE, dir_fd=folder)
    os.fchown(descriptor, account.uid, account.gid)
    return descriptor


def _check_may_help(folder: int, account: Account, target: str) -> None:
    """Root makes nothing in folders of third parties."""
    if not account.switch or os.fstat(folder).st_uid not in (0, os.getuid(), account.uid):
        raise PermissionError(f"user '{account.name}' may not make '{target}'")


def _fit_for_logging(descriptor: int, path: str) -> int:
    """Files, and devices such as /dev/null; a pipe could hold us up."""
    mode = os.fstat(descriptor).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode)):
        os.close(descriptor)
        raise OSError(f"'{path}' is not a plain file")
    return descriptor
