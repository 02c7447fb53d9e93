"""Calls about services, and the clock."""

from __future__ import annotations

from typing import Any

from plow_client.errors import Invalid, NotFound
from plow_client.idl import ServiceT
from plow_server.database import Database
from plow_server.handlers.arguments import Id, check_id
from plow_server.rows import maker

_service = maker(ServiceT)


def get_plow_time(db: Database) -> int:
    """The database clock."""
    return int(db.value("now_ms"))


def get_services(db: Database) -> list[ServiceT]:
    """All services."""
    return db.all("services", _service)


def create_service(db: Database, svc: ServiceT) -> ServiceT:
    """Make a service; unset fields preset nothing."""
    made = db.value("insert_service", **_values(svc))
    return db.one("service_by_id", _service, missing=f"no service '{svc.name}'", id=made)


def update_service(db: Database, svc: ServiceT) -> None:
    """Replace a service's name and values."""
    if not svc.id:
        raise Invalid("a service is updated by its id, which is unset")
    if not db.run("update_service", id=check_id(svc.id), **_values(svc)):
        raise NotFound(f"no service '{svc.id}'")


def delete_service(db: Database, id: Id) -> None:
    """Delete a service. Jobs already launched keep its values."""
    if not db.run("delete_service", id=id):
        raise NotFound(f"no service '{id}'")


def _values(svc: ServiceT) -> dict[str, Any]:
    for least, most in ((svc.minCores, svc.maxCores), (svc.minRam, svc.maxRam)):
        if least is not None and most is not None and least > most:
            raise Invalid(f"service '{svc.name}' presets at least {least} and at most {most}")
    return {
        "name": svc.name,
        "tags": svc.tags,
        "min_cores": svc.minCores,
        "max_cores": svc.maxCores,
        "min_ram": svc.minRam,
        "max_ram": svc.maxRam,
        "max_retries": svc.maxRetries,
        "threadable": svc.threadable,
    }
