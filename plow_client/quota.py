"""Quotas: a project's share of a cluster."""

from __future__ import annotations

from plow_client import proc
from plow_client.current import server
from plow_client.entity import Entity, Ref, Refs, id_of, ids_of
from plow_client.idl import QuotaFilterT, QuotaT


class Quota(Entity[QuotaT]):
    """A share: `size` is its weight, `burst` the most cores at once.

    `used_core_hours` is what it used of late, older use counts less; `debt_core_hours` what of it was beyond its share.
    """

    __slots__ = ()
    _struct = QuotaT
    cluster_id: str
    project_id: str
    name: str
    is_locked: bool
    size: int
    burst: int
    run_cores: int
    used_core_hours: float | None
    debt_core_hours: float | None

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getQuota(self.id))

    def set_size(self, size: int) -> None:
        """Set its weight."""
        set_quota_size(self, size)
        self._accept("size", size)

    def set_burst(self, burst: int) -> None:
        """Set its cap."""
        set_quota_burst(self, burst)
        self._accept("burst", burst)

    def set_locked(self, locked: bool = True) -> None:
        """Stop or resume booking on it."""
        set_quota_locked(self, locked)
        self._accept("is_locked", locked)

    def delete(self) -> None:
        """Delete it; nothing may run on it."""
        delete_quota(self)

    def get_procs(self) -> list[proc.Proc]:
        """What is held on it now."""
        return proc.get_procs(quotas=self)


def get_quota(quota_id: str) -> Quota:
    """A quota by id."""
    return Quota(server().getQuota(quota_id))


def get_quotas(*, project: Refs | None = None, cluster: Refs | None = None) -> list[Quota]:
    """Quotas of these projects on these clusters; each takes one object or id, or many."""
    wanted = QuotaFilterT(project=ids_of(project), cluster=ids_of(cluster))
    return [Quota(row) for row in server().getQuotas(wanted)]


def create_quota(project: Ref, cluster: Ref, size: int, burst: int) -> Quota:
    """Give a project a share of a cluster."""
    return Quota(server().createQuota(id_of(project), id_of(cluster), size, burst))


def set_quota_size(quota: Ref, size: int) -> None:
    """Set a quota's weight."""
    server().setQuotaSize(id_of(quota), size)


def set_quota_burst(quota: Ref, burst: int) -> None:
    """Set a quota's cap; NotAllowed if more cores are in use now."""
    server().setQuotaBurst(id_of(quota), burst)


def set_quota_locked(quota: Ref, locked: bool = True) -> None:
    """Stop or resume booking on a quota."""
    server().setQuotaLocked(id_of(quota), locked)


def delete_quota(quota: Ref) -> None:
    """Delete a quota; NotAllowed while procs run on it."""
    server().deleteQuota(id_of(quota))
