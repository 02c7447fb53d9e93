"""What people told this node, kept in the state folder: a restart must not give away a machine that was taken."""

from __future__ import annotations

import json
import logging
import os
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from plow_client.logs import event

log = logging.getLogger(__name__)
NIMBY_WISHES = ("auto", "on", "off")


@dataclass(frozen=True)
class Wish:
    """All that is remembered."""

    drain: str = ""  # why nothing new is taken; empty: work is taken
    nimby: str = "auto"  # on: the machine is its user's; off: the farm may have it; auto: watch
    nimby_by: str = ""  # who said so
    given: str = ""  # the boot during which the farm had the machine; empty: it had it not


class Wishes:
    """One small file, written whole. Any thread may call."""

    def __init__(self, state: Path) -> None:
        self._file = state / "wishes.json"
        self._lock = threading.Lock()
        self._wish = self._read()

    @property
    def now(self) -> Wish:
        """As last told."""
        return self._wish

    def tell(self, **changed: str) -> Wish:
        """Remember it, on disk before this returns; a disk that cannot is said and does not stop us."""
        with self._lock:
            wish = replace(self._wish, **changed)
            if wish != self._wish:
                self._wish = wish
                self._write(wish)
        return wish

    def _read(self) -> Wish:
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            wish = Wish(**{name: str(told[name]) for name in Wish.__dataclass_fields__ if name in told})
        except FileNotFoundError:
            return Wish()
        except (OSError, ValueError, TypeError) as error:
            log.warning(event("wishes unreadable", error=error))
            return Wish()
        return wish if wish.nimby in NIMBY_WISHES else replace(wish, nimby="auto")

    def _write(self, wish: Wish) -> None:
        beside = self._file.with_suffix(".new")
        try:
            with open(beside, "w", encoding="utf-8") as file:
                json.dump(asdict(wish), file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self._file)
        except OSError as error:
            log.error(event("wish not written", error=error))
