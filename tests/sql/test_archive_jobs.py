"""archive_jobs: finished jobs leave the tables that booking reads, in pieces; what stays tells of them."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.sql.farm import Farm
from tests.sql.launching import wait_for_lock

LONG_AFTER = "2035-01-01"


@pytest.fixture
def job(farm: Farm) -> UUID:
    """A job of three tasks that has ended, and one that waited for it and lives."""
    done, living, node = farm.job("done"), farm.job("living"), farm.node()
    layer = farm.layer(done, tasks=3)
    farm.layer(living, tasks=1)
    farm.depend("JOB_ON_JOB", dependent_job_id=living, on_job_id=done)
    farm.run_all(layer, node)
    farm.execute("select * from plow.release_dependents()")
    return done


def archive(farm: Farm, days: float = 7, most: int = 5000) -> Any:
    farm.execute(f"set plow.now = '{LONG_AFTER}'")
    return farm.value("select plow.archive_jobs(%s, %s)", days, most)


def test_its_tasks_go_and_the_rest_stays(farm: Farm, job: UUID) -> None:
    assert archive(farm) == 3
    assert archive(farm) is None

    kept = "select total, succeeded from plow.job_counter where job_id = %s"
    assert farm.execute(kept, job) == [{"total": 3, "succeeded": 3}]
    assert farm.value("select count(*) from plow.task where job_id = %s", job) == 0
    assert farm.value("select totals__succeeded_task_count from plow.job_view where id = %s", job) == 3
    names = "select array_agg(task_name order by task_name) from plow.past_attempt_view where job_id = %s"
    assert farm.value(names, job) == ["0001-beauty", "0002-beauty", "0003-beauty"]
    assert farm.value("select count(*) from plow.task") == 1  # of the living one


def test_pieces_are_as_small_as_asked_and_the_books_are_right_in_between(farm: Farm, job: UUID) -> None:
    assert [archive(farm, most=2) for _ in range(3)] == [2, 1, None]


def test_the_audit_is_content_with_half_an_archived_job(farm: Farm, job: UUID) -> None:
    assert archive(farm, most=2) == 2
    assert farm.faults() == []


@pytest.mark.parametrize("days", [7, 30])
def test_a_job_is_left_until_its_days_are_over(farm: Farm, job: UUID, days: int) -> None:
    farm.execute("update plow.job set stopped = '2030-01-01' where id = %s", job)
    for more, gone in ((days * 24 - 1, None), (days * 24 + 1, 3)):
        farm.execute(
            "select set_config('plow.now', (timestamptz '2030-01-01' + %s * interval '1 hour')::text, false)",
            more,
        )
        assert farm.value("select plow.archive_jobs(%s)", days) == gone


@pytest.mark.parametrize(
    "call",
    [
        "select plow.restart_job(%s, false, '')",
        "select * from plow.find_tasks(%s, null, null, null)",
        "select * from plow.find_tasks(null, array(select id from plow.layer where job_id = %s), null, null)",
    ],
)
def test_what_needs_its_tasks_is_refused_with_the_reason(farm: Farm, job: UUID, call: str) -> None:
    archive(farm)
    with pytest.raises(
        psycopg.errors.Error, match="the tasks of job 'done' are archived since 2035-01-01"
    ) as refused:
        farm.execute(call, job)
    assert refused.value.sqlstate == "PW004"


def test_a_job_that_is_started_again_meanwhile_keeps_its_tasks(farm: Farm, job: UUID) -> None:
    found: list[Any] = []
    rival = farm.beside()
    late = threading.Thread(target=lambda: found.append(archive(rival)))
    with farm.connect() as other, other.transaction():
        other.execute("select plow.restart_job(%s, false, '')", [job])
        late.start()
        wait_for_lock(farm)
    late.join()
    rival.close()

    assert found == [0]
    assert farm.value("select count(*) from plow.task where job_id = %s", job) == 3


def test_a_job_whose_process_still_lives_is_left(farm: Farm) -> None:
    job = farm.job()
    farm.book((farm.layer(job, tasks=1), farm.node(), 1))
    farm.execute("select plow.kill_job(%s, '')", job)
    assert archive(farm) is None


def test_kinds_that_nobody_asks_for_are_forgotten(farm: Farm) -> None:
    farm.execute("insert into plow.past_use (key, updated) values (plow.new_id(), '2030-01-01')")
    farm.execute("insert into plow.past_use (key, updated) values (plow.new_id(), '2034-12-01')")
    farm.execute(f"set plow.now = '{LONG_AFTER}'")
    assert farm.value("select plow.clear_past_use(730)") == 1
    assert farm.value("select count(*) from plow.past_use") == 1
