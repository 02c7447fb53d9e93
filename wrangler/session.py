"""The only door to the server, and the only part that knows of threads.

Three lanes: `server` asks the farm, one call at a time, actions before refreshes; `files` reads logs from
the shared file system, which may hang; `desk` puts long lists in order. Results come back on the
window's thread. While the server is away refreshes are not even asked; a small call tries until it is back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar, cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from plow_client.connection import Connection
from plow_client.errors import PlowError, Unavailable
from plow_client.idl import RpcService
from plow_client.logs import event
from wrangler.lane import URGENT, Lane

log = logging.getLogger(__name__)
Result = TypeVar("Result")
PROBE_S = 2.0
CLOCK_S = 60.0


class Link(Enum):
    """How things stand between this window and the server."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "not connected"


@dataclass(frozen=True)
class Status:
    """What the status bar shows; `why` says what went wrong, where something did."""

    link: Link
    server: str
    why: str = ""


class Session(QObject):
    """Owns the connection; `server` is how people call it, where host and port are not enough."""

    status_changed = Signal(Status)
    failed = Signal(str)
    _arrived = Signal(object)

    def __init__(self, connection: Connection, server: str = "", *, probe_s: float = PROBE_S) -> None:
        super().__init__()
        hosts = ", ".join(f"{host}:{port}" for host, port in connection.hosts)
        self.status = Status(Link.CONNECTING, server or hosts)
        self._connection = connection
        self._farm = cast(RpcService, connection)
        self._ahead_ms = 0
        self._arrived.connect(self._arrive)
        self._server = Lane("server", self._arrived.emit)
        self._files = Lane("files", self._arrived.emit)
        self._desk = Lane("desk", self._arrived.emit)
        self._probe_ms = int(probe_s * 1000)
        self._probe = QTimer(self, singleShot=True)
        self._probe.timeout.connect(self._ask_time)

    @property
    def is_connected(self) -> bool:
        """Whether the last thing heard of the server was good."""
        return self.status.link is Link.CONNECTED

    @property
    def waiting_s(self) -> float:
        """How long the call that is under way has been waiting for the server; 0 where there is none."""
        return self._server.busy_s()

    def now_ms(self) -> int:
        """The server's time, as far as we know it."""
        return int(time.time() * 1000) + self._ahead_ms

    def start(self) -> None:
        """Begin; the first call says whether the server is there."""
        for lane in (self._server, self._files, self._desk):
            lane.start()
        self._ask_time()

    def stop(self) -> None:
        """Leave; a call that is under way is not waited for longer than a moment."""
        self._probe.stop()
        self._connection.close()
        for lane in (self._server, self._files, self._desk):
            lane.stop(wait_s=0.5)

    # -------------------- asking

    def refresh(
        self,
        key: str,
        work: Callable[[RpcService], Result],
        then: Callable[[Result], None],
        failed: Callable[[], None],
    ) -> None:
        """Read something; a newer refresh of this key makes an older one's answer unwanted."""
        if self.is_connected:
            self._server.submit(self._call(work), then, lambda error: self._fail(error, failed), key=key)

    def act(
        self,
        what: str,
        work: Callable[[RpcService], None],
        then: Callable[[], None],
        failed: Callable[[], None],
    ) -> None:
        """Change something, before all waiting refreshes; `what` names it in a message."""
        if not self.is_connected:
            self.failed.emit(f"{what}: not done, because {self.status.server} is not connected")
            failed()
            return
        log.info(event("action asked", action=what))
        self._server.submit(
            self._call(work), lambda _: then(), lambda error: self._fail(error, failed, what), rank=URGENT
        )

    def read(
        self,
        key: str,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[str], None],
    ) -> None:
        """Read a file; `failed` gets the sentence that says why not."""
        self._files.submit(work, then, lambda error: failed(_sentence(error)), key=key)

    def arrange(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """Compute something long, in the order asked; nothing is dropped."""
        self._desk.submit(work, then, lambda error: self._fail(error, failed))

    def forget(self, key: str) -> None:
        """Nobody waits for this refresh or file any more."""
        self._server.forget(key)
        self._files.forget(key)

    # -------------------- answers, on the window's thread

    @Slot(object)
    def _arrive(self, call: Callable[[], None]) -> None:
        call()

    def _fail(self, error: Exception, then: Callable[[], None], what: str = "") -> None:
        sentence = _sentence(error)
        if isinstance(error, Unavailable):
            self._set(Link.LOST, sentence)
            self._probe.start(self._probe_ms)
        self.failed.emit(f"{what}: {sentence}" if what else sentence)
        then()

    # -------------------- is the server there, and what time is it

    def _ask_time(self) -> None:
        def heard(ahead_ms: int) -> None:
            self._ahead_ms = ahead_ms
            self._set(Link.CONNECTED)
            self._probe.start(int(CLOCK_S * 1000))

        def unheard(error: Exception) -> None:
            self._set(Link.LOST, _sentence(error))
            self._probe.start(self._probe_ms)

        self._server.submit(self._call(_clock_difference), heard, unheard, key="probe")

    def _set(self, link: Link, why: str = "") -> None:
        status = Status(link, self.status.server, why)
        if status == self.status:
            return
        is_news = link is not self.status.link
        self.status = status
        if is_news:
            log.info(event("link changed", link=link.value, server=status.server, why=why))
        self.status_changed.emit(status)

    def _call(self, work: Callable[[RpcService], Result]) -> Callable[[], Result]:
        return lambda: work(self._farm)


def _clock_difference(farm: RpcService) -> int:
    """How far the server's clock is ahead of ours, taking its answer for the middle of the call."""
    asked = time.time()
    server_ms = farm.getPlowTime()
    return int(server_ms - (asked + time.time()) / 2 * 1000)


def _sentence(error: Exception) -> str:
    """What people read; a fault of ours is told apart and goes to the log as a whole."""
    if isinstance(error, PlowError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or error}" + (f" '{error.filename}'" if error.filename else "")
    log.error(event("request failed", kind=type(error).__name__), exc_info=error)
    return f"fault in the window: {type(error).__name__}: {error}"
