"""The environment and the private folder of a task: clean, told, and gone afterwards.

Used by the shim, so only the standard library.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from rndaemon.request import Request
from rndaemon.shim.steps import scripts_of
from rndaemon.users import Account

TAG = "PLOW_PROC_ID"


def environment(request: Request, account: Account) -> dict[str, str]:
    """What the daemon passes on, who the user is, what the job says, what the node knows; later ones win.

    PLOW_CORES and PLOW_THREADS give way to the job; its devices do not, nor the proc id: we find strays by it.
    """
    told = {
        **request.inherited,
        "HOME": account.home if _is_usable(account.home) else request.temp,
        "USER": account.name,
        "LOGNAME": account.name,
        "TMPDIR": request.temp,
        "PLOW_CORES": str(request.cores),
        "PLOW_THREADS": str(request.threads),
    }
    return {**told, **request.env, **request.gpu_env, TAG: request.proc_id}


def folder_for(request: Request, account: Account) -> str:
    """Where the command starts: the user's home; the private folder where there is none."""
    if request.home_as_folder and _is_usable(account.home):
        return account.home
    return request.temp


def make_temp(request: Request, account: Account) -> None:
    """A folder that only this attempt's user can look into; scripts in it are ours, and written before it is theirs."""
    os.mkdir(request.temp, 0o700)
    for path, text in scripts_of(request).items():
        with open(path, "wb", opener=_open_for_all) as file:
            file.write(os.fsencode(text))
    if account.switch:
        os.chown(request.temp, account.uid, account.gid)


def _open_for_all(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o644)
    os.fchmod(descriptor, 0o644)
    return descriptor


def remove_temp(path: str) -> None:
    """Take the private folder away, whatever the task did to its rights; follows no link."""
    try:
        os.rmdir(path)
    except FileNotFoundError:
        return
    except OSError:
        _remove_filled(path)


def _remove_filled(path: str) -> None:
    import shutil  # only now: it would make every start slower

    shutil.rmtree(path, ignore_errors=True)
    # Root needs no rights given back, and must not: a path checked now may be a link when it is changed.
    if os.path.lexists(path) and os.geteuid() != 0:
        for folder, _, _ in os.walk(path, followlinks=False):  # top down: opened before it is entered
            for name in os.listdir(folder):
                below = os.path.join(folder, name)
                if os.path.isdir(below) and not os.path.islink(below):
                    os.chmod(below, stat.S_IRWXU)
        shutil.rmtree(path, ignore_errors=True)


def environment_fault(env: Mapping[str, str]) -> str:
    """Why no program should get this environment; empty when it may."""
    for name, value in env.items():
        if not name.isascii() or not name.isidentifier():
            return f"'{name[:64]}' cannot be the name of a variable"
        if "\0" in value:
            return f"variable '{name}' contains a NUL character"
    return ""


def _is_usable(home: str) -> bool:
    return home not in ("", "/") and os.path.isdir(home)
