"""PostgreSQL goes away for 20 seconds under a working farm: what is harmed, and when work goes on.

python -m benchmarks.database_outage [SECONDS]

Baseline of the same run: how long the database itself takes to answer again.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import psycopg

from plow_server.migrate import migrate
from tests.e2e.conftest import Story, make_farm, wait_for
from tests.postgres import running_postgres

TASKS = 80


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with running_postgres() as postgres, tempfile.TemporaryDirectory(prefix="plow-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        database = postgres.make("farm")
        migrate(database)
        story = Story(folder, database, make_farm(folder / "farm", database, 2, 2)).start()
        try:
            job = story.launch(story.layer(f"1-{TASKS}", "sleep 1"))
            wait_for(lambda: story.tasks().get("SUCCEEDED", 0) >= 4)
            postgres.terminate()
            time.sleep(seconds)
            began = time.time()
            postgres.start()
            with psycopg.connect(database) as connection:
                connection.execute("select 1")
            answered = time.time()
            story.wait_for_end(job, 300)
            _print(story, seconds, began, answered)
        finally:
            story.close()


def _print(story: Story, seconds: float, began: float, answered: float) -> None:
    after = story.query(
        "select extract(epoch from min(stopped))::float8 as stored, extract(epoch from min(started))::float8 as booked"
        "  from (select stopped, case when started > to_timestamp(%s) then started end as started"
        "          from plow.attempt where stopped > to_timestamp(%s)) as later",
        began, began,
    )[0]  # fmt: skip
    starts = sum(len(lines) for lines in story.starts().values())
    print(
        f"database away for {seconds:g} s under {TASKS} tasks: {starts - TASKS} started twice, {story.tasks()}"
    )
    print(f"answers again {answered - began:.2f} s after its start  baseline")
    stored, booked = after["stored"] - answered, after["booked"] - answered
    print(f"first result stored {stored:+.2f} s, first task booked {booked:+.2f} s")
    print(f"audit: {len(story.faults())} faults")


if __name__ == "__main__":
    main()
