"""When small work has passed over large work for too long: nodes, and cores under caps, are kept for it.

`overtaken` says whose patience is at an end, reserve_nodes and keep_headroom decide what they get.
"""

from __future__ import annotations

import logging
import time

from plow_client.logs import event
from plow_server.farm import Farm
from plow_server.overtaken import Overtaken
from plow_server.snapshot import Plan
from plow_server.verbs import Verbs

log = logging.getLogger(__name__)


class Patience:
    """For one thread. `most` nodes are kept at a time; 0 keeps nothing for anybody."""

    def __init__(self, after_s: float, most: int) -> None:
        self._most = most
        self._overtaken = Overtaken(after_s)  # for want of room on nodes
        self._capped = Overtaken(after_s)  # under their caps

    def due_s(self, now: float) -> float:
        """Seconds until somebody has waited long enough."""
        due = (self._overtaken.due_s(now), self._capped.due_s(now))
        return min((left for left in due if left is not None), default=float("inf"))

    def keep(self, database: Verbs, farm: Farm, made: Plan) -> bool:
        """Serve those whose patience ends with this plan, give up what is kept for nothing.

        Whether there was such: then it is for others, at once.
        """
        self._keep_nodes(database, farm, made)
        self._keep_headroom(database, farm, made)
        return bool(farm.lapsed or farm.headroom_lapsed)

    def bring_forward(self, database: Verbs, farm: Farm) -> None:
        """Nodes are kept for work that starts as soon as what runs there allows, by what is known of that now."""
        if farm.kept:
            farm.is_stale |= bool(database.all("bring_forward"))

    def _keep_nodes(self, database: Verbs, farm: Farm, made: Plan) -> None:
        now = time.monotonic()
        due = self._overtaken.notice(made, farm.waits, now) if self._most else []
        if not due and not farm.lapsed:
            return
        rows = database.all("reserve_nodes", p_layer=[*farm.lapsed, *due], p_most=self._most)
        self._overtaken.forget(row["layer_id"] for row in rows)
        self._overtaken.put_off(due, now)
        for row in rows:
            log.info(event("node kept", until=row["starts"], layer=row["layer_id"], node=row["node_id"]))
        farm.is_stale |= bool(rows or farm.lapsed)

    def _keep_headroom(self, database: Verbs, farm: Farm, made: Plan) -> None:
        now = time.monotonic()
        due = self._capped.notice(made, farm.waits, now, made.capped) if self._most else []
        if not due and not farm.headroom_lapsed:
            return
        rows = database.all("keep_headroom", p_layer=[*farm.headroom_lapsed, *due])
        self._capped.forget(row["layer_id"] for row in rows)
        self._capped.put_off(due, now)
        for row in rows:
            log.info(event("headroom kept", cores=row["cores"], layer=row["layer_id"], quota=row["quota_id"]))
        farm.is_stale |= bool(rows or farm.headroom_lapsed)
