"""What has arrived for the dispatcher, taken in batches: they grow by themselves while it is busy."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, fields

from plow_client.errors import PlowError, Unavailable
from plow_server.fingerprint import fingerprint, last_words
from plow_server.nodes import Outcome


@dataclass(frozen=True)
class Ending:
    """An attempt is over; `end` is a label of AttemptEnd."""

    proc: str
    end: str = "EXITED"
    status: int = 1
    signal: int = 0
    reason: str = ""
    high_ram: int = 0
    high_cores: float = 0.0
    clock_ms: int = 0
    cpu_ms: int = 0
    command_index: int | None = None  # a node of Plow 2013 does not say
    warnings: int | None = None
    failure_line: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it did what it should."""
        return self.end == "EXITED" and self.status == 0 and self.signal == 0


def absent(proc: str, was_killed: bool) -> Ending:
    """The node does not have it: stopped before it began, or lost."""
    if was_killed:
        return Ending(proc, "KILLED")
    return Ending(proc, "LOST", reason="the node does not hold it any more")


def columns_of(endings: Sequence[Ending]) -> dict[str, list[object]]:
    """The arguments of complete_tasks."""
    columns: dict[str, list[object]] = {
        f"p_{entry.name}": [getattr(one, entry.name) for one in endings] for entry in fields(Ending)
    }
    columns["p_fingerprint"] = [
        None if one.is_good else fingerprint(last_words(one.failure_line, one.reason, one.status, one.signal))
        for one in endings
    ]
    return columns


@dataclass
class Batch:
    """What one turn of the dispatcher deals with."""

    endings: list[Ending] = field(default_factory=list)
    waiting: list[Future[None]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    farm_rang: bool = False
    kill_rang: bool = False

    def stored(self) -> None:
        """Whoever delivered is told that it is safe."""
        for future in self.waiting:
            future.set_result(None)
        self.waiting.clear()

    def fail(self, error: PlowError) -> None:
        """Whoever delivered has to come again."""
        for future in self.waiting:
            future.set_exception(error)
        self.waiting.clear()


class Inbox:
    """Any thread may put; one takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._deliveries: deque[tuple[Sequence[Ending], Future[None]]] = deque()
        self._outcomes: list[Outcome] = []
        self._farm_rang = False
        self._kill_rang = False
        self._closed = False

    def deliver(self, endings: Sequence[Ending]) -> Future[None]:
        """The future ends when they are stored, or with the reason why not."""
        future: Future[None] = Future()
        with self._changed:
            if self._closed:
                future.set_exception(Unavailable("the server is stopping"))
                return future
            self._deliveries.append((endings, future))
            self._changed.notify()
        return future

    def tell(self, outcome: Outcome) -> None:
        """What came of a call to a node."""
        with self._changed:
            self._outcomes.append(outcome)
            self._changed.notify()

    def ring(self, *, farm: bool = False, kill: bool = False) -> None:
        """The farm has changed, or procs are to be stopped."""
        with self._changed:
            self._farm_rang |= farm
            self._kill_rang |= kill
            self._changed.notify()

    def take(self, wait_s: float, most: int) -> Batch:
        """Everything that is there, but not many more than `most` endings; waits for the first."""
        with self._changed:
            self._changed.wait_for(self._has_something, wait_s)
            batch = Batch(outcomes=self._outcomes, farm_rang=self._farm_rang, kill_rang=self._kill_rang)
            self._outcomes, self._farm_rang, self._kill_rang = [], False, False
            while self._deliveries and len(batch.endings) < most:
                endings, future = self._deliveries.popleft()
                batch.endings.extend(endings)
                batch.waiting.append(future)
            return batch

    def close(self) -> None:
        """Refuse what still waits and whatever comes."""
        with self._changed:
            self._closed = True
            for _, future in self._deliveries:
                future.set_exception(Unavailable("the server is stopping"))
            self._deliveries.clear()
            self._changed.notify()

    def _has_something(self) -> bool:
        return bool(self._deliveries or self._outcomes or self._farm_rang or self._kill_rang or self._closed)
