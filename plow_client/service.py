"""Services: named presets of layer defaults."""

from __future__ import annotations

from collections.abc import Iterable

from plow_client.current import server
from plow_client.entity import Entity, Ref, id_of, texts_of
from plow_client.idl import ServiceT
from plow_client.needs import Needs, RetryRules
from plow_client.run_settings import RunSettings


class Service(Entity[ServiceT]):
    """A preset; what is None presets nothing. Assign its fields, then create or update it."""

    __slots__ = ()
    _struct = ServiceT
    _settable = frozenset(
        {
            "name",
            "tags",
            "min_cores",
            "max_cores",
            "min_ram",
            "max_ram",
            "max_retries",
            "threadable",
            "run",
            "kill_grace_s",
            "needs",
            "retry_rules",
        }
    )
    name: str
    tags: list[str] | None
    min_cores: int | None
    max_cores: int | None
    min_ram: int | None
    max_ram: int | None
    max_retries: int | None
    threadable: bool | None
    run: RunSettings | None
    kill_grace_s: int | None
    needs: Needs | None
    retry_rules: RetryRules | None

    @classmethod
    def new(
        cls,
        name: str,
        *,
        tags: str | Iterable[str] | None = None,
        min_cores: int | None = None,
        max_cores: int | None = None,
        min_ram: int | None = None,
        max_ram: int | None = None,
        max_retries: int | None = None,
        threadable: bool | None = None,
        run: RunSettings | None = None,
        kill_grace_s: int | None = None,
        needs: Needs | None = None,
        retry_rules: RetryRules | None = None,
    ) -> Service:
        """A service that the server does not know yet; RAM is MB."""
        row = ServiceT(
            name=name,
            tags=texts_of(tags),
            minCores=min_cores,
            maxCores=max_cores,
            minRam=min_ram,
            maxRam=max_ram,
            maxRetries=max_retries,
            threadable=threadable,
            run=None if run is None else run.to_wire(),
            killGraceS=kill_grace_s,
            needs=None if needs is None else needs.to_wire(),
            retryRules=None if retry_rules is None else retry_rules.to_wire(),
        )
        return cls(row)

    def create(self) -> None:
        """Make it; it has an id from then on."""
        self._reload(server().createService(self._row))

    def update(self) -> None:
        """Send its name and values as they are here."""
        update_service(self)

    def delete(self) -> None:
        """Delete it; jobs already launched keep its values."""
        delete_service(self)


def get_services() -> list[Service]:
    """All services."""
    return [Service(row) for row in server().getServices()]


def create_service(service: Service) -> Service:
    """Make a service; unset fields preset nothing."""
    service.create()
    return service


def update_service(service: Service) -> None:
    """Replace a service's name and values, found by its id."""
    server().updateService(service._row)


def delete_service(service: Ref) -> None:
    """Delete a service; jobs already launched keep its values."""
    server().deleteService(id_of(service))
