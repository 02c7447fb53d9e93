"""Two connections at once about what is scarce: devices, places on a node, limits, pools, nodes that are kept.

Whoever comes second waits for the first and sees what it did; nobody dies of a deadlock, and the books stay right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from uuid import UUID

import pytest

from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.test_race_pairs import RESULT, Scene
from tests.sql.test_races import while_open

PLAN = "select * from plow.commit_plan(array[%s::uuid], array[%s::uuid], '{1}')"


def books_late(
    farm: Farm, late: tuple[UUID, UUID], first: str, values: Sequence[object] | Mapping[str, object]
) -> list[Row]:
    """What is booked of (layer, node) when something else was said first, and committed later."""
    booked: list[Row] = []
    with closing(farm.beside()) as rival:
        with while_open(farm, lambda: booked.extend(rival.book((*late, 1)))) as other:
            other.execute(first.encode(), values)
    return booked


def test_the_last_device_is_booked_once(farm: Farm) -> None:
    node = farm.node()
    farm.insert_gpu(node, 0, 8000)
    first, second = (farm.layer(farm.job(name), tasks=1, gpus=1) for name in "ab")

    assert books_late(farm, (second, node), PLAN, [first, node]) == []
    assert farm.value("select gpus from plow.proc") == [0]


def test_two_plans_at_once_do_not_pass_the_most_tasks_of_a_node(farm: Farm) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=3, max_per_node=1)

    assert books_late(farm, (layer, node), PLAN, [layer, node]) == []


def test_a_node_and_a_user_that_have_one_share_it_though_they_booked_at_once(farm: Farm) -> None:
    limits = sorted(farm.value("select plow.create_limit(%s, 1, %s)", per, per) for per in ("NODE", "USER"))
    node = farm.node()
    first, second = (farm.layer(farm.job(name), tasks=1, limits=limits) for name in "ab")

    assert len(books_late(farm, (second, node), PLAN, [first, node])) == 1
    assert farm.execute("select used from plow.limit_counter") == [{"used": 1}] * 2


@pytest.mark.parametrize(
    "change",
    [
        "select plow.set_limit(%(limit)s, 0)",
        "select plow.set_limit(%(limit)s, null, 1)",
        "update plow.limit_counter set not_before = plow.now() + '1 hour' where limit_id = %(limit)s",
        'select plow.set_layer_needs(%(layer)s, \'{"pools": ["elsewhere"]}\')',
        "select plow.set_layer_needs(%(layer)s, '{\"nodeCores\": 99}')",
        "select plow.set_job_pools(%(job)s, '[\"elsewhere\"]')",
        "select plow.set_pool_exclusive(%(here)s, true)",
        "select plow.keep_gpus(%(node)s, '[]')",
    ],
)
def test_what_changes_while_a_booking_waits_is_obeyed(farm: Farm, change: str) -> None:
    node, job = farm.node(), farm.job()
    farm.insert_gpu(node, 0, 8000)
    limit = farm.value("select plow.create_limit('nuke', 1, 'TASK')")
    here = farm.value("select plow.create_pool('here', '{n1}', false)")
    farm.execute("select plow.create_pool('elsewhere', '{}', false)")
    layer = farm.layer(job, tasks=1, limits=[limit], gpus=1)
    ids = {"limit": limit, "layer": layer, "job": job, "node": node, "here": here}

    assert books_late(farm, (layer, node), change, ids) == []


def test_a_node_kept_while_another_books_there_is_kept(farm: Farm) -> None:
    node = farm.node(cores=4)
    farm.book((farm.layer(farm.job("runs"), tasks=1, min_cores=2), node, 1))
    large, small = farm.layer(farm.job("large"), tasks=1, min_cores=4), farm.layer(farm.job("small"), tasks=1)

    assert (
        books_late(farm, (small, node), "select * from plow.reserve_nodes(array[%s::uuid], 1)", [large]) == []
    )


def test_a_node_that_was_just_filled_is_kept_from_when_that_ends(farm: Farm) -> None:
    node = farm.node(cores=4)
    large = farm.layer(farm.job("large"), tasks=1, min_cores=4)
    small = farm.layer(farm.job("small"), tasks=1, predicted_clock_ms=7_200_000)
    kept: list[Row] = []

    def late() -> None:
        query = "select starts > plow.now() + '1 hour' as later from plow.reserve_nodes(array[%s::uuid], 1)"
        kept.extend(rival.execute(query, large))

    with closing(farm.beside()) as rival, while_open(farm, late) as other:
        other.execute(PLAN.encode(), (small, node))

    assert kept == [{"later": True}]


# -------------------- pairs

SCARCE = {
    "set limit": "select plow.set_limit(%(limit)s, 0)",
    "delete limit": "select plow.delete_limit(%(limit)s)",  # refused while it is in use
    "clear limit": "select plow.clear_limit_wait(%(limit)s)",
    "needs": 'select plow.set_layer_needs(%(a)s, \'{"gpus": 2, "limits": [], "pools": []}\')',
    "job pools": "select plow.set_job_pools(%(job)s, '[\"p\"]')",
    "hosts": "select plow.set_pool_hosts(%(pool)s, '{}')",
    "delete pool": "select plow.delete_pool(%(pool)s, 'q')",
    "exclusive": "select plow.set_pool_exclusive(%(pool)s, true)",
    "devices": 'select plow.keep_gpus(%(node)s, \'[{"index": 1, "memoryMb": 1}]\')',
    "reserve": "select * from plow.reserve_nodes(array[%(b)s, %(c)s, %(a)s]::uuid[], 5)",
    "clear kept": "select plow.clear_reservation(%(node)s)",
    "clear avoids": "select plow.clear_avoids(%(job)s, %(node)s)",
}
WORK = {
    "book": "select * from plow.commit_plan(array[%(c)s, %(a)s]::uuid[], array_fill(%(node)s::uuid, '{2}'), '{4,4}')",
    "fail": f"select * from plow.complete_tasks({RESULT.format(1, 'EXITED')})",
    "no licence": f"select * from plow.complete_tasks({RESULT.format(1, 'LICENSE')})",
    "kill job": "select plow.kill_job(%(job)s, '')",
}  # fmt: skip


@pytest.fixture
def scarce(db: Database) -> Iterator[Scene]:
    farm = Farm(db.dsn)
    scene = Scene(farm)
    yield scene
    scene.close()
    farm.close()


def with_needs(scene: Scene) -> dict[str, object]:
    """One task of layer `a` runs with a device and a licence; `c` wants the same."""
    farm = scene.farm
    farm.execute("delete from plow.limit")
    farm.execute("delete from plow.pool")
    ids = scene.set("one runs")
    ids["limit"] = farm.value("select plow.create_limit('nuke', 2, 'NODE')")
    ids["pool"] = farm.value("select plow.create_pool('p', '{n1}', false)")
    farm.execute("select plow.create_pool('q', '{n1}', false)")
    for index in range(3):
        farm.insert_gpu(ids["node"], index, 8000)  # type: ignore[arg-type]
    farm.complete([ids["proc"]])  # type: ignore[list-item]
    for layer in (ids["a"], ids["c"]):
        farm.execute(
            'select plow.set_layer_needs(%s, \'{"gpus": 1, "limits": ["nuke"], "pools": ["p"]}\')', layer
        )
    (row,) = farm.book((ids["a"], ids["node"], 1))  # type: ignore[arg-type]
    assert row["gpus"] and row["limits"]
    return ids | {"proc": row["proc_id"]}


@pytest.mark.parametrize("edit", SCARCE)
def test_what_is_scarce_is_changed_beside_work_in_either_order(scarce: Scene, edit: str) -> None:
    for work in WORK:
        scarce.meet(WORK[work], SCARCE[edit], with_needs(scarce))
        assert scarce.farm.faults() == [], f"{work}, then {edit}"
        if edit != "delete limit":
            scarce.meet(SCARCE[edit], WORK[work], with_needs(scarce))
            assert scarce.farm.faults() == [], f"{edit}, then {work}"
