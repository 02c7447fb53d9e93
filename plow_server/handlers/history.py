"""Calls about what happened, and about who did it."""

from __future__ import annotations

from plow_client.errors import Invalid
from plow_client.idl import BlameT, EventPageT, EventT, PredictionQualityT
from plow_client.names import to_camel
from plow_client.rpc.later import Later
from plow_client.rpc.peer import current_peer
from plow_server.config import Limit
from plow_server.database import Database, Row, Transaction
from plow_server.events import Events
from plow_server.handlers.arguments import Id
from plow_server.rows import maker

NEWEST = 2**63 - 1
MOST_DAYS = 3650

_event = maker(EventT)
_blame = maker(BlameT)
_quality = maker(PredictionQualityT)


def introduce(db: Database, username: str, program: str, *, limit: Limit) -> None:
    """Who calls over this connection."""
    for name in (username, program):
        if len(name) > limit.name_chars or not name.isprintable():
            raise Invalid(f"a name has at most {limit.name_chars} characters, all printable")
    peer = current_peer.get()
    if peer is not None:
        peer.said.username, peer.said.program = username, program


def get_events(
    db: Database, since: int, limit: int, wait_ms: int, *, limits: Limit, events: Events | None
) -> EventPageT | Later:
    """What changed since, in order."""
    if since < -1 or limit < 0:
        raise Invalid("since is -1 or more, limit is 0 or more")
    most = min(limit or limits.events_default, limits.events_per_answer)
    page = _page(db, "number_events", since, most)
    if page.events or not page.isComplete or wait_ms <= 0 or events is None:
        return page
    wait_s = min(wait_ms / 1000, limits.event_wait_s)
    peer = current_peer.get()
    return events.when_more(
        lambda: _page(db, "event_numbers", page.nextSequence, most),
        page.nextSequence,
        wait_s,
        peer.host if peer else "",
    )


def get_history(db: Database, object_id: Id, limit: int, before: int, *, limits: Limit) -> list[BlameT]:
    """Who changed an object, newest first."""
    if limit < 0 or before < 0:
        raise Invalid("limit and before are 0 or more")
    most = min(limit or limits.blame_default, limits.blame_per_answer)
    return db.all("history_of", _blame_of, object=object_id, before=before or NEWEST, most=most)


def get_prediction_quality(db: Database, days: int) -> list[PredictionQualityT]:
    """How good predictions were, by service, the most attempts first."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"{days} days; 1 to {MOST_DAYS:,} are allowed")
    return db.all("prediction_quality", _quality, days=days)


def _page(db: Database, numbers: str, since: int, most: int) -> EventPageT:
    """Numbers are given and let go first: nobody waits for them while a page is read."""
    newest = db.one(numbers, missing="events are not counted")
    last, oldest = newest["last"], max(since, newest["cleared"])

    def read(transaction: Transaction) -> tuple[list[EventT], int]:
        found = transaction.all("events_since", _event_of, since=oldest, most=most)
        return found, transaction.one("event_numbers", missing="events are not counted")["cleared"]

    if since == -1 or since > last or 0 < since < newest["cleared"]:
        return EventPageT(events=[], nextSequence=last, isComplete=since == -1)
    found, cleared = db.atomically(read)
    if 0 < since < cleared:  # meanwhile
        return EventPageT(events=[], nextSequence=last, isComplete=False)
    return EventPageT(events=found, nextSequence=found[-1].sequence if found else oldest, isComplete=True)


def _event_of(row: Row) -> EventT:
    return _event({**row, "change": to_camel(row["change"])})


def _blame_of(row: Row) -> BlameT:
    return _blame({**row, "field": to_camel(row["field"])})
