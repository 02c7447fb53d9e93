"""One attempt that this node answers for, as its daemon knows it: its entry in the spool, its cores, its shim."""

from __future__ import annotations

import logging
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field

from plow_client.logs import event
from rndaemon.request import Request
from rndaemon.spool import Entry, Identity
from rndaemon.starter import open_process

log = logging.getLogger(__name__)

_UNENDING_S = 60.0  # beyond the grace: then something is wrong with the machine
_STUCK_S = 5.0  # beyond the grace: a shim that has not even started by then is ended itself


@dataclass
class Attempt:
    """One attempt and its shim."""

    entry: Entry
    request: Request
    slots: list[int] = field(default_factory=list)
    shim: Identity | None = None
    is_over: bool = False
    give_up_at: float | None = None

    def ask_to_stop(self, reason: str, grace_s: float | None, end: str) -> None:
        """Leave the wish where the shim reads it, and wake it."""
        grace_s = self.request.grace_s if grace_s is None else max(0.0, grace_s)
        self.give_up_at = self.give_up_at or time.monotonic() + grace_s + _STUCK_S
        number = signal.SIGUSR1
        try:
            self.entry.write_kill({"reason": reason, "grace_s": grace_s, "end": end})
        except OSError as error:  # a full disk: a shim ends its task on SIGTERM too
            log.error(event("kill not written", error=error, proc=self.request.proc_id))
            number = signal.SIGTERM
        self.signal(signal.SIGCONT)
        self.signal(number)

    def signal(self, number: int) -> None:
        """Signal just this shim. A new one that has no handler yet must not be hit: it reads the wish anyway."""
        has_handlers = bool(self.entry.read_status())
        if self.shim is None or (number == signal.SIGUSR1 and not has_handlers):
            return
        descriptor = open_process(self.shim)
        if descriptor is not None:
            with suppress(ProcessLookupError):  # it ended just now, and its record says how
                signal.pidfd_send_signal(descriptor, number)
            os.close(descriptor)

    def is_stuck(self) -> bool:
        """Told to end, and its task has not even begun: its shim hangs, on a dead file server under the log."""
        if self.is_over or self.give_up_at is None or self.give_up_at > time.monotonic():
            return False
        return bool(self.entry.read_status().get("phase", "starting") == "starting")

    def is_unending(self) -> bool:
        """Told to end long ago, and still there: the kernel waits for a device or a file server that is gone."""
        late = self.give_up_at is not None and time.monotonic() - self.give_up_at > _UNENDING_S - _STUCK_S
        return late and not self.is_over
