"""Timed work, each piece on one server at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from plow_client.errors import PlowError
from plow_client.logs import event
from plow_server.config import Config
from plow_server.database import Database, Row, Transaction
from plow_server.dispatcher import Dispatcher
from plow_server.inbox import Ending

log = logging.getLogger(__name__)

_STEP_S = 0.25
_PIECE = 10_000  # rows cleared in one transaction
_LESSONS = 200  # rows learnt from in one transaction
_AT_A_TIME_S = 1.0  # for one chore of many pieces


@dataclass
class Chore:
    """One piece of timed work."""

    name: str
    every_s: float
    work: Callable[[], None]
    due: float = 0.0


class Housekeeping:
    """A thread with a table of chores."""

    def __init__(self, db: Database, dispatcher: Dispatcher, config: Config) -> None:
        self._db = db
        self._dispatcher = dispatcher
        self._node = config.node
        self._history = config.history
        self._gap_s = config.housekeeping.listening_gap_s
        self._days = (config.housekeeping.blame_days, config.housekeeping.event_days)
        every = config.housekeeping
        self.chores = [
            Chore("keep_listening", self._gap_s / 5, self.keep_listening),
            Chore("sweep_silent", every.silent_every_s, self.sweep_silent),
            Chore("sweep_lost", every.lost_every_s, self.sweep_lost),
            Chore("release_dependents", every.depend_every_s, self.release_dependents),
            Chore("sweep_partitions", every.partition_every_s, self.sweep_partitions),
            Chore("clear_history", every.history_every_s, self.clear_history),
            Chore("learn_history", config.history.learn_every_s, self.learn_history),
            Chore("predict_ends", config.history.ends_every_s, self.predict_ends),
            Chore("archive_jobs", config.history.archive_every_s, self.archive_jobs),
            Chore("sweep_use", every.partition_every_s, self.sweep_use),
            Chore("sweep_avoids", every.partition_every_s, self.sweep_avoids),
        ]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Do everything once, then in its time."""
        self._thread.start()

    def stop(self) -> None:
        """End after the chore in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def keep_listening(self) -> None:
        """Say that this server hears nodes; every server does."""
        self._db.run("keep_listening", p_gap_s=self._gap_s)

    def sweep_silent(self) -> None:
        """Nothing more is booked on nodes that do not ping."""
        for row in self._in_turn("sweep_silent", p_silent_s=self._node.silent_s, p_gap_s=self._gap_s):
            log.warning(event("node went silent", node=row["sweep_silent"]))

    def sweep_lost(self) -> None:
        """The tasks of nodes that are silent for too long are queued again."""
        rows = self._in_turn("sweep_lost", p_lost_after_s=self._node.lost_after_s, p_gap_s=self._gap_s)
        procs = [row["sweep_lost"] for row in rows]
        if procs:
            log.warning(event("procs given up with their nodes", count=len(procs)))
            reason = f"the node was silent for more than {self._node.lost_after_s:g} s"
            self._dispatcher.complete([Ending(proc, "NODE_LOST", reason=reason) for proc in procs])

    def release_dependents(self) -> None:
        """A net for what a died server left in the queue."""
        while self._db.run("release_dependents"):
            self._db.run("ring_farm")

    def sweep_partitions(self) -> None:
        """History has its tables before they are needed."""
        for row in self._in_turn("sweep_partitions"):
            log.info(event("history table made", table=row["sweep_partitions"]))

    def clear_history(self) -> None:
        """Blame and events that are old enough go, some at a time."""
        blame_days, event_days = self._days
        while not self._stopping.is_set():
            rows = self._in_turn(
                "clear_history", p_blame_days=blame_days, p_event_days=event_days, p_most=_PIECE
            )
            if not rows or rows[0]["clear_history"] < _PIECE:
                return

    def learn_history(self) -> None:
        """What ended decides what the next attempts get."""
        setting = {"quantile": self._history.ram_quantile, "margin": self._history.ram_margin}
        self._db.run("set_prediction", **setting)
        self._in_pieces("learn_history", _LESSONS, p_most=_LESSONS)

    def predict_ends(self) -> None:
        """When jobs will be done."""
        self._in_turn("predict_ends")

    def archive_jobs(self) -> None:
        """Tasks of jobs that are long over go, some at a time, and so does what nobody asks for."""
        self._in_pieces("archive_jobs", 0, p_days=self._history.archive_days)
        self._in_pieces("clear_past_use", 5_000, p_days=self._history.forget_days)

    def sweep_use(self) -> None:
        """Measurements that a ping left behind when its proc ended."""
        self._in_turn("sweep_use")

    def sweep_avoids(self) -> None:
        """Failures of jobs on nodes that are of no use any more."""
        self._in_turn("sweep_avoids")

    def _in_pieces(self, name: str, whole: int, **values: object) -> None:
        """Call the function as long as it does a whole piece, but let the other chores have their turn, too."""
        until = time.monotonic() + _AT_A_TIME_S
        while not self._stopping.is_set() and time.monotonic() < until:
            rows = self._in_turn(name, **values)
            if not rows or rows[0][name] is None or rows[0][name] < whole:
                return

    def _in_turn(self, name: str, **values: object) -> list[Row]:
        """Call the function, unless another server is at it."""

        def work(transaction: Transaction) -> list[Row]:
            if not transaction.value("take_turn", name=name):
                return []
            return transaction.all(name, **values)

        return self._db.atomically(work)

    def _run(self) -> None:
        failing: set[str] = set()
        while not self._stopping.wait(_STEP_S):
            for chore in self.chores:
                if time.monotonic() < chore.due or self._stopping.is_set():
                    continue
                try:
                    chore.work()
                    failing.discard(chore.name)
                except PlowError as error:
                    if chore.name not in failing:
                        log.warning(event("chore put off", chore=chore.name, why=error.why))
                    failing.add(chore.name)
                except Exception:  # the other chores go on
                    log.exception(event("chore met a fault", chore=chore.name))
                chore.due = time.monotonic() + chore.every_s
