"""As whom a task runs: always resolved by name on this node, under its own policy, and never root.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
from typing import NamedTuple

from rndaemon.request import Request

_NAME = r"[a-z_][a-z0-9_-]{0,31}"
_NOBODY = 65534
_UNCHANGED = 2**32 - 1  # to the kernel this is -1: stay who you are, which is root
SERVICE_USERS = ("plowtask", "nobody")


class Account(NamedTuple):
    """A user with all groups; `switch` says whether we have to become them first."""

    name: str
    uid: int
    gid: int
    groups: list[int]
    home: str
    switch: bool


def account_for(request: Request) -> Account:
    """The user of this attempt, or PermissionError with the reason."""
    if request.run_as == "same":
        return _same()
    if request.run_as == "service":
        return _service(request.user)
    return _submitter(request)


def default_service_user() -> str:
    """The first of the users made for this that the machine has."""
    for name in SERVICE_USERS:
        if _find(name):
            return name
    return ""


def is_user(name: str) -> bool:
    """Whether this node knows the name."""
    return _find(name) is not None


def _same() -> Account:
    uid = os.getuid()
    if uid == 0:
        raise PermissionError("tasks never run as root: set task.run_as to service or submitter")
    try:
        return _account(pwd.getpwuid(uid), switch=False)
    except KeyError:
        return Account(str(uid), uid, os.getgid(), os.getgroups(), "", switch=False)


def _service(name: str) -> Account:
    entry = _find(name)
    if entry is None:
        raise PermissionError(f"no user '{name}' on this node: set task.user")
    if entry.pw_uid in (0, _UNCHANGED):
        raise PermissionError(f"tasks never run as root: task.user is '{name}'")
    return _allowed_to_switch(_account(entry, switch=entry.pw_uid != os.getuid()))


def _submitter(request: Request) -> Account:
    name = request.user
    if not re.fullmatch(_NAME, name):
        raise PermissionError(f"'{name[:64]}' cannot be a user's name")
    entry = _find(name)
    if entry is None:
        raise PermissionError(f"no user '{name}' on this node")
    if entry.pw_uid < max(request.min_uid, 1) or entry.pw_uid in (_NOBODY, _UNCHANGED):
        raise PermissionError(f"user '{name}' may not run tasks: its id {entry.pw_uid} is reserved")
    if name in request.denied_users:
        raise PermissionError(f"user '{name}' may not run tasks on this node")
    account = _account(entry, switch=entry.pw_uid != os.getuid())
    if request.group and not _is_member(account, request.group):
        raise PermissionError(f"user '{name}' is not in group '{request.group}'")
    return _allowed_to_switch(account)


def _account(entry: pwd.struct_passwd, *, switch: bool) -> Account:
    groups = [group for group in os.getgrouplist(entry.pw_name, entry.pw_gid) if group >= 0]
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, groups, entry.pw_dir, switch)


def _allowed_to_switch(account: Account) -> Account:
    if account.switch and os.geteuid() != 0:
        raise PermissionError(f"only a daemon started as root can run tasks as '{account.name}'")
    return account


def is_group(name: str) -> bool:
    """Whether this machine has such a group."""
    try:
        return bool(grp.getgrnam(name))
    except (KeyError, ValueError):
        return False


def _is_member(account: Account, group: str) -> bool:
    return is_group(group) and grp.getgrnam(group).gr_gid in {*account.groups, account.gid}


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except (KeyError, ValueError):
        return None
