"""What is wrong with this node before its first task shows it: said once, at the start."""

from __future__ import annotations

import os
import sys

from rndaemon.config import Config
from rndaemon.logfile import acting_as
from rndaemon.preparing import run_as
from rndaemon.request import Request
from rndaemon.users import Account, account_for, default_service_user


def complaints(config: Config) -> list[str]:
    """One sentence for each thing that will keep tasks from running. Call it before threads start."""
    found = []
    if not os.path.isdir(config.task.temp_root):
        found.append(f"task.temp_root '{config.task.temp_root}' is not a folder: no task can start")
    try:
        account = _account(config)
    except PermissionError as error:
        return [*found, _in_the_way(error)]
    if account and not config.task.path and not can_run(account, sys.executable):
        found.append(
            f"user '{account.name}' may not run '{sys.executable}', so tasks cannot use taskrun or python: "
            "install Plow where everyone may enter, or set task.path"
        )
    return found


def hindrance(config: Config) -> str:
    """Why this node can start no task at all, whatever it is; empty where it can."""
    try:
        _account(config)
    except PermissionError as error:
        return _in_the_way(error)
    return ""


def _account(config: Config) -> Account | None:
    """Whose rights tasks get; None where each brings its own user. PermissionError says why nobody's."""
    mode = run_as(config.task)
    if mode == "submitter":
        return None
    user = config.task.user or default_service_user()
    return account_for(Request("", "", "", "", [], "", run_as=mode, user=user))


def _in_the_way(error: PermissionError) -> str:
    return f"no task can start: {error}"


def can_run(account: Account, program: str) -> bool:
    """Whether this user may start it, folders on the way included."""
    with acting_as(account):
        return os.access(program, os.X_OK, effective_ids=True)
