"""Calls about procs."""

from __future__ import annotations

import logging

from plow_client.idl import ProcFilterT, ProcT
from plow_client.logs import event
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.arguments import Id, ids, page
from plow_server.rows import maker

log = logging.getLogger(__name__)

_proc = maker(ProcT)


def get_proc(db: Database, id: Id) -> ProcT:
    """A proc by id."""
    return db.one("proc_by_id", _proc, missing=f"no proc '{id}'", id=id)


def get_procs(db: Database, filter: ProcFilterT, *, limit: Limit) -> list[ProcT]:
    """Procs that match, oldest first."""
    return db.all(
        "procs",
        _proc,
        projects=ids(filter.projectIds),
        folders=ids(filter.folderIds),
        jobs=ids(filter.jobIds),
        layers=ids(filter.layerIds),
        tasks=ids(filter.taskIds),
        clusters=ids(filter.clusterIds),
        quotas=ids(filter.quotaIds),
        nodes=ids(filter.nodeIds),
        since_ms=filter.lastUpdateTime or 0,
        **page(filter.limit, filter.offset, limit.rows_per_answer),
    )


def kill_proc(db: Database, id: Id, reason: str) -> None:
    """Stop an attempt and queue its task again at no cost."""
    if db.value("kill_proc", p_proc=id, p_reason=reason):
        log.info(event("proc killed", reason=reason, proc=id))
