"""What is left of limits while a plan is made: licences and the like, per task, per node or per user. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from plow_server.snapshot import Limit

Places = set[str]


class Scarce:
    """Limits with what this plan takes of them."""

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        self._limits = limits
        self._taken: dict[str, Limit] = {}

    def where(self, wanted: Iterable[str], user: str) -> tuple[Places | None, str]:
        """The only nodes where a task may start (None: any), and the rule that refuses it everywhere, else ''."""
        only: Places | None = None
        for limit_id in wanted:
            limit = self._limit(limit_id)
            if limit is None or limit.free < 0:
                return None, "limit"
            if limit.free > 0 or (limit.per == "USER" and limit.holders[user]):
                continue
            holders = (
                {node for node, procs in limit.holders.items() if procs > 0} if limit.per == "NODE" else set()
            )
            only = holders if only is None else only & holders
        return (only, "") if only is None or only else (None, "limit")

    def take(self, wanted: Iterable[str], node_id: str, user: str) -> None:
        """A task starts that uses one of each."""
        for limit_id in wanted:
            limit = self._limit(limit_id)
            assert limit is not None
            limit.take(limit.holder(node_id, user))

    def _limit(self, limit_id: str) -> Limit | None:
        """Our own copy, made when it is first asked for."""
        if limit_id not in self._taken:
            limit = self._limits.get(limit_id)
            if limit is None:
                return None
            self._taken[limit_id] = Limit(limit.id, limit.per, limit.free, Counter(limit.holders))
        return self._taken[limit_id]
