"""How we connect to PostgreSQL: time limits of a session, types, and a watch on hung backends."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.json import JsonbDumper
from psycopg.types.string import TextLoader

from plow_client.errors import Invalid

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Patience:
    """How long we wait for what, in seconds. PostgreSQL keeps the limits of statement, lock and idling itself."""

    connect_s: float = 3.0
    checkout_s: float = 10.0  # for a free connection
    statement_s: float = 5.0
    lock_s: float = 2.0
    idle_in_transaction_s: float = 3.0  # so long can a frozen process of ours hold its rows
    hung_s: float = 10.0  # a transaction over this is cut off: its backend does not answer
    reconnect_s: float = 0.25  # between two attempts while the database is away


def session_dsn(dsn: str, *, name: str, patience: Patience, settings: Mapping[str, str] | None = None) -> str:
    """The address with the limits that keep one stuck part from holding up the rest.

    What the address itself sets stays. Several hosts mean fail-over: only one that takes writes will do.
    """
    try:
        given = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:  # whose text repeats the address, passwords too
        raise Invalid("that is no address of a database; one is postgresql://user@host/name") from None
    session = {
        "search_path": "plow,public",
        "timezone": "UTC",
        "jit": "off",
        "statement_timeout": _milliseconds(patience.statement_s),
        "lock_timeout": _milliseconds(patience.lock_s),
        "idle_in_transaction_session_timeout": _milliseconds(patience.idle_in_transaction_s),
        **(settings or {}),
    }
    options = " ".join(f"-c {key}={value}" for key, value in session.items())
    defaults: dict[str, Any] = {
        "connect_timeout": max(2, round(patience.connect_s)),  # libpq takes 1 for 2
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15000,
        "application_name": name,
        "client_encoding": "UTF8",
    }
    if "," in str(given.get("host", "")):
        defaults["target_session_attrs"] = "read-write"
    merged = {**defaults, **given}
    merged["options"] = f"{options} {given.get('options', '')}".strip()
    return make_conninfo("", **merged)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


def set_types(connection: Connection) -> None:
    """Ids arrive as text, as the wire wants them; a dict goes out as JSON."""
    connection.adapters.register_loader("uuid", TextLoader)
    connection.adapters.register_dumper(dict, JsonbDumper)


class Watchdog:
    """Cuts the socket of a statement that got no answer in time.

    PostgreSQL's own time limits do not help when the backend itself is stopped or the network swallows
    everything; a cut socket makes the waiting call fail at once.
    """

    STEP_S = 0.25

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[int, tuple[float, int]] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def watching(self, connection: Connection, limit_s: float) -> Iterator[None]:
        """For the length of the block; the connection is broken afterwards if the limit passed."""
        key = id(connection)
        with self._lock:
            self._watched[key] = (time.monotonic() + limit_s, connection.fileno())
            self._start()
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(key, None)

    def close(self) -> None:
        """End the watching thread."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="database-watchdog", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        while not self._stop.wait(self.STEP_S):
            now = time.monotonic()
            with self._lock:  # so that the descriptor still is the one that was put down
                late = [key for key, (deadline, _) in self._watched.items() if deadline < now]
                for key in late:
                    _cut(self._watched.pop(key)[1])


def _cut(descriptor: int) -> None:
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as copy:
        copy.shutdown(socket.SHUT_RDWR)  # an error here means that it was cut already
