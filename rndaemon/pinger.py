"""Tells a server that we live and what we hold, and does what the answer says; a loop that cannot die."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterable

from plow_client.errors import PlowError
from plow_client.idl import Ping
from plow_client.logs import event
from rndaemon.servers import Servers

log = logging.getLogger(__name__)

_JITTER = 0.2
_FIRST_RETRY_S = 0.5


class Pinger:
    """The first ping goes out at once."""

    def __init__(
        self,
        servers: Servers,
        make_ping: Callable[[], Ping],
        stop_procs: Callable[[Iterable[str]], None],
        interval_s: float,
        heard_again: Callable[[], None] = lambda: None,
    ) -> None:
        """`heard_again` is called when a server answers after a silence."""
        self._servers = servers
        self._make_ping = make_ping
        self._stop_procs = stop_procs
        self._interval_s = interval_s
        self._heard_again = heard_again
        self._failures = 0
        self._wanted = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def soon(self) -> None:
        """Something notable changed: do not wait for the interval."""
        self._wanted.set()

    def stop(self) -> None:
        """End without a last ping."""
        self._stopping = True
        self._wanted.set()
        self._servers.close()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while not self._stopping:
            self._wanted.clear()
            try:
                self._ping()
            except PlowError as error:
                self._note_failure(error.why)
            except Exception as error:
                log.exception(event("ping met a fault"))
                self._note_failure(str(error))
            self._wanted.wait(self._pause_s())

    def _ping(self) -> None:
        reply = self._servers.call("ping", ping=self._make_ping())
        if self._failures:
            log.info(event("server answers again", server=self._servers.current, after=self._failures))
            self._heard_again()
        self._failures = 0
        if reply.pingIntervalS and reply.pingIntervalS > 0:
            self._interval_s = float(reply.pingIntervalS)
        if reply.kill:
            self._stop_procs(reply.kill)

    def _note_failure(self, why: str) -> None:
        if self._failures == 0 and not self._stopping:
            log.warning(event("no server answers", error=why))
        self._failures += 1

    def _pause_s(self) -> float:
        """The interval give or take a fifth; sooner after a failure, so that a short outage stays short."""
        pause_s = self._interval_s
        if self._failures:
            pause_s = min(pause_s, _FIRST_RETRY_S * 2 ** min(self._failures - 1, 10))
        return pause_s * random.uniform(1 - _JITTER, 1 + _JITTER)
