"""Calls about quotas."""

from __future__ import annotations

from plow_client.idl import QuotaFilterT, QuotaT
from plow_server.database import Database
from plow_server.handlers.arguments import Id, ids
from plow_server.rows import maker

_quota = maker(QuotaT)


def get_quota(db: Database, id: Id) -> QuotaT:
    """A quota by id."""
    return db.one("quota_by_id", _quota, missing=f"no quota '{id}'", id=id)


def get_quotas(db: Database, filter: QuotaFilterT) -> list[QuotaT]:
    """Quotas that match."""
    return db.all("quotas", _quota, projects=ids(filter.project), clusters=ids(filter.cluster))


def create_quota(db: Database, project_id: Id, cluster_id: Id, size: int, burst: int) -> QuotaT:
    """Give a project a share of a cluster."""
    made = db.value("create_quota", p_project=project_id, p_cluster=cluster_id, p_size=size, p_burst=burst)
    return get_quota(db, made)


def set_quota_size(db: Database, id: Id, size: int) -> None:
    """Set the weight."""
    db.run("set_quota", p_quota=id, p_size=size)


def set_quota_burst(db: Database, id: Id, burst: int) -> None:
    """Set the cap."""
    db.run("set_quota", p_quota=id, p_burst=burst)


def set_quota_locked(db: Database, id: Id, locked: bool) -> None:
    """Stop or resume booking on a quota."""
    db.run("set_quota", p_quota=id, p_locked=locked)


def delete_quota(db: Database, id: Id) -> None:
    """Delete a quota that is not in use."""
    db.run("delete_quota", p_quota=id)
