"""Prints a task's log as the node wrote it: from the file where it can be seen here, else by way of the server."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import click

from plow_client.errors import NotFound, Unavailable
from plow_client.idl import TaskState
from plow_client.task import LOG_PIECE, Task, read_task_log

_LOOK_S = 0.3
_MAY_GO_ON = (TaskState.INITIALIZE, TaskState.WAITING, TaskState.RUNNING, TaskState.DEPEND)


def print_log(
    task: Task, attempt: int | None, and_follow: bool, pause: Callable[[float], None] = time.sleep
) -> None:
    """Print an attempt's log as it is; with `and_follow` until that attempt is over."""
    path = _path(task, attempt)
    number = task.retries if attempt is None else attempt
    place, over, was_told = 0, not and_follow, False
    while True:
        try:
            place = _copy(task, path, number, place, sys.stdout.buffer)
        except NotFound:
            if over:
                raise
            was_told = was_told or _tell(task, path)
        except Unavailable:
            if not and_follow:
                raise  # otherwise: the server will be back
        if over:
            return
        over = _is_over(task, number)  # and then read once more what came in between
        pause(_LOOK_S)
        if attempt is None and place == 0:  # only an attempt that has begun has a number, and so a file
            with contextlib.suppress(Unavailable):
                path, number = _path(task, attempt), task.retries


def _path(task: Task, attempt: int | None) -> Path:
    return Path(task.get_log_path(-1 if attempt is None else attempt))


def _tell(task: Task, path: Path) -> bool:
    not_yet = "started" if task.retries < 0 else f"written to {path}"
    click.echo(f"{task.name} has not {not_yet} yet; waiting", err=True)
    return True


def _is_over(task: Task, number: int) -> bool:
    try:
        task.refresh()
    except Unavailable:
        return False  # the node writes the log whether the server is there or not
    if task.retries > max(number, 0):
        return True
    if task.state == TaskState.WAITING and task.retries >= 0:
        return task.retries == number  # that attempt has ended, and another is to come
    return task.state not in _MAY_GO_ON


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
    """None where the file cannot be seen from this machine, or is not there yet."""
    try:
        with path.open("rb") as log:
            log.seek(place)
            return log.read(LOG_PIECE)
    except (FileNotFoundError, NotADirectoryError):
        return None
