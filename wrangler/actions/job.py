"""What can be done to jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from plow_client.idl import RpcService, TaskFilterT, TaskState
from wrangler.actions.action import Action, one_by_one, signed
from wrangler.actions.failures import job_failures
from wrangler.actions.why import why
from wrangler.models.job import JobRow
from wrangler.models.words import counted

_STALE: Final = frozenset({"jobs", "tasks", "nodes"})


def _is_live(row: JobRow) -> bool:
    return row.is_job and not row.is_finished


def _each(
    call: Callable[[RpcService, JobRow], None],
) -> Callable[[RpcService, Sequence[JobRow]], None]:
    return lambda farm, rows: one_by_one(rows, lambda row: row.name, lambda row: call(farm, row))


def _dead_of(row: JobRow) -> TaskFilterT:
    return TaskFilterT(jobId=row.id, states=[TaskState.DEAD])


def _kill_question(rows: Sequence[JobRow]) -> str:
    running = sum(row.totals.running for row in rows)
    undone = sum(row.totals.total - row.totals.done for row in rows)
    return (
        f"Kill {counted(len(rows), 'job')}? {counted(undone, 'unfinished task')}, {running:,} of them running, "
        "will never run. This cannot be undone."
    )


def _dead_question(verb: str, after: str) -> Callable[[Sequence[JobRow]], str]:
    def question(rows: Sequence[JobRow]) -> str:
        dead = sum(row.totals.dead for row in rows)
        return f"{verb} {counted(dead, 'dead task')} of {counted(len(rows), 'job')}? {after}"

    return question


JOB_ACTIONS: Final[tuple[Action[JobRow], ...]] = (
    Action(
        "pause_jobs", "Pause", "pause", "P", "job", "Paused",
        "Start no more tasks of the job; running ones go on.",
        lambda row: _is_live(row) and not row.is_paused,
        _each(lambda farm, row: farm.pauseJob(row.id, True)),
        _STALE,
    ),
    Action(
        "resume_jobs", "Resume", "resume", "Shift+P", "job", "Resumed",
        "Let the job's tasks start again.",
        lambda row: _is_live(row) and row.is_paused,
        _each(lambda farm, row: farm.pauseJob(row.id, False)),
        _STALE,
    ),
    Action(
        "retry_dead_tasks", "Retry dead tasks", "retry", "R", "job", "Retried the dead tasks of",
        "Queue the job's dead tasks again with a fresh number of tries.",
        lambda row: _is_live(row) and row.totals.dead > 0,
        _each(lambda farm, row: farm.retryTasks(_dead_of(row))),
        _STALE,
        _dead_question("Retry", "They are queued again with a fresh number of tries."),
    ),
    Action(
        "eat_dead_tasks", "Eat dead tasks", "eat", "E", "job", "Ate the dead tasks of",
        "Count the job's dead tasks as done, so that what waits for them goes on.",
        lambda row: _is_live(row) and row.totals.dead > 0,
        _each(lambda farm, row: farm.eatTasks(_dead_of(row))),
        _STALE,
        _dead_question("Eat", "They count as done though they were not; what waits for them goes on."),
    ),
    Action(
        "kill_jobs", "Kill", "kill", "Del", "job", "Killed",
        "End the job: its running tasks are stopped, its name is free again.",
        _is_live,
        _each(lambda farm, row: farm.killJob(row.id, signed())),
        _STALE,
        _kill_question,
        is_destructive=True,
    ),
    why("job", lambda row: row.is_job),
    job_failures(lambda row: row.is_job),
)  # fmt: skip
