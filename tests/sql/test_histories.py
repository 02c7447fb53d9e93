"""Random histories on the real procedures: whatever happens in whatever order, the books stay right.

Each step ends with the audit, which recounts everything (invariants: cores and memory exact, a running task has
one live proc, counters equal recounts, nothing starts before what it waits for). PLOW_HISTORIES says how many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from plow_server.database import Database
from tests.sql.farm import Farm, Row

HISTORIES = int(os.environ.get("PLOW_HISTORIES", "40"))
REFUSED = {"PW003", "PW004", "23505"}

few = st.integers(0, 5)
ends = st.sampled_from(
    ["EXITED", "EXITED", "EXITED", "LOST", "KILLED", "NODE_LOST", "ABORTED", "MEMORY", "SHUTDOWN"]
)


class History(RuleBasedStateMachine):
    """What wranglers, nodes and servers do to one small farm."""

    farm: Farm

    @initialize()
    def open(self) -> None:
        self.farm.reset()
        self.nodes = [self.farm.node("n1", cores=4), self.farm.node("n2", cores=2, ram=1500)]
        self.jobs: list[UUID] = []
        self.layers: list[UUID] = []
        self.over: list[UUID] = []
        self.launch(2, 3)

    @rule(layers=st.integers(1, 3), tasks=st.integers(1, 4))
    def launch(self, layers: int, tasks: int) -> None:
        if len(self.jobs) < 4:
            job = self.farm.job(f"job{len(self.jobs)}")
            self.jobs.append(job)
            self.layers += [
                self.farm.layer(job, tasks, name=f"l{i}", min_cores=1 + i % 2, max_retries=i)
                for i in range(layers)
            ]

    @rule(plan=st.lists(st.tuples(few, st.integers(0, 1), st.integers(1, 4)), min_size=1, max_size=4))
    def book(self, plan: list[tuple[int, int, int]]) -> None:
        entries = [(self.pick(self.layers, layer), self.nodes[node], n) for layer, node, n in plan]
        procs = [row["proc_id"] for row in self.farm.book(*entries)]
        assert not set(procs) & set(self.over)

    @rule(which=st.lists(few, min_size=1, max_size=3), end=ends, status=st.sampled_from([0, 0, 0, 1]))
    def complete(self, which: list[int], end: str, status: int) -> None:
        procs = [row["id"] for row in self.farm.execute("select id from plow.proc order by id")]
        if procs:
            chosen = {self.pick(procs, i) for i in which}
            ended = self.farm.complete(list(chosen), end=end, status=status)
            assert {row["proc_id"] for row in ended} == chosen
            self.over += chosen

    @rule(which=few, status=st.sampled_from([0, 1]))
    def complete_again(self, which: int, status: int) -> None:
        if self.over:
            assert self.farm.complete([self.pick(self.over, which)], status=status) == []

    @rule(
        what=st.sampled_from(["kill_tasks", "retry_tasks", "eat_tasks"]),
        which=st.lists(few, min_size=1, max_size=3),
    )
    def steer(self, what: str, which: list[int]) -> None:
        tasks = self.some_tasks(which)
        self.farm.execute(f"select plow.{what}(%s::uuid[], 'because')", [row["id"] for row in tasks])

    @rule(which=few)
    def kill_job(self, which: int) -> None:
        self.farm.execute("select plow.kill_job(%s, 'because')", self.pick(self.jobs, which))

    @rule(which=few, paused=st.booleans())
    def pause(self, which: int, paused: bool) -> None:
        self.farm.execute("select plow.pause_job(%s, %s)", self.pick(self.jobs, which), paused)

    @rule(which=st.integers(0, 1), locked=st.booleans())
    def lock_node(self, which: int, locked: bool) -> None:
        self.farm.execute("select plow.set_node_locked(%s, %s)", self.nodes[which], locked)

    @rule(
        on=few,
        dependent=few,
        kind=st.sampled_from(["LAYER_ON_LAYER", "TASK_ON_TASK", "JOB_ON_JOB", "TASK_ON_LAYER"]),
    )
    def depend(self, on: int, dependent: int, kind: str) -> None:
        (first,), (second,) = self.some_tasks([dependent]), self.some_tasks([on])
        small, large = kind.split("_ON_")
        self.try_out(
            "select plow.add_depends(%s::plow.depend_type[], %s::uuid[], %s::uuid[], %s::uuid[],"
            " %s::uuid[], %s::uuid[], %s::uuid[])",
            [kind],
            *([side] for side in (*sides(first, small), *sides(second, large))),
        )

    @rule(which=few, what=st.sampled_from(["drop_depend", "activate_depend"]))
    def turn_depend(self, which: int, what: str) -> None:
        depends = self.farm.execute("select id from plow.depend order by id")
        if depends:
            self.try_out(f"select plow.{what}(%s)", self.pick(depends, which)["id"])

    @rule()
    def release(self) -> None:
        self.farm.execute("select * from plow.release_dependents()")

    @rule(burst=st.integers(0, 6))
    def cap(self, burst: int) -> None:
        try:
            self.farm.execute("update plow.quota_counter set burst = %s", burst)
        except psycopg.errors.CheckViolation:  # more is in use: refused, as it must be
            assert self.farm.counter("quota_counter", quota_id=self.farm.quota)["run_cores"] > burst

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "nodes"):
            assert self.farm.faults() == []

    def try_out(self, query: str, *values: object) -> None:
        """What may be refused, is refused for a reason we know."""
        try:
            self.farm.execute(query, *values)
        except psycopg.DatabaseError as error:
            assert error.sqlstate in REFUSED, error

    def some_tasks(self, which: list[int]) -> list[Row]:
        tasks = self.farm.execute("select id, layer_id, job_id from plow.task order by layer_id, ord")
        return [self.pick(tasks, i * 3) for i in which]

    @staticmethod
    def pick(things, which):
        return things[which % len(things)]


def sides(task: Row, size: str) -> tuple[UUID, UUID | None, UUID | None]:
    """Job, layer and task ids of one side of a depend of this size."""
    layer = None if size == "JOB" else task["layer_id"]
    return task["job_id"], layer, task["id"] if size == "TASK" else None


@pytest.fixture
def farm_class(db: Database) -> Iterator[type[History]]:
    farm = Farm(db.dsn)
    yield type("ThisHistory", (History,), {"farm": farm})
    farm.close()


@pytest.mark.timeout(3600)
def test_no_history_breaks_the_books(farm_class: type[History]) -> None:
    run_state_machine_as_test(
        farm_class,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
