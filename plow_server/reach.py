"""Which nodes answer when they are called: what the dispatcher knows of it, and what it keeps in the database.

A node that pings but cannot be called (its address is wrong, a firewall stands between) would take tasks and lose
them for ever. After some failed calls in a row it is shut: nothing is booked there, and it is asked now and then
whether it answers. Every server sees the rows; ping_node uses them to settle by pings what calls cannot.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from plow_client.logs import event
from plow_server.nodes import Outcome, Unreachable
from plow_server.verbs import Row, Verbs

log = logging.getLogger(__name__)


class Reach:
    """For one thread."""

    def __init__(self, most: int) -> None:
        """`most` calls in a row may fail."""
        self._most = most
        self._failing: dict[str, Row] = {}
        self._opened: list[str] = []

    @property
    def shut(self) -> list[str]:
        """Nodes on which nothing is to be booked."""
        return [node_id for node_id, row in self._failing.items() if row["is_shut"]]

    def opened(self, database: Verbs) -> list[str]:
        """Nodes that were shut when this was last asked and are no more, by an answer or by what their ping said."""
        if self.shut:
            self.look(database)
        opened, self._opened = self._opened, []
        return opened

    def hear(self, database: Verbs, outcomes: Iterable[Outcome]) -> list[str]:
        """Keep what came of calls, the latest word of each node; the nodes that were shut just now."""
        latest = {outcome.node_id: outcome for outcome in outcomes}
        back = [node_id for node_id, outcome in latest.items() if not isinstance(outcome, Unreachable)]
        self._forget(database, [node_id for node_id in back if node_id in self._failing])
        failed = [outcome for outcome in latest.values() if isinstance(outcome, Unreachable)]
        return [outcome.node_id for outcome in failed if self._note(database, outcome)]

    def look(self, database: Verbs) -> list[Row]:
        """Nodes that failed, as all servers know them; each is to be asked now and then."""
        shut = self.shut
        self._failing = {row["node_id"]: row for row in database.all("uncallable_nodes")}
        self._opened += [node_id for node_id in shut if node_id not in self._failing]
        return list(self._failing.values())

    def _note(self, database: Verbs, failure: Unreachable) -> bool:
        is_shut = database.value(
            "note_uncallable", p_node=failure.node_id, p_why=failure.why, p_most=self._most
        )
        if is_shut is None:  # a node that was deleted
            return False
        was_shut = self._failing.get(failure.node_id, {"is_shut": False})["is_shut"]
        self._failing[failure.node_id] = {"node_id": failure.node_id, "is_shut": is_shut}
        if is_shut and not was_shut:
            log.warning(event("node cannot be called", why=failure.why, node=failure.node_id))
        return is_shut and not was_shut

    def _forget(self, database: Verbs, nodes: list[str]) -> None:
        if not nodes:
            return
        database.run("note_callable", p_node=nodes)
        for node_id in nodes:
            if self._failing.pop(node_id)["is_shut"]:
                self._opened.append(node_id)
                log.info(event("node can be called again", node=node_id))
