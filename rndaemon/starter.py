"""Starts shims and finds out who they are."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import rndaemon
from rndaemon.platform import tree
from rndaemon.platform.boot import boot_id
from rndaemon.spool import Entry, Identity, identity_of

_CODE = (
    "import sys; sys.path.append(sys.argv[1]); from rndaemon.shim.template import main; main(sys.argv[2:])"
)
# Isolated and without site packages: nothing around us changes what a shim does.
INTERPRETER = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _CODE]
_ROOT = str(Path(rndaemon.__file__).resolve().parent.parent)
_APPEAR_S = 5.0
_ANSWER_S = 20.0
_GONE = (BrokenPipeError, ConnectionError, EOFError, TimeoutError)


class Started(NamedTuple):
    """A shim that has just been born; the descriptor is the caller's, and readable when the shim is gone."""

    identity: Identity
    descriptor: int


class Starter:
    """Has shims forked from a template; starts another template where the one it had is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def warm_up(self) -> None:
        """Start the template, so that the first attempt need not wait for it."""
        with self._lock:
            self._open()

    def start(self, entry: Entry) -> Started:
        """A process with a session of its own, which lives on when we die; it holds the entry's lock."""
        with self._lock:
            try:
                return self._ask(entry)
            except _GONE:
                self._close()
            if has_shim(entry):  # it was born, and only its birth was not told
                return _found(entry)
            return self._ask(entry)

    def close(self) -> None:
        """End the template; the shims go on."""
        with self._lock:
            self._close()

    def _ask(self, entry: Entry) -> Started:
        channel = self._open()
        lock = entry.hold_lock()
        if lock is None:
            raise RuntimeError(f"proc '{entry.proc_id}' has a shim already")
        complaint = entry.open_complaint()
        try:
            socket.send_fds(channel, [os.fsencode(entry.folder)], [lock, complaint])
        finally:
            os.close(lock)
            os.close(complaint)
        answer, descriptors, _, _ = socket.recv_fds(channel, 1024, 1)
        if not answer:
            raise EOFError("the template ended")
        words = answer.decode("utf-8", "replace").split(maxsplit=1)
        if words[0] == "!":
            raise BlockingIOError(errno.EAGAIN, words[1])
        return Started(Identity(int(words[0]), int(words[1]), boot_id()), descriptors[0])

    def _open(self) -> socket.socket:
        if self._channel is None:
            self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._channel.settimeout(_ANSWER_S)
            with theirs:
                self._process = subprocess.Popen(
                    [*INTERPRETER, _ROOT, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    env={"PATH": os.defpath},
                    cwd="/",
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        return self._channel

    def _close(self) -> None:
        if self._channel:
            self._channel.close()
        if self._process:
            try:
                self._process.wait(timeout=1.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._channel = self._process = None


def _found(entry: Entry) -> Started:
    identity = find_shim(entry)
    descriptor = open_process(identity) if identity else None
    if identity is None or descriptor is None:
        raise RuntimeError(f"the shim of proc '{entry.proc_id}' ended at once")
    return Started(identity, descriptor)


def has_shim(entry: Entry) -> bool:
    """Whether one lives or is being born: only then is the lock taken."""
    lock = entry.hold_lock()
    if lock is None:
        return True
    os.close(lock)
    return False


def find_shim(entry: Entry) -> Identity | None:
    """Who the living shim of an entry is; it may still be about to say so, or never come to it."""
    deadline = time.monotonic() + _APPEAR_S
    while has_shim(entry):
        identity = entry.read_shim()
        if identity is None and time.monotonic() > deadline:
            identity = _find_by_command(entry)
        if identity:
            return identity
        time.sleep(0.01)
    return None


def _find_by_command(entry: Entry) -> Identity | None:
    for pid in tree.all_processes():
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue  # it ended while we looked
        if os.fsencode(entry.folder) in words:
            return identity_of(pid)
    return None


def open_process(identity: Identity) -> int | None:
    """A descriptor for just this process, or None when it is gone."""
    try:
        descriptor = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return None
    if identity.is_alive():
        return descriptor
    os.close(descriptor)
    return None
