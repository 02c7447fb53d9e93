"""Numbers what has happened as soon as it is committed, and lets go those who wait for it.

One thread with a session of its own: PostgreSQL wakes it when a change is committed, so nothing is asked while
nothing happens. Those who wait hold no thread of the listener, only an entry here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from plow_client.errors import Unavailable
from plow_client.logs import event
from plow_client.rpc.later import Later
from plow_server.database import Dedicated

log = logging.getLogger(__name__)

BELL = "plow_event"
_STEP_S = 0.25
_GAP_S = 0.05  # while much happens, what happens in so long is numbered at once
_LONGEST_RETRY_S = 1.0


@dataclass(frozen=True)
class Waiter:
    """A call that waits for a number above `after`."""

    later: Later
    after: int
    deadline: float
    host: str


class Events:
    """Start it after the listener and stop it before: who still waits is answered then."""

    def __init__(self, connect: Callable[[], Dedicated], most: int, most_of_one: int = 0) -> None:
        """`most` wait at once, `most_of_one` of them for one address; 0 = that is not limited."""
        self._connect = connect
        self._most = most
        self._most_of_one = most_of_one
        self._lock = threading.Lock()
        self._waiters: list[Waiter] = []
        self._newest = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Let everybody go."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._let_go(lambda _: True)

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return sum(not waiter.later.is_over for waiter in self._waiters)

    def when_more(self, rest: Callable[[], object], after: int, wait_s: float, host: str = "") -> Later:
        """A call from `host` whose rest runs when there is a number above `after`, or after so many seconds."""
        later = Later(rest)
        waiter = Waiter(later, after, time.monotonic() + wait_s, host)
        with self._lock:
            self._make_room(host)
            is_due = self._newest > after or self._stopping.is_set()
            if not is_due:
                self._waiters.append(waiter)
        if is_due:
            later.go_on()
        return later

    def _make_room(self, host: str) -> None:
        """Forget those who hung up; Unavailable if there are too many all the same."""
        self._waiters = [waiter for waiter in self._waiters if not waiter.later.is_over]
        if len(self._waiters) >= self._most:
            raise Unavailable(f"{self._most} calls wait for events already: ask without waiting")
        same = sum(waiter.host == host for waiter in self._waiters)
        if 0 < self._most_of_one <= same:
            raise Unavailable(f"{same} calls from {host} wait for events already: ask without waiting")

    def _run(self) -> None:
        pause_s = _GAP_S
        while not self._stopping.is_set():
            try:
                with self._connect() as session:
                    pause_s = _GAP_S
                    self._listen(session)
            except Unavailable as error:
                log.warning(event("events interrupted", why=error.why))
            except Exception:  # a thread that died would keep everybody waiting
                log.exception(event("events met a fault"))
            self._expire()
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_RETRY_S)

    def _listen(self, session: Dedicated) -> None:
        session.listen(BELL)
        self._number(session)
        while not self._stopping.is_set():
            if session.heard(_STEP_S):
                self._number(session)
                self._stopping.wait(_GAP_S)
            self._expire()

    def _number(self, session: Dedicated) -> None:
        """Until nothing is left; what another server numbers meanwhile counts as well."""
        while (last := int(session.value("number_events"))) > self._newest:
            with self._lock:
                self._newest = last
            self._let_go(lambda waiter: waiter.after < last)

    def _expire(self) -> None:
        now = time.monotonic()
        self._let_go(lambda waiter: waiter.deadline <= now)

    def _let_go(self, is_due: Callable[[Waiter], bool]) -> None:
        with self._lock:
            due = [waiter for waiter in self._waiters if is_due(waiter)]
            self._waiters = [
                waiter for waiter in self._waiters if not waiter.later.is_over and not is_due(waiter)
            ]
        for waiter in due:
            waiter.later.go_on()
