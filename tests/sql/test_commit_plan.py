"""commit_plan: books what fits, in plan order, and nothing else."""

from __future__ import annotations

import threading

import psycopg
import pytest

from tests.sql.farm import Farm


def test_a_plan_is_booked_in_task_order(farm: Farm) -> None:
    node, layer = farm.node(cores=4), farm.layer(farm.job(), tasks=5)

    booked = farm.book((layer, node, 3))

    assert len(booked) == 3
    assert farm.states(layer) == ["RUNNING"] * 3 + ["WAITING"] * 2
    assert [task["retries"] for task in farm.tasks(layer)] == [0, 0, 0, -1, -1]
    assert farm.counter("node_counter", node_id=node)["idle_cores"] == 1
    assert farm.counter("layer_counter", layer_id=layer)["ready"] == 2


def test_two_entries_of_one_layer_share_its_tasks(farm: Farm) -> None:
    first, second, layer = farm.node("n1"), farm.node("n2"), farm.layer(farm.job(), tasks=3)

    booked = farm.book((layer, first, 2), (layer, second, 2))

    assert [row["node_id"] for row in booked] == [first, first, second]
    assert len({row["task_id"] for row in booked}) == 3


def test_two_layers_on_one_node_share_its_cores(farm: Farm) -> None:
    job, node = farm.job(), farm.node(cores=4)
    first, second = farm.layer(job, tasks=3, name="a"), farm.layer(job, tasks=3, name="b")

    booked = farm.book((first, node, 3), (second, node, 3))

    assert [row["layer_id"] for row in booked] == [first] * 3 + [second]


def test_memory_is_counted_as_cores_are(farm: Farm) -> None:
    node, layer = farm.node(cores=8, ram=1200), farm.layer(farm.job(), tasks=5, min_ram=512)

    assert len(farm.book((layer, node, 5))) == 2
    assert farm.counter("node_counter", node_id=node)["idle_ram"] == 176


def test_two_layers_on_one_node_share_its_memory(farm: Farm) -> None:
    job, node = farm.job(), farm.node(cores=8, ram=2000)
    first, second = (farm.layer(job, tasks=3, name=name, min_ram=512) for name in "ab")

    booked = farm.book((first, node, 2), (second, node, 2))

    assert [row["layer_id"] for row in booked] == [first, first, second]


@pytest.mark.parametrize(
    "obstacle",
    [
        "update plow.job set state = 'POST'",
        "update plow.job set paused = true",
        "update plow.node set is_locked = true",
        "update plow.node set state = 'DOWN'",
        "update plow.node set state = 'REPAIR'",
        "update plow.node set tags = '{gpu}'",
        "update plow.node_report set is_draining = true",
        "update plow.cluster set is_locked = true",
        "update plow.quota set is_locked = true",
        "update plow.quota_counter set burst = 0",
        "update plow.folder set max_cores = 0",
        "update plow.job set max_cores = 0",
        "update plow.node_counter set idle_cores = 0, cores = 0",
    ],
)
def test_nothing_is_booked_against_a_rule(farm: Farm, obstacle: str) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=2)
    farm.execute(obstacle)

    assert farm.book((layer, node, 2)) == []
    assert farm.states(layer) == ["WAITING"] * 2


def test_what_ran_until_now_counts_as_used_before_more_is_booked(farm: Farm) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=4, min_cores=2)
    farm.execute("select set_config('plow.now', '2030-01-01 12:00+00', false)")
    farm.book((layer, node, 1))
    farm.execute("select set_config('plow.now', '2030-01-01 12:01+00', false)")
    farm.book((layer, node, 1))

    assert farm.value("select used_core_s from plow.quota_counter") == pytest.approx(2 * 60, rel=0.01)


@pytest.mark.parametrize(
    "cap",
    [
        "update plow.quota_counter set burst = 5",
        "update plow.folder set max_cores = 5",
        "update plow.job set max_cores = 5",
    ],
)
def test_a_cap_is_filled_and_never_passed(farm: Farm, cap: str) -> None:
    node, layer = farm.node(cores=16), farm.layer(farm.job(), tasks=8, min_cores=2)
    farm.execute(cap)

    assert len(farm.book((layer, node, 8))) == 2
    assert farm.book((layer, node, 8)) == []


def test_a_plan_for_what_is_not_there_books_nothing(farm: Farm) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=1)

    assert farm.book((farm.project, node, 1)) == []
    assert farm.book((layer, farm.project, 1)) == []


def test_ragged_arrays_are_refused(farm: Farm) -> None:
    with pytest.raises(psycopg.DatabaseError, match="as many nodes") as refused:
        farm.execute("select * from plow.commit_plan(array[plow.new_id()], '{}'::uuid[], '{}'::int[])")
    assert refused.value.sqlstate == "PW003"


def test_a_single_slot_node_gives_itself_to_one_task(farm: Farm) -> None:
    node, layer = farm.node(cores=4, ram=4000, slot_mode="SINGLE"), farm.layer(farm.job(), tasks=3)

    (proc,) = farm.book((layer, node, 3))

    assert (proc["cores"], proc["ram"]) == (4, 4000)


