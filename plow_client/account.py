"""Running a command as another account, when we are root: by a child that drops root before it starts it.

Works with any Python and needs no extra tool. Where we are not root, a command runs as ourselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from plow_client.errors import Invalid

# Runs isolated and imports before it drops: the account may not be able to read our code or Python's.
# The parent-death signal is set last, because the kernel forgets it when the account changes.
_DROP = """
import os, sys
uid, gid, parent, signal = map(int, sys.argv[1:5])
if sys.platform == "linux":
    import ctypes
    libc = ctypes.CDLL(None)
if uid >= 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.chdir("/")
if signal and sys.platform == "linux":
    libc.prctl(1, signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent is gone")
os.execv(sys.argv[5], sys.argv[5:])
"""


@dataclass(frozen=True)
class Account:
    """Somebody with an entry in the machine's list of accounts."""

    name: str
    uid: int
    gid: int
    home: str


def find_account(name: str) -> Account:
    """The account of this name; Invalid if there is none, or if it is root."""
    import pwd

    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise Invalid(f"no account '{name}' on this machine") from None
    if entry.pw_uid == 0:
        raise Invalid(f"account '{name}' is root; choose another")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir)


def first_account(names: Iterable[str]) -> Account:
    """The first of these names that exists here and is not root."""
    wanted = list(names)
    for name in wanted:
        try:
            return find_account(name)
        except Invalid:
            continue
    raise Invalid(f"no account {' or '.join(repr(name) for name in wanted)} on this machine")


def as_account(account: Account | None, command: Sequence[str], *, end_signal: int = 0) -> list[str]:
    """The command line that runs `command` (its program an absolute path) as `account`, from `/`.

    With `end_signal` the command gets that signal when the thread that starts it ends (Linux only), so that
    nothing stays behind a killed parent.
    """
    if account is None and not end_signal:
        return list(command)
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    numbers = [str(number) for number in (uid, gid, os.getpid(), end_signal)]
    return [sys.executable, "-I", "-S", "-c", _DROP, *numbers, *command]


def can_run(account: Account | None, command: Sequence[str], *, within_s: float = 30.0) -> bool:
    """Whether the command ends well as this account."""
    try:
        done = subprocess.run(
            as_account(account, command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            timeout=within_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def can_reach(account: Account | None, file: Path) -> bool:
    """Whether this account can execute the file (or enter the folder) where it lies."""
    if account is None:
        return os.access(file, os.X_OK)
    return can_run(
        account, ["/usr/bin/test" if Path("/usr/bin/test").exists() else "/bin/test", "-x", str(file)]
    )


def give(account: Account | None, path: Path) -> None:
    """Make the account the owner of a file or folder of ours."""
    if account is not None:
        os.chown(path, account.uid, account.gid)
