"""complete_tasks: ends attempts once, judges their tasks, and gives back what they held."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from tests.sql.farm import Farm


def test_success_gives_everything_back(farm: Farm) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=2)
    (proc,) = farm.book((layer, node, 1))

    (ended,) = farm.complete([proc["proc_id"]])

    assert (ended["task_state"], ended["job_finished"]) == ("SUCCEEDED", False)
    idle = farm.counter("node_counter", node_id=node)
    assert (idle["idle_cores"], idle["idle_ram"], idle["run_procs"]) == (4, 8192, 0)
    assert farm.counter("quota_counter", quota_id=farm.quota)["run_cores"] == 0


def test_the_same_result_twice_counts_once(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=2), farm.node()
    (proc,) = farm.book((layer, node, 1))
    farm.complete([proc["proc_id"]])

    assert farm.complete([proc["proc_id"]], status=1) == []
    assert farm.states(layer) == ["SUCCEEDED", "WAITING"]


def test_a_late_result_does_not_touch_the_next_attempt(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=1), farm.node()
    (old,) = farm.book((layer, node, 1))
    farm.complete([old["proc_id"]], end="NODE_LOST")
    (new,) = farm.book((layer, node, 1))

    assert farm.complete([old["proc_id"]]) == []
    assert farm.states(layer) == ["RUNNING"]
    assert new["proc_id"] != old["proc_id"]


def test_a_failure_is_tried_again_and_then_dead(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=1, max_retries=1), farm.node()
    states = []
    for _ in range(2):
        (proc,) = farm.book((layer, node, 1))
        (ended,) = farm.complete([proc["proc_id"]], status=3)
        states.append(ended["task_state"])

    assert states == ["WAITING", "DEAD"]
    (task,) = farm.tasks(layer)
    assert (task["exit_status"], task["exit_signal"], task["retries"], task["failures"]) == (3, 0, 1, 2)


@pytest.mark.parametrize(
    ("end", "shown"), [("LOST", 668), ("NODE_LOST", 671), ("SHUTDOWN", 86), ("KILLED", 9)]
)
def test_a_loss_costs_no_retry(farm: Farm, end: str, shown: int) -> None:
    layer, node = farm.layer(farm.job(), tasks=1, max_retries=0), farm.node()
    (proc,) = farm.book((layer, node, 1))

    (ended,) = farm.complete([proc["proc_id"]], status=1, signal=9, end=end)

    (task,) = farm.tasks(layer)
    assert (ended["task_state"], task["failures"], task["losses"]) == ("WAITING", 0, 1)
    assert task["exit_signal"] == shown


def test_a_task_lost_ten_times_is_dead(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=1), farm.node()
    for _ in range(10):
        (proc,) = farm.book((layer, node, 1))
        (ended,) = farm.complete([proc["proc_id"]], end="LOST")

    assert ended["task_state"] == "DEAD"


def test_an_aborted_booking_leaves_no_trace(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=1), farm.node()
    (proc,) = farm.book((layer, node, 1))

    farm.complete([proc["proc_id"]], end="ABORTED")

    (task,) = farm.tasks(layer)
    assert (task["state"], task["retries"], task["losses"]) == ("WAITING", -1, 0)
    assert farm.value("select count(*) from plow.attempt") == 0


def test_the_last_success_finishes_the_job_and_frees_its_name(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    layer = farm.layer(job, tasks=2)
    first, second = farm.book((layer, node, 2))

    farm.complete([first["proc_id"]])
    (ended,) = farm.complete([second["proc_id"]])

    (row,) = farm.execute("select * from plow.job where id = %s", job)
    assert ended["job_finished"]
    assert (row["state"], row["active_name"]) == ("FINISHED", None)
    assert row["stopped"] is not None


def test_a_dead_task_keeps_its_job_alive(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    layer = farm.layer(job, tasks=1, max_retries=0)
    (proc,) = farm.book((layer, node, 1))

    (ended,) = farm.complete([proc["proc_id"]], status=1)

    assert (ended["task_state"], ended["job_finished"]) == ("DEAD", False)


def test_the_end_of_a_job_starts_its_post_job(farm: Farm) -> None:
    job, post, node = farm.job(), farm.job("shot__post", state="POST"), farm.node()
    layer, after = farm.layer(job, tasks=1), farm.layer(post, tasks=1)
    farm.execute("insert into plow.job_post values (%s, %s)", job, post)

    assert farm.book((after, node, 1)) == []
    farm.run_all(layer, node)
    assert len(farm.book((after, node, 1))) == 1


def test_history_keeps_each_attempt(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=1), farm.node("r12")
    for status in (1, 0):
        (proc,) = farm.book((layer, node, 1))
        farm.complete([proc["proc_id"]], status=status, high_ram=300, clock_ms=1500)

    attempts = farm.execute("select * from plow.attempt order by number")
    assert [(row["number"], row["exit_status"], row["node"]) for row in attempts] == [
        (0, 1, "r12"),
        (1, 0, "r12"),
    ]
    assert [row["log_path"] for row in attempts] == ["/logs/0001-beauty.0.log", "/logs/0001-beauty.1.log"]
    assert {row["clock_ms"] for row in attempts} == {1500}


def test_statistics_are_sample_statistics_of_successes(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=4, min_cores=2), farm.node(cores=8)
    procs = [row["proc_id"] for row in farm.book((layer, node, 4))]
    farm.complete(procs[:1], clock_ms=1000, high_ram=100)
    farm.execute(  # two at once, to see that samples are merged
        "select * from plow.complete_tasks(%s::uuid[], '{0,0}', '{0,0}', '{EXITED,EXITED}', array['', ''],"
        " '{200,600}', '{1,1}', '{2000,6000}', '{1,1}')",
        procs[1:3],
    )
    farm.complete(procs[3:], status=1, clock_ms=50000, high_ram=900)

    stat = farm.counter("layer_stat", layer_id=layer)
    assert (stat["n"], stat["ram_avg"], stat["ram_high"]) == (3, 300.0, 900)
    assert (stat["ram_m2"] / 2) ** 0.5 == pytest.approx(
        264.575, abs=0.01
    )  # sample deviation of 100, 200, 600
    assert (stat["clock_time_avg"], stat["clock_time_low"], stat["clock_time_high"]) == (3000.0, 1000, 50000)
    assert (stat["core_time_success"], stat["core_time_fail"]) == (18000, 100000)


@pytest.mark.parametrize("reasons", ["'{}'", "null"])
def test_ragged_results_are_refused(farm: Farm, reasons: str) -> None:
    (row,) = farm.book((farm.layer(farm.job(), tasks=1), farm.node(), 1))
    with pytest.raises(psycopg.DatabaseError, match="as many values of each kind") as refused:
        farm.execute(
            "select * from plow.complete_tasks(array[%s::uuid], '{0}', '{0}', '{EXITED}',"
            f" {reasons}, '{{0}}', '{{0}}', '{{0}}', '{{0}}')",
            row["proc_id"],
        )
    assert refused.value.sqlstate == "PW003"


def test_unknown_procs_are_passed_over(farm: Farm) -> None:
    assert farm.complete([UUID(int=1)]) == []


def test_a_killed_and_eaten_task_stays_eaten_when_its_process_ends(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    layer = farm.layer(job, tasks=2)
    (proc,) = farm.book((layer, node, 1))
    farm.execute("update plow.proc set state = 'KILLING', kill_signal = 669, kill_reason = 'not needed'")
    farm.execute("select plow.move_tasks(array[%s], 'EATEN')", proc["task_id"])

    (ended,) = farm.complete([proc["proc_id"]], status=1, signal=15, end="KILLED")

    assert (ended["task_state"], ended["is_ready"]) == ("EATEN", False)
    assert farm.value("select (exit_signal, reason) = (669, 'not needed') from plow.attempt")


def test_a_proc_named_twice_in_one_call_ends_once(farm: Farm) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=2)
    (booked,) = farm.book((layer, node, 1))

    assert len(farm.complete([booked["proc_id"], booked["proc_id"]])) == 1
    assert farm.states(layer) == ["SUCCEEDED", "WAITING"]


def test_a_success_by_status_that_died_of_a_signal_is_a_failure(farm: Farm) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=1)
    (booked,) = farm.book((layer, node, 1))

    farm.complete([booked["proc_id"]], status=0, signal=11)

    (task,) = farm.tasks(layer)
    assert (task["state"], task["exit_status"], task["exit_signal"], task["failures"]) == (
        "WAITING",
        1,
        11,
        1,
    )


@pytest.mark.parametrize("end", ["MEMORY", "NOT_STARTED"])
def test_a_task_that_cannot_run_uses_up_its_retries(farm: Farm, end: str) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=1, max_retries=0, max_ram=512)
    (booked,) = farm.book((layer, node, 1))

    farm.complete([booked["proc_id"]], status=1, end=end)

    assert farm.states(layer) == ["DEAD"]


def test_the_last_success_beside_eaten_tasks_finishes_the_job(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    layer = farm.layer(job, tasks=2)
    (booked,) = farm.book((layer, node, 1))
    farm.execute("select plow.eat_tasks(%s, '')", [farm.tasks(layer)[1]["id"]])

    (ended,) = farm.complete([booked["proc_id"]])

    assert ended["job_finished"]


def test_whoever_waits_for_a_whole_job_is_to_be_released_at_its_end(farm: Farm) -> None:
    first, second, node = farm.job("first"), farm.job("second"), farm.node()
    layer = farm.layer(first, tasks=1)
    farm.layer(second, tasks=1)
    farm.depend("JOB_ON_JOB", dependent_job_id=second, on_job_id=first)
    (booked,) = farm.book((layer, node, 1))

    (ended,) = farm.complete([booked["proc_id"]])

    assert ended["has_dependents"]


def test_the_task_of_a_killed_job_is_not_ready_when_its_process_ends(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    (booked,) = farm.book((farm.layer(job, tasks=1), node, 1))
    farm.execute("select plow.kill_job(%s, '')", job)

    (ended,) = farm.complete([booked["proc_id"]], end="KILLED")

    assert (ended["task_state"], ended["is_ready"]) == ("WAITING", False)


def test_a_failure_asks_for_no_release(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    a, b = farm.layer(job, tasks=1, name="a"), farm.layer(job, tasks=1, name="b")
    (task,) = farm.tasks(a)
    sides = {"dependent_layer_id": b, "dependent_job_id": job, "on_job_id": job}
    farm.depend("LAYER_ON_TASK", on_layer_id=a, on_task_id=task["id"], **sides)
    (booked,) = farm.book((a, node, 1))

    (ended,) = farm.complete([booked["proc_id"]], status=1)

    assert not ended["has_dependents"]
