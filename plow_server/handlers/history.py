"""Calls about what happened, and about who did it."""

from __future__ import annotations

from plow_client.errors import Invalid
from plow_client.idl import BlameT, EventPageT, EventT
from plow_client.names import to_camel
from plow_client.rpc.later import Later
from plow_client.rpc.peer import current_peer
from plow_server.config import Limit
from plow_server.database import Database, Row, Transaction
from plow_server.events import Events
from plow_server.handlers.arguments import Id
from plow_server.rows import maker

EVENTS, BLAME = 1000, 100  # in an answer, where the caller does not say
LONGEST_WAIT_MS = 30_000
LONGEST_NAME = 255
NEWEST = 2**63 - 1

_event = maker(EventT)
_blame = maker(BlameT)


def introduce(db: Database, username: str, program: str) -> None:
    """Who calls over this connection."""
    for name in (username, program):
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise Invalid(f"a name has at most {LONGEST_NAME} characters, all printable")
    peer = current_peer.get()
    if peer is not None:
        peer.said.username, peer.said.program = username, program


def get_events(
    db: Database, since: int, limit: int, wait_ms: int, *, limits: Limit, events: Events | None
) -> EventPageT | Later:
    """What changed since, in order."""
    if since < -1 or limit < 0:
        raise Invalid("since is -1 or more, limit is 0 or more")
    most = min(limit or EVENTS, limits.rows_per_answer)
    page = _page(db, since, most)
    if page.events or not page.isComplete or wait_ms <= 0 or events is None:
        return page
    wait_s = min(wait_ms, LONGEST_WAIT_MS) / 1000
    return events.when_more(lambda: _page(db, page.nextSequence, most), page.nextSequence, wait_s)


def get_history(db: Database, object_id: Id, limit: int, before: int, *, limits: Limit) -> list[BlameT]:
    """Who changed an object, newest first."""
    if limit < 0 or before < 0:
        raise Invalid("limit and before are 0 or more")
    most = min(limit or BLAME, limits.rows_per_answer)
    return db.all("history_of", _blame_of, object=object_id, before=before or NEWEST, most=most)


def _page(db: Database, since: int, most: int) -> EventPageT:
    def work(transaction: Transaction) -> EventPageT:
        newest = transaction.one("number_events", missing="events are not counted")
        last, cleared = newest["last"], newest["cleared"]
        if since == -1 or since > last or 0 < since < cleared:
            return EventPageT(events=[], nextSequence=last, isComplete=since == -1)
        oldest = max(since, cleared)
        found = transaction.all("events_since", _event_of, since=oldest, most=most)
        return EventPageT(events=found, nextSequence=found[-1].sequence if found else oldest, isComplete=True)

    return db.atomically(work)


def _event_of(row: Row) -> EventT:
    return _event({**row, "change": to_camel(row["change"])})


def _blame_of(row: Row) -> BlameT:
    return _blame({**row, "field": to_camel(row["field"])})
