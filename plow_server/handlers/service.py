"""Calls about services, and the clock."""

from __future__ import annotations

from typing import Any

from plow_client.errors import Invalid, NotFound
from plow_client.idl import ServiceT
from plow_server.config import Limit
from plow_server.database import Database, Json
from plow_server.handlers.arguments import Id, check_id
from plow_server.needs import check_needs, check_retry, merged_needs
from plow_server.rows import maker
from plow_server.run_settings import check_run, merged_run
from plow_server.spec import check_grace
from plow_server.wording import DEFAULT

_service = maker(ServiceT)


def get_plow_time(db: Database) -> int:
    """The database clock."""
    return int(db.value("now_ms"))


def get_services(db: Database) -> list[ServiceT]:
    """All services."""
    return db.all("services", _service)


def create_service(db: Database, svc: ServiceT, *, limit: Limit = DEFAULT) -> ServiceT:
    """Make a service; unset fields preset nothing."""
    made = db.value("insert_service", **_values(svc, limit))
    return db.one("service_by_id", _service, missing=f"no service '{svc.name}'", id=made)


def update_service(db: Database, svc: ServiceT, *, limit: Limit = DEFAULT) -> None:
    """Replace a service's name and values."""
    if not svc.id:
        raise Invalid("a service is updated by its id, which is unset")
    if not db.run("update_service", id=check_id(svc.id), **_values(svc, limit)):
        raise NotFound(f"no service '{svc.id}'")


def delete_service(db: Database, id: Id) -> None:
    """Delete a service. Jobs already launched keep its values."""
    if not db.run("delete_service", id=id):
        raise NotFound(f"no service '{id}'")


def _values(svc: ServiceT, limit: Limit) -> dict[str, Any]:
    for least, most in ((svc.minCores, svc.maxCores), (svc.minRam, svc.maxRam)):
        if least is not None and most is not None and least > most:
            raise Invalid(f"service '{svc.name}' presets at least {least} and at most {most}")
    owner = f"service '{svc.name}'"
    run = merged_run(None, check_run(owner, svc.run, limit))
    return {
        "name": svc.name,
        "tags": svc.tags,
        "min_cores": svc.minCores,
        "max_cores": svc.maxCores,
        "min_ram": svc.minRam,
        "max_ram": svc.maxRam,
        "max_retries": svc.maxRetries,
        "threadable": svc.threadable,
        "run": _json(run),
        "kill_grace_s": check_grace(owner, svc.killGraceS),
        "needs": _json(merged_needs(None, check_needs(owner, svc.needs))),
        "retry_rules": _json(merged_needs(None, check_retry(owner, svc.retryRules))),
    }


def _json(told: dict[str, Any] | None) -> Json | None:
    return None if told is None else Json(told)
