"""Looks for use again and again, and opens or closes the door for the farm; a loop that cannot die."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from plow_client.logs import event
from rndaemon.nimby import hours
from rndaemon.nimby.judge import Rules, Sight, Sign, State, begin, decide
from rndaemon.nimby.settings import Nimby
from rndaemon.nimby.sources import Source
from rndaemon.wishes import Wishes

log = logging.getLogger(__name__)

_FAR_S = 20 * 3600.0


class Watchman:
    """Of one workstation."""

    def __init__(
        self,
        settings: Nimby,
        sources: Sequence[Source],
        wishes: Wishes,
        boot: str,
        changed: Callable[[str], None],
        recall: Callable[[str], None],
    ) -> None:
        """`changed` gets why the farm may not have the machine, empty where it may; `recall` ends what runs."""
        self._settings = settings
        self._rules = Rules(settings.idle_minutes * 60, settings.recall, settings.grace_s)
        self._busy = [hours.parse(text) for text in settings.busy]
        self._free = [hours.parse(text) for text in settings.free]
        self._sources = list(sources)
        self._faults: dict[int, str] = {}
        self._wishes = wishes
        self._boot = boot
        self._changed = changed
        self._recall = recall
        self._told: str | None = None
        self._recalled = False
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="nimby", daemon=True)
        given = not sources or bool(boot and wishes.now.given == boot)
        self.state = begin(time.monotonic(), given)

    def start(self) -> None:
        """Look once, so that the first ping is true, then go on."""
        self.look(time.monotonic(), datetime.now())
        self._thread.start()

    def stop(self) -> None:
        """Look no more; the door stays as it is."""
        self._stopping = True
        self._wake.set()
        if self._thread.ident:
            self._thread.join(timeout=1.0)

    def tell(self, wish: str, by: str) -> None:
        """A person's word, on, off or auto: done when this returns."""
        self._wishes.tell(nimby=wish, nimby_by=by)
        self.look(time.monotonic(), datetime.now())

    def look(self, now: float, when: datetime) -> State:
        """One look: what there is to see, whose the machine is, and what follows."""
        with self._lock:
            return self._look(now, when)

    def _look(self, now: float, when: datetime) -> State:
        wish = self._wishes.now
        busy, free = hours.first_of(self._busy, when), hours.first_of(self._free, when)
        sight = Sight(
            now,
            self._signs(now),
            wish.nimby,
            wish.nimby_by,
            busy.text if busy else "",
            free.text if free else "",
        )
        before, self.state = self.state, decide(self.state, sight, self._rules)
        if before.is_given != self.state.is_given:
            self._recalled = False
            self._note_change()
        self._tell_of(now, when)
        self._recall_what_is_due(now)
        return self.state

    def _note_change(self) -> None:
        self._wishes.tell(given=self._boot if self.state.is_given else "")
        if self.state.is_given:
            log.info(event("machine given to the farm"))
        else:
            log.info(event("machine taken back", why=self.state.why, recall=self._settings.recall))

    def _tell_of(self, now: float, when: datetime) -> None:
        reason = reason_of(self.state, now, when)
        if reason != self._told:
            self._told = reason
            self._changed(reason)

    def _recall_what_is_due(self, now: float) -> None:
        due = self.state.recall_at
        if due is None or now < due or self._recalled:
            return
        self._recalled = True
        self._recall(f"the machine was taken back: {self.state.why}")

    def _signs(self, now: float) -> list[Sign]:
        found = []
        for number, source in enumerate(self._sources):
            try:
                sign = source.look(now)
                self._faults.pop(number, None)
            except Exception as error:  # noqa: BLE001 - one source that fails must not blind the others
                if self._faults.get(number) != str(error):
                    log.warning(event("nimby source failed", source=type(source).__name__, error=error))
                self._faults[number] = str(error)
                continue
            if sign:
                found.append(sign)
        return found

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(self._settings.look_s)
            self._wake.clear()
            try:
                self.look(time.monotonic(), datetime.now())
            except Exception:
                log.exception(event("nimby met a fault"))


def reason_of(state: State, now: float, when: datetime) -> str:
    """For people: `anna is at the keyboard, since 14:02`; once it lies back, `was`, and until when."""
    if state.is_given:
        return ""
    since = _clock(when, now - state.since)
    if state.until is None:
        return f"{state.why}, since {since}"
    past = state.why.replace(" is ", " was ", 1)
    return f"{past}, {since} to {_clock(when, now - state.until)}"


def _clock(when: datetime, ago_s: float) -> str:
    then = datetime.fromtimestamp(when.timestamp() - ago_s)
    return then.strftime("%H:%M" if ago_s < _FAR_S else "%a %H:%M")
