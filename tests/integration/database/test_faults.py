"""What the database layer does when PostgreSQL drops, hangs, or two of us collide."""

import logging
import os
import signal
import threading
import time

import psycopg
import pytest

from plow_client.errors import Unavailable
from plow_server.database import Database, Patience, connect_dedicated

QUERIES = {
    "pid": "select pg_backend_pid()",
    "take": "update pair set n = n + 1 where id = %(id)s returning n",
    "pairs": "select id, n from pair order by id",
    "hold": "select pg_advisory_lock(1)",
    "held": "select count(*) from pg_locks where locktype = 'advisory'",
    "notify": "select pg_notify('farm', %(payload)s)",
    "setting": "select current_setting(%(name)s)",
    "end_backends": "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid()",
}


@pytest.fixture
def address(postgres):
    with postgres.scratch() as made:
        with psycopg.connect(made) as connection:
            connection.execute("create schema plow; create table plow.pair (id int primary key, n int)")
            connection.execute("insert into plow.pair values (1, 0), (2, 0)")
        yield made


def test_of_two_that_lock_crosswise_both_get_through(address):
    both_hold_one = threading.Barrier(2)
    tries = []

    def cross(db, first, second):
        def work(transaction):
            tries.append(first)
            transaction.run("take", id=first)
            if len(tries) <= 2:
                both_hold_one.wait(10)
            transaction.run("take", id=second)

        db.atomically(work)

    with Database(address, queries=QUERIES, max_size=2) as db:
        threads = [threading.Thread(target=cross, args=(db, *order)) for order in ((1, 2), (2, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [row["n"] for row in db.all("pairs")] == [2, 2]
    assert len(tries) > 2


def test_a_dropped_connection_is_not_noticed_by_the_caller(address):
    with Database(address, queries=QUERIES, min_size=3) as db, Database(address, queries=QUERIES) as other:
        before = db.value("pid")
        other.value("end_backends")
        assert db.value("pid") != before


def test_a_connection_that_drops_inside_a_transaction_repeats_the_whole(address):
    starts = []

    def work(transaction):
        starts.append(transaction.value("pid"))
        transaction.run("take", id=1)
        if len(starts) == 1:
            with psycopg.connect(address, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s, 5000)", (starts[0],))
        transaction.run("take", id=2)

    with Database(address, queries=QUERIES) as db:
        db.atomically(work)
        assert [row["n"] for row in db.all("pairs")] == [1, 1]
    assert len(set(starts)) == 2


def test_a_database_that_drops_again_and_again_is_unavailable(address):
    def work(transaction):
        pid = transaction.value("pid")
        with psycopg.connect(address, autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        transaction.run("take", id=1)

    with Database(address, queries=QUERIES) as db, pytest.raises(Unavailable, match="out of reach"):
        db.atomically(work)


def test_a_call_outlasts_a_short_absence_of_the_database_which_is_told_once(postgres, address, caplog):
    caplog.set_level(logging.INFO, "plow_server")
    name = address.rpartition("/")[2]

    def let_in(yes):
        with psycopg.connect(postgres.address(), autocommit=True) as admin:
            admin.execute(f"alter database {name} allow_connections {yes}")
            if not yes:
                admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,)
                )

    with Database(address, queries=QUERIES, patience=Patience(reconnect_s=0.05)) as db:
        db.value("pid")
        let_in(False)
        answers = []
        callers = [threading.Thread(target=lambda: answers.append(db.value("pid"))) for _ in range(3)]
        for caller in callers:
            caller.start()
        deadline = time.monotonic() + 10
        while "database out of reach" not in caplog.text and time.monotonic() < deadline:
            time.sleep(0.01)
        let_in(True)
        for caller in callers:
            caller.join()
    assert len(answers) == 3
    messages = [record.message for record in caplog.records]
    assert messages.count("database out of reach pool=plow-server") == 1
    assert messages.count("database back pool=plow-server") == 1


@pytest.fixture
def stopped():
    """Stops a backend; what was stopped goes on at the end, so that the server can end."""
    pids = []

    def stop(pid):
        os.kill(pid, signal.SIGSTOP)
        pids.append(pid)

    yield stop
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def test_a_backend_that_hangs_is_cut_off_and_another_takes_over(address, stopped):
    starts = []

    def work(transaction):
        starts.append(transaction.value("pid"))
        if len(starts) == 1:
            stopped(starts[0])
        return transaction.value("pid")

    with Database(address, queries=QUERIES, patience=Patience(hung_s=0.3)) as db:
        assert db.atomically(work) == starts[1] != starts[0]


def test_an_idle_connection_that_hangs_is_not_handed_out(address, stopped):
    with Database(address, queries=QUERIES, patience=Patience(hung_s=0.3)) as db:
        before = db.value("pid")
        stopped(before)
        assert db.value("pid") != before


def test_a_session_of_ones_own_keeps_its_locks_and_hears_what_is_notified(address):
    with Database(address, queries=QUERIES) as db:
        with connect_dedicated(address, name="leader", queries=QUERIES) as leader:
            leader.run("hold")
            leader.listen("farm")
            assert db.value("held") == 1
            assert leader.heard(0) == []
            db.run("notify", payload="x")
            assert leader.heard(10) == [("farm", "x")]
            assert leader.value("setting", name="plan_cache_mode") == "force_generic_plan"
            with leader.transaction() as transaction:
                transaction.run("take", id=1)
        deadline = time.monotonic() + 10  # the session's end is told, not waited for
        while db.value("held") and time.monotonic() < deadline:
            time.sleep(0.01)
        assert db.value("held") == 0
        assert db.all("pairs")[0]["n"] == 1


def test_a_session_of_ones_own_that_drops_is_told_to_its_owner(address):
    with connect_dedicated(address, name="leader", queries=QUERIES) as leader:
        with Database(address, queries=QUERIES) as db:
            db.value("end_backends")
        with pytest.raises(Unavailable):
            leader.value("pid")
        assert not leader.is_open


def test_a_session_of_ones_own_that_cannot_be_had_is_unavailable():
    with pytest.raises(Unavailable, match="out of reach"):
        connect_dedicated("host=127.0.0.1 port=1 dbname=x", name="leader", queries={})
