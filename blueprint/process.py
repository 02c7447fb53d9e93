"""Runs the commands of a task: says each one exactly, waits for it, passes its status on."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType


class CommandFailed(Exception):
    """A command ended with a status other than 0; the task ends with the same."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Stopped(BaseException):
    """The task was asked to end. Not an Exception: a layer that catches those must still end."""


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Run a command with the task's own output.

    Where the command has no status of its own it is a shell's: 127, 126, or 128 + the signal.
    """
    print("+ " + shlex.join(command), flush=True)
    _asked.starting = True
    try:
        process = subprocess.Popen(command, env=env)
    except OSError as error:
        status = 127 if isinstance(error, FileNotFoundError) else 126
        raise CommandFailed(status, f"cannot start '{command[0]}': {error.strerror}") from error
    finally:
        _asked.starting = False
    try:
        _asked.obey()
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if status:
        status = 128 - status if status < 0 else status
        raise CommandFailed(status, f"'{command[0]}' ended with status {status}")


class _Asked:
    """Whether somebody wants the task to end; while a process is being started the answer has to wait."""

    starting = False
    signal = 0

    def take(self, number: int, frame: FrameType | None) -> None:
        self.signal = number
        if not self.starting:
            self.obey()

    def obey(self) -> None:
        if self.signal:
            raise Stopped(f"stopped by signal {self.signal}")


_asked = _Asked()


def end_on_terminate() -> None:
    """Let SIGTERM unwind the task, so that what it left half done is tidied away."""
    signal.signal(signal.SIGTERM, _asked.take)


def python_command(module: str) -> list[str]:
    """This Python, running one of our modules; on the node it is the node's Python."""
    return [sys.executable, "-m", module]
