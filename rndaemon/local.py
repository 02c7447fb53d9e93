"""The socket for people at this machine: one line of JSON each way, and the kernel says who it is."""

from __future__ import annotations

import json
import logging
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from plow_client.errors import Denied, Invalid, PlowError
from plow_client.logs import event
from plow_client.node_socket import NAME, read_line, short_path
from rndaemon.desk import Desk

log = logging.getLogger(__name__)

_WITHIN_S = 5.0
_MOST = 16
_LAST_WORDS_S = 1.0
_MAC_PEER = 76  # bytes of macOS' struct xucred


class Guests:
    """Who may say what: all may look; the machine's user may take it; the rest is for who runs the daemon."""

    def __init__(
        self,
        present: Callable[[], Iterable[str]],
        people: Iterable[str] = (),
        task_user: str = "",
        own_uid: int | None = None,
    ) -> None:
        """`present` are those logged in; tasks run as `task_user`, who must not speak for people."""
        self._present = present
        self._people = frozenset(people)
        self._task_user = task_user
        self._own_uid = os.getuid() if own_uid is None else own_uid

    def check(self, do: str, uid: int, name: str) -> None:
        """Denied says what is lacking."""
        if do == "status" or uid in (0, self._own_uid):
            return
        if name == self._task_user:
            raise Denied(f"'{name}' is who tasks run as: a task has no say here")
        if do != "nimby":
            raise Denied(f"'{name}' may not {do} this node: only root and who runs the daemon may")
        if name not in self._people and name not in set(self._present()):
            raise Denied(f"'{name}' is not logged in at this machine and not in nimby.people")


class LocalSocket:
    """Answers until closed."""

    def __init__(self, folder: Path, desk: Desk, guests: Guests) -> None:
        self._folder = folder
        self._desk = desk
        self._guests = guests
        self._room = threading.Semaphore(_MOST)
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Listen; where there is no such socket, say so and go on without."""
        try:
            self._socket = _listen(self._folder)
        except (OSError, AttributeError) as error:
            log.warning(event("no local socket", folder=self._folder, error=error))
            return
        threading.Thread(target=self._accept, args=(self._socket,), name="local", daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        opened, self._socket = self._socket, None
        if opened:
            with suppress(OSError):  # it may never have been connected to
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()
            with suppress(OSError):
                os.unlink(self._folder / NAME)
            deadline = time.monotonic() + _LAST_WORDS_S
            for _ in range(_MOST):  # whoever told us to stop wants to hear it
                self._room.acquire(timeout=max(0.0, deadline - time.monotonic()))

    def _accept(self, listening: socket.socket) -> None:
        while self._socket is listening:
            self._room.acquire()
            try:
                line, _ = listening.accept()
            except OSError:
                self._room.release()
                if self._socket is listening:
                    threading.Event().wait(0.1)  # out of descriptors: others will close theirs
                continue
            threading.Thread(target=self._answer, args=(line,), name="guest", daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        try:
            with line:
                line.settimeout(_WITHIN_S)
                line.sendall(json.dumps(self._reply(line)).encode() + b"\n")
        except OSError as error:
            log.debug(event("guest left", error=error))
        finally:
            self._room.release()

    def _reply(self, line: socket.socket) -> dict[str, Any]:
        try:
            uid = peer_uid(line)
            wanted = json.loads(read_line(line))
            if not isinstance(wanted, dict):
                raise Invalid("expected one object")
            return self._do(wanted, uid, name_of(uid))
        except PlowError as error:
            return {"why": error.why, "code": error.code}
        except ValueError as error:
            return {"why": f"not understood: {error}", "code": Invalid.code}

    def _do(self, wanted: dict[str, Any], uid: int, who: str) -> dict[str, Any]:
        do = str(wanted.get("do"))
        actions: dict[str, Callable[[], None]] = {
            "status": lambda: None,
            "drain": lambda: self._desk.drain(who, str(wanted.get("reason", ""))),
            "resume": lambda: self._desk.resume(who),
            "stop": lambda: self._desk.stop(who, bool(wanted.get("when_idle"))),
            "nimby": lambda: self._desk.nimby(who, str(wanted.get("wish"))),
        }
        if do not in actions:
            raise Invalid(f"'{do[:40]}': expected one of {', '.join(actions)}")
        self._guests.check(do, uid, who)
        actions[do]()
        return self._desk.status()


def peer_uid(line: socket.socket) -> int:
    """Whose process is at the other end, as the kernel knows it."""
    if sys.platform == "darwin":
        return int(struct.unpack("=II", line.getsockopt(0, 1, _MAC_PEER)[:8])[1])  # LOCAL_PEERCRED
    told = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", told)[1])


def name_of(uid: int) -> str:
    """The user's name; the number where there is none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _listen(folder: Path) -> socket.socket:
    """Everybody may connect: what they may say is decided by who they are."""
    fresh = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with suppress(FileNotFoundError):  # a daemon that crashed left it; the state folder is ours alone
            os.unlink(folder / NAME)
        with short_path(folder) as path:
            fresh.bind(path)
        os.chmod(folder / NAME, 0o666)
        fresh.listen(_MOST)
    except BaseException:
        fresh.close()
        raise
    return fresh
