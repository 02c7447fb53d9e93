"""The database goes away and comes back: no task is harmed.

PLOW_OUTAGE_S sets how long it stays away.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from plow_server.migrate import migrate
from tests.e2e.conftest import Story, wait_for
from tests.postgres import running_postgres

OUTAGE_S = float(os.environ.get("PLOW_OUTAGE_S", "6"))


def test_no_task_is_harmed_while_the_database_is_away(begin: Callable[..., Story]) -> None:
    with running_postgres() as postgres:
        database = postgres.make("farm")
        migrate(database)
        hasty = ("node.silent_s=3", "node.lost_after_s=4", "housekeeping.listening_gap_s=1.5")
        story = begin(nodes=2, cores=2, database=database, options=(*hasty, "node.ping_interval_s=1"))
        job = story.launch(story.layer("1-40", "sleep 0.5"))
        wait_for(lambda: story.tasks().get("SUCCEEDED", 0) >= 4, 60, story.tasks)
        postgres.terminate()
        time.sleep(OUTAGE_S)  # the story is about this time
        postgres.start()
        story.wait_for_end(job, 60)

        assert story.tasks() == {"SUCCEEDED": 40}
        assert {row["end_reason"] for row in story.attempts()} == {"EXITED"}
        assert {len(lines) for lines in story.starts().values()} == {1}
        assert story.faults() == []
        story.close()
