"""Tasks: a frame, a chunk of frames, or a named piece of work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from plow_client import attempt, depend, explanation, proc, task_log
from plow_client.attempt import TaskStats
from plow_client.current import server
from plow_client.entity import Entity, Ref, Refs, id_of, ids_of, members_of
from plow_client.idl import TaskFilterT, TaskState, TaskT
from plow_client.keywords import also_known
from plow_client.where import terms_of

if TYPE_CHECKING:
    from plow_client.job import Job
    from plow_client.layer import Layer
    from plow_client.query import Query

TaskStates = TaskState | int | str | Iterable[TaskState | int | str]


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
        return task_log.get_task_log_path(self, retry_num)

    def read_log(self, attempt: int = -1, offset: int = 0, length: int = task_log.LOG_PIECE) -> task_log.Log:
        """A piece of an attempt's log, wherever it lies."""
        return task_log.read_task_log(self, attempt, offset, length)

    def get_stats(self) -> list[TaskStats]:
        """All attempts, oldest first."""
        return attempt.get_task_stats(self)

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

    def depend_on(self, other: Layer | Task) -> None:
        """Make it wait for a whole layer, or for a task."""
        if isinstance(other, Task):
            depend.create_task_on_task_depend(self, other)
        else:
            depend.create_task_on_layer_depend(self, other)

    def explain(self) -> explanation.Explanation:
        """Why it waits, runs or is over."""
        return explanation.explain(self)

    def get_job(self) -> Job:
        """The job it is part of."""
        from plow_client.job import get_job

        return get_job(self.job_id)

    def get_layer(self) -> Layer:
        """The layer it is part of."""
        from plow_client.layer import get_layer_by_id

        return get_layer_by_id(self.layer_id)

    def get_attempts(self, ends: attempt.AttemptEnds | None = None) -> list[attempt.Attempt]:
        """Its attempts that ended, newest first, at most 1000; all, or those that ended so."""
        return attempt.get_attempts(tasks=self, ends=ends)

    def get_procs(self) -> list[proc.Proc]:
        """What it holds now."""
        return proc.get_procs(tasks=self)


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
    where: str | Query | None = None,
    last_update_time: int = 0,
    limit: int = 0,
    offset: int = 0,
) -> list[Task]:
    """Tasks for which all that is given holds, in layer and task order.

    A job, layers, tasks or nodes are needed, or a query that says enough: `where="user=anna and state=dead"`.
    `last_update_time` (ms, see get_plow_time) asks only for what changed since; `limit` and `offset` page.
    """
    wanted = _filter(job, layers, tasks, nodes, states, where)
    wanted.lastUpdateTime, wanted.limit, wanted.offset = last_update_time, limit, offset
    return [Task(row) for row in server().getTasks(wanted)]


@also_known(**_OTHER_NAMES)
def iter_tasks(
    *,
    job: Ref | None = None,
    layers: Refs | None = None,
    states: TaskStates | None = None,
    last_update_time: int = 0,
    page: int = 5000,
) -> Iterator[Task]:
    """The tasks of a job or of layers one after the other, however many: `page` of them are asked for at a time.

    Each page goes on after the last task of the one before, so that none is left out or comes twice where tasks
    change their state meanwhile or are added. NotFound where that task is gone, as after set_chunk.
    """
    wanted = _filter(job, layers, None, None, states, None)
    wanted.lastUpdateTime, wanted.limit = last_update_time, page
    while rows := server().getTasks(wanted):
        yield from map(Task, rows)
        wanted.afterTask = rows[-1].id


@also_known(**_OTHER_NAMES)
def retry_tasks(
    *,
    job: Ref | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    nodes: Refs | None = None,
    states: TaskStates | None = None,
    where: str | Query | None = None,
) -> None:
    """Queue tasks again with a fresh retry budget; a running one is stopped first."""
    server().retryTasks(_filter(job, layers, tasks, nodes, states, where))


@also_known(**_OTHER_NAMES)
def eat_tasks(
    *,
    job: Ref | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    nodes: Refs | None = None,
    states: TaskStates | None = None,
    where: str | Query | None = None,
) -> None:
    """Count tasks as done; a running one is stopped."""
    server().eatTasks(_filter(job, layers, tasks, nodes, states, where))


@also_known(**_OTHER_NAMES)
def kill_tasks(
    *,
    job: Ref | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    nodes: Refs | None = None,
    states: TaskStates | None = None,
    where: str | Query | None = None,
) -> None:
    """Stop running tasks and queue them again; their retry budget is not used."""
    server().killTasks(_filter(job, layers, tasks, nodes, states, where))


def _filter(
    job: Ref | None,
    layers: Refs | None,
    tasks: Refs | None,
    nodes: Refs | None,
    states: TaskStates | None,
    where: str | Query | None,
) -> TaskFilterT:
    return TaskFilterT(
        jobId=None if job is None else id_of(job),
        layerIds=ids_of(layers),
        taskIds=ids_of(tasks),
        nodeIds=ids_of(nodes),
        states=members_of(TaskState, states),
        where=terms_of(where, "task"),
    )
