"""Blame: who changed what, when, and why."""

from __future__ import annotations

from plow_client.current import server
from plow_client.entity import Record, Ref, id_of
from plow_client.idl import BlameT


class Blame(Record[BlameT]):
    """One field that changed, one object made or deleted, or one call that was refused.

    `field` is empty for the last three. `code` is 0 for what was done, else the number of the error; then
    `new_value` has the call's arguments and `reason` why it was refused. `is_proven` tells whether the connection
    itself proved the actor, or the client only said so.
    """

    __slots__ = ()
    _struct = BlameT
    id: int
    time: int
    actor: str
    is_proven: bool
    client: str
    call: str
    noun: str
    object_id: str
    field: str
    old_value: str | None
    new_value: str | None
    reason: str | None
    code: int


def get_history(thing: Ref, limit: int = 0, before: int = 0) -> list[Blame]:
    """Who changed an object, newest first, at most `limit` (0: 100), older than the entry `before` (0: the newest).

    A job's history has that of its layers and tasks in it. Works for what has been deleted, by its id.
    """
    return [Blame(row) for row in server().getHistory(id_of(thing), limit, before)]
