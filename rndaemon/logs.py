"""Which logs servers may read here, and reading them: those of attempts that this daemon has started, nothing else.

The paths are kept in a file of the state folder, so that they are known after a restart. What is older than that
list is still read where it lies below a configured log root and is named like an attempt's log. A daemon that is
root reads with the rights of the task's user, in a process of its own.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from plow_client import logpiece
from plow_client.errors import Denied, Invalid, NotFound, Unavailable
from plow_client.logpiece import Piece, read_piece
from plow_client.logs import event
from rndaemon.logfile import checked
from rndaemon.request import Request
from rndaemon.users import Account, account_for

log = logging.getLogger(__name__)

KEPT = 10_000
_WITHIN_S = 8.0
_LOG_NAME = re.compile(r".+\.[0-9]+\.log")


class Logs:
    """Any thread may call."""

    def __init__(self, state: str, roots: Sequence[str], user: str, *, kept: int = KEPT) -> None:
        """`user` reads what lies below a root and is in no list; it matters only where the daemon is root."""
        self._file = Path(state, "logs")
        self._roots = [root.rstrip("/") + "/" for root in roots]
        self._user = user
        self._kept = kept
        self._lock = threading.Lock()
        self._users = _load(self._file)
        self._lines = len(self._users)

    def note(self, request: Request) -> None:
        """An attempt has begun: its log may be read."""
        path, user = checked(request.log_file), "" if request.run_as == "same" else request.user
        with self._lock:
            self._users.pop(path, None)
            self._users[path] = user
            try:
                self._write(path, user)
            except OSError as error:  # the list in memory holds until the next start
                log.warning(event("list of logs not written", error=error))

    def read(self, path: str, offset: int, length: int) -> Piece:
        """A piece of it; NotFound, Denied or Unavailable say why not."""
        if length < 0:
            raise Invalid("length is 0 or more")
        path, user = self._known(path)
        try:
            return read_piece(path, offset, length) if os.geteuid() else _read_as(user, path, offset, length)
        except OSError as error:
            raise _fault(path, error) from None

    def _known(self, path: str) -> tuple[str, str]:
        """The path as we know it, and with whose rights it is read."""
        try:
            path = checked(path)
        except OSError as error:
            raise Invalid(str(error)) from None
        with self._lock:
            user = self._users.get(path)
        if user is not None:
            return path, user
        root = next((root for root in self._roots if path.startswith(root)), None)
        if root is None or not _LOG_NAME.fullmatch(os.path.basename(path)):
            raise Denied(f"'{path[:200]}' is no log of this node")
        if (
            os.path.realpath(os.path.dirname(path))
            != os.path.realpath(root) + os.path.dirname(path)[len(root) - 1 :]
        ):
            raise Denied(f"'{path[:200]}' is behind a link")
        return path, self._user

    def _write(self, path: str, user: str) -> None:
        if self._lines >= 2 * self._kept:
            for oldest in list(self._users)[: -self._kept]:
                del self._users[oldest]
            beside = self._file.with_suffix(".new")
            beside.write_text("".join(_line(*entry) for entry in self._users.items()))
            beside.replace(self._file)
            self._lines = len(self._users)
            return
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w") as file:
            file.write(_line(path, user))
        self._lines += 1


def _line(path: str, user: str) -> str:
    return json.dumps([path, user]) + "\n"


def _load(file: Path) -> dict[str, str]:
    users: dict[str, str] = {}
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return users  # none yet
    for line in lines:
        try:
            path, user = json.loads(line)
        except ValueError:
            continue  # a line that was cut by a crash
        users.pop(path, None)
        users[path] = user
    return users


def _read_as(user: str, path: str, offset: int, length: int) -> Piece:
    account = _account(user)
    groups = ",".join(map(str, account.groups))
    words = [path, str(offset), str(length), str(account.uid), str(account.gid), groups]
    command = [sys.executable, "-I", "-S", logpiece.__file__, *words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_WITHIN_S, check=False, cwd="/")
    except subprocess.TimeoutExpired:
        raise OSError(errno.ETIMEDOUT, "its file system does not answer", path) from None
    head, _, content = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise OSError(errno.EIO, done.stderr.decode("utf-8", "replace").strip()[-200:] or "not read", path)
    told = json.loads(head)
    if "errno" in told:
        raise OSError(told["errno"], told["strerror"], path)
    return Piece(content, told["offset"], told["size"])


def _account(user: str) -> Account:
    wanted = Request("", "", "", "", [], "", run_as="service", user=user)
    return account_for(wanted)  # PermissionError for root, and for who is not there


def _fault(path: str, error: OSError) -> NotFound | Denied | Unavailable:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return NotFound(f"no log '{path}'")
    if error.errno in (errno.ELOOP, errno.EINVAL, errno.ENXIO, errno.EACCES, errno.EPERM, errno.EISDIR):
        return Denied(f"log '{path}' is not to be read: {error.strerror or error}")
    return Unavailable(f"log '{path}' cannot be read: {error.strerror or error}")
