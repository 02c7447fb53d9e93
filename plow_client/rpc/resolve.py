"""From a host's name to its addresses within a time limit; the system's own resolver knows none.

A lookup that takes too long goes on in its thread, and whoever asks for the same name waits for that one.
"""

from __future__ import annotations

import os
import socket
import threading
from concurrent import futures
from typing import Any

Found = list[tuple[Any, ...]]  # as getaddrinfo says it

_lock = threading.Lock()
_under_way: dict[
    tuple[str, int, int], futures.Future[Found]
] = {}  # by host, port and process: a fork has no threads


def resolve(host: str, port: int, within_s: float) -> Found:
    """The addresses of a host for a stream connection; OSError where there are none, TimeoutError in time."""
    try:
        return socket.getaddrinfo(plain(host), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, ValueError):
        pass  # a name, not an address
    try:
        return _lookup((host, port, os.getpid())).result(within_s)
    except futures.TimeoutError:  # before Python 3.11 this is not the built-in TimeoutError
        raise TimeoutError(f"the name '{host}' was not found in time") from None


def plain(host: str) -> str | bytes:
    """A name of ASCII letters as bytes: for a str Python loads its tables of all alphabets."""
    return host.encode() if host.isascii() and "\0" not in host else host


def _lookup(key: tuple[str, int, int]) -> futures.Future[Found]:
    with _lock:
        if key not in _under_way:
            _under_way[key] = futures.Future()
            threading.Thread(
                target=_look_up, args=(key, _under_way[key]), name=f"resolve-{key[0]}", daemon=True
            ).start()
        return _under_way[key]


def _look_up(key: tuple[str, int, int], found: futures.Future[Found]) -> None:
    host, port, _ = key
    answer: Found = []
    problem: Exception | None = None
    try:
        answer = socket.getaddrinfo(plain(host), port, type=socket.SOCK_STREAM)
    except ValueError:  # a label that is empty or too long, or a NUL
        problem = socket.gaierror(socket.EAI_NONAME, "not a host name")
    except Exception as error:  # noqa: BLE001 - whoever asked shall hear it, not this thread
        problem = error
    with _lock:
        del _under_way[key]
    if problem is None:
        found.set_result(answer)
    else:
        found.set_exception(problem)
