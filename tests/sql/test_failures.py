"""What the farm makes of failures: found, named, contained, and undone by one call."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from uuid import UUID

import pytest

from plow_server.database import SQL, Database
from plow_server.queries import load_queries
from tests.sql.farm import Farm, Row

MISSING = "cannot open /show/tex/wood_0037.tx"


def test_a_licence_shortage_is_one_wait_that_says_who_met_it(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=3, max_retries=0), farm.node()
    fail(farm, [(layer, node)], end="LICENSE", reason="no licence, says its log: none left")

    (wait,) = farm.execute("select * from plow.layer_view where id = %s", layer)
    assert wait["not_before_reason"] == "0001-beauty on n1: no licence, says its log: none left"
    assert farm.states(layer) == ["WAITING"] * 3
    assert farm.book((layer, node, 3)) == []
    farm.execute("select plow.retry_tasks(array[%s]::uuid[], '')", farm.tasks(layer)[0]["id"])
    assert len(farm.book((layer, node, 3))) == 3


def test_a_node_where_everything_fails_is_set_aside_until_somebody_takes_it_back(farm: Farm) -> None:
    bad, good = farm.node("r1", cores=8), farm.node("r2")
    layers = [farm.layer(farm.job(f"job{n}"), tasks=6, max_retries=9) for n in range(3)]
    fail(farm, [(layer, bad) for layer in (*layers, layers[0])])
    assert node_row(farm, bad)["state"] == "UP"

    fail(farm, [(layers[2], bad)], line=MISSING)

    row = node_row(farm, bad)
    assert row["state"] == "REPAIR"
    assert (
        row["state_reason"]
        == f"5 attempts of 3 jobs failed here in a row; the last, 0001-beauty of job2: {MISSING}"
    )
    assert farm.book((layers[0], bad, 1)) == []
    assert len(farm.book((layers[0], good, 1))) == 1
    assert blamed(farm, bad)["state"] == ("plow-server", "UP", "REPAIR")
    assert ("node", "state", "REPAIR") in events(farm)

    farm.execute("select plow.set_node_state(%s, 'UP')", bad)
    assert node_row(farm, bad)["state_reason"] is None
    assert len(farm.book((layers[1], bad, 1))) == 1


def test_a_success_begins_a_nodes_count_anew(farm: Farm) -> None:
    node, _ = farm.node("r1", cores=8), farm.node("r2")
    layers = [farm.layer(farm.job(f"job{n}"), tasks=6, max_retries=9) for n in range(3)]
    fail(farm, [(layer, node) for layer in (*layers, layers[0])])
    (proc,) = farm.book((layers[0], node, 1))
    farm.complete([proc["proc_id"]])

    fail(farm, [(layers[1], node)])

    assert node_row(farm, node)["state"] == "UP"
    assert farm.counter("node_streak", node_id=node)["failures"] == 1


@pytest.mark.parametrize("end", ["MEMORY", "RUN_TIME", "LOST", "SHUTDOWN", "RECALLED", "KILLED"])
def test_what_is_not_the_nodes_fault_is_not_counted(farm: Farm, end: str) -> None:
    node, _ = farm.node("r1", cores=8), farm.node("r2")
    layers = [farm.layer(farm.job(f"job{n}"), tasks=6, max_ram=512) for n in range(3)]

    fail(farm, [(layer, node) for layer in layers * 2], end=end)

    assert node_row(farm, node)["state"] == "UP"
    assert farm.value("select count(*) from plow.node_streak") == 0


def test_the_last_node_is_never_set_aside(farm: Farm) -> None:
    node = farm.node(cores=8)
    layers = [farm.layer(farm.job(f"job{n}"), tasks=6, max_retries=9) for n in range(3)]

    fail(farm, [(layer, node) for layer in layers * 3])

    assert node_row(farm, node)["state"] == "UP"


def test_what_fails_everywhere_sets_only_a_part_of_the_farm_aside(farm: Farm) -> None:
    nodes = [farm.node(f"r{n}", cores=8) for n in range(8)]
    layers = [farm.layer(farm.job(f"job{n}"), tasks=60, max_retries=9) for n in range(3)]
    rule(farm, job_failures=0)

    for node in nodes:
        fail(farm, [(layer, node) for layer in (*layers, *layers[:2])])

    assert sum(node_row(farm, node)["state"] == "REPAIR" for node in nodes) == 2


def test_a_job_that_fails_everywhere_is_paused_until_somebody_lets_it_go_on(farm: Farm) -> None:
    job, other = farm.job(), farm.job("other")
    layer, unharmed = farm.layer(job, tasks=20), farm.layer(other, tasks=1)
    nodes = [farm.node(f"r{n}") for n in range(5)]
    fail(farm, [(layer, node) for node in nodes + nodes[1:]])
    assert not job_row(farm, job)["paused"]

    fail(farm, [(layer, nodes[0])], line=MISSING)

    row = job_row(farm, job)
    assert row["paused"]
    assert row["pause_reason"] == (
        f"10 attempts on 5 nodes failed without one success; the last, 0005-beauty on r0: {MISSING}"
    )
    assert farm.book((layer, nodes[0], 1), (unharmed, nodes[0], 1))[0]["layer_id"] == unharmed
    assert blamed(farm, job)["paused"] == ("plow-server", "false", "true")
    assert ("job", "paused", "true") in events(farm)

    farm.execute("select plow.pause_job(%s, false)", job)
    assert (job_row(farm, job)["paused"], job_row(farm, job)["pause_reason"]) == (False, None)
    fail(farm, [(layer, nodes[1])])
    assert not job_row(farm, job)["paused"]


def test_on_a_small_farm_a_job_that_fails_on_every_node_that_could_run_it_is_paused(farm: Farm) -> None:
    job, nodes = farm.job(), [farm.node(f"r{n}") for n in range(2)]
    farm.node("busy elsewhere", tags=["other"]), farm.node("down", state="DOWN")
    layer = farm.layer(job, tasks=30, max_retries=99)
    rule(farm, avoid_after=0)
    fail(farm, [(layer, nodes[0])] * 12)
    assert not job_row(farm, job)["paused"]  # the other could run it

    fail(farm, [(layer, nodes[1])])

    assert job_row(farm, job)["pause_reason"].startswith("13 attempts on 2 nodes failed without one success;")


def test_failures_on_the_only_node_that_could_run_a_job_pause_nothing(farm: Farm) -> None:
    job, node = farm.job(), farm.node("r1")
    farm.node("of others", tags=["other"])
    layer = farm.layer(job, tasks=30, max_retries=99)

    fail(farm, [(layer, node)] * 20)

    assert not job_row(farm, job)["paused"]


def test_one_success_begins_a_jobs_count_anew(farm: Farm) -> None:
    job, nodes = farm.job(), [farm.node(f"r{n}") for n in range(5)]
    layer = farm.layer(job, tasks=30, max_retries=9)
    fail(farm, [(layer, node) for node in nodes + nodes[1:]])
    (proc,) = farm.book((layer, nodes[0], 1))
    farm.complete([proc["proc_id"]])

    fail(farm, [(layer, nodes[0])])

    assert not job_row(farm, job)["paused"]


def test_a_task_that_loses_its_nodes_is_dead_as_poison_until_somebody_retries_it(farm: Farm) -> None:
    layer = farm.layer(farm.job(), tasks=1)
    nodes = [farm.node(f"r{n}") for n in range(3)]
    for node, end in zip([nodes[0], nodes[0], nodes[1]], ["LOST", "NODE_LOST", "LOST"], strict=True):
        fail(farm, [(layer, node)], end=end)
    assert farm.states(layer) == ["WAITING"]

    fail(farm, [(layer, nodes[2])], end="NODE_LOST", reason="silent for 300 s")

    assert farm.states(layer) == ["DEAD"]
    (failure,) = [
        row for row in failures_of(farm, farm.tasks(layer)[0]["job_id"]) if "poison" in row["reason"]
    ]
    assert failure["reason"] == "poison: its node was lost under it 3 times, r0, r1, r2; silent for 300 s"
    farm.execute("select plow.retry_tasks(array[%s]::uuid[], '')", farm.tasks(layer)[0]["id"])
    fail(farm, [(layer, nodes[2])], end="LOST")
    assert farm.states(layer) == ["WAITING"]


def test_a_job_that_failed_three_times_on_a_node_stays_away_for_longer_each_time(farm: Farm) -> None:
    job, bad, good = farm.job(), farm.node("r1", cores=8), farm.node("r2", cores=8)
    layer = farm.layer(job, tasks=20, max_retries=99)
    at(farm, 0)
    fail(farm, [(layer, bad)] * 2)
    assert avoided(farm) == []
    fail(farm, [(layer, bad)], line=MISSING)

    (avoid,) = avoided(farm)
    assert (avoid["job_id"], avoid["node_id"], avoid["failures"]) == (job, bad, 3)
    assert avoid["reason"] == f"0001-beauty: {MISSING}"
    assert (farm.book((layer, bad, 1)), len(farm.book((layer, good, 1)))) == ([], 1)
    assert ("job", "avoids", "r1, " + avoid["reason"]) in events(farm)
    for seconds, tried_again in ((599, False), (601, True)):
        at(farm, seconds)
        assert (avoided(farm) == []) is tried_again
    fail(farm, [(layer, bad)])
    at(farm, 601 + 1199)
    assert len(avoided(farm)) == 1
    at(farm, 601 + 1201)
    assert avoided(farm) == []


def test_clear_avoids_lets_a_job_try_again_at_once(farm: Farm) -> None:
    job, bad, _ = farm.job(), farm.node("r1", cores=8), farm.node("r2")
    layer = farm.layer(job, tasks=20, max_retries=99)
    fail(farm, [(layer, bad)] * 3)

    farm.execute("select plow.clear_avoids(%s, null)", job)

    assert len(farm.book((layer, bad, 1))) == 1


def test_a_success_on_the_node_is_forgiveness(farm: Farm) -> None:
    bad, _ = farm.node("r1", cores=8), farm.node("r2")
    layer = farm.layer(farm.job(), tasks=20, max_retries=99)
    fail(farm, [(layer, bad)] * 2)
    (proc,) = farm.book((layer, bad, 1))
    farm.complete([proc["proc_id"]])

    fail(farm, [(layer, bad)] * 2)

    assert avoided(farm) == []


def test_a_job_with_nowhere_else_to_go_stays(farm: Farm) -> None:
    only, _ = farm.node("r1", cores=8), farm.node("r2", tags=["other"])
    layer = farm.layer(farm.job(), tasks=20, max_retries=99)

    fail(farm, [(layer, only)] * 6)

    assert avoided(farm) == []
    assert len(farm.book((layer, only, 1))) == 1


def test_avoids_of_no_use_are_swept(farm: Farm) -> None:
    job, bad, _ = farm.job(), farm.node("r1", cores=8), farm.node("r2")
    layer = farm.layer(job, tasks=20, max_retries=99)
    at(farm, 0)
    fail(farm, [(layer, bad)] * 3)
    assert farm.value("select plow.sweep_avoids()") == 0

    at(farm, 600 + 86_401)

    assert farm.value("select plow.sweep_avoids()") == 1


def test_a_failed_task_waits_for_twice_as_long_each_time(farm: Farm) -> None:
    node = farm.node()
    layer = farm.layer(farm.job(), tasks=1, max_retries=9, retry_delay_s=10, retry_most_s=25)
    now = 0
    for wait in (10, 20, 25, 25):
        at(farm, now)
        (ended,) = fail(farm, [(layer, node)])
        assert (ended["task_state"], ended["is_ready"]) == ("WAITING", False)
        at(farm, now + wait - 1)
        assert farm.value("select plow.release_later()") == 0
        assert farm.book((layer, node, 1)) == []
        now += wait
        at(farm, now)
        assert farm.value("select plow.release_later()") == 1


def test_the_farm_is_looked_at_again_when_a_task_may_be_tried(farm: Farm, db: Database) -> None:
    layer, node = farm.layer(farm.job(), tasks=1, max_retries=9, retry_delay_s=100), farm.node()
    fail(farm, [(layer, node)])

    assert 95 < db.value("farm_next_start") <= 100


@pytest.mark.parametrize("what", ["retry_tasks", "eat_tasks", "kill_job", "retry_after_depend"])
def test_what_people_do_ends_the_wait(farm: Farm, what: str) -> None:
    job, node = farm.job(), farm.node()
    layer = farm.layer(job, tasks=1, max_retries=9, retry_delay_s=1000)
    fail(farm, [(layer, node)])
    (task,) = farm.tasks(layer)

    if what == "kill_job":
        farm.execute("select plow.kill_job(%s, '')", job)
    else:
        farm.execute(
            f"select plow.{what.replace('_after_depend', '_tasks')}(array[%s]::uuid[], '')", task["id"]
        )

    assert farm.value("select count(*) from plow.later") == 0
    assert len(farm.book((layer, node, 1))) == what.startswith("retry")


def test_only_the_exit_statuses_that_the_layer_names_are_tried_again(farm: Farm) -> None:
    node, job = farm.node(cores=8), farm.job()
    layer = farm.layer(job, tasks=4, max_retries=9, retry_exits=[1, 3, 139])
    procs = [row["proc_id"] for row in farm.book((layer, node, 4))]

    for proc, status, signal in zip(procs, (3, 2, 1, 1), (0, 0, 11, 9), strict=True):
        farm.complete([proc], status=status, signal=signal)

    assert sorted(farm.states(layer)) == ["DEAD", "DEAD", "WAITING", "WAITING"]
    reasons = {row["reason"] for row in farm.execute("select reason from plow.attempt where reason <> ''")}
    assert reasons == {"exit status 2 is not tried again", "exit status 137 is not tried again"}


@pytest.mark.parametrize("end", ["RUN_TIME", "SILENCE", "LOG_ERROR", "NOT_STARTED", "MEMORY"])
def test_what_the_farm_ended_is_tried_again_unless_the_settings_say_no(farm: Farm, end: str) -> None:
    node, job = farm.node(), farm.job()
    layer = farm.layer(job, tasks=2, max_retries=9, max_ram=512, retry_exits=[3])
    fail(farm, [(layer, node)], end=end, reason="too much")
    assert farm.states(layer) == ["WAITING", "WAITING"]
    rule(farm, final_ends=[end])

    fail(farm, [(layer, node)], end=end, reason="too much")

    assert farm.states(layer) == ["DEAD", "WAITING"]
    (attempt,) = farm.execute("select * from plow.past_attempt_view where reason like '%%again'")
    assert (attempt["end_reason"], attempt["reason"]) == (end, f"too much; {end} is not tried again")


def test_failures_with_the_same_last_words_are_one_line(farm: Farm) -> None:
    job, nodes = farm.job(), [farm.node(f"r{n}") for n in range(3)]
    beauty, depth = farm.layer(job, tasks=9), farm.layer(job, tasks=2, name="depth")
    for n, node in enumerate(nodes):
        fail(farm, [(beauty, node)], line=f"cannot open /show/tex/wood_{n:04}.tx")
    fail(farm, [(depth, nodes[0])], status=3)
    (proc,) = farm.book((depth, nodes[0], 1))
    farm.complete([proc["proc_id"]])

    wood, status = failures_of(farm, job)

    assert (wood["tasks"], wood["attempts"], wood["node_count"]) == (2, 3, 3)
    assert (wood["nodes"], wood["layers"]) == (["r0", "r1", "r2"], ["beauty"])
    assert wood["failure_line"] == "cannot open /show/tex/wood_0002.tx"
    assert (status["tasks"], status["layers"]) == (1, ["depth"])


def test_the_dead_ones_alone_are_asked_for(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    layer = farm.layer(job, tasks=2, max_retries=1)
    fail(farm, [(layer, node)], line="first words")
    fail(farm, [(layer, node)], line="last words")

    assert [row["failure_line"] for row in failures_of(farm, job, dead_only=True)] == ["last words"]
    assert len(failures_of(farm, job)) == 2


def test_the_newest_failures_of_a_node_are_read_by_an_index(farm: Farm) -> None:
    node, other = farm.node("r1"), farm.node("r2")
    layers = [farm.layer(farm.job(f"job{n}"), tasks=3) for n in range(2)]
    for layer in layers:
        fail(farm, [(layer, node)], line=MISSING)
    fail(farm, [(layers[0], other)], line="else")

    query = load_queries(SQL / "queries")["failures_on_node"]
    values = {"node": "r1", "hours": 1, "most": 100}
    (row,) = farm._connection.execute(query.encode(), values).fetchall()
    farm.execute("set enable_seqscan = off")
    plan = str(farm._connection.execute(b"explain " + query.encode(), values).fetchall())

    assert (row["tasks"], row["jobs"], row["nodes"]) == (2, 2, ["r1"])
    assert "node_stopped_idx" in plan


@pytest.mark.parametrize("first", ["retry", "release"])
def test_a_task_whose_time_comes_while_somebody_retries_it_is_queued_once(farm: Farm, first: str) -> None:
    layer, node = farm.layer(farm.job(), tasks=1, max_retries=9, retry_delay_s=1), farm.node()
    at(farm, 0)
    fail(farm, [(layer, node)])
    at(farm, 60)
    (task,) = farm.tasks(layer)
    moves = {
        "retry": f"select plow.retry_tasks(array['{task['id']}']::uuid[], '')",
        "release": "select plow.release_later()",
    }
    both_at_once(farm, moves.pop(first), *moves.values())

    assert len(farm.book((layer, node, 2))) == 1


def test_who_forgives_a_job_while_it_fails_again_blocks_nobody(farm: Farm) -> None:
    job, nodes = farm.job(), [farm.node(f"r{n}", cores=8) for n in range(3)]
    layer = farm.layer(job, tasks=20, max_retries=99)
    fail(farm, [(layer, node) for node in nodes] * 3)
    farm.execute("update plow.avoid set until = plow.now()")
    procs = [row["proc_id"] for row in farm.book(*((layer, node, 1) for node in nodes))]
    ids = ",".join(f"'{proc}'" for proc in reversed(procs))

    both_at_once(
        farm,
        f"select plow.clear_avoids('{job}', null)",
        f"select plow.complete_tasks(array[{ids}]::uuid[], '{{1,1,1}}', '{{0,0,0}}', '{{EXITED,EXITED,EXITED}}',"
        " '{a,b,c}', '{1,1,1}', '{1,1,1}', '{1,1,1}', '{1,1,1}')",
    )

    assert farm.value("select sum(failures) from plow.avoid") == 3


def both_at_once(farm: Farm, first: str, second: str) -> None:
    """The second begins while the first is done and not committed."""
    beside = farm.beside()
    now = farm.value("select current_setting('plow.now', true)")
    beside.execute("select set_config('plow.now', %s, false)", now or "")
    farm.execute("begin")
    farm.execute(first)
    other = threading.Thread(target=beside.execute, args=(second,))
    other.start()
    other.join(0.2)  # it waits, or is done already
    farm.execute("commit")
    other.join(20)
    assert not other.is_alive()
    beside.close()


def fail(farm: Farm, where: Sequence[tuple[UUID, UUID]], end: str = "EXITED", **words: object) -> list[Row]:
    """Book a task for each layer and node, and end it so."""
    ended = []
    for layer, node in where:
        (proc,) = farm.book((layer, node, 1))
        status = words.get("status", 1)
        texts = {"reason": str(words.get("reason", "")), "line": str(words.get("line", ""))}
        ended += farm.complete([proc["proc_id"]], end=end, status=int(str(status)), **texts)
    return ended


def at(farm: Farm, seconds: int) -> None:
    farm.execute(
        "select set_config('plow.now', ('2030-01-01'::timestamptz + make_interval(secs => %s))::text, false)",
        seconds,
    )


def rule(farm: Farm, **columns: object) -> None:
    (column, value), *_ = columns.items()
    kind = "::text[]::plow.attempt_end[]" if isinstance(value, list) else ""
    farm.execute(f"update plow.failure_setting set {column} = %s{kind}", value)


def node_row(farm: Farm, node: UUID) -> Row:
    return farm.execute("select * from plow.node_view where id = %s", node)[0]


def job_row(farm: Farm, job: UUID) -> Row:
    return farm.execute("select * from plow.job_view where id = %s", job)[0]


def avoided(farm: Farm) -> list[Row]:
    return farm.execute("select * from plow.avoid_view")


def blamed(farm: Farm, thing: UUID) -> dict[str, tuple[str, str, str]]:
    rows = farm.execute(
        "select * from plow.blame where object_id = %s and old is not null order by id", thing
    )
    return {row["field"]: (row["actor"], row["old"], row["new"]) for row in rows}


def events(farm: Farm) -> list[tuple[str, str, str]]:
    return [
        (row["noun"], row["change"], row["new"]) for row in farm.execute("select * from plow.event_outbox")
    ]


def failures_of(farm: Farm, job: UUID, *, dead_only: bool = False) -> list[Row]:
    query = load_queries(SQL / "queries")["failures_of_job"]
    return farm._connection.execute(
        query.encode(), {"job": job, "dead_only": dead_only, "most": 1000}
    ).fetchall()
