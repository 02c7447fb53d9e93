"""Events: everything that changes on the farm, once each and in order."""

from __future__ import annotations

from collections.abc import Iterator

from plow_client.current import server
from plow_client.entity import Record
from plow_client.errors import NotAllowed
from plow_client.idl import EventPageT, EventT

_WAIT_MS = 20_000  # below the time limit of a call


class Event(Record[EventT]):
    """One change of one object. `change` is `made`, `deleted`, or the field that changed."""

    __slots__ = ()
    _struct = EventT
    sequence: int
    time: int
    noun: str
    object_id: str
    change: str
    old_value: str | None
    new_value: str | None
    job_id: str | None


class EventPage(Record[EventPageT]):
    """Events, and the number to ask with next.

    `is_complete` is False where what was asked for is no longer kept: read the state anew, then go on from
    `next_sequence`.
    """

    __slots__ = ()
    _struct = EventPageT
    events: list[Event]
    next_sequence: int
    is_complete: bool

    def gap(self, since: int) -> str:
        """Why a page asked for with this number is not complete; empty where it is."""
        if self.is_complete:
            return ""
        if since > self.next_sequence:
            return f"{since} is ahead of the newest event, {self.next_sequence}"
        return f"events after {since} are no longer kept"


def get_events(since: int = 0, limit: int = 0, wait_ms: int = 0) -> EventPage:
    """Events after this sequence number, at most `limit` (0: 1000).

    Since 0 means from the oldest kept, -1 from now on. Where there are none, waits up to `wait_ms` (at most 30000).
    """
    return EventPage(server().getEvents(since, limit, wait_ms))


def watch_events(since: int = -1, wait_ms: int = _WAIT_MS) -> Iterator[Event]:
    """Every event after this sequence number, for ever; each exactly once.

    To go on after a restart, keep the `sequence` of the last event you have dealt with and pass it here.
    NotAllowed where events in between are no longer kept, or the number is ahead of the newest, as it may be when the
    database was restored from a backup: read the state anew and begin with -1.
    """
    if since == -1:
        since = get_events(since).next_sequence
    while True:
        page = get_events(since, wait_ms=wait_ms)
        if not page.is_complete:
            raise NotAllowed(f"{page.gap(since)}: read the state anew")
        yield from page.events
        since = page.next_sequence
