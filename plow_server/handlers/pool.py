"""Calls about pools."""

from __future__ import annotations

import logging

from plow_client.errors import Invalid, NotFound
from plow_client.idl import PoolT
from plow_client.logs import event
from plow_server.database import Database, Json
from plow_server.handlers.arguments import Id
from plow_server.needs import MOST_POOLS, check_names
from plow_server.rows import maker

log = logging.getLogger(__name__)

MOST_HOSTS = 20_000
MOVED_AT_ONCE = 200  # layers that a pool's end keeps from being booked meanwhile, some tens of milliseconds

_pool = maker(PoolT)


def get_pools(db: Database) -> list[PoolT]:
    """All pools, by name."""
    return db.all("pools", _pool)


def get_pool(db: Database, pool: str) -> PoolT:
    """A pool by name, whatever its case, or id."""
    return db.one("pool_by_name_or_id", _pool, missing=f"no pool '{pool}'", pool=pool)


def create_pool(db: Database, name: str, hosts: list[str], exclusive: bool) -> PoolT:
    """A new pool; its hosts may be offline or not yet known."""
    check_names("a pool", "pool", [name], 1)
    made = db.value("create_pool", p_name=name, p_hosts=_checked(hosts), p_exclusive=exclusive)
    log.info(event("pool made", name=name, hosts=len(hosts), exclusive=exclusive, pool=made))
    return db.one("pool_by_id", _pool, missing=f"no pool '{name}'", id=made)


def set_pool_name(db: Database, pool_id: Id, name: str) -> None:
    """Rename a pool; what names it goes on doing so."""
    check_names("a pool", "pool", [name], 1)
    if not db.run("set_pool_name", id=pool_id, name=name):
        raise NotFound(f"no pool '{pool_id}'")


def set_pool_hosts(db: Database, pool_id: Id, hosts: list[str]) -> None:
    """Replace a pool's hosts; running tasks go on."""
    db.run("set_pool_hosts", p_pool=pool_id, p_hosts=_checked(hosts))


def change_pool_hosts(db: Database, pool_id: Id, added: list[str], removed: list[str]) -> None:
    """Some hosts come, others go."""
    db.run("change_pool_hosts", p_pool=pool_id, p_add=_checked(added), p_remove=removed, p_most=MOST_HOSTS)


def set_pool_exclusive(db: Database, pool_id: Id, exclusive: bool) -> None:
    """Whether its nodes take only what names it."""
    db.run("set_pool_exclusive", p_pool=pool_id, p_exclusive=exclusive)


def delete_pool(db: Database, pool_id: Id, move_to: str) -> None:
    """Delete a pool; jobs that name it get the other one instead."""
    while db.value("move_off_pool", p_pool=pool_id, p_move_to=move_to, p_most=MOVED_AT_ONCE):
        pass
    db.run("delete_pool", p_pool=pool_id, p_move_to=move_to)
    log.info(event("pool deleted", move_to=move_to, pool=pool_id))


def set_job_pools(db: Database, job_id: Id, pools: list[str]) -> None:
    """The pools of a job's layers that name none themselves."""
    check_names("a job", "pool", pools, MOST_POOLS)
    db.run("set_job_pools", p_job=job_id, p_pools=Json(pools))


def _checked(hosts: list[str]) -> list[str]:
    if len(hosts) > MOST_HOSTS:
        raise Invalid(f"{len(hosts)} hosts in a pool; at most {MOST_HOSTS:,} are allowed")
    return hosts
