"""A farm made of rows, for tests of SQL functions: what they find before, what they leave behind."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from plow_server.fingerprint import fingerprint

Row = dict[str, Any]


class Farm:
    """One project, folder, cluster and quota; nodes, jobs and tasks as a test asks for them."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._connection = self.connect()
        self.reset()

    def reset(self) -> None:
        """An empty farm with one project, folder, cluster and quota."""
        self.execute(
            "truncate plow.project, plow.cluster, plow.service, plow.task, plow.waiting, plow.proc, plow.proc_use,"
            " plow.attempt, plow.depend, plow.depend_queue, plow.retry_wait, plow.later,"
            " plow.task_loss, plow.headroom cascade"
        )
        self.cluster = self.insert("cluster", name="render", tags=["render"], is_default=True)
        self.project = self.insert("project", code="test", title="Test")
        self.folder = self.insert("folder", project_id=self.project, name="jobs")
        self.execute("insert into plow.folder_counter (folder_id) values (%s)", self.folder)
        self.execute("update plow.project set default_folder_id = %s", self.folder)
        self.quota = self.insert("quota", project_id=self.project, cluster_id=self.cluster, size=10)
        self.execute("insert into plow.quota_counter (quota_id, burst) values (%s, 1000)", self.quota)

    def close(self) -> None:
        self._connection.close()

    def connect(self) -> psycopg.Connection[Row]:
        """A session of its own, as another server would have."""
        return psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row)

    def beside(self) -> Farm:
        """The same farm by way of another session, for another thread."""
        twin = copy.copy(self)
        twin._connection = self.connect()
        return twin

    def execute(self, query: str, *values: object) -> list[Row]:
        cursor = self._connection.execute(query.encode(), values)
        return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *values: object) -> Any:
        return next(iter(self.execute(query, *values)[0].values()))

    def insert(self, table: str, **columns: object) -> UUID:
        names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
        found: UUID = self.value(
            f"insert into plow.{table} ({names}) values ({marks}) returning id", *columns.values()
        )
        return found

    def node(self, name: str = "n1", cores: int = 4, ram: int = 8192, **columns: object) -> UUID:
        columns = {"cluster_id": self.cluster, "tags": ["render"], "address": "127.0.0.1:1", **columns}
        node = self.insert("node", name=name, **columns)
        self.execute(
            "insert into plow.node_counter values (%s, %s, %s, %s, %s, 0)", node, cores, ram, cores, ram
        )
        self.execute("insert into plow.node_report (node_id, updated) values (%s, plow.now())", node)
        return node

    def insert_gpu(self, node: UUID, index: int, memory: int) -> None:
        """A device of a node."""
        self.execute(
            "insert into plow.node_gpu (node_id, index, memory) values (%s, %s, %s)", node, index, memory
        )

    def job(self, name: str = "shot", **columns: object) -> UUID:
        columns = {
            "state": "RUNNING",
            "active_name": name,
            "username": "anna",
            "log_path": "/logs",
            **columns,
        }
        job = self.insert("job", project_id=self.project, folder_id=self.folder, name=name, **columns)
        self.execute("insert into plow.job_counter (job_id) values (%s)", job)
        self.execute("insert into plow.job_stat (job_id) values (%s)", job)
        return job

    def layer(self, job: UUID, tasks: int, name: str = "beauty", **columns: object) -> UUID:
        """A layer with this many waiting tasks."""
        columns = {
            "min_cores": 1,
            "max_cores": 8,
            "min_ram": 512,
            "max_ram": 4096,
            "max_retries": 1,
            **columns,
        }
        columns = {
            "command": ["true"],
            "tags": ["render"],
            "service": "default",
            "threadable": False,
            **columns,
        }
        layer = self.insert(
            "layer", job_id=job, name=name, sort_order=0, chunk=1, range=f"1-{tasks}", **columns
        )
        self.execute("insert into plow.layer_stat (layer_id) values (%s)", layer)
        self.execute(
            "insert into plow.layer_counter (layer_id, total, waiting, ready) values (%s, %s, %s, %s)",
            layer, tasks, tasks, tasks,
        )  # fmt: skip
        self.execute(
            "insert into plow.task (id, layer_id, job_id, name, number, ord, state, min_ram)"
            " select plow.new_id(), %s, %s, to_char(n, 'fm0000-') || %s, n, n - 1, 'WAITING', 512"
            "   from generate_series(1, %s) as n",
            layer, job, name, tasks,
        )  # fmt: skip
        self.execute(
            "insert into plow.waiting select layer_id, ord, id from plow.task where layer_id = %s", layer
        )
        self.execute(
            "update plow.job_counter set total = total + %s, waiting = waiting + %s where job_id = %s",
            tasks, tasks, job,
        )  # fmt: skip
        return layer

    def depend(self, kind: str, **sides: UUID) -> UUID:
        """An active depend, its tasks counted up and set to DEPEND as a launch would leave them."""
        depend = self.insert("depend", type=kind, **sides)
        held = {"dependent_task_id": "id", "dependent_layer_id": "layer_id", "dependent_job_id": "job_id"}
        side, column = next((side, column) for side, column in held.items() if side in sides)
        self.execute(
            f"update plow.task set depend_count = depend_count + 1, state = 'DEPEND' where {column} = %s",
            sides[side],
        )
        self.execute("delete from plow.waiting using plow.task where task.id = task_id and state = 'DEPEND'")
        self._recount()
        return depend

    def _recount(self) -> None:
        """Count waiting, depend and ready anew, everywhere."""
        count = "count(*) filter (where state = 'WAITING'), count(*) filter (where state = 'DEPEND')"
        self.execute(
            f"update plow.job_counter as c set (waiting, depend) ="
            f" (select {count} from plow.task where task.job_id = c.job_id)"
        )
        self.execute(
            f"update plow.layer_counter as c set (waiting, depend, ready) ="
            f" (select {count}, count(waiting.ord)"
            "    from plow.task left join plow.waiting using (layer_id, ord)"
            "    where task.layer_id = c.layer_id)"
        )

    def book(self, *entries: tuple[UUID, UUID, int]) -> list[Row]:
        """commit_plan for (layer, node, n) entries."""
        layers, nodes, counts = ([entry[i] for entry in entries] for i in range(3))
        return self.execute(
            "select * from plow.commit_plan(%s::uuid[], %s::uuid[], %s::int[])", layers, nodes, counts
        )

    def complete(
        self,
        procs: Sequence[UUID],
        *,
        status: int = 0,
        signal: int = 0,
        end: str = "EXITED",
        reason: str = "",
        high_ram: int = 100,
        clock_ms: int = 1000,
        line: str = "",
    ) -> list[Row]:
        """complete_tasks with the same result for each proc."""
        n = len(procs)
        return self.execute(
            "select * from plow.complete_tasks(%s::uuid[], %s::int[], %s::int[], %s::plow.attempt_end[],"
            " %s::text[], %s::int[], %s::float8[], %s::bigint[], %s::bigint[], p_failure_line => %s::text[],"
            " p_fingerprint => %s::text[])",
            list(procs),
            *([each] * n for each in (status, signal, end, reason, high_ram, 1.0, clock_ms, clock_ms, line)),
            [None if (status, signal, end) == (0, 0, "EXITED") else fingerprint(line or reason)] * n,
        )

    def run_all(self, layer: UUID, node: UUID) -> None:
        """Book and complete every ready task of a layer, as many at a time as fit."""
        while booked := self.book((layer, node, 1000)):
            self.complete([row["proc_id"] for row in booked])

    def tasks(self, layer: UUID) -> list[Row]:
        return self.execute("select * from plow.task where layer_id = %s order by ord", layer)

    def states(self, layer: UUID) -> list[str]:
        return [row["state"] for row in self.tasks(layer)]

    def counter(self, table: str, **key: UUID) -> Row:
        (column, found), *_ = key.items()
        return self.execute(f"select * from plow.{table} where {column} = %s", found)[0]

    def faults(self) -> list[Row]:
        return self.execute("select * from plow.audit()")


def farm_of(dsn: str) -> Iterator[Farm]:
    """A farm for one test; whatever the test did, its books must be right at the end."""
    farm = Farm(dsn)
    try:
        yield farm
        assert farm.faults() == []
    finally:
        farm.close()
