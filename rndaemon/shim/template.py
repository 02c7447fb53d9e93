"""The process that shims are forked from: it has loaded all that a shim needs, and does nothing else.

A program that starts anew spends thirty milliseconds on reading modules; a fork spends one, and shares its memory
with all the others. It ends when its daemon does. The shims do not: each has a session of its own.

Started without site packages, so only the standard library.
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import socket
import sys
import traceback
from typing import NoReturn

from rndaemon.shim import shim
from rndaemon.spool import identity_of

_MESSAGE_BYTES = 8192


def main(arguments: list[str]) -> None:
    """Arguments: the descriptor of the channel to the daemon."""
    channel = socket.socket(fileno=int(arguments[0]))
    channel.set_inheritable(False)
    os.chdir("/")
    hear, say = os.pipe()
    for descriptor in (hear, say):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(say, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.getgrouplist("root", 0)  # loads what looks up users: three milliseconds of each start
    gc.collect()
    gc.freeze()  # else the first collection in a shim would copy every page that it shares with us
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    poll.register(hear, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == hear:
                os.read(hear, 1024)
                _reap()
            elif not _is_served(channel, (hear, say)):
                return


def _is_served(channel: socket.socket, own: tuple[int, int]) -> bool:
    try:
        return _serve(channel, own)
    except ConnectionError:  # the daemon died while we answered; its successor finds the shim by its lock
        return False


def _serve(channel: socket.socket, own: tuple[int, int]) -> bool:
    """Fork one shim and tell who it is; False when the daemon is gone."""
    message, descriptors, _, _ = socket.recv_fds(channel, _MESSAGE_BYTES, 2)
    if not message:
        return False
    lock, complaint = descriptors
    try:
        pid = os.fork()
    except OSError as fault:
        channel.send(f"! {fault.strerror}".encode())
        pid = -1
    if pid == 0:
        channel.close()
        _become_shim(os.fsdecode(message), lock, complaint, own)
    os.close(lock)
    os.close(complaint)
    if pid > 0:
        _introduce(channel, pid)
    return True


def _introduce(channel: socket.socket, pid: int) -> None:
    """Before it can be reaped, so that its number is still its own."""
    identity, descriptor = identity_of(pid), os.pidfd_open(pid)
    assert identity is not None
    socket.send_fds(channel, [f"{identity.pid} {identity.start}".encode()], [descriptor])
    os.close(descriptor)


def _become_shim(folder: str, lock: int, complaint: int, own: tuple[int, int]) -> NoReturn:
    try:
        signal.set_wakeup_fd(-1)
        for descriptor in own:
            os.close(descriptor)
        os.setsid()
        os.dup2(complaint, 1)
        os.dup2(complaint, 2)
        os.close(complaint)
        _show(f"rndaemon-shim\0{folder}")
        shim.main([folder, str(lock)])
    except BaseException:  # noqa: BLE001 - it must not go on as a second template
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def _show(words: str) -> None:
    """Let lists of processes say which attempt this is: overwrite our command line, as far as it goes."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    if 0 < start < end:
        ctypes.memmove(start, os.fsencode(words)[: end - start - 1].ljust(end - start, b"\0"), end - start)


def _reap() -> None:
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
