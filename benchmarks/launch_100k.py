"""How long the launch of 100,000 tasks takes, from the spec to the commit.

    python -m benchmarks.launch_100k

Baseline of the same run: 100,000 rows of the same table made by generate_series, nothing else. Beside it, a launch in
which 50,000 frames wait for 50,000 others, one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from plow_client.idl import DependSpecT, DependType, JobSpecT, LayerSpecT
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.launch import launch
from plow_server.migrate import migrate
from plow_server.session import Patience
from tests.postgres import running_postgres

FRAMES = 100_000
ROUNDS = 3

_BASELINE = """
    insert into plow.task (id, layer_id, job_id, name, number, ord, min_ram, state, updated)
    select plow.new_id(), %(layer)s, %(job)s, to_char(n, 'fm000000'), n, n, 512, 'WAITING', now()
      from generate_series(1, %(frames)s) as n
"""


def main() -> None:
    """Measure and print."""
    with running_postgres() as server:
        address = server.make("launch_100k")
        migrate(address)
        with Database(address, patience=Patience(statement_s=60, hung_s=90)) as db:
            rounds = [(_rows(address), _launch(db, _wide(n)), _launch(db, _paired(n))) for n in range(ROUNDS)]
            faults = db.all("audit")
    rows, wide, paired = (min(column) for column in zip(*rounds, strict=True))
    print(f"rows alone, {FRAMES:,}               {rows:6.2f} s  baseline")
    print(f"launch of {FRAMES:,} tasks           {wide:6.2f} s  x {wide / rows:.2f}")
    print(f"launch, half waits frame by frame {paired:6.2f} s  x {paired / rows:.2f}")
    print(f"audit: {len(faults)} faults")


def _rows(address: str) -> float:
    with psycopg.connect(address, autocommit=True) as connection:
        with connection.transaction(force_rollback=True):
            values = {"layer": "1" * 32, "job": "2" * 32, "frames": FRAMES}
            return _timed(lambda: connection.execute(_BASELINE, values))


def _launch(db: Database, spec: JobSpecT) -> float:
    return _timed(lambda: launch(db, spec, limit=Limit(), log_root=Path("/logs")))


def _wide(n: int) -> JobSpecT:
    layers = [LayerSpecT(name="beauty", command=["true"], range=f"1-{FRAMES}")]
    return JobSpecT(name=f"wide{n}", project="default", username="bench", layers=layers)


def _paired(n: int) -> JobSpecT:
    wait = DependSpecT(type=DependType.TASK_BY_TASK, dependOnLayer="a")
    layers = [
        LayerSpecT(name="a", command=["true"], range=f"1-{FRAMES // 2}"),
        LayerSpecT(name="b", command=["true"], range=f"1-{FRAMES // 2}", depends=[wait]),
    ]
    return JobSpecT(name=f"paired{n}", project="default", username="bench", layers=layers)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
