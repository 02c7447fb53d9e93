"""Refused calls are kept too, but a program that fails in a loop must not fill the disk.

Each actor and each address has so many in reserve, gets a few more a minute, and all of them together have a bound
too. What is beyond that is counted, and the next that is kept says how many were not.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from plow_client.errors import PlowError
from plow_client.logs import event
from plow_server.database import Database, Json
from plow_server.deed import Deed, doing
from plow_server.handlers.arguments import is_id
from plow_server.rows import to_json

log = logging.getLogger(__name__)
Item = TypeVar("Item")

_MOST_KNOWN = 1000  # actors and addresses remembered; when there are more, all are forgotten at once
_LONGEST = 200  # elements of an argument that are kept
_MOST_PARTS = 5000  # values in all: to look for secrets among half a million takes seconds, and few are shown


@dataclass
class Reserve:
    """How many may still be kept."""

    left: float
    at: float
    passed_over: int = 0


class Allowance:
    """Which refusals are kept."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Reserve] = {}

    def take(self, actor: str, host: str) -> int | None:
        """None: not this one; otherwise how many of the actor's were passed over before."""
        with self._lock:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            asked = [self._reserve(f"actor {actor}"), self._reserve(f"host {host}"), self._reserve("", 10)]
            if any(reserve.left < 1 for reserve in asked):
                asked[0].passed_over += 1
                return None
            for reserve in asked:
                reserve.left -= 1
            passed_over, asked[0].passed_over = asked[0].passed_over, 0
            return passed_over

    def _reserve(self, name: str, times: int = 1) -> Reserve:
        now, most = self._clock(), self._most * times
        reserve = self._known.setdefault(name, Reserve(most, now))
        reserve.left = min(most, reserve.left + (now - reserve.at) * most / 60)
        reserve.at = now
        return reserve


class Refusals:
    """Keeps refused calls in the table of blame."""

    def __init__(self, db: Database, per_minute: int) -> None:
        self._db = db
        self._allowance = Allowance(per_minute)

    def keep(
        self, deed: Deed, host: str, noun: str, error: PlowError, arguments: Mapping[str, object]
    ) -> None:
        """One row, after the call's own transaction is gone. Whatever happens here, the caller hears of the call."""
        passed_over = self._allowance.take(deed.actor, host)
        if passed_over is None:
            return
        shown = _Shortener().shorten(to_json(arguments))
        why = error.why + (f" (and {passed_over} more refusals that were not kept)" if passed_over else "")
        try:
            with doing(deed):
                self._db.run(
                    "note_refusal",
                    p_noun=noun,
                    p_object=_first_id(shown),
                    p_arguments=Json(shown),
                    p_why=why.replace("\x00", ""),
                    p_code=error.code,
                )
        except PlowError as fault:
            log.warning(event("refusal not kept", call=deed.call, actor=deed.actor, why=fault.why))


def _first_id(value: object) -> str | None:
    """What the call was about: the first id in its arguments."""
    if isinstance(value, str):
        return value if is_id(value) else None
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((found for part in parts if (found := _first_id(part))), None)


class _Shortener:
    """Makes arguments short enough to keep: a launch may have a million of everything."""

    def __init__(self) -> None:
        self._left = _MOST_PARTS

    def shorten(self, value: object) -> object:
        if isinstance(value, str):
            return value[:1000].replace("\x00", "").encode("utf-8", "replace").decode()
        if isinstance(value, bytes):
            return f"{len(value)} bytes"
        if isinstance(value, Mapping):
            return {str(key): self.shorten(item) for key, item in self._some(value.items())}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.shorten(item) for item in self._some(value)]
        return value

    def _some(self, items: Collection[Item]) -> list[Item]:
        """The first ones, of which there are fewer the more there was before."""
        some = list(islice(items, min(_LONGEST, self._left)))
        self._left -= len(some)
        return some
