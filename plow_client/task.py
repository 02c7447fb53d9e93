"""Tasks: a frame, a chunk of frames, or a named piece of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plow_client import depend, proc
from plow_client.current import server
from plow_client.entity import Entity, Record, Ref, Refs, id_of, ids_of, members_of, texts_of
from plow_client.errors import NotFound
from plow_client.idl import (
    AttemptEnd,
    AttemptFilterT,
    AttemptT,
    LogT,
    TaskFilterT,
    TaskSpecT,
    TaskState,
    TaskStatsT,
    TaskT,
)
from plow_client.keywords import also_known
from plow_client.spec import Spec

if TYPE_CHECKING:
    from plow_client.job import Job
    from plow_client.layer import Layer

LOG_PIECE = 1024 * 1024
"""The most bytes of a log that come at once."""

AttemptEnds = AttemptEnd | int | str | Iterable[AttemptEnd | int | str]
TaskStates = TaskState | int | str | Iterable[TaskState | int | str]


class TaskStats(Record[TaskStatsT]):
    """One attempt of a task: allotted, used, and how it ended. RAM is MB, progress percent."""

    __slots__ = ()
    _struct = TaskStatsT
    cores: int
    used_cores: float
    high_cores: float
    ram: int
    used_ram: int
    high_ram: int
    start_time: int
    stop_time: int
    retry_num: int
    progress: int
    last_log_line: str
    active: bool
    exit_status: int
    exit_signal: int
    last_node: str
    proc_id: str | None
    end_reason: AttemptEnd | None
    reason: str | None
    log_path: str | None


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


class Attempt(Record[AttemptT]):
    """An attempt that ended. RAM is MB, times are milliseconds."""

    __slots__ = ()
    _struct = AttemptT
    proc_id: str
    task_id: str
    layer_id: str
    job_id: str
    task_name: str
    layer_name: str
    job_name: str
    attempt: int
    node_name: str
    cores: int
    ram: int
    start_time: int
    stop_time: int
    exit_status: int
    exit_signal: int
    end_reason: AttemptEnd
    reason: str
    high_ram: int
    high_cores: float
    clock_ms: int
    cpu_ms: int
    log_path: str
    command_index: int | None
    warnings: int | None
    gpus: list[int] | None
    predicted_ram: int | None
    predicted_clock_ms: int | None
    fingerprint: str | None


class Task(Entity[TaskT]):
    """A task; `retries` is the number of its newest attempt, -1 before the first."""

    __slots__ = ()
    _struct = TaskT
    layer_id: str
    job_id: str
    name: str
    number: int
    state: TaskState
    order: int
    retries: int
    min_cores: int
    min_ram: int
    stats: TaskStats
    frames: str | None
    layer_name: str | None
    job_name: str | None

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getTask(self.id))

    def get_log_path(self, retry_num: int = -1) -> str:
        """The log file of an attempt; -1 is the newest."""
        return get_task_log_path(self, retry_num)

    def read_log(self, attempt: int = -1, offset: int = 0, length: int = LOG_PIECE) -> Log:
        """A piece of an attempt's log, wherever it lies."""
        return read_task_log(self, attempt, offset, length)

    def get_stats(self) -> list[TaskStats]:
        """All attempts, oldest first."""
        return get_task_stats(self)

    def retry(self) -> None:
        """Queue it again with a fresh retry budget."""
        retry_tasks(tasks=self)

    def eat(self) -> None:
        """Count it as done."""
        eat_tasks(tasks=self)

    def kill(self) -> None:
        """Stop it and queue it again."""
        kill_tasks(tasks=self)

    def get_depends(self) -> list[depend.Depend]:
        """Those who wait for this task."""
        return depend.get_depends_on_task(self)

    def get_depends_on(self) -> list[depend.Depend]:
        """What this task waits for."""
        return depend.get_task_depends_on(self)

    def get_job(self) -> Job:
        """The job it is part of."""
        from plow_client.job import get_job

        return get_job(self.job_id)

    def get_layer(self) -> Layer:
        """The layer it is part of."""
        from plow_client.layer import get_layer_by_id

        return get_layer_by_id(self.layer_id)

    def get_procs(self) -> list[proc.Proc]:
        """What it holds now."""
        return proc.get_procs(tasks=self)


@dataclass
class TaskSpec(Spec):
    """A task without frames, to be launched with its layer."""

    _struct = TaskSpecT
    _parts = {"depends": depend.DependSpec}
    name: str
    depends: list[depend.DependSpec] | None = None


