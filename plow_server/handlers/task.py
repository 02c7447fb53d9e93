"""Calls about tasks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from plow_client.errors import Invalid, NotFound
from plow_client.idl import (
    AttemptEnd,
    AttemptFilterT,
    AttemptT,
    LogT,
    TaskFilterT,
    TaskState,
    TaskStatsT,
    TaskT,
)
from plow_client.logs import event
from plow_client.query import Moment, Query, Term, all_of
from plow_server.asking import AskNode
from plow_server.config import Limit
from plow_server.database import Database, Transaction
from plow_server.handlers.arguments import Id, check_id, ids, page, search, states, texts
from plow_server.handlers.release import release_dependents
from plow_server.launch import LARGE_S
from plow_server.ownlogs import OwnLogs
from plow_server.query.check import checked
from plow_server.query.found import criteria
from plow_server.query.task import Wanted, found, with_ids
from plow_server.rows import maker
from plow_server.tasklog import log_of_task

log = logging.getLogger(__name__)

_task = maker(TaskT)
_stats = maker(TaskStatsT)
_attempt = maker(AttemptT)

ATTEMPTS = 1000


def get_task(db: Database, task_id: Id) -> TaskT:
    """A task by id."""
    return db.one("task_by_id", _task, missing=f"no task '{task_id}'", id=task_id)


def get_tasks(db: Database, filter: TaskFilterT, *, limit: Limit) -> list[TaskT]:
    """Tasks that match, in layer and task order."""
    if filter.afterTask is not None:
        return db.all("tasks_after", _task, **_after(filter, limit))
    if filter.where is not None:
        return _tasks_where(db, _wanted(filter, limit, limit.rows_per_answer), limit)
    criteria = _criteria(filter, limit)
    found = db.all("tasks", _task, **criteria)
    if not found:  # on a farm without any task PostgreSQL asks find_tasks for none, so that it cannot refuse
        db.run("unarchived", p_job=[criteria["job"]], p_layer=criteria["layers"])
    return found


def _after(filter: TaskFilterT, limit: Limit) -> dict[str, Any]:
    """The criteria of a page that goes on after a task."""
    beside = {
        "tasks": filter.taskIds,
        "nodes": filter.nodeIds,
        "a query": filter.where,
        "an offset": filter.offset,
    }
    wrong = [name for name, value in beside.items() if value]
    if wrong:
        raise Invalid(f"afterTask goes with a job or layers and states, not with {wrong[0]}")
    return {**_criteria(filter, limit), "after": check_id(str(filter.afterTask))}


def _tasks_where(db: Database, wanted: Wanted, limit: Limit) -> list[TaskT]:
    def read(transaction: Transaction) -> list[TaskT]:
        return transaction.all("tasks_where", _task, **found(transaction, wanted, limit.query_tasks))

    return search(db, read, None, limit.search_s, is_query=True)


def get_task_stats(db: Database, task_id: Id) -> list[TaskStatsT]:
    """All attempts of a task, oldest first."""
    return db.all("attempts_of_task", _stats, id=task_id)


def get_task_log_path(db: Database, task_id: Id) -> str:
    """Log file of the newest attempt; before the first, where it would be."""
    path = db.value("task_log_file", id=task_id)
    if path is None:
        raise NotFound(f"no task '{task_id}'")
    return str(path)


def read_task_log(
    db: Database, task_id: Id, attempt: int, offset: int, length: int, *, own_logs: OwnLogs, ask_node: AskNode
) -> LogT:
    """A piece of a task's log, wherever it lies."""
    return log_of_task(db, own_logs, ask_node, task_id, attempt, offset, length)


def get_attempts(db: Database, filter: AttemptFilterT, *, limit: Limit) -> list[AttemptT]:
    """Ended attempts that match, newest first."""
    wanted = {
        "jobs": ids(filter.jobIds),
        "layers": ids(filter.layerIds),
        "tasks": ids(filter.taskIds),
        "nodes": texts(filter.nodeNames),
    }
    if all(value is None for value in wanted.values()):
        raise Invalid("a filter for attempts needs jobs, layers, tasks or nodes")
    return db.all(
        "past_attempts",
        _attempt,
        **wanted,
        ends=states(AttemptEnd, filter.ends),
        since_ms=filter.stoppedSince or None,
        before_ms=filter.stoppedBefore or None,
        **page(filter.limit or ATTEMPTS, filter.offset, limit.rows_per_answer),
    )


