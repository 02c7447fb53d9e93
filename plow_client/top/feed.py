"""Reads the farm on two threads of its own: one waits for events, the other reads what they made stale.

A farm on which nothing happens is asked nothing but to tell when something does, and for the nodes in sight, whose
pings are no events. On a large farm that is busy it rests between readings, so that it never reads all the time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from plow_client.current import server
from plow_client.errors import PlowError
from plow_client.idl import EventT
from plow_client.top.reader import SIGHT_S, Due, Farm, Reader, Tell

_WAIT_MS: Final = 10_000
_AGAIN_S: Final = 2.0  # after a failure
_PACE_S: Final = 1.0  # between two readings
_REST: Final = 4  # so much rest to one part of reading, but no longer than
_MOST_REST_S: Final = 5.0


@dataclass(frozen=True)
class Lost:
    """The server is out of reach; or, without a reason, is there again."""

    why: str


class Feed:
    """Keeps a `Farm` up to date; it, `Opened`, `Lost` and `BadFilter` go to `tell`, from any thread."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._stop, self._wake = threading.Event(), threading.Event()
        self._asked = threading.Event()  # by somebody who waits for it
        self._lock = threading.Lock()
        self._dirty_jobs: set[str] = set()
        self._dirty_nodes: set[str] = set()
        self._is_all_due, self._has_work_moved, self._is_open_due = True, False, False
        self._in_sight: tuple[str, ...] = ()
        self._open: str | None = None
        self._where = {"job": "", "node": ""}
        self._is_filter_due = False
        self.farm = Farm()
        self.busy_since = 0.0  # when the reading that goes on began; 0 = none does

    def start(self) -> None:
        """Begin; the threads end with the program."""
        for work in (self._listen, self._read):
            threading.Thread(target=work, name=f"top{work.__name__}", daemon=True).start()

    def stop(self) -> None:
        """Read nothing more."""
        self._stop.set()
        self._hurry()

    @property
    def silent_s(self) -> float:
        """How long the reading that goes on has taken; 0 = none does."""
        began = self.busy_since
        return time.monotonic() - began if began else 0.0

    # -------------------- what people want to see

    def look_at_nodes(self, ids: Iterable[str]) -> None:
        """These nodes are in sight."""
        wanted = tuple(ids)
        if wanted != self._in_sight:
            self._in_sight = wanted
            self._hurry()

    def filter(self, noun: str, text: str) -> None:
        """Show what matches; an empty text is everything."""
        with self._lock:
            self._where[noun] = text
            self._is_filter_due = True
        self._hurry()

    def open(self, job_id: str | None) -> None:
        """Read this job's layers and tasks, too."""
        with self._lock:
            self._open, self._is_open_due = job_id, True
        self._hurry()

    def refresh(self) -> None:
        """Read everything now."""
        with self._lock:
            self._is_all_due = self._is_open_due = True
        self._hurry()

    def _hurry(self) -> None:
        self._asked.set()
        self._wake.set()

    # -------------------- the thread that listens

    def _listen(self) -> None:
        since = -1
        while not self._stop.is_set():
            try:
                page = server().getEvents(since, 0, 0 if since == -1 else _WAIT_MS)
            except PlowError:  # the other thread meets it, too, and tells it
                since = -1
                self._wake.set()
                self._stop.wait(_AGAIN_S)
                continue
            if since == -1 or not page.isComplete:
                self.refresh()
            elif page.events:
                self._note(page.events)
                self._stop.wait(_PACE_S / 2)  # more will come
            since = page.nextSequence

    def _note(self, events: Iterable[EventT]) -> None:
        with self._lock:
            for event in events:
                if event.noun == "node":
                    self._dirty_nodes.add(event.objectId)
                elif event.noun == "job":
                    self._dirty_jobs.add(event.objectId)
                elif event.jobId:
                    self._dirty_jobs.add(event.jobId)
                if event.noun in ("task", "job", "node", "cluster"):
                    self._has_work_moved = True
            if self._open in self._dirty_jobs:
                self._is_open_due = True
        self._wake.set()

    # -------------------- the thread that reads

    def _read(self) -> None:
        is_lost = False
        reader = Reader(self.tell)
        while not self._stop.is_set():
            self._wake.wait(SIGHT_S)
            self._wake.clear()
            self._asked.clear()
            began = time.monotonic()
            try:
                self.busy_since = began
                reader.read(self.due())
            except PlowError as error:
                is_lost = True
                self.tell(Lost(error.why))
                self.refresh()
                self._stop.wait(_AGAIN_S)
                continue
            finally:
                self.busy_since = 0.0
            if is_lost:
                is_lost = False
                self.tell(Lost(""))
            self._asked.wait(min(max(_PACE_S, _REST * (time.monotonic() - began)), _MOST_REST_S))

    def due(self) -> Due:
        """What is to be read now; from now on it is not due any more."""
        with self._lock:
            told = Due(
                self._is_all_due, frozenset(self._dirty_jobs), frozenset(self._dirty_nodes), self._has_work_moved,
                self._is_filter_due, self._open if self._is_open_due or self._is_all_due else None, self._in_sight,
                dict(self._where),
            )  # fmt: skip
            self._dirty_jobs.clear()
            self._dirty_nodes.clear()
            self._is_all_due = self._has_work_moved = self._is_filter_due = self._is_open_due = False
        return told

    def tell(self, news: object) -> None:
        """To those who draw."""
        if isinstance(news, Farm):
            self.farm = news
        if not self._stop.is_set():
            self._tell(news)