_OTHER_NAMES = {
    "job_id": "job",
    "layer_ids": "layers",
    "task_ids": "tasks",
    "node_ids": "nodes",
}


def get_task(task_id: str) -> Task:
    """A task by id."""
    return Task(server().getTask(task_id))


@also_known(**_OTHER_NAMES)
def get_tasks(
    *,
    job: Ref | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    nodes: Refs | None = None,
    states: TaskStates | None = None,
    last_update_time: int = 0,
    limit: int = 0,
    offset: int = 0,
) -> list[Task]:
    """Tasks for which all that is given holds, in layer and task order.

    A job, layers, tasks or nodes are needed. `last_update_time` (ms, see get_plow_time) asks only for
    what changed since; `limit` and `offset` page.
    """
    wanted = _filter(job, layers, tasks, nodes, states)
    wanted.lastUpdateTime, wanted.limit, wanted.offset = last_update_time, limit, offset
    return [Task(row) for row in server().getTasks(wanted)]


@also_known(**_OTHER_NAMES)
def retry_tasks(
    *,
    job: Ref | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    nodes: Refs | None = None,
    states: TaskStates | None = None,
) -> None:
    """Queue tasks again with a fresh retry budget; a running one is stopped first."""
    server().retryTasks(_filter(job, layers, tasks, nodes, states))


@also_known(**_OTHER_NAMES)
def eat_tasks(
    *,
    job: Ref | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    nodes: Refs | None = None,
    states: TaskStates | None = None,
) -> None:
    """Count tasks as done; a running one is stopped."""
    server().eatTasks(_filter(job, layers, tasks, nodes, states))


@also_known(**_OTHER_NAMES)
def kill_tasks(
    *,
    job: Ref | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    nodes: Refs | None = None,
    states: TaskStates | None = None,
) -> None:
    """Stop running tasks and queue them again; their retry budget is not used."""
    server().killTasks(_filter(job, layers, tasks, nodes, states))


def get_task_stats(task: Ref) -> list[TaskStats]:
    """All attempts of a task, oldest first."""
    return [TaskStats(row) for row in server().getTaskStats(id_of(task))]


def get_task_log_path(task: Ref, retry_num: int = -1) -> str:
    """The log file of an attempt; -1 is the newest, or where the first will be."""
    if retry_num < 0:
        return server().getTaskLogPath(id_of(task))
    for attempt in get_task_stats(task):
        if attempt.retry_num == retry_num and attempt.log_path:
            return attempt.log_path
    raise NotFound(f"no log of attempt {retry_num} of task '{getattr(task, 'name', task)}'")


def read_task_log(task: Ref, attempt: int = -1, offset: int = 0, length: int = LOG_PIECE) -> Log:
    """A piece of a task's log, read by the server or by the node that has it.

    `attempt` -1 is the newest, a negative `offset` counts from the end, `length` is at most 1 MiB. NotFound before
    the first attempt, Unavailable while the node that has the log is away.
    """
    return Log(server().readTaskLog(id_of(task), attempt, offset, length))


@also_known(job_ids="jobs", layer_ids="layers", task_ids="tasks", node_names="nodes")
def get_attempts(
    *,
    jobs: Refs | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    nodes: str | Iterable[str] | None = None,
    ends: AttemptEnds | None = None,
    stopped_since: int | None = None,
    stopped_before: int | None = None,
    limit: int = 0,
    offset: int = 0,
) -> list[Attempt]:
    """Attempts that ended and for which all that is given holds, newest first; `nodes` are names.

    Jobs, layers, tasks or nodes are needed. Without a limit at most 1000 come.
    """
    wanted = AttemptFilterT(
        jobIds=ids_of(jobs),
        layerIds=ids_of(layers),
        taskIds=ids_of(tasks),
        nodeNames=texts_of(nodes),
        ends=members_of(AttemptEnd, ends),
        stoppedSince=stopped_since,
        stoppedBefore=stopped_before,
        limit=limit,
        offset=offset,
    )
    return [Attempt(row) for row in server().getAttempts(wanted)]


def _filter(
    job: Ref | None, layers: Refs | None, tasks: Refs | None, nodes: Refs | None, states: TaskStates | None
) -> TaskFilterT:
    return TaskFilterT(
        jobId=None if job is None else id_of(job),
        layerIds=ids_of(layers),
        taskIds=ids_of(tasks),
        nodeIds=ids_of(nodes),
        states=members_of(TaskState, states),
    )
