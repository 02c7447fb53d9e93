"""Calls about limits: counts of something scarce."""

from __future__ import annotations

import logging

from plow_client.idl import LimitPer, LimitT
from plow_client.logs import event
from plow_server.database import Database
from plow_server.handlers.arguments import Id
from plow_server.needs import check_names
from plow_server.rows import label, maker

log = logging.getLogger(__name__)

_limit = maker(LimitT)


def get_limits(db: Database) -> list[LimitT]:
    """All limits, by name."""
    return db.all("limits", _limit)


def get_limit(db: Database, limit: str) -> LimitT:
    """A limit by name or id."""
    return db.one("limit_by_name_or_id", _limit, missing=f"no limit '{limit}'", limit=limit)


def create_limit(db: Database, name: str, total: int, per: int) -> LimitT:
    """A new limit, of which nothing is in use."""
    check_names("a limit", "limit", [name], 1)
    made = db.value("create_limit", p_name=name, p_total=total, p_per=label(LimitPer, per))
    return db.one("limit_by_id", _limit, missing=f"no limit '{name}'", id=made)


def set_limit_total(db: Database, limit_id: Id, total: int) -> None:
    """Another total; what is in use beyond it goes on."""
    db.run("set_limit", p_limit=limit_id, p_total=total)


def set_limit_held_back(db: Database, limit_id: Id, held_back: int) -> None:
    """How many the farm leaves alone."""
    db.run("set_limit", p_limit=limit_id, p_held_back=held_back)


def clear_limit_wait(db: Database, limit_id: Id) -> None:
    """Forget that its users found none free: try again now."""
    db.run("clear_limit_wait", p_limit=limit_id)
    log.info(event("limit is tried again", limit=limit_id))


def delete_limit(db: Database, limit_id: Id) -> None:
    """Delete a limit that no unfinished job needs."""
    db.run("delete_limit", p_limit=limit_id)
    log.info(event("limit deleted", limit=limit_id))
