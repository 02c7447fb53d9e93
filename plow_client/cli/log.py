"""Prints a task's log as the node wrote it: from the file where it can be read here, else by way of the server."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import click

from plow_client.cli.complete import argument
from plow_client.cli.find import the_task
from plow_client.errors import NotFound, Unavailable
from plow_client.idl import TaskState
from plow_client.task import Task
from plow_client.task_log import LOG_PIECE, read_task_log

_LOOK_S = 0.3
_MAY_GO_ON = (TaskState.INITIALIZE, TaskState.WAITING, TaskState.RUNNING, TaskState.DEPEND)


def log_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that prints a log."""
    attempt = click.option(
        "--attempt", type=click.IntRange(min=0), help="Number of the attempt, from 0; else the newest."
    )
    follow = click.option(
        "--follow",
        "-f",
        "and_follow",
        is_flag=True,
        help="Go on until the task is done, or the attempt ends.",
    )
    return attempt(follow(function))


@click.command()
@argument("name", "task", "TASK")
@click.argument("task_name", metavar="", required=False)
@log_options
def log(name: str, task_name: str | None, attempt: int | None, and_follow: bool) -> None:
    """Print the log of a task: JOB/LAYER/FRAME, JOB/0007-beauty, its id, or JOB and TASK as two words."""
    print_log(the_task(name, task_name), attempt, and_follow)


def print_log(
    task: Task, attempt: int | None, and_follow: bool, pause: Callable[[float], None] = time.sleep
) -> None:
    """Print an attempt's log as it is.

    With `and_follow` until that attempt is over; where none is named, through all that come until the task is done.
    """
    shown = _Shown(task, attempt)
    if not and_follow:
        shown.print_more()
        return
    while True:
        is_over = shown.is_over()  # look first: what comes in between is printed all the same
        with contextlib.suppress(Unavailable):  # the server, or the node, will be back
            try:
                shown.print_more()
            except NotFound:
                if is_over:
                    raise
                shown.tell_once(shown.waiting_for())
            if is_over and not (attempt is None and shown.turn_to_next()):
                return
        pause(_LOOK_S)


class _Shown:
    """The attempt whose log is printed, and how far."""

    def __init__(self, task: Task, attempt: int | None) -> None:
        self._task = task
        self._is_fixed = attempt is not None
        self._number = task.retries if attempt is None else attempt
        self._path = self._find(self._number)
        self._place = 0
        self._told = ""

    def print_more(self) -> None:
        """Print what there is; NotFound where there is no log yet."""
        if self._place == 0 and not self._is_fixed and self._number < 0:
            self._turn_to(self._task.retries)  # only an attempt that has begun has a number, and so a file
        self._place = _copy(self._task, self._path, self._number, self._place, sys.stdout.buffer)

    def is_over(self) -> bool:
        """Whether nothing more will be written to it."""
        task = self._task
        try:
            task.refresh()
        except Unavailable:
            return False  # the node writes the log whether the server is there or not
        if task.retries > max(self._number, 0):
            return True
        if task.state == TaskState.WAITING and task.retries >= 0:
            return task.retries == self._number  # that attempt has ended, and another is to come
        return task.state not in _MAY_GO_ON

    def turn_to_next(self) -> bool:
        """Whether the task has, or will get, another attempt; then its log is the one to print."""
        if self._task.retries <= self._number:
            if self._task.state not in _MAY_GO_ON:
                return False
            self.tell_once(f"attempt {self._number} has ended; waiting for the next")
            return True
        self._turn_to(self._number + 1)
        self.tell_once(f"attempt {self._number} of {self._task.name}:")
        return True

    def waiting_for(self) -> str:
        """What is missing, for people."""
        not_yet = "started" if self._task.retries < 0 else f"written to {self._path}"
        return f"{self._task.name} has not {not_yet} yet; waiting"

    def tell_once(self, text: str) -> None:
        """Beside the log, so that a copy of it holds only what it says."""
        if text != self._told:
            self._told = text
            sys.stdout.buffer.flush()
            click.echo(text, err=True)

    def _turn_to(self, number: int) -> None:
        self._path = self._find(number)  # first, for the server may be away
        self._number, self._place = number, 0

    def _find(self, number: int) -> Path:
        is_newest = number == self._task.retries and not self._is_fixed
        return Path(self._task.get_log_path(-1 if is_newest else number))


def _copy(task: Task, path: Path, number: int, place: int, to: BinaryIO) -> int:
    """Print what there is from a place on; the place after it."""
    while True:
        piece = _here(path, place)
        if piece is None:
            piece = read_task_log(task, max(number, -1), place, LOG_PIECE).content
        if not piece:
            to.flush()
            return place
        to.write(piece)
        place += len(piece)


def _here(path: Path, place: int) -> bytes | None:
    """None where the file cannot be seen from this machine, is not there yet, or is not ours to read."""
    try:
        with path.open("rb") as log:
            log.seek(place)
            return log.read(LOG_PIECE)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
