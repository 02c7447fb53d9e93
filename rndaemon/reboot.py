"""Rebooting the machine: now, or when nothing runs; only where a command for it is configured."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable, Sequence

from plow_client.errors import NotAllowed
from plow_client.logs import event
from rndaemon.attempts import Attempts
from rndaemon.door import REBOOT, Door

log = logging.getLogger(__name__)

_HEARD_WITHIN_S = 3.0
_END_WITHIN_S = 60.0
_COMMAND_WITHIN_S = 60.0
_LONGEST_REASON = 300
REFUSAL = "this node is about to reboot: no new tasks"


class Reboot:
    """One wish at a time."""

    def __init__(
        self, command: Sequence[str], attempts: Attempts, door: Door, tell: Callable[[float], bool]
    ) -> None:
        """`tell` has a server hear how things stand now, within so many seconds."""
        self._command = list(command)
        self._attempts = attempts
        self._door = door
        self._tell = tell
        self._lock = threading.Lock()
        self._hurry = threading.Event()
        self.is_scheduled = False
        self.failure = ""  # why the last one did not happen, told until the next is wished for

    def schedule(self, now: bool) -> None:
        """Refuse new tasks, then reboot: when the running ones have ended, or after ending them now."""
        if not self._command:
            raise NotAllowed("this node may not be rebooted: daemon.reboot_command is not set")
        if now:
            self._hurry.set()
        with self._lock:
            if self.is_scheduled:
                return
            self.is_scheduled, self.failure = True, ""
        self._door.close(REBOOT, REFUSAL)
        log.info(event("reboot scheduled", now=now))
        threading.Thread(target=self._wait_and_reboot, name="reboot", daemon=True).start()

    def _wait_and_reboot(self) -> None:
        while not self._attempts.wait_until_idle(0.5):
            if self._hurry.is_set():
                self._attempts.kill_all("the node reboots", "SHUTDOWN")
                self._attempts.wait_until_idle(_END_WITHIN_S)
                break
        self._tell(_HEARD_WITHIN_S)  # where it fails at once, a server would wait for the new boot for ever
        fault = self._run()
        if fault:
            log.error(event("reboot failed", error=fault))
            self._hurry.clear()
            self.failure = f"a reboot failed: {fault[:_LONGEST_REASON]}"
            self.is_scheduled = False
            self._door.open(REBOOT)
            self._tell(_HEARD_WITHIN_S)

    def _run(self) -> str:
        """Why it did not work; empty when the machine is going down."""
        try:
            done = subprocess.run(
                self._command, capture_output=True, text=True, timeout=_COMMAND_WITHIN_S, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        return "" if done.returncode == 0 else done.stderr.strip() or f"status {done.returncode}"
