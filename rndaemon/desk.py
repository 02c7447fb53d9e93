"""What people can ask of this node and tell it, whichever way they come: by signal, by command, by call."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from plow_client.errors import Invalid, NotAllowed
from plow_client.logs import event
from rndaemon.attempts import Attempts
from rndaemon.door import DRAIN, STOP, Door
from rndaemon.nimby.watchman import Watchman
from rndaemon.pinger import Pinger
from rndaemon.wishes import NIMBY_WISHES, Wishes

log = logging.getLogger(__name__)

EXIT_TOLD = 4  # stopped by a command at the node: whoever restarts daemons should leave it alone
_LONGEST_REASON = 500


class Desk:
    """One for the node. Any thread may come."""

    def __init__(
        self,
        attempts: Attempts,
        door: Door,
        wishes: Wishes,
        pinger: Pinger,
        watchman: Watchman | None,
        facts: Callable[[], dict[str, Any]],
        end: Callable[[], None] | None = None,
    ) -> None:
        """`facts` are the other things that `status` tells; `end` makes the daemon stop."""
        self._attempts = attempts
        self._door = door
        self._wishes = wishes
        self._pinger = pinger
        self._watchman = watchman
        self._facts = facts
        self._end = end or _end_by_signal
        self.exit_status = 0
        if wishes.now.drain:
            door.close(DRAIN, wishes.now.drain)

    def drain(self, who: str, reason: str = "") -> None:
        """Finish what runs and take nothing new, over restarts too, until somebody says resume."""
        why = " ".join((reason or "").split())[:_LONGEST_REASON]
        text = f"drained by {who}: {why}" if why else f"drained by {who}"
        self._wishes.tell(drain=text)
        self._door.close(DRAIN, text)
        log.info(event("node drained", by=who, why=why))
        self._pinger.soon()

    def resume(self, who: str) -> None:
        """Take work again, as far as we are asked."""
        self._wishes.tell(drain="")
        self._door.open(DRAIN)
        log.info(event("node resumed", by=who))
        self._pinger.soon()

    def stop(self, who: str, when_idle: bool) -> None:
        """End the daemon, now or when nothing runs; until then nothing new is taken."""
        self._door.close(STOP, f"{who} stops the node daemon")
        log.info(event("stop requested", by=who, when_idle=when_idle))
        self.exit_status = EXIT_TOLD
        self._pinger.soon()
        threading.Thread(target=self._stop, args=(when_idle,), name="stop", daemon=True).start()

    def nimby(self, who: str, wish: str) -> None:
        """on: the machine is mine; off: the farm may have it, whatever is seen; auto: by what is seen."""
        if wish not in NIMBY_WISHES:
            raise Invalid(f"'{wish}': expected on, off or auto")
        if self._watchman is None:
            raise NotAllowed("this node is no workstation: nimby.enabled is not set")
        log.info(event("nimby told", wish=wish, by=who))
        self._watchman.tell(wish, who)

    def status(self) -> dict[str, Any]:
        """All that a person at the node may want to know."""
        heard_s, problem = self._pinger.silence()
        return {
            **self._facts(),
            "pid": os.getpid(),
            "server": self._pinger.server,
            "heard_s": heard_s,
            "problem": problem,
            "away": self._attempts.why_refusing(),
            "nimby": self._wishes.now.nimby if self._watchman else "",
            "is_given": self._watchman is None or self._watchman.state.is_given,
            "tasks": [
                {
                    "proc": task.procId,
                    "pid": task.pid,
                    "cores": task.usedCores,
                    "ram_mb": task.rssMb,
                    "progress": task.progress,
                    "running_s": max(0, int(time.time() - (task.startTime or 0) / 1000)),
                    "last_log": task.lastLog,
                }
                for task in self._attempts.running()
            ],
        }

    def _stop(self, when_idle: bool) -> None:
        while when_idle and not self._attempts.wait_until_idle(1.0):
            continue
        self._end()


def _end_by_signal() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
