"""A deadlock in a storm is told with both statements, and where in their functions they stood."""

from __future__ import annotations

import threading
import time
from uuid import UUID

import psycopg

from benchmarks.deadlocks import DeadlockLog, tell_of_waits
from tests.postgres import Postgres
from tests.sql.farm import Farm, Row

LOCK = "select plow.lock_rows(null, null, array[%s::uuid], null, null)"
PAUSE = "select plow.pause_job(%s, true)"


def wait_for_word(postgres: Postgres, word: str) -> None:
    deadline = time.monotonic() + 30
    while word not in postgres.log_file.read_text(errors="replace"):
        assert time.monotonic() < deadline, f"the log does not say '{word}'"
        time.sleep(0.01)


def test_the_log_tells_both_statements_of_a_deadlock_and_who_called_them(
    farm: Farm, postgres: Postgres
) -> None:
    first, second = farm.job("a"), farm.job("b")
    tell_of_waits(farm.dsn)
    log = DeadlockLog(postgres.log_file)
    assert log.found() == []

    one, other = farm.connect(), farm.connect()
    errors: list[psycopg.Error] = []

    def pause(session: psycopg.Connection[Row], job: UUID) -> None:
        try:
            session.execute(PAUSE.encode(), [job])
        except psycopg.Error as error:
            errors.append(error)
        session.rollback()

    for session, job in ((one, first), (other, second)):
        session.autocommit = False
        session.execute(LOCK.encode(), [job])
    late = threading.Thread(target=pause, args=(other, first))
    late.start()
    wait_for_word(postgres, f"[{other.info.backend_pid}] LOG:  process")
    pause(one, second)
    late.join()
    for session in (one, other):
        session.close()

    assert [type(error) for error in errors] == [psycopg.errors.DeadlockDetected]
    (told,) = log.found()
    assert "deadlock detected" in told
    assert told.count("select plow.pause_job($1, true)") >= 2
    assert told.count("PL/pgSQL function plow.pause_job(uuid,boolean) line 3 at PERFORM") == 2
