"""Tells a server that we live and what we hold, and does what the answer says; a loop that cannot die."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable

from plow_client.errors import PlowError
from plow_client.idl import Ping
from plow_client.logs import event
from rndaemon.servers import Servers

log = logging.getLogger(__name__)

_JITTER = 0.2
_FIRST_RETRY_S = 0.5
_GOODBYE_S = 1.0


class Pinger:
    """The first ping goes out at once."""

    def __init__(
        self,
        servers: Servers,
        make_ping: Callable[[], Ping],
        stop_procs: Callable[[Iterable[str]], bool],
        interval_s: float,
        heard_again: Callable[[], None] = lambda: None,
    ) -> None:
        """`stop_procs` gets what an answer names, True from it: the server waits for a word, so ping soon.

        `heard_again` is called when a server answers after a silence.
        """
        self._servers = servers
        self._make_ping = make_ping
        self._stop_procs = stop_procs
        self._interval_s = interval_s
        self._heard_again = heard_again
        self._failures = 0
        self._heard_at: float | None = None
        self._problem = ""
        self._begun = self._heard = 0  # the newest ping that was begun, and that was answered
        self._answered = threading.Condition()
        self._wanted = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def soon(self) -> None:
        """Something notable changed: do not wait for the interval."""
        self._wanted.set()

    def tell(self, within_s: float) -> bool:
        """Have a server hear how things stand now; False where none has in time."""
        if not self._thread.ident:
            return False
        with self._answered:
            wanted = self._begun + 1  # one that is on its way may be older than what has to be said
        self.soon()
        with self._answered:
            return self._answered.wait_for(lambda: self._heard >= wanted, within_s)

    def stop(self) -> None:
        """End with a last ping that says so, where somebody has been listening."""
        self._stopping = True
        self._wanted.set()
        if self._failures or not self._thread.ident:
            self._servers.close()
        if self._thread.ident:
            self._thread.join(timeout=_GOODBYE_S)
            self._servers.close()
            self._thread.join(timeout=_GOODBYE_S)

    def silence(self) -> tuple[float | None, str]:
        """Seconds since a server answered, None where none ever did; and what is wrong, empty where nothing is."""
        heard = self._heard_at
        return None if heard is None else time.monotonic() - heard, self._problem

    @property
    def server(self) -> str:
        """The server in use."""
        return self._servers.current

    def _run(self) -> None:
        while not self._stopping:
            self._wanted.clear()
            self._try_to_ping()
            if not self._stopping:
                self._wanted.wait(self._pause_s())
        if not self._failures:
            self._try_to_ping()

    def _try_to_ping(self) -> None:
        try:
            self._ping()
        except PlowError as error:
            self._note_failure(error.why)
        except Exception as error:
            log.exception(event("ping met a fault"))
            self._note_failure(str(error))

    def _ping(self) -> None:
        with self._answered:
            self._begun += 1
        reply = self._servers.ping(self._make_ping())
        with self._answered:
            self._heard = self._begun
            self._answered.notify_all()
        self._heard_at, self._problem = time.monotonic(), ""
        log.debug(event("ping answered", server=self._servers.current, kill=len(reply.kill or ())))
        if self._failures:
            log.info(event("server answers again", server=self._servers.current, after=self._failures))
            self._heard_again()
        self._failures = 0
        if reply.pingIntervalS and reply.pingIntervalS > 0:
            self._interval_s = float(reply.pingIntervalS)
        if self._stop_procs(reply.kill or ()):
            self._wanted.set()

    def _note_failure(self, why: str) -> None:
        if self._failures == 0 and not self._stopping:
            log.warning(event("no server answers", error=why))
        self._failures += 1
        self._problem = why

    def _pause_s(self) -> float:
        """The interval give or take a fifth; sooner after a failure, so that a short outage stays short."""
        pause_s = self._interval_s
        if self._failures:
            pause_s = min(pause_s, _FIRST_RETRY_S * 2 ** min(self._failures - 1, 10))
        return pause_s * random.uniform(1 - _JITTER, 1 + _JITTER)
