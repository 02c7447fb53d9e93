"""Timed work: nodes are judged by silence only while somebody listened; history has its tables in time."""

from __future__ import annotations

import threading
import time

import psycopg

from tests.sql.farm import Farm, Row
from tests.sql.launching import wait_for_lock


def listened(farm: Farm, for_s: int, ago_s: int = 0) -> None:
    """A server has heard nodes for so long, until so long ago."""
    farm.execute(
        "insert into plow.listening (since, until) values (plow.now() - make_interval(secs => %s),"
        " plow.now() - make_interval(secs => %s))",
        for_s + ago_s, ago_s,
    )  # fmt: skip


def silent(farm: Farm, seconds: int) -> None:
    farm.execute("update plow.node_report set updated = plow.now() - make_interval(secs => %s)", seconds)


def test_a_silent_node_goes_down(farm: Farm) -> None:
    farm.node()
    silent(farm, 40)
    listened(farm, for_s=3600)

    assert farm.execute("select plow.sweep_silent(30, 10) as name") == [{"name": "n1"}]
    assert farm.value("select state from plow.node") == "DOWN"
    assert farm.execute("select plow.sweep_silent(30, 10)") == []


def test_a_node_that_pings_stays_up(farm: Farm) -> None:
    farm.node()
    silent(farm, 20)
    listened(farm, for_s=3600)
    assert farm.execute("select plow.sweep_silent(30, 10)") == []


def test_nobody_is_judged_by_a_silence_in_which_we_were_deaf(farm: Farm) -> None:
    farm.node()
    silent(farm, 400)
    listened(farm, for_s=20)
    assert farm.execute("select plow.sweep_silent(30, 10)") == []


def test_nobody_is_judged_while_nobody_listens(farm: Farm) -> None:
    farm.node()
    silent(farm, 400)
    assert farm.execute("select plow.sweep_silent(30, 10)") == []
    listened(farm, for_s=3600, ago_s=20)
    assert farm.execute("select plow.sweep_silent(30, 10)") == []


def test_listening_begins_anew_after_a_gap(farm: Farm) -> None:
    listened(farm, for_s=3600, ago_s=5)
    farm.execute("select plow.keep_listening(10)")
    assert farm.value("select until - since > interval '1 hour' from plow.listening")
    farm.execute("update plow.listening set until = until - interval '11 s'")
    farm.execute("select plow.keep_listening(10)")
    assert farm.value("select until - since < interval '5 s' from plow.listening")


def test_procs_of_a_lost_node_are_found(farm: Farm) -> None:
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1), farm.node(), 1))
    silent(farm, 400)
    listened(farm, for_s=3600)
    assert farm.execute("select plow.sweep_lost(300, 10)") == []  # booked after it fell silent
    farm.execute("update plow.proc set created = created - interval '301 s'")
    assert farm.execute("select plow.sweep_lost(300, 10) as id") == [{"id": proc["proc_id"]}]


def test_each_month_gets_a_history_table_in_time(farm: Farm) -> None:
    farm.execute("set plow.now = '2030-12-15T12:00:00Z'")
    made = farm.execute("select plow.sweep_partitions(2) as name")
    assert [row["name"] for row in made] == ["attempt_2030_12", "attempt_2031_01", "attempt_2031_02"]
    assert farm.execute("select plow.sweep_partitions(2)") == []


def test_a_month_that_has_begun_in_the_default_table_stays_there(farm: Farm) -> None:
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1), farm.node(), 1))
    farm.complete([proc["proc_id"]])
    assert len(farm.execute("select plow.sweep_partitions(2)")) == 2


def test_a_result_that_comes_while_a_month_gets_its_table_is_stored(farm: Farm) -> None:
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1), farm.node(), 1))
    with farm.connect() as other:
        other.execute("begin")
        other.execute("select plow.sweep_partitions(2)")
        waiting = threading.Thread(target=lambda: farm.complete([proc["proc_id"]]))
        waiting.start()
        until_one_waits(other)  # not by the farm's own session: that one is in use
        other.execute("commit")
        waiting.join()
    assert farm.value("select tableoid::regclass::text from plow.attempt") != "plow.attempt_default"


def until_one_waits(connection: psycopg.Connection[Row]) -> None:
    """Until another session waits for a lock."""
    deadline = time.monotonic() + 10
    query = "select from pg_locks join pg_database on oid = database and datname = current_database() where not granted"
    while not connection.execute(query).fetchall():
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.01)


def test_a_node_that_pings_while_it_is_judged_stays_up(farm: Farm) -> None:
    node = farm.node()
    silent(farm, 40)
    listened(farm, for_s=3600)
    down: list[object] = []
    other, rival = farm.connect(), farm.connect()
    late = threading.Thread(
        target=lambda: down.extend(rival.execute("select plow.sweep_silent(30, 10)").fetchall())
    )

    with other.transaction():
        other.execute("select plow.lock_rows(null, null, null, null, array[%s::uuid])", (node,))
        other.execute("update plow.node_report set updated = plow.now()")
        late.start()
        wait_for_lock(farm)
    late.join()
    other.close()
    rival.close()

    assert down == []
    assert farm.value("select state from plow.node") == "UP"


def test_what_was_booked_lately_is_not_lost_with_its_node(farm: Farm) -> None:
    farm.book((farm.layer(farm.job(), tasks=1), farm.node(), 1))
    silent(farm, 400)
    listened(farm, for_s=3600)

    assert farm.execute("select plow.sweep_lost(300, 10)") == []
