"""Logs of tasks: where they lie, and pieces of them from wherever that is."""

from __future__ import annotations

from plow_client.attempt import get_task_stats
from plow_client.current import server
from plow_client.entity import Record, Ref, id_of
from plow_client.errors import NotFound
from plow_client.idl import LogT

LOG_PIECE = 1024 * 1024
"""The most bytes of a log that come at once."""


class Log(Record[LogT]):
    """A piece of a log: bytes as written, from `offset` on, of `size` now; `node_name` says who has read it."""

    __slots__ = ()
    _struct = LogT
    content: bytes
    offset: int
    size: int
    path: str
    node_name: str
    attempt: int


def get_task_log_path(task: Ref, retry_num: int = -1) -> str:
    """The log file of an attempt, counted from 0; -1 and beyond the newest is the newest, or where the first will be.

    NotFound where that attempt is no longer kept.
    """
    paths = {} if retry_num < 0 else {one.retry_num: one.log_path for one in get_task_stats(task)}
    if retry_num < 0 or retry_num > max(paths, default=-1):
        return server().getTaskLogPath(id_of(task))
    path = paths.get(retry_num)
    if not path:
        raise NotFound(f"no log of attempt {retry_num} of task '{getattr(task, 'name', task)}'")
    return path


def read_task_log(task: Ref, attempt: int = -1, offset: int = 0, length: int = LOG_PIECE) -> Log:
    """A piece of a task's log, read by the server or by the node that has it.

    `attempt` -1 is the newest, a negative `offset` counts from the end, `length` is at most 1 MiB. NotFound before
    the first attempt, Unavailable while the node that has the log is away.
    """
    return Log(server().readTaskLog(id_of(task), attempt, offset, length))
