"""What can be done to tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from plow_client.idl import RpcService, TaskFilterT, TaskState
from wrangler.actions.action import Action, in_slices
from wrangler.actions.why import why
from wrangler.models.task import TaskRow
from wrangler.models.words import counted

_STALE: Final = frozenset({"jobs", "tasks", "nodes"})


def _filtered(
    call: Callable[[RpcService, TaskFilterT], None],
) -> Callable[[RpcService, Sequence[TaskRow]], None]:
    def run(farm: RpcService, rows: Sequence[TaskRow]) -> None:
        in_slices([row.id for row in rows], lambda ids: call(farm, TaskFilterT(taskIds=ids)))

    return run


def _running(rows: Sequence[TaskRow]) -> int:
    return sum(row.is_running for row in rows)


def _retry_question(rows: Sequence[TaskRow]) -> str:
    """Dead tasks have nothing to lose, so only work done or going on is asked about."""
    done = sum(row.state == TaskState.SUCCEEDED for row in rows)
    if not done and not _running(rows):
        return ""
    return (
        f"Retry {counted(len(rows), 'task')}? {_running(rows):,} running are stopped and "
        f"{done:,} succeeded are done again."
    )


def _eat_question(rows: Sequence[TaskRow]) -> str:
    return (
        f"Eat {counted(len(rows), 'task')}? They count as done though they were not; "
        f"{_running(rows):,} running are stopped."
    )


def _kill_question(rows: Sequence[TaskRow]) -> str:
    return f"Kill {counted(len(rows), 'running task')}? They are stopped and wait to run again."


TASK_ACTIONS: Final[tuple[Action[TaskRow], ...]] = (
    Action(
        "retry_tasks", "Retry", "retry", "R", "task", "Retried",
        "Queue the task again with a fresh number of tries; a running one is stopped first.",
        lambda row: row.state in (TaskState.DEAD, TaskState.SUCCEEDED, TaskState.EATEN, TaskState.RUNNING),
        _filtered(lambda farm, tasks: farm.retryTasks(tasks)),
        _STALE,
        _retry_question,
    ),
    Action(
        "eat_tasks", "Eat", "eat", "E", "task", "Ate",
        "Count the task as done, so that what waits for it goes on; a running one is stopped.",
        lambda row: row.state not in (TaskState.EATEN, TaskState.SUCCEEDED, TaskState.INITIALIZE),
        _filtered(lambda farm, tasks: farm.eatTasks(tasks)),
        _STALE,
        _eat_question,
    ),
    Action(
        "kill_tasks", "Kill", "kill", "Del", "task", "Killed",
        "Stop the running task; it waits to run again.",
        lambda row: row.is_running,
        _filtered(lambda farm, tasks: farm.killTasks(tasks)),
        _STALE,
        _kill_question,
        is_destructive=True,
    ),
    why("task"),
)  # fmt: skip
