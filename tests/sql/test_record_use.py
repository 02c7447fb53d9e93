"""record_use, confirm_procs: what a node says of its procs, and what comes too late."""

from __future__ import annotations

from uuid import UUID, uuid4

from tests.sql.farm import Farm


def record(farm: Farm, procs: list[UUID], rss: int = 100, progress: int = 10, line: str = "") -> None:
    n = len(procs)
    farm.execute(
        "select plow.record_use(%s, %s::int[], %s::int[], %s::float8[], %s::float8[], %s::int[],"
        " %s::text[], %s::bigint[])",
        procs, [rss] * n, [rss] * n, [1.5] * n, [2.0] * n, [progress] * n, [line] * n, [1, 2, 3, 4] * n,
    )  # fmt: skip


def booked(farm: Farm, n: int) -> list[UUID]:
    return [row["proc_id"] for row in farm.book((farm.layer(farm.job(), tasks=n), farm.node(), n))]


def test_use_is_kept_for_each_proc(farm: Farm) -> None:
    procs = booked(farm, 2)
    record(farm, procs, line="Frame 1")

    rows = farm.execute("select * from plow.proc_use")
    assert {row["proc_id"] for row in rows} == set(procs)
    assert [(row["rss"], row["last_log"], row["io"]) for row in rows] == [(100, "Frame 1", [1, 2, 3, 4])] * 2


def test_the_highest_stays(farm: Farm) -> None:
    procs = booked(farm, 1)
    record(farm, procs, rss=900)
    record(farm, procs, rss=300, progress=150)

    assert farm.execute("select rss, high_rss, progress from plow.proc_use") == [
        {"rss": 300, "high_rss": 900, "progress": 100}
    ]


def test_a_row_that_says_the_same_is_not_written(farm: Farm) -> None:
    procs = booked(farm, 1)
    record(farm, procs)
    before = farm.value("select ctid::text from plow.proc_use")
    record(farm, procs)
    assert farm.value("select ctid::text from plow.proc_use") == before


def test_a_proc_that_has_ended_leaves_nothing(farm: Farm) -> None:
    procs = booked(farm, 1)
    farm.complete(procs)
    record(farm, [*procs, uuid4()])
    assert farm.execute("select * from plow.proc_use") == []


def test_what_was_left_behind_is_swept_after_a_while(farm: Farm) -> None:
    (proc,) = procs = booked(farm, 1)
    record(farm, procs)
    fresh, old = uuid4(), uuid4()
    farm.execute(
        "insert into plow.proc_use (proc_id, updated) values (%s, plow.now()), (%s, plow.now())", fresh, old
    )
    farm.execute(
        "update plow.proc_use set updated = plow.now() - interval '2 min' where proc_id <> %s", fresh
    )

    assert farm.value("select plow.sweep_use()") == 1
    assert {row["proc_id"] for row in farm.execute("select proc_id from plow.proc_use")} == {proc, fresh}


def test_only_booked_procs_are_confirmed(farm: Farm) -> None:
    running, killed = procs = booked(farm, 2)
    farm.execute("update plow.proc set state = 'KILLING', kill_signal = 669 where id = %s", killed)
    farm.execute(
        "select plow.move_tasks(array(select task_id from plow.proc where id = %s), 'WAITING')", killed
    )
    farm.execute("select plow.confirm_procs(%s)", [*procs, uuid4()])

    states = farm.execute("select id, state, confirmed is not null as at from plow.proc")
    assert {row["id"]: (row["state"], row["at"]) for row in states} == {
        running: ("RUNNING", True),
        killed: ("KILLING", False),
    }
