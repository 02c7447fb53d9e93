"""Calls about failures: those with the same last words together."""

from __future__ import annotations

from plow_client.errors import Invalid
from plow_client.idl import FailureT
from plow_server.config import Failure
from plow_server.database import Database, Row
from plow_server.explain_rules import counted
from plow_server.fingerprint import last_words, shown
from plow_server.handlers.arguments import Id
from plow_server.rows import maker

MOST_HOURS = 24 * 366

_failure = maker(FailureT)


def get_job_failures(db: Database, job_id: Id, dead_only: bool, *, failures: Failure) -> list[FailureT]:
    """The failures of a job, those of most tasks first."""
    db.one("failing_job", missing=f"no job '{job_id}'", id=job_id)
    rows = db.all("failures_of_job", job=job_id, dead_only=dead_only, most=failures.read_most)
    return [_failure_of(row, _on_nodes(row)) for row in rows]


def get_node_failures(db: Database, node_id: Id, hours: int, *, failures: Failure) -> list[FailureT]:
    """The failures on a node of the last hours."""
    if not 1 <= hours <= MOST_HOURS:
        raise Invalid(f"{hours} hours; 1 to {MOST_HOURS:,} are allowed")
    node = db.one("failing_node", missing=f"no node '{node_id}'", id=node_id)
    rows = db.all("failures_on_node", node=node["name"], hours=hours, most=failures.read_most)
    return [_failure_of(row, f"of {counted(row['jobs'], 'job')}") for row in rows]


def _failure_of(row: Row, where: str) -> FailureT:
    line = last_words(row["failure_line"], row["reason"], row["exit_status"], row["exit_signal"])
    sentence = f"{counted(row['tasks'], 'task')} {where}: {shown(line)}"
    return _failure({**row, "line": line, "sentence": sentence})


def _on_nodes(row: Row) -> str:
    return f"on {counted(row['node_count'], 'node')}"
