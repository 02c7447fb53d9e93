"""A large farm of rows on a durable PostgreSQL of its own, and what pgbench makes of the same machine."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from plow_server.binaries import find_binaries
from plow_server.database import Dedicated, Row, connect_dedicated
from plow_server.embedded import Embedded
from plow_server.farm import Farm
from plow_server.migrate import migrate
from plow_server.planner import plan
from plow_server.read_farm import read_farm
from plow_server.session import Patience
from plow_server.snapshot import Start

_FARM = """
    truncate plow.project, plow.cluster, plow.service cascade;
    insert into plow.cluster (name, tags) select 'c' || n, '{{render}}' from generate_series(1, 4) as n;
    insert into plow.project (code, title) select 'p' || n, 'p' from generate_series(1, 10) as n;
    insert into plow.folder (project_id, name)
      select id, 'f' || n from plow.project, generate_series(1, 5) as n;
    insert into plow.folder_counter (folder_id) select id from plow.folder;
    insert into plow.quota (project_id, cluster_id, size)
      select project.id, cluster.id, 10 from plow.project, plow.cluster;
    insert into plow.quota_counter (quota_id, burst) select id, 1000000 from plow.quota;
    insert into plow.node (cluster_id, name, address, tags)
      select c.id, 'n' || n, '127.0.0.1:1', case when n % 10 = 0 then '{{render,gpu}}'::text[] else '{{render}}' end
        from generate_series(1, {nodes}) as n
        join (select id, row_number() over () - 1 as place from plow.cluster) as c on c.place = n % 4;
    insert into plow.node_counter (node_id, cores, ram, idle_cores, idle_ram)
      select id, 16, 65536, 16, 65536 from plow.node;
    insert into plow.node_report (node_id, updated) select id, plow.now() from plow.node;
    insert into plow.job (project_id, folder_id, name, active_name, username, state, log_path, min_cores, max_cores)
      select f.project_id, f.id, 'j' || n, 'j' || n, 'anna', 'RUNNING', '/logs', n % 5, -1
        from generate_series(1, {jobs}) as n
        join (select id, project_id, row_number() over () - 1 as place from plow.folder) as f on f.place = n % 50;
    insert into plow.job_stat (job_id) select id from plow.job;
    insert into plow.layer (job_id, name, sort_order, range, chunk, command, service, tags, min_cores, max_cores,
                            min_ram, max_ram, max_retries, threadable)
      select job.id, 'l' || n, n, '1-{tasks}', 1, '{{true}}', 'default',
             case when hashtext(job.id::text) % 5 = 0 then '{{gpu}}'::text[] else '{{render}}' end,
             1 + (n + abs(hashtext(job.name))) % 4, 16, 1024 * (1 + n), 65536, 3, false
        from plow.job, generate_series(1, 3) as n;
    insert into plow.layer_stat (layer_id) select id from plow.layer;
    insert into plow.task (id, layer_id, job_id, name, number, ord, state, min_ram)
      select plow.new_id(), layer.id, layer.job_id, to_char(n, 'fm0000-') || layer.name, n, n - 1, 'WAITING', 512
        from plow.layer, generate_series(1, {tasks}) as n;
    insert into plow.waiting select layer_id, ord, id from plow.task;
    insert into plow.layer_counter (layer_id, total, waiting, ready)
      select id, {tasks}, {tasks}, {tasks} from plow.layer;
    insert into plow.job_counter (job_id, total, waiting)
      select id, 3 * {tasks}, 3 * {tasks} from plow.job;
"""
# 30,000 layers are read while a busy machine does other things.
_PATIENCE = Patience(idle_in_transaction_s=300, hung_s=300)


@dataclass
class Bench:
    """The database, a session as the dispatcher has one, and the farm's counters."""

    dsn: str
    session: Dedicated
    farm: Farm

    def commit(self, starts: Sequence[Start]) -> list[Row]:
        """Book this, as the dispatcher does."""
        layers, nodes, counts, cores = (list(column) for column in zip(*starts, strict=True))
        rows = self.session.all("commit_plan", p_layer=layers, p_node=nodes, p_n=counts, p_cores=cores)
        self.farm.booked(rows)
        return rows

    def plan_and_commit(self, slice_size: int = 500, most: int = 1_000_000) -> list[Row]:
        """One pass; what it booked."""
        made = plan(self.farm.snapshot(), most)
        self.farm.remember(made)
        booked = []
        for first in range(0, len(made.starts), slice_size):
            booked += self.commit(made.starts[first : first + slice_size])
        return booked

    def complete(self, procs: Sequence[str]) -> None:
        """All of these succeeded."""
        n = len(procs)
        values: dict[str, object] = {"status": 0, "signal": 0, "end": "EXITED", "reason": "", "high_ram": 100}
        values |= {"high_cores": 1.0, "clock_ms": 1000, "cpu_ms": 900}
        columns = {f"p_{name}": [value] * n for name, value in values.items()}
        self.farm.ended(self.session.all("complete_tasks", p_proc=list(procs), **columns, p_ring=False))

    def report(self, what: str, value: float, unit: str, baseline: float) -> None:
        """A line with the value, the baseline of this run and how they compare."""
        print(
            f"{what:<44} {value:9,.0f} {unit}  pgbench {baseline:7,.0f}/s  x {value / baseline:.2f}",
            flush=True,
        )

    def audit(self) -> None:
        """The last line."""
        patient = Patience(statement_s=300, hung_s=300)
        with connect_dedicated(self.dsn, name="audit", patience=patient) as session:
            print(f"audit: {len(session.all('audit'))} faults", flush=True)


@contextmanager
def big_farm(*, nodes: int, jobs: int = 1000, tasks: int = 40) -> Iterator[Bench]:
    """So many nodes of 16 cores in 4 clusters; jobs of 3 layers of so many tasks in 10 projects."""
    with tempfile.TemporaryDirectory(prefix="plow-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with Embedded(Path(folder) / "server") as embedded:
            migrate(embedded.dsn)
            with psycopg.connect(embedded.dsn, autocommit=True) as connection:
                connection.execute(_FARM.format(nodes=nodes, jobs=jobs, tasks=tasks).encode())
                connection.execute("vacuum analyze")
            with connect_dedicated(embedded.dsn, name="bench", patience=_PATIENCE) as session:
                yield Bench(embedded.dsn, session, session.atomically(read_farm))


def pgbench(dsn: str, seconds: int = 5) -> float:
    """Transactions a second of `pgbench -N -c 2` on the same server."""
    program = str(find_binaries().folder / "pgbench")
    with psycopg.connect(dsn, autocommit=True) as connection:
        host = connection.info.host
        connection.execute("drop database if exists pgbench")
        connection.execute("create database pgbench")
    place = ["-h", host, "-U", "plow", "pgbench"]
    subprocess.run([program, "-i", "-s", "10", "-q", *place], check=True, capture_output=True)
    told = subprocess.run(
        [program, "-N", "-c", "2", "-j", "1", "-T", str(seconds), *place],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"tps = ([\d.]+)", told.stdout)
    assert found, told.stdout
    return float(found[1])
