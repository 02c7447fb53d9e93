"""How a page of events is read: never while others wait for their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.history import get_events
from plow_server.verbs import Result, Verbs


class Shelf(Verbs):
    """Events 11 to 20 are kept; notes what is asked for, and in which transaction."""

    def __init__(self) -> None:
        self.cleared = 10
        self.cleared_meanwhile = 10
        self.said: list[str] = []

    def execute(self, name: str, values: Any) -> Result:
        self.said.append(name)
        if name == "events_since":
            self.cleared = self.cleared_meanwhile
            rows = [{"sequence": n, "change": "paused"} for n in range(values["since"] + 1, 21)]
            return Result([_event(row) for row in rows[: values["most"]]], 0)
        return Result([{"last": 20, "cleared": self.cleared}], 1)

    def atomically(self, work: Callable[[Verbs], Any]) -> Any:
        with self._transaction():
            return work(self)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.said.append("begin")
        yield
        self.said.append("commit")


def _event(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "time": 1,
        "noun": "job",
        "object_id": "j",
        "old_value": None,
        "new_value": None,
        "job_id": None,
    }


def ask(shelf: Shelf, since: int, limit: int = 0, limits: Limit | None = None) -> Any:
    return get_events(cast(Database, shelf), since, limit, 0, limits=limits or Limit(), events=None)


def test_the_numbers_are_let_go_before_the_page_is_read() -> None:
    shelf = Shelf()
    page = ask(shelf, 15)
    assert [event.sequence for event in page.events] == [16, 17, 18, 19, 20]
    assert shelf.said[0] == "number_events"
    assert "number_events" not in shelf.said[shelf.said.index("begin") :]


def test_a_page_has_a_bound_of_its_own() -> None:
    page = ask(Shelf(), 12, limit=100_000, limits=Limit(events_per_answer=3))
    assert (len(page.events), page.nextSequence) == (3, 15)
    assert len(ask(Shelf(), 12, limits=Limit(events_default=2)).events) == 2


def test_what_is_cleared_while_it_is_read_is_no_longer_kept() -> None:
    shelf = Shelf()
    shelf.cleared_meanwhile = 18
    page = ask(shelf, 15)
    assert (page.events, page.nextSequence, page.isComplete) == ([], 20, False)
