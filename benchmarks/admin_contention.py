"""Everything that changes a farm at once, on eight connections: booking, results, kills, growth, filters, moves.

python -m benchmarks.admin_contention [--seconds 60] [--workers 8] [--seed 1]

Nobody may see an error but the documented refusals (not found, taken, invalid, not in this state), no two may
deadlock, and the books must be right afterwards. Ends with 1 on a fault; of a deadlock it
tells the statements that met.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.crowd import NODES, QUERIES, Crowd, ping_node
from benchmarks.crowd_scarce import Everybody
from benchmarks.deadlocks import DeadlockLog, tell_of_waits
from plow_server.database import SQL, Database, Patience, Row
from plow_server.embedded import Embedded
from plow_server.handlers.release import release_dependents
from plow_server.migrate import migrate
from plow_server.queries import load_queries

SLOW_S = 120.0


@dataclass
class Report:
    """What came of it."""

    seconds: float = 0.0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    deadlocks: int = 0
    told: list[str] = field(default_factory=list)  # of each deadlock, what the server's log has
    faults: list[Row] = field(default_factory=list)
    work: Row = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_clean(self) -> bool:
        return not self.errors and not self.deadlocks and not self.faults

    def lines(self) -> Iterator[str]:
        """A line for each kind of operation, then what went wrong."""
        yield f"{'operation':<16} {'done/s':>8} {'refused/s':>10}"
        for kind in sorted(self.done.keys() | self.refused.keys()):
            yield f"{kind:<16} {self.done[kind] / self.seconds:8.1f} {self.refused[kind] / self.seconds:10.1f}"
        yield f"{'all':<16} {self.done.total() / self.seconds:8.1f} {self.refused.total() / self.seconds:10.1f}"
        yield "  ".join(f"{what}: {count:,}" for what, count in self.work.items())
        yield from self.errors[:5]
        yield f"errors: {len(self.errors)}  deadlocks: {self.deadlocks}  audit: {len(self.faults)} faults"
        yield from (str(dict(fault)) for fault in self.faults[:5])
        yield from self.told[:5]


def storm(
    dsn: str, log: Path, seconds: float, workers: int = 8, seed: int = 1, needed: Set[str] = frozenset()
) -> Report:
    """So many act for so long; what came of it, and what the server's log says of it.

    On a slow machine longer, until each of the `needed` was carried out once.
    """
    report, stop = Report(), threading.Event()
    tell_of_waits(dsn)
    said = DeadlockLog(log)
    queries = load_queries(SQL / "queries") | QUERIES
    patience = Patience(statement_s=30, checkout_s=20)
    with Database(dsn, min_size=workers, max_size=workers, patience=patience, queries=queries) as db:
        for number in range(NODES):
            ping_node(db, f"n{number}", 16, [])
        crowd = [Everybody(db, seed * 1000 + number) for number in range(workers)]
        threads = [threading.Thread(target=_act, args=(one, report, stop)) for one in crowd]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        while needed - report.done.keys() and time.monotonic() < began + seconds + SLOW_S:
            time.sleep(0.1)
        stop.set()
        for thread in threads:
            thread.join()
        report.seconds = time.monotonic() - began
        release_dependents(db)
        report.faults = db.all("audit")
        (report.work,) = db.all("work_done")
    with Database(dsn, queries=queries) as db:  # a session tells what it counted when it ends
        report.deadlocks = db.value("deadlocks")
    report.told = said.found()
    return report


def _act(one: Crowd, report: Report, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            kind, was_done = one.act()
        except Exception:  # noqa: BLE001 - that is what we look for
            report.errors.append(traceback.format_exc())
        else:
            with report.lock:
                (report.done if was_done else report.refused)[kind] += 1


@contextmanager
def _database() -> Iterator[Embedded]:
    with tempfile.TemporaryDirectory(prefix="plow-bench-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        with Embedded(Path(name) / "server") as embedded:
            migrate(embedded.dsn)
            yield embedded


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with _database() as embedded:
        report = storm(embedded.dsn, embedded.log_file, given.seconds, given.workers, given.seed)
    print("\n".join(report.lines()))
    sys.exit(0 if report.is_clean else 1)


if __name__ == "__main__":
    main()
