"""A program of ours as a child process: started until it says that it is ready, stopped for certain.

Its output goes to a file; the ready line is looked for there, so nobody has to keep a pipe empty.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from plow_client.account import as_account
from plow_client.errors import Unavailable

_LOOK_S = 0.02
_LARGEST_LOG = 10_000_000


class Program:
    """One child. `command` is asked at each start, because a second start may use what the first was given."""

    def __init__(
        self,
        name: str,
        command: Callable[[], Sequence[str]],
        ready: str,
        log_file: Path,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`ready` is a regular expression for the ready line; its groups are what `start` returns."""
        self.name = name
        self.log_file = log_file
        self.exit_status: int | None = None
        self._command = command
        self._ready = re.compile(ready, re.MULTILINE)
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        return self.pid is not None

    def start(self, within_s: float = 60.0) -> tuple[str, ...]:
        """Start it and wait until it is ready; Unavailable with its last words if it does not come up.

        It ends when the thread that starts it ends, so start it from the main thread.
        """
        if self.is_running:
            raise Unavailable(f"{self.name} runs already, as process {self.pid}")
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        if self.log_file.exists() and self.log_file.stat().st_size > _LARGEST_LOG:
            self.log_file.replace(self.log_file.with_name(f"{self.log_file.name}.old"))
        with self.log_file.open("ab") as output:
            begin = output.tell()
            # It ends when we end, however that happens, and Ctrl-C is for us: we stop our children in order.
            self._process = subprocess.Popen(
                as_account(None, self._command(), end_signal=signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(os.environ if self._env is None else self._env),
                cwd=self.log_file.parent,
                start_new_session=True,
            )
        try:
            return self._wait_until_ready(begin, within_s)
        except BaseException:
            self.kill()
            raise

    def ask_to_stop(self) -> None:
        """Send SIGTERM and go on."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self, within_s: float = 8.0) -> None:
        """Ask it to end; end it if it does not."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self.exit_status = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it on the spot, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self.exit_status = self._process.wait()

    def wait(self, within_s: float | None = None) -> int | None:
        """Its exit status once it has ended; None if it still runs after that time."""
        if self._process is None:
            return self.exit_status
        try:
            self.exit_status = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None
        return self.exit_status

    def _wait_until_ready(self, begin: int, within_s: float) -> tuple[str, ...]:
        assert self._process is not None
        deadline = time.monotonic() + within_s
        while True:
            ended = self._process.poll() is not None  # before reading, so that its last words are read
            said = self._said(begin)
            found = self._ready.search(said)
            if found:
                return found.groups()
            if ended:
                status = self._process.returncode
                raise Unavailable(f"{self.name} did not start (exit status {status}): {self._words(said)}")
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.name} was not ready within {within_s:g} s: {self._words(said)}")
            time.sleep(_LOOK_S)

    def _said(self, begin: int) -> str:
        with self.log_file.open("rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")

    def _words(self, said: str) -> str:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        return f"{lines[-1] if lines else 'it said nothing'} (more in '{self.log_file}')"