@pytest.mark.parametrize(
    ("slot", "wants", "size"), [((2, 4096), (1, 512), (2, 4096)), ((1, 1000), (2, 1500), (2, 2000))]
)
def test_a_slotted_node_gives_whole_slots(
    farm: Farm, slot: tuple[int, int], wants: tuple[int, int], size: tuple[int, int]
) -> None:
    node = farm.node(cores=2, ram=7712, slot_mode="SLOTS", slot_cores=slot[0], slot_ram=slot[1])
    layer = farm.layer(farm.job(), tasks=1, min_cores=wants[0], min_ram=wants[1])

    (proc,) = farm.book((layer, node, 1))

    assert (proc["cores"], proc["ram"]) == size


def test_slots_beyond_all_measure_do_not_fit_and_break_nothing(farm: Farm) -> None:
    most = 2**31 - 1
    node = farm.node(cores=8, slot_mode="SLOTS", slot_cores=most, slot_ram=1)

    assert farm.book((farm.layer(farm.job(), tasks=1, min_ram=most, max_ram=most), node, 1)) == []


def test_a_task_whose_killed_process_lives_on_is_not_booked(farm: Farm) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=1)
    (proc,) = farm.book((layer, node, 1))
    farm.execute("update plow.proc set state = 'KILLING', kill_signal = 669")
    farm.execute("select plow.move_tasks(array[%s], 'WAITING')", proc["task_id"])

    assert farm.states(layer) == ["WAITING"]
    assert farm.book((layer, node, 1)) == []
    (ended,) = farm.complete([proc["proc_id"]], end="KILLED")
    assert ended["is_ready"]
    assert len(farm.book((layer, node, 1))) == 1


@pytest.mark.parametrize(
    ("layer", "wanted", "gets"),
    [
        ({"threadable": True}, 3, 3),
        ({"threadable": True}, 9, 6),
        ({"threadable": True}, 0, 2),
        ({"threadable": False}, 5, 2),
        ({"threadable": True, "whole_node": True}, 5, 16),
    ],
)
def test_a_threadable_layer_gets_the_cores_of_the_plan_up_to_its_most(
    farm: Farm, layer: dict[str, bool], wanted: int, gets: int
) -> None:
    node, asks = farm.node(cores=16), farm.layer(farm.job(), tasks=1, min_cores=2, max_cores=6, **layer)

    plan = "select cores from plow.commit_plan(array[%s::uuid], array[%s::uuid], '{1}', array[%s])"
    assert farm.value(plan, asks, node, wanted) == gets


def test_a_slotted_node_gives_no_spare_cores(farm: Farm) -> None:
    node = farm.node(cores=16, slot_mode="SLOTS", slot_cores=2, slot_ram=1024)
    layer = farm.layer(farm.job(), tasks=1, min_cores=2, max_cores=6, threadable=True)

    plan = "select cores from plow.commit_plan(array[%s::uuid], array[%s::uuid], '{1}', '{5}')"
    assert farm.value(plan, layer, node) == 2


def test_two_plans_at_once_do_not_book_a_core_twice(farm: Farm) -> None:
    node, layer = farm.node(cores=4), farm.layer(farm.job(), tasks=8)
    first, second = farm.connect(), farm.connect()
    plan = "select * from plow.commit_plan(%s::uuid[], %s::uuid[], %s::int[])"
    booked: list[int] = []

    with first, second:
        first.execute("begin")
        first.execute(plan, ([layer], [node], [3]))
        late = threading.Thread(
            target=lambda: booked.append(len(second.execute(plan, ([layer], [node], [3])).fetchall()))
        )
        late.start()
        wait_until_blocked(farm, second)
        first.execute("commit")
        late.join()

    assert booked == [1]
    assert farm.states(layer).count("RUNNING") == 4


def test_a_pause_that_commits_first_wins(farm: Farm) -> None:
    node, job = farm.node(), farm.job()
    layer = farm.layer(job, tasks=2)
    other, dispatcher = farm.connect(), farm.connect()
    booked: list[int] = []

    with other, dispatcher:
        other.execute("begin")
        other.execute("select plow.lock_rows(null, null, array[%s], null, null)", (job,))
        other.execute("update plow.job set paused = true where id = %s", (job,))
        plan = "select * from plow.commit_plan(%s::uuid[], %s::uuid[], %s::int[])"
        late = threading.Thread(
            target=lambda: booked.append(len(dispatcher.execute(plan, ([layer], [node], [2])).fetchall()))
        )
        late.start()
        wait_until_blocked(farm, dispatcher)
        other.execute("commit")
        late.join()

    assert booked == [0]


def wait_until_blocked(farm: Farm, waiting: psycopg.Connection[dict[str, object]]) -> None:
    """Until the session waits for a lock; a database that never blocks it fails the test by its timeout."""
    while not farm.value("select cardinality(pg_blocking_pids(%s)) > 0", waiting.info.backend_pid):
        pass
