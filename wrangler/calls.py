"""What the window reads from the server: functions for the session's thread that turn structs into rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plow_client.idl import JobFilterT, JobState, NodeFilterT, RpcService, TaskFilterT
from wrangler.models.attempt import AttemptRow, attempt_row
from wrangler.models.job import JobRow, job_rows
from wrangler.models.node import NodeRow, node_row
from wrangler.models.task import TaskRow, task_row

PAGE = 5000
# A change is stamped when its transaction begins and seen when it commits: ask a little further back.
OVERLAP_MS = 5000
MOST_FINISHED = 500


@dataclass(frozen=True)
class TaskPage:
    """Some tasks of a job; `asked_ms` is the server's time before it looked."""

    rows: list[TaskRow]
    layers: dict[str, str]
    asked_ms: int
    is_last: bool


def read_jobs(farm: RpcService, seen: Iterable[str]) -> list[JobRow]:
    """All unfinished jobs, and those seen before that have finished since."""
    jobs = farm.getJobs(JobFilterT(states=[JobState.RUNNING, JobState.POST]))
    gone = sorted(set(seen) - {job.id for job in jobs})[:MOST_FINISHED]
    if gone:
        jobs = jobs + farm.getJobs(JobFilterT(jobIds=gone, states=[JobState.FINISHED]))
    return job_rows(jobs)


def read_nodes(farm: RpcService) -> list[NodeRow]:
    """All nodes."""
    return [node_row(node) for node in farm.getNodes(NodeFilterT())]


def read_task_page(farm: RpcService, job_id: str, layers: dict[str, str], offset: int) -> TaskPage:
    """A job's tasks from `offset` on; a huge job comes in pages, so that actions can go between."""
    asked_ms = farm.getPlowTime()
    names = layers or {layer.id: layer.name for layer in farm.getLayers(job_id)}
    tasks = farm.getTasks(TaskFilterT(jobId=job_id, limit=PAGE, offset=offset))
    return TaskPage([task_row(task, names) for task in tasks], names, asked_ms, len(tasks) < PAGE)


def read_changed_tasks(farm: RpcService, job_id: str, layers: dict[str, str], since_ms: int) -> TaskPage:
    """Only those of a job's tasks that changed since the server's time `since_ms`."""
    asked_ms = farm.getPlowTime()
    tasks = farm.getTasks(TaskFilterT(jobId=job_id, lastUpdateTime=max(since_ms - OVERLAP_MS, 1)))
    return TaskPage([task_row(task, layers) for task in tasks], layers, asked_ms, is_last=True)


def read_attempts(farm: RpcService, task_id: str) -> list[AttemptRow]:
    """A task's attempts, newest first; before the first, the place where its log will be."""
    stats = farm.getTaskStats(task_id)
    rows = [attempt_row(one) for one in stats]
    if not rows or not rows[-1].log_path:
        path = farm.getTaskLogPath(task_id)
        rows = [*rows[:-1], AttemptRow(rows[-1].number if rows else -1, path, rows[-1].words if rows else "")]
    return rows[::-1]
