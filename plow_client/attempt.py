"""Attempts: each start of a task, what it got, what it used and how it ended."""

from __future__ import annotations

from collections.abc import Iterable

from plow_client.current import server
from plow_client.entity import Record, Ref, Refs, id_of, ids_of, members_of, texts_of
from plow_client.idl import AttemptEnd, AttemptFilterT, AttemptT, TaskStatsT
from plow_client.keywords import also_known

AttemptEnds = AttemptEnd | int | str | Iterable[AttemptEnd | int | str]


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


def get_task_stats(task: Ref) -> list[TaskStats]:
    """All attempts of a task, oldest first."""
    return [TaskStats(row) for row in server().getTaskStats(id_of(task))]


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
