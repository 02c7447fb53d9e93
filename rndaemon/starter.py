"""Starts shims and finds out who they are."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import rndaemon
from rndaemon.platform import tree
from rndaemon.spool import Entry, Identity, identity_of

_CODE = "import sys; sys.path.append(sys.argv[1]); from rndaemon.shim import main; main(sys.argv[2:])"
# Isolated and without site packages: nothing around us changes what a shim does, and it starts in half the time.
INTERPRETER = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _CODE]
_ROOT = str(Path(rndaemon.__file__).resolve().parent.parent)
_APPEAR_S = 5.0


def start_shim(entry: Entry) -> subprocess.Popen[bytes]:
    """A process with a session of its own, which lives on when we die; it holds the entry's lock."""
    lock = entry.hold_lock()
    if lock is None:
        raise RuntimeError(f"proc '{entry.proc_id}' has a shim already")
    complaint = entry.open_complaint()
    try:
        return subprocess.Popen(
            [*INTERPRETER, _ROOT, entry.folder, str(lock)],
            stdin=subprocess.DEVNULL,
            stdout=complaint,
            stderr=complaint,
            env={"PATH": os.defpath},
            cwd="/",
            pass_fds=[lock],
            start_new_session=True,
        )
    finally:
        os.close(lock)
        os.close(complaint)


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
