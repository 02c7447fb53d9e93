"""Whether this node takes new tasks, and if not, why: several reasons may hold at once, each goes by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

UNFIT = "unfit"
REBOOT = "reboot"
STOP = "stop"
DRAIN = "drain"
NIMBY = "nimby"
ORDER = (UNFIT, REBOOT, STOP, DRAIN, NIMBY)  # the reason told is the first of these that holds


class Door:
    """Open while nobody has a reason against it. Any thread may call."""

    def __init__(self, refuse: Callable[[str], None]) -> None:
        """`refuse` gets the reason at each change, empty where there is none."""
        self._refuse = refuse
        self._reasons: dict[str, str] = {}
        self._lock = threading.Lock()

    def close(self, cause: str, reason: str) -> None:
        """Take nothing new for this cause."""
        self._set(cause, reason)

    def open(self, cause: str) -> None:
        """This cause is over; others may still hold."""
        self._set(cause, "")

    @property
    def reason(self) -> str:
        """Why nothing new is taken; empty where it is."""
        return self._reason()

    def _set(self, cause: str, reason: str) -> None:
        with self._lock:
            self._reasons[cause] = reason
            self._refuse(self._reason())

    def _reason(self) -> str:
        return next((self._reasons[cause] for cause in ORDER if self._reasons.get(cause)), "")
