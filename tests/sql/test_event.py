"""What happened, each exactly once and in order: number_events, ring_event, note_change, move_tasks, commit_plan.

Two connections that commit in the other order, two that change one thing, and random histories of many.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch
from tests.wire import eventually

Session = psycopg.Connection[Row]


class Reader:
    """Reads on from where it was, as a client does with `getEvents`."""

    def __init__(self, farm: Farm, db: Database) -> None:
        self._farm, self._db = farm, db
        self.since: int = farm.value("select last from plow.number_events()")
        self.seen: list[Row] = []

    def read(self, most: int = 1000, *, number: bool = True) -> list[Row]:
        """What is new."""
        if number:
            self._farm.execute("select * from plow.number_events()")
        found = self._db.all("events_since", since=self.since, most=most)
        if found:
            self.since = found[-1]["sequence"]
        self.seen += found
        return found


def told(rows: list[Row]) -> list[tuple[Any, ...]]:
    return [(row["noun"], row["change"], row["old_value"], row["new_value"]) for row in rows]


@pytest.fixture
def reader(farm: Farm, db: Database) -> Reader:
    return Reader(farm, db)


@pytest.fixture
def two(farm: Farm) -> Iterator[tuple[Session, Session]]:
    """Two more sessions, as other servers have them."""
    with farm.connect() as first, farm.connect() as second:
        yield first, second


def rename(session: Session, name: str, cluster: UUID) -> None:
    session.execute("update plow.cluster set name = %s where id = %s", (name, cluster))


def test_a_transaction_that_commits_late_is_not_missed(
    farm: Farm, reader: Reader, two: tuple[Session, Session]
) -> None:
    first, second = two
    other = farm.insert("cluster", name="other", tags=["a"])
    reader.read()

    first.execute("begin")
    rename(first, "begun first", farm.cluster)
    rename(second, "committed first", other)
    assert told(reader.read()) == [("cluster", "name", "other", "committed first")]
    first.execute("commit")
    assert told(reader.read()) == [("cluster", "name", "render", "begun first")]
    assert reader.read() == []


def test_changes_of_one_thing_keep_their_order_whoever_began_first(
    farm: Farm, reader: Reader, two: tuple[Session, Session]
) -> None:
    """The transaction with the smaller number changes the thing last: order by transaction would be wrong."""
    first, second = two
    other = farm.insert("cluster", name="other", tags=["a"])
    reader.read()

    first.execute("begin")
    rename(first, "x", other)  # has its number from here on
    rename(second, "one", farm.cluster)
    rename(first, "two", farm.cluster)
    first.execute("commit")

    names = [row["new_value"] for row in reader.read() if row["object_id"] == str(farm.cluster)]
    assert names == ["one", "two"]


def test_what_is_rolled_back_leaves_neither_event_nor_gap(
    farm: Farm, reader: Reader, two: tuple[Session, Session]
) -> None:
    first, second = two
    first.execute("begin")
    rename(first, "never", farm.cluster)
    first.execute("rollback")
    before = reader.since
    rename(second, "now", farm.cluster)

    assert [(row["sequence"], row["new_value"]) for row in reader.read()] == [(before + 1, "now")]


def test_numbers_that_are_not_committed_are_not_read(
    farm: Farm, reader: Reader, two: tuple[Session, Session]
) -> None:
    first, second = two
    rename(second, "now", farm.cluster)
    first.execute("begin")
    first.execute("select * from plow.number_events()")

    assert reader.read(number=False) == []
    first.execute("commit")
    assert told(reader.read(number=False)) == [("cluster", "name", "render", "now")]


def test_two_who_number_at_once_number_each_thing_once(
    farm: Farm, reader: Reader, two: tuple[Session, Session]
) -> None:
    """The second finds the first at it, waits, and goes on from its last number."""
    first, second = two
    waiting = "select count(*)::int from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
    rename(second, "one", farm.cluster)
    first.execute("begin")
    first.execute("select * from plow.number_events()")
    rename(second, "two", farm.cluster)
    with ThreadPoolExecutor(1) as pool:
        numbering = pool.submit(second.execute, "select * from plow.number_events()")
        eventually(lambda: farm.value(waiting, second.info.backend_pid))
        first.execute("commit")
        assert numbering.result().fetchone() == {"last": reader.since + 2, "cleared": 0}

    assert [row["new_value"] for row in reader.read(number=False)] == ["one", "two"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["change", "change", "change", "commit", "commit", "rollback", "read", "number"]),
        st.integers(0, 3),
        st.integers(0, 4),
    ),
    max_size=40,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_the_order_of_commits_each_change_is_read_once_and_in_order(
    farm: Farm, db: Database, steps: list[tuple[str, int, int]]
) -> None:
    """Four writers in open transactions on five clusters, and readers in between."""
    farm.reset()
    clusters = [farm.insert("cluster", name=f"c{n}", tags=["a"]) for n in range(5)]
    reader = Reader(farm, db)
    start = reader.since
    History(farm, reader, clusters).play(steps)

    assert [row["sequence"] for row in reader.seen] == list(range(start + 1, reader.since + 1))
    for place, cluster in enumerate(clusters):
        seen = [row for row in reader.seen if row["object_id"] == str(cluster)]
        last = farm.value("select name from plow.cluster where id = %s", cluster)
        names = [f"c{place}", *(row["new_value"] for row in seen)]
        assert [row["old_value"] for row in seen] == names[:-1]
        assert names[-1] == last


class History:
    """Plays steps; a writer that would wait for another one's lock does nothing instead."""

    def __init__(self, farm: Farm, reader: Reader, clusters: list[UUID]) -> None:
        self._farm, self._reader, self._clusters = farm, reader, clusters
        self._sessions: dict[int, Session] = {}
        self._owner: dict[int, int] = {}  # who holds which cluster
        self._n = 0

    def play(self, steps: list[tuple[str, int, int]]) -> None:
        for what, who, which in steps:
            getattr(self, f"_{what}")(who, which)
        for who in list(self._sessions):
            self._end(who, "commit")
        self._reader.read()

    def _change(self, who: int, which: int) -> None:
        if self._owner.get(which, who) != who:
            return
        if who not in self._sessions:
            self._sessions[who] = self._farm.connect()
            self._sessions[who].execute("begin")
        self._n += 1
        self._owner[which] = who
        rename(self._sessions[who], f"name {self._n}", self._clusters[which])

    def _commit(self, who: int, _: int) -> None:
        self._end(who, "commit")

    def _rollback(self, who: int, _: int) -> None:
        self._end(who, "rollback")

    def _read(self, who: int, which: int) -> None:
        self._reader.read(most=which + 1, number=who > 1)

    def _number(self, *_: int) -> None:
        self._farm.execute("select * from plow.number_events(2)")

    def _end(self, who: int, how: str) -> None:
        session = self._sessions.pop(who, None)
        if session is not None:
            session.execute(how.encode())
            session.close()
            self._owner = {which: owner for which, owner in self._owner.items() if owner != who}


