"""Which of the servers books: the one whose session holds the lock. Also the ear for the bells.

No safety rests on it: two that book at once are only slower. A frozen leader's session is ended by the
database, a dead one's is gone at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from plow_client.errors import Unavailable
from plow_client.logs import event
from plow_server.config import Dispatch
from plow_server.database import Dedicated

log = logging.getLogger(__name__)

FARM_BELL, KILL_BELL = "plow_farm", "plow_kill"
_STEP_S = 0.25
_FIRST_RETRY_S = 0.05


@dataclass(frozen=True)
class Ears:
    """Whom to tell."""

    leads: Callable[[bool], None]
    rang: Callable[[bool, bool], None]  # farm, kill
    is_alive: Callable[[], bool]


class Leader:
    """A thread with a session of its own; tells when this server begins and ceases to lead."""

    def __init__(self, connect: Callable[[], Dedicated], ears: Ears, settings: Dispatch) -> None:
        self._connect = connect
        self._ears = ears
        self._settings = settings
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dispatch-leader", daemon=True)

    def start(self) -> None:
        """Begin to ask for the lead."""
        self._thread.start()

    def stop(self) -> None:
        """Give the lead away."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause_s = _FIRST_RETRY_S
        while not self._stopping.is_set():
            try:
                with self._connect() as session:
                    pause_s = _FIRST_RETRY_S
                    self._wait_and_lead(session)
            except Unavailable as error:
                log.warning(event("dispatch session lost", why=error.why))
            except Exception:  # a thread that died would leave the farm without a leader
                log.exception(event("dispatch session met a fault"))
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, 1.0)

    def _wait_and_lead(self, session: Dedicated) -> None:
        while not self._stopping.is_set():
            if not self._settings.single_leader or session.value("try_lead"):
                session.listen(FARM_BELL)
                session.listen(KILL_BELL)
                self._lead(session)
                return
            self._stopping.wait(self._settings.standby_poll_s)

    def _lead(self, session: Dedicated) -> None:
        log.info(event("dispatch began"))
        self._ears.leads(True)
        try:
            alive_at = time.monotonic()
            while not self._stopping.is_set():
                rang = {channel for channel, _ in session.heard(_STEP_S)}
                if rang:
                    self._ears.rang(FARM_BELL in rang, KILL_BELL in rang)
                if time.monotonic() - alive_at >= self._settings.heartbeat_s and self._ears.is_alive():
                    session.run("stay_alive")
                    alive_at = time.monotonic()
        finally:
            self._ears.leads(False)
            log.info(event("dispatch ceased"))
