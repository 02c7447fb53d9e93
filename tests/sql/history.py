"""Random histories of one small farm, as Hypothesis plays them: each step ends with the audit.

A history is one transaction that is rolled back, so that the next begins with the same farm and nothing is written
twice. What is refused is refused inside a savepoint, for a reason that is known.
"""

from __future__ import annotations

import traceback
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from psycopg.types.json import Jsonb

from tests.sql.farm import Row
from tests.sql.history_needs import CountingFarm, Needs

STEPS = 50
REFUSED = {"PW001", "PW002", "PW003", "PW004", "23505", "40001"}

LAYER = {
    "place": 1, "first": 1, "post": False, "range": "1-2", "chunk": 1, "command": ["true"], "env": {},
    "service": "default", "tags": ["render"], "min_cores": 1, "max_cores": 8, "min_ram": 512, "max_ram": 4096,
    "max_retries": 1, "threadable": False,
}  # fmt: skip

few = st.integers(0, 5)
ends = st.sampled_from(
    ["EXITED"] * 3
    + ["LOST", "KILLED", "NODE_LOST", "ABORTED", "MEMORY", "SHUTDOWN", "LICENSE", "ENVIRONMENT"]
)


class History(Needs):
    """What wranglers, nodes and servers do to one small farm."""

    audited = 0

    @initialize()
    def open(self) -> None:
        self.farm.execute("begin")
        self.jobs: list[UUID] = []
        self.layers: list[UUID] = []
        self.sizes: dict[UUID, int] = {}
        self.over: list[UUID] = []
        self.tasks: list[Row] = []
        self.begin_needs()
        self.launch(2, 3)

    def teardown(self) -> None:
        self.farm.execute("rollback")

    @rule(layers=st.integers(1, 3), tasks=st.integers(1, 4))
    def launch(self, layers: int, tasks: int) -> None:
        if len(self.jobs) < 4:
            job = self.farm.job(f"job{len(self.jobs)}", username="ab"[len(self.jobs) % 2])
            self.jobs.append(job)
            for i in range(layers):
                sizes = {"min_cores": 1 + i % 2, "max_retries": i, "retry_delay_s": 60 * (i % 2)}
                layer = self.farm.layer(job, tasks, name=f"l{i}", **sizes)
                self.layers.append(layer)
                self.sizes[layer] = tasks
            self.tasks = []

    @rule(which=few)
    def append(self, which: int) -> None:
        layer = self.pick(self.layers, which)
        number = self.sizes[layer] + 1
        appended = self.try_out(
            "select plow.append_tasks(%s, array[%s || '-' || %s::text], array[%s], array[null::text], %s::text)",
            layer, str(number), str(layer), number, str(number),
        )  # fmt: skip
        if appended:
            self.sizes[layer] = number
            self.tasks = []

    @rule(which=few, failed_only=st.booleans())
    def restart(self, which: int, failed_only: bool) -> None:
        """Mostly as the call does it, which lets go whoever waits before; else it may be told to come again."""
        job = self.pick(self.jobs, which)
        if which % 3:
            self.release()
        self.try_out("select plow.restart_job(%s, %s, 'because')", job, failed_only)

    @rule(which=few, tasks=st.integers(1, 2))
    def append_layer(self, which: int, tasks: int) -> None:
        job = self.pick(self.jobs, which)
        count = self.farm.value("select count(*) from plow.layer where job_id = %s", job)
        names = [f"{number}-{job}-{count}" for number in range(1, tasks + 1)]
        if count < 5 and self.try_out(
            "select plow.append_layers(%s, %s, %s::int[], %s::text[], %s::int[], %s::text[])",
            job, Jsonb([LAYER | {"name": f"l{count}"}]), [1] * tasks, names, list(range(1, tasks + 1)), [None] * tasks,
        ):  # fmt: skip
            layer = self.farm.value(
                "select id from plow.layer where job_id = %s and name = %s", job, f"l{count}"
            )
            self.layers.append(layer)
            self.sizes[layer] = tasks
            self.tasks = []

    @rule(which=few, chunk=st.integers(1, 3))
    def cut_anew(self, which: int, chunk: int) -> None:
        layer = self.pick(self.layers, which)
        numbers = list(range(1, self.sizes[layer] + 1, chunk))
        if self.try_out(
            "select plow.set_layer_chunk(%s, %s, %s::text[], %s::int[], %s::text[])",
            layer, chunk, [f"{number}-{chunk}-{layer}" for number in numbers], numbers, [None] * len(numbers),
        ):  # fmt: skip
            self.tasks = []

    @rule(which=few)
    def kill_proc(self, which: int) -> None:
        procs = self.farm.look("select id from plow.proc order by id")
        if procs:
            self.farm.execute("select plow.kill_proc(%s, 'because')", self.pick(procs, which)["id"])

    @rule(plan=st.lists(st.tuples(few, st.integers(0, 1), st.integers(1, 4), few), min_size=1, max_size=4))
    def book(self, plan: list[tuple[int, int, int, int]]) -> None:
        before = self.used()
        layers, nodes, counts, cores = (list(column) for column in zip(*plan, strict=True))
        rows = self.farm.execute(
            "select * from plow.commit_plan(%s::uuid[], %s::uuid[], %s::int[], %s::int[])",
            [self.pick(self.layers, layer) for layer in layers], [self.nodes[node] for node in nodes], counts, cores,
        )  # fmt: skip
        procs = [row["proc_id"] for row in rows]
        assert not set(procs) & set(self.over)
        self.right(procs, before)

    @rule(
        which=st.lists(few, min_size=1, max_size=3),
        end=ends,
        status=st.sampled_from([0, 0, 0, 1]),
        high_ram=st.sampled_from([100, 600, 5000]),
    )
    def complete(self, which: list[int], end: str, status: int, high_ram: int) -> None:
        procs = [row["id"] for row in self.farm.look("select id from plow.proc order by id")]
        if procs:
            chosen = {self.pick(procs, i) for i in which}
            ended = self.farm.complete(list(chosen), end=end, status=status, high_ram=high_ram)
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

    @rule(which=few, later=st.booleans())
    def put_off(self, which: int, later: bool) -> None:
        far_ms = 4_000_000_000_000 if later else 0
        self.farm.execute("select plow.set_job_start_after(%s, %s)", self.pick(self.jobs, which), far_ms)

    @rule(which=few, to=st.integers(0, 1))
    def move_job(self, which: int, to: int) -> None:
        folders = self.farm.look("select id from plow.folder order by id")
        self.farm.execute(
            "select plow.set_job_folder(%s, %s)", self.pick(self.jobs, which), folders[to]["id"]
        )

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
        depends = self.farm.look("select id from plow.depend order by id")
        if depends:
            self.try_out(f"select plow.{what}(%s)", self.pick(depends, which)["id"])

    @rule()
    def let_time_pass(self) -> None:
        """What waits for its next attempt may run again."""
        self.farm.execute("update plow.later set until = plow.now()")
        self.farm.execute("select plow.release_later()")

    @rule()
    def release(self) -> None:
        self.farm.execute("select * from plow.release_dependents()")

    @rule(burst=st.integers(0, 6))
    def cap(self, burst: int) -> None:
        if not self.try_out("select plow.set_quota(%s, p_burst => %s)", self.farm.quota, burst):
            assert self.farm.counter("quota_counter", quota_id=self.farm.quota)["run_cores"] > burst

    @invariant()
    def the_books_are_right(self) -> None:
        """Recounted after each step that has said anything to the database and was not rolled back."""
        if self.farm.statements != self.audited:
            assert self.farm.faults() == []
            self.audited = self.farm.statements

    def try_out(self, query: str, *values: object) -> bool:
        """Whether it was done; what may be refused is refused for a reason we know."""
        self.farm.execute("savepoint step")
        try:
            self.farm.execute(query, *values)
        except psycopg.DatabaseError as error:
            assert error.sqlstate in REFUSED, error
            self.farm.execute("rollback to step")
            self.audited = self.farm.statements
            return False
        return True

    def some_tasks(self, which: list[int]) -> list[Row]:
        if not self.tasks:
            self.tasks = self.farm.look("select id, layer_id, job_id from plow.task order by layer_id, ord")
        return [self.pick(self.tasks, i * 3) for i in which]

    @staticmethod
    def pick(things, which):
        return things[which % len(things)]


def sides(task: Row, size: str) -> tuple[UUID, UUID | None, UUID | None]:
    """Job, layer and task ids of one side of a depend of this size."""
    layer = None if size == "JOB" else task["layer_id"]
    return task["job_id"], layer, task["id"] if size == "TASK" else None


def play(dsn: str, histories: int) -> None:
    """So many histories on a database; AssertionError with the shortest that breaks the books."""
    farm = CountingFarm(dsn)
    try:
        farm.execute(
            "set plan_cache_mode = force_generic_plan"
        )  # what is asked ten thousand times is planned once
        farm.execute("select plow.create_folder(%s, 'other')", farm.project)
        nodes = [farm.node("n1", cores=4), farm.node("n2", cores=2, ram=1500)]
        run_state_machine_as_test(
            type("OneHistory", (History,), {"farm": farm, "nodes": nodes}),
            settings=settings(
                max_examples=histories,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        farm.close()


def broken_history(dsn: str, histories: int) -> str:
    """The shortest history that breaks the books, and how; nothing if none does. For another process to tell."""
    try:
        play(dsn, histories)
    except BaseException:  # noqa: BLE001 - several faults come as a group, which is no Exception
        return traceback.format_exc()
    return ""