def kill_tasks(db: Database, filter: TaskFilterT, *, limit: Limit) -> None:
    """Stop running tasks and queue them again."""
    _act(db, "kill_tasks", "killed", filter, limit)


def retry_tasks(db: Database, filter: TaskFilterT, *, limit: Limit) -> None:
    """Queue tasks again with a fresh retry budget."""
    _act(db, "retry_tasks", "retried", filter, limit)


def eat_tasks(db: Database, filter: TaskFilterT, *, limit: Limit) -> None:
    """Count tasks as done."""
    if _act(db, "eat_tasks", "eaten", filter, limit):
        release_dependents(db)


def _act(db: Database, function: str, reason: str, filter: TaskFilterT, limit: Limit) -> int:
    if filter.afterTask is not None:
        raise Invalid("afterTask is for reading tasks page by page")
    find = _finder(filter, limit)
    wanted_states = states(TaskState, filter.states)

    def work(transaction: Transaction) -> int:
        tasks = find(transaction)
        return int(transaction.value(function, p_task=tasks, p_reason=reason, p_state=wanted_states))

    changed = db.atomically(work, limit_s=LARGE_S)
    if changed:
        log.info(event(f"tasks {reason}", tasks=changed, job=filter.jobId or "any"))
    return changed


def _finder(filter: TaskFilterT, limit: Limit) -> Callable[[Transaction], list[str]]:
    """How the tasks of a filter are found; those of a query again once they are locked, for they may have changed."""
    if filter.where is None:
        criteria = _criteria(filter, limit)
        return lambda transaction: list(transaction.value("found_tasks", **criteria))
    wanted = _wanted(filter, limit, limit.query_tasks)  # all of them: an answer may be cut, a deed may not

    def find(transaction: Transaction) -> list[str]:
        tasks = _found(transaction, wanted, limit)
        transaction.run("lock_tasks", p_task=tasks, p_state=None)
        return _found(transaction, with_ids(wanted, tasks), limit)

    return find


def _found(transaction: Transaction, wanted: Wanted, limit: Limit) -> list[str]:
    return list(transaction.value("found_tasks_where", **found(transaction, wanted, limit.query_tasks)))


def _criteria(filter: TaskFilterT, limit: Limit) -> dict[str, Any]:
    wanted = {"job": None if filter.jobId is None else check_id(filter.jobId), **_places(filter)}
    if all(value is None for value in wanted.values()):
        raise Invalid("a filter for tasks needs a job, layers, tasks or nodes")
    return {
        **wanted,
        "states": states(TaskState, filter.states),
        "since_ms": filter.lastUpdateTime or None,
        **page(filter.limit, filter.offset, limit.rows_per_answer),
    }


def _wanted(filter: TaskFilterT, limit: Limit, most: int) -> Wanted:
    query = checked(filter.where or [], "task", limit)
    places = _places(filter)
    asked = page(filter.limit, filter.offset, most)
    return Wanted(
        all_of([*criteria({"state": states(TaskState, filter.states)}), *_since(filter), query]),
        jobs=ids(None if filter.jobId is None else [filter.jobId]),
        layers=places["layers"],
        tasks=places["tasks"],
        nodes=places["nodes"],
        limit=asked["limit"],
        offset=asked["offset"],
    )


def _places(filter: TaskFilterT) -> dict[str, list[str] | None]:
    return {"layers": ids(filter.layerIds), "tasks": ids(filter.taskIds), "nodes": ids(filter.nodeIds)}


def _since(filter: TaskFilterT) -> list[Query]:
    since = filter.lastUpdateTime
    return [Term("updated", ">=", (Moment(since),))] if since else []
