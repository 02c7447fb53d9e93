"""Asking the rndaemon of this machine, over a socket in its state folder that only this machine's people reach.

One line of JSON each way; the kernel tells the daemon who asks. Used by `rndaemon status` and the tray.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from plow_client.errors import Denied, Invalid, PlowError, Unavailable, from_code
from plow_client.places import MACHINE_STATE, state_dir

NAME = "socket"
MOST_BYTES = 1_000_000
_WITHIN_S = 10.0


def find_folder(state: Path | None = None) -> Path:
    """The state folder whose daemon is meant: the one named, else the person's own, else the machine's."""
    if state:
        return state
    folders = (state_dir() / "node", MACHINE_STATE / "node")
    return next((folder for folder in folders if _has_socket(folder)), folders[0])


def ask(folder: Path, do: str, **said: object) -> dict[str, Any]:
    """What the daemon answers; Unavailable where none runs, Denied or Invalid with its reason."""
    if not hasattr(socket, "AF_UNIX"):
        raise Unavailable("this system has no local sockets: ask the daemon by its port")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_WITHIN_S)
        try:
            with short_path(folder) as path:
                line.connect(path)
            line.sendall(json.dumps({"do": do, **said}).encode() + b"\n")
            answer = json.loads(read_line(line))
        except PermissionError:
            raise Denied(f"you may not ask the rndaemon of '{folder}'") from None
        except (OSError, ValueError) as error:
            raise Unavailable(f"no rndaemon answers in '{folder}': {error}") from None
    if "why" in answer:
        raise _error(answer)
    reply: dict[str, Any] = answer
    return reply


def read_line(line: socket.socket) -> bytes:
    """Up to the end of the line or of the connection; Invalid where that is too long."""
    got = b""
    while not got.endswith(b"\n"):
        piece = line.recv(65536)
        if not piece:
            break
        got += piece
        if len(got) > MOST_BYTES:
            raise Invalid("the line is too long")
    return got


class short_path:  # noqa: N801 - used like a function
    """The path of a folder's socket, short enough for the kernel however deep the folder lies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1

    def __enter__(self) -> str:
        path = str(self._folder / NAME)
        if len(os.fsencode(path)) < 100 or not os.path.isdir("/proc/self/fd"):
            return path
        self._descriptor = os.open(self._folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._descriptor}/{NAME}"

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def _has_socket(folder: Path) -> bool:
    try:
        return (folder / NAME).is_socket()
    except OSError:
        return False


def _error(answer: dict[str, Any]) -> PlowError:
    return from_code(int(answer.get("code", 0)), str(answer["why"]))
