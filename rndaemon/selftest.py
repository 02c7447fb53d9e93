"""What is wrong with this node before its first task shows it: said once, at the start."""

from __future__ import annotations

import grp
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rndaemon.config import Config
from rndaemon.logfile import acting_as
from rndaemon.meters.board import find as find_meters
from rndaemon.preparing import run_as
from rndaemon.request import Request
from rndaemon.users import Account, account_for, default_service_user, is_group

_MOST_NAMES = 8


def complaints(config: Config) -> list[str]:
    """One sentence for each thing that will keep tasks from running, or that a setting names and is not there.

    Call it before threads start.
    """
    found = []
    if not os.path.isdir(config.task.temp_root):
        found.append(f"task.temp_root '{config.task.temp_root}' is not a folder: no task can start")
    found += _misspelt(config)
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


def _misspelt(config: Config) -> Iterator[str]:
    """Names of what there is not, which otherwise nobody would miss."""
    group = config.task.group
    if group and not is_group(group):
        known = [entry.gr_name for entry in grp.getgrall()]
        yield f"task.group '{group}' is no group of this machine: no submitter can be in it; {_near(group, known)}"
    for folder in map(Path, config.facts.meters):
        if not folder.is_dir():
            known = [path.name for path in _below(folder.parent) if path.is_dir()]
            yield f"facts.meters '{folder}' is not a folder: nothing is measured; {_near(folder.name, known)}"
        elif not find_meters([str(folder)]):
            files = ", ".join(path.name for path in _below(folder)[:_MOST_NAMES]) or "nothing"
            yield f"facts.meters '{folder}' has no NAME.py: nothing is measured; there is {files}"


def _below(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _near(name: str, known: Sequence[str]) -> str:
    """Those that were meant, perhaps; else what there is."""
    import difflib  # only for whoever has made a mistake

    near = difflib.get_close_matches(name, known, n=_MOST_NAMES, cutoff=0.6) or sorted(known)[:_MOST_NAMES]
    return f"there is {', '.join(near)}" if near else "there is none"


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
