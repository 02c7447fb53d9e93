"""Calls about which jobs stay away from which nodes."""

from __future__ import annotations

import logging

from plow_client.idl import AvoidT
from plow_client.logs import event
from plow_server.database import Database
from plow_server.handlers.arguments import check_id
from plow_server.rows import maker

log = logging.getLogger(__name__)

_avoid = maker(AvoidT)


def get_avoids(db: Database, job_id: str, node_id: str) -> list[AvoidT]:
    """Which jobs stay away from which nodes; an empty id stands for any."""
    return db.all("avoids", _avoid, job=_any(job_id), node=_any(node_id))


def clear_avoids(db: Database, job_id: str, node_id: str) -> None:
    """Forget the failures of a job, on a node, or both."""
    gone = db.value("clear_avoids", p_job=_any(job_id), p_node=_any(node_id))
    log.info(event("failures forgotten", pairs=gone, job=job_id, node=node_id))


def _any(id: str) -> str | None:
    return check_id(id) if id else None