def test_every_step_of_every_task_is_an_event(farm: Farm, reader: Reader) -> None:
    layer, node = farm.layer(farm.job(), 10), farm.node(cores=3)
    reader.read()
    farm.run_all(layer, node)

    rows = reader.read()
    steps: dict[str, list[tuple[str, str]]] = {str(task["id"]): [] for task in farm.tasks(layer)}
    for row in rows:
        if row["noun"] == "task":
            steps[row["object_id"]].append((row["old_value"], row["new_value"]))
    assert set(map(tuple, steps.values())) == {(("WAITING", "RUNNING"), ("RUNNING", "SUCCEEDED"))}
    assert told(rows)[-1] == ("job", "state", "RUNNING", "FINISHED")
    assert {row["job_id"] for row in rows} == {str(farm.value("select id from plow.job"))}


def test_tasks_that_take_the_same_step_are_few_rows(farm: Farm, db: Database, reader: Reader) -> None:
    layer = farm.layer(farm.job(), 2500)
    reader.read()
    rows = farm.value("select count(*)::int from plow.event")

    db.run("eat_tasks", p_task=[task["id"] for task in farm.tasks(layer)], p_reason="")

    pages: list[list[Row]] = []
    while page := reader.read(most=700):
        pages.append(page)
    assert [len(page) for page in pages] == [700, 700, 700, 401]
    assert farm.value("select count(*)::int from plow.event") == rows + 4
    sequences = [row["sequence"] for page in pages for row in page]
    assert all(b == a + 1 for a, b in pairwise(sequences))
    assert len({row["object_id"] for page in pages for row in page}) == 2501


def test_what_is_numbered_piece_by_piece_keeps_its_order(farm: Farm, db: Database, reader: Reader) -> None:
    with farm.connect() as other:
        for name in ("first", "second", "third"):
            rename(other, name, farm.cluster)
    for _ in range(3):
        farm.execute("select * from plow.number_events(1)")

    assert [row["new_value"] for row in reader.read(number=False)] == ["first", "second", "third"]


def test_a_launch_is_one_event(farm: Farm, db: Database, reader: Reader) -> None:
    job = launch(db)

    rows = reader.read()
    assert [(row["noun"], row["object_id"], row["change"], row["new_value"]) for row in rows] == [
        ("job", job.id, "made", "shot")
    ]


def test_a_pause_is_told_as_it_is_kept(farm: Farm, db: Database, reader: Reader) -> None:
    job = launch(db)
    reader.read()
    db.run("pause_job", p_job=job.id, p_paused=True)

    assert told(reader.read()) == [("job", "paused", "false", "true")]


def test_whoever_listens_is_woken_by_the_commit(farm: Farm, two: tuple[Session, Session]) -> None:
    ear, hand = two
    ear.execute("listen plow_event")
    hand.execute("begin")
    rename(hand, "x", farm.cluster)
    assert list(ear.notifies(timeout=0)) == []
    hand.execute("commit")

    assert [note.payload for note in ear.notifies(timeout=5, stop_after=1)] == [""]


def test_a_sequence_of_what_is_cleared_is_remembered(farm: Farm, reader: Reader) -> None:
    farm.node()
    reader.read()
    farm.execute("set plow.now = '2100-01-01'")
    farm.execute("select plow.clear_history(1e6, 7)")

    bounds = farm.execute("select * from plow.number_events()")[0]
    assert bounds == {"last": reader.since, "cleared": reader.since}
