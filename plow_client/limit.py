"""Limits: counts of something scarce, like licences, that tasks use."""

from __future__ import annotations

from plow_client.current import server
from plow_client.entity import Entity, Ref, id_of, member_of
from plow_client.idl import LimitPer, LimitT


class Limit(Entity[LimitT]):
    """A limit: `total` less `held_back` may be in use, by task, node or user. More are in use after it was lowered."""

    __slots__ = ()
    _struct = LimitT
    name: str
    total: int
    per: LimitPer
    held_back: int
    used: int
    waiting: int
    not_before: int | None
    reason: str | None

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getLimit(self.id))

    def set_total(self, total: int) -> None:
        """Set how many there are."""
        set_limit_total(self, total)
        self.refresh()

    def set_held_back(self, held_back: int) -> None:
        """Set how many the farm leaves alone."""
        set_limit_held_back(self, held_back)
        self.refresh()

    def clear_wait(self) -> None:
        """Forget that its users found none free: try again now."""
        clear_limit_wait(self)
        self.refresh()

    def delete(self) -> None:
        """Delete it; NotAllowed while unfinished jobs need it."""
        delete_limit(self)


def get_limits() -> list[Limit]:
    """All limits, by name."""
    return [Limit(row) for row in server().getLimits()]


def get_limit(name: str) -> Limit:
    """A limit by name or id."""
    return Limit(server().getLimit(name))


def create_limit(name: str, total: int, per: LimitPer | int | str = LimitPer.TASK) -> Limit:
    """Make a limit."""
    return Limit(server().createLimit(name, total, int(member_of(LimitPer, per))))


def set_limit_total(limit: Ref, total: int) -> None:
    """Set how many there are; what is in use beyond it goes on."""
    server().setLimitTotal(id_of(limit), total)


def set_limit_held_back(limit: Ref, held_back: int) -> None:
    """Set how many the farm leaves alone, for artists."""
    server().setLimitHeldBack(id_of(limit), held_back)


def clear_limit_wait(limit: Ref) -> None:
    """Forget that a limit's users found none free: try again now."""
    server().clearLimitWait(id_of(limit))


def delete_limit(limit: Ref) -> None:
    """Delete a limit that no unfinished job needs."""
    server().deleteLimit(id_of(limit))
