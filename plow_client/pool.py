"""Pools: nodes by name, chosen by jobs; a node may be in many, whatever its cluster."""

from __future__ import annotations

from collections.abc import Iterable

from plow_client.current import server
from plow_client.entity import Entity, Ref, id_of, texts_of
from plow_client.idl import PoolT


class Pool(Entity[PoolT]):
    """A pool; hosts may be offline or not yet known, and a bare name also stands for the first part of a full one."""

    __slots__ = ()
    _struct = PoolT
    name: str
    exclusive: bool
    hosts: list[str]
    node_count: int
    job_count: int

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getPool(self.id))

    def set_name(self, name: str) -> None:
        """Rename it; what names it goes on doing so."""
        set_pool_name(self, name)
        self._accept("name", name)

    def set_hosts(self, hosts: str | Iterable[str]) -> None:
        """Replace its hosts; running tasks go on."""
        set_pool_hosts(self, hosts)
        self.refresh()

    def change_hosts(self, add: str | Iterable[str] = (), remove: str | Iterable[str] = ()) -> None:
        """Add some hosts and take others out; what others change meanwhile stays."""
        change_pool_hosts(self, add, remove)
        self.refresh()

    def set_exclusive(self, exclusive: bool = True) -> None:
        """Say whether its nodes take only what names it."""
        set_pool_exclusive(self, exclusive)
        self._accept("exclusive", exclusive)

    def delete(self, move_to: Ref = "") -> None:
        """Delete it; unfinished jobs that name it get the other pool, and without one it is NotAllowed."""
        delete_pool(self, move_to)


def get_pools() -> list[Pool]:
    """All pools, by name."""
    return [Pool(row) for row in server().getPools()]


def get_pool(name: str) -> Pool:
    """A pool by name, whatever its case, or id."""
    return Pool(server().getPool(name))


def create_pool(name: str, hosts: str | Iterable[str] = (), exclusive: bool = False) -> Pool:
    """Make a pool."""
    return Pool(server().createPool(name, texts_of(hosts) or [], exclusive))


def set_pool_name(pool: Ref, name: str) -> None:
    """Rename a pool."""
    server().setPoolName(id_of(pool), name)


def set_pool_hosts(pool: Ref, hosts: str | Iterable[str]) -> None:
    """Replace a pool's hosts."""
    server().setPoolHosts(id_of(pool), texts_of(hosts) or [])


def change_pool_hosts(pool: Ref, add: str | Iterable[str] = (), remove: str | Iterable[str] = ()) -> None:
    """Add hosts to a pool and take others out; running tasks go on."""
    server().changePoolHosts(id_of(pool), texts_of(add) or [], texts_of(remove) or [])


def set_pool_exclusive(pool: Ref, exclusive: bool = True) -> None:
    """Say whether a pool's nodes take only what names it."""
    server().setPoolExclusive(id_of(pool), exclusive)


def delete_pool(pool: Ref, move_to: Ref = "") -> None:
    """Delete a pool; `move_to`, a pool, its name or id, is given to the jobs that name it."""
    server().deletePool(id_of(pool), id_of(move_to))
