"""Eight connections that change everything at once; the long form is `python -m benchmarks.admin_contention`."""

from __future__ import annotations

import pytest

from benchmarks.admin_contention import storm
from tests.postgres import Postgres

NEEDED = {
    "launch",
    "book",
    "complete",
    "kill_tasks",
    "eat_tasks",
    "retry_tasks",
    "add_depend",
    "restart_job",
    "append_layers",
    "append_frames",
    "move_job",
    "make_filter",
    "change_filter",
    "set_limit",
    "set_pool",
    "set_needs",
    "fall_short",
    "keep_room",
    "learn",
    "archive",
}


@pytest.mark.chaos
def test_everybody_at_once_is_served_and_the_books_are_right(postgres: Postgres, database_url: str) -> None:
    report = storm(database_url, postgres.log_file, seconds=8, needed=NEEDED)

    assert report.is_clean, "\n".join(report.lines())
    assert report.done.keys() >= NEEDED
