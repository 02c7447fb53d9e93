"""What the node remembers of each attempt, on disk, so that no death of ours loses it.

    <state>/spool/<proc id>/request   the intent; the folder appears whole, by a rename
                            lock      held while a shim (or the daemon starting it) lives
                            shim      who the shim is, written by itself before it starts anything
                            status    how the attempt is doing, renewed every few seconds
                            kill      a wish to stop it
                            exit      how it ended: room is reserved beforehand, the text has a checksum
                            stderr    what the shim itself had to complain about

The folder goes only when a server has acknowledged the result. Used by the shim, so only the
standard library.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rndaemon import request
from rndaemon.platform.boot import boot_id
from rndaemon.platform.tree import look

EXIT_BYTES = 8192
_PROC_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class Identity(NamedTuple):
    """A process that no other can be mistaken for."""

    pid: int
    start: int  # ticks since boot
    boot_id: str

    def is_alive(self) -> bool:
        """Whether just this process still runs."""
        process = look(self.pid)
        return (
            self.boot_id == boot_id()
            and process is not None
            and process.start == self.start
            and process.state not in "ZX"
        )


def identity_of(pid: int) -> Identity | None:
    """Who has this pid now."""
    process = look(pid)
    return Identity(pid, process.start, boot_id()) if process else None


def is_proc_id(text: str) -> bool:
    """Only these become folder names."""
    return bool(re.fullmatch(_PROC_ID, text))


class Entry:
    """One attempt's folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.proc_id = os.path.basename(folder)

    def read_request(self) -> request.Request:
        """The intent."""
        return request.from_json(self._read("request"))

    def hold_lock(self) -> int | None:
        """Take the lock of a living shim; None while one lives. The caller closes the descriptor."""
        descriptor = os.open(self._path("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def write_shim(self, identity: Identity) -> None:
        """The shim says who it is, before it starts anything."""
        self._publish("shim", json.dumps(identity._asdict()).encode())

    def read_shim(self) -> Identity | None:
        """Who the shim is, or was; None when none got so far."""
        told = self._read_json("shim")
        return Identity(told["pid"], told["start"], told["boot_id"]) if told else None

    def write_status(self, status: Mapping[str, object]) -> None:
        """How it is doing now."""
        self._publish("status", json.dumps(status).encode())

    def read_status(self) -> dict[str, Any]:
        """How it was doing when the shim last said so; empty before."""
        return self._read_json("status") or {}

    def write_kill(self, wish: Mapping[str, object]) -> None:
        """Ask the shim to stop it; it looks when it is signalled, and once a second."""
        self._publish("kill", json.dumps(wish).encode())

    def read_kill(self) -> dict[str, Any] | None:
        """The wish to stop, if there is one."""
        return self._read_json("kill")

    def write_exit(self, outcome: Mapping[str, object]) -> None:
        """How it ended, into the room reserved for it: a full disk cannot lose it, a torn write shows."""
        body = json.dumps(outcome, ensure_ascii=False).encode("utf-8", "replace")
        text = b"%08x %d\n%s" % (zlib.crc32(body), len(body), body)
        descriptor = os.open(self._path("exit.new"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, text, 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(self._path("exit.new"), self._path("exit"))

    def read_exit(self) -> dict[str, Any] | None:
        """How it ended; None where nobody could say."""
        try:
            head, _, rest = self._read("exit").partition(b"\n")
            checksum, size = head.split()
            body = rest[: int(size)]
            if int(checksum, 16) != zlib.crc32(body):
                return None
            outcome: dict[str, Any] = json.loads(body)
        except (OSError, ValueError):
            return None
        return outcome

    def read_complaint(self) -> str:
        """The end of what the shim wrote to its standard error."""
        try:
            return self._read("stderr")[-2000:].decode("utf-8", "replace").strip()
        except OSError:
            return ""

    def open_complaint(self) -> int:
        """Where a shim's standard error goes."""
        return os.open(self._path("stderr"), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def remove(self) -> None:
        """Forget it: first out of sight, then file by file."""
        gone = os.path.join(os.path.dirname(self.folder), f".gone-{self.proc_id}")
        try:
            os.rename(self.folder, gone)
        except FileNotFoundError:
            return
        _sweep_folder(gone)

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def _read(self, name: str) -> bytes:
        with open(self._path(name), "rb") as file:
            return file.read()

    def _read_json(self, name: str) -> dict[str, Any] | None:
        try:
            told: dict[str, Any] = json.loads(self._read(name))
        except (OSError, ValueError):
            return None
        return told

    def _publish(self, name: str, content: bytes) -> None:
        """Write beside, then rename: nobody ever reads a half."""
        beside = self._path(f".{name}.new")
        with open(beside, "wb") as file:
            file.write(content)
        os.rename(beside, self._path(name))


class Spool:
    """All attempts of this node. One daemon has it at a time."""

    def __init__(self, state: str, *, min_free_mb: int = 100) -> None:
        self.folder = os.path.join(state, "spool")
        self._min_free_mb = min_free_mb
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        self._lock = os.open(os.path.join(state, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def claim(self) -> bool:
        """Become the daemon of this folder; False when another is. Ends with the process."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._clean()
        return True

    def release(self) -> None:
        """Let another daemon have it. Safe to call twice."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def free_mb(self) -> int:
        """Room left for new attempts."""
        room = os.statvfs(self.folder)
        return room.f_bavail * room.f_frsize // (1024 * 1024)

    def is_full(self) -> bool:
        """Too little room to promise that results are kept."""
        return self.free_mb() < self._min_free_mb

    def entry(self, proc_id: str) -> Entry:
        """The folder of an attempt, which need not exist."""
        if not is_proc_id(proc_id):
            raise ValueError(f"'{proc_id}' is not a proc id")
        return Entry(os.path.join(self.folder, proc_id))

    def add(self, wanted: request.Request) -> Entry:
        """Write the intent and reserve room for the exit record; once this returns, both are on disk."""
        entry = self.entry(wanted.proc_id)
        beside = os.path.join(self.folder, f".new-{wanted.proc_id}")
        os.mkdir(beside, 0o700)
        try:
            _write_synced(os.path.join(beside, "request"), wanted.to_json())
            _reserve(os.path.join(beside, "exit.new"))
            os.rename(beside, entry.folder)
        except OSError:
            _sweep_folder(beside)
            raise
        _sync_folder(self.folder)
        return entry

    def entries(self) -> Iterator[Entry]:
        """Every attempt that is not acknowledged yet."""
        for name in sorted(os.listdir(self.folder)):
            if is_proc_id(name):
                yield Entry(os.path.join(self.folder, name))

    def _clean(self) -> None:
        """What a daemon had half made or half removed when it died."""
        for name in os.listdir(self.folder):
            if name.startswith((".new-", ".gone-")):
                _sweep_folder(os.path.join(self.folder, name))


def _write_synced(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _reserve(path: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, EXIT_BYTES)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
            raise
        os.pwrite(descriptor, bytes(EXIT_BYTES), 0)
    finally:
        os.close(descriptor)


def _sync_folder(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep_folder(path: str) -> None:
    try:
        for name in os.listdir(path):
            os.unlink(os.path.join(path, name))
        os.rmdir(path)
    except FileNotFoundError:
        pass  # removed by an earlier attempt to remove it
