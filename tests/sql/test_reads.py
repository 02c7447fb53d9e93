"""Reading is bounded: no call looks at the tasks, depends, outputs or attempts of other jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from plow_client.idl import DependType
from plow_server.database import SQL, Database
from plow_server.queries import load_queries
from tests.sql.farm import Farm
from tests.sql.launching import Launched, criteria, depend, launch, layer

SCANS = {
    "scanned": "select relname from pg_stat_xact_user_tables where schemaname = 'plow' and seq_scan > 0"
    " and relname in ('task', 'depend', 'output', 'attempt', 'attempt_default', 'waiting')"
}


@pytest.fixture
def full(farm: Farm, db: Database) -> Iterator[tuple[Database, Launched, str]]:
    """A database with a large job beside the small one, as its statistics know; and a node that runs one task."""
    launch(db, layer("a", range="1-5000"), layer("b", range="1-5000", depends=[by_frame()]), name="large")
    job, node = launch(db, layer("a"), layer("b", depends=[by_frame()])), farm.node()
    farm.complete([row["proc_id"] for row in farm.book((job.layers["a"], node, 1))], status=1)
    farm.book((job.layers["a"], node, 1))
    farm.execute(
        "insert into plow.output (layer_id, path) select id, 'x' from plow.layer, generate_series(1, 1000)"
    )
    farm.execute(
        "insert into plow.attempt (id, task_id, layer_id, job_id, number, node, cores, ram, started, stopped,"
        "                          exit_status, exit_signal, end_reason)"
        " select plow.new_id(), plow.new_id(), plow.new_id(), plow.new_id(), 0, 'n9', 1, 1,"
        "       now(), now(), 0, 0, 'EXITED'"
        "   from generate_series(1, 5000)"
    )
    farm.execute("analyze")
    queries = load_queries(SQL / "queries") | SCANS
    as_embedded = make_conninfo(db.dsn, options="-c random_page_cost=1.1")
    with Database(as_embedded, queries=queries) as reader:
        yield reader, job, str(node)


def by_frame() -> Any:
    return depend(DependType.TASK_BY_TASK, dependOnLayer="a")


def test_no_read_scans_what_grows(full: tuple[Database, Launched, str]) -> None:
    db, job, node = full
    layer_id, task_id = job.layers["b"], job.tasks["0001-a"]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("job_by_id", {"id": job.id}),
        ("job_by_active_name", {"name": "shot"}),
        ("layers_of_job", {"job_id": job.id}),
        ("layer_by_id", {"id": layer_id}),
        ("layer_by_name", {"job_id": job.id, "name": "a"}),
        ("frames_of_layer", {"layer_id": layer_id}),
        ("tasks", criteria(job=job.id)),
        ("tasks", criteria(layers=[layer_id])),
        ("tasks", criteria(tasks=[task_id])),
        ("tasks", criteria(nodes=[node])),
        ("tasks", criteria(job=job.id, states=["WAITING"], since_ms=1)),
        ("task_by_id", {"id": task_id}),
        ("task_log_file", {"id": task_id}),
        ("attempts_of_task", {"id": task_id}),
        ("outputs_of_job", {"job_id": job.id}),
        ("outputs_of_layer", {"layer_id": layer_id}),
        *((name, {"id": job.id}) for name in ("depends_on_job", "job_depends_on")),
        *((name, {"id": layer_id}) for name in ("depends_on_layer", "layer_depends_on")),
        *((name, {"id": task_id}) for name in ("depends_on_task", "task_depends_on")),
        ("board_jobs", {"project_id": job.id}),
    ]
    for name, values in asked:
        with db.transaction() as transaction:
            transaction.all(name, **values)
            scanned = [row["relname"] for row in transaction.all("scanned")]
        assert scanned == [], f"{name} {values}"
