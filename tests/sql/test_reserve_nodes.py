"""reserve_nodes, soonest_room, has_lapsed: which node is kept for work that others pass over, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from plow_server.database import Database
from plow_server.read_farm import read_farm
from tests.sql.farm import Farm

NOON = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def noon(farm: Farm) -> None:
    at(farm, 0)


EAT = (
    "select plow.eat_tasks(array("
    "select task.id from plow.task join plow.layer on layer.id = layer_id where min_cores = 4), '')"
)


def at(farm: Farm, minutes: float) -> None:
    """Set the clock of the farm's session, and let all nodes ping."""
    farm.execute("select set_config('plow.now', %s, false)", (NOON + timedelta(minutes=minutes)).isoformat())


def reserve(farm: Farm, *layers: UUID, most: int = 8) -> dict[UUID, float]:
    """Nodes that are now kept, with the minutes until there should be room."""
    rows = farm.execute("select *, plow.now() as now from plow.reserve_nodes(%s, %s)", list(layers), most)
    return {row["node_id"]: (row["starts"] - row["now"]).total_seconds() / 60 for row in rows}


def kept(farm: Farm) -> list[tuple[UUID, UUID]]:
    rows = farm.execute("select node_id, layer_id from plow.reservation order by node_id")
    return [(row["node_id"], row["layer_id"]) for row in rows]


def busy(farm: Farm, node: UUID, *minutes: int | None, ram: int = 100, **layer: object) -> None:
    """Tasks of one core on a node that are predicted to run so long."""
    made = farm.layer(farm.job(f"small{node}"), len(minutes), min_ram=ram, **layer)
    farm.execute("select plow.commit_plan(%s, %s, %s)", [made], [node], [len(minutes)])
    for place, minute in enumerate(minutes):
        farm.execute(
            "update plow.proc set predicted_clock_ms = %s where task_id ="
            " (select id from plow.task where layer_id = %s and ord = %s)",
            None if minute is None else minute * 60_000, made, place,
        )  # fmt: skip


def big(farm: Farm, name: str = "big", tasks: int = 1, **columns: object) -> UUID:
    return farm.layer(farm.job(name), tasks, min_cores=4, **columns)


def test_the_node_with_room_first_is_kept(farm: Farm) -> None:
    slow, quick = farm.node("slow"), farm.node("quick")
    busy(farm, slow, 10, 90)
    busy(farm, quick, 20, 30)

    assert reserve(farm, big(farm)) == {quick: 30}
    until = farm.value("select kept_until from plow.reservation")
    assert until == NOON + timedelta(minutes=30 + 10)


def test_a_long_wait_is_given_a_tenth_more(farm: Farm) -> None:
    busy(farm, farm.node(), 200)
    reserve(farm, big(farm))
    assert farm.value("select kept_until from plow.reservation") == NOON + timedelta(minutes=220)


def test_only_as_many_leave_as_are_needed(farm: Farm) -> None:
    node = farm.node(cores=6)
    busy(farm, node, 10, 20, 30, 40)
    assert reserve(farm, big(farm)) == {node: 20}


def test_memory_and_devices_are_waited_for_too(farm: Farm) -> None:
    narrow, plain = farm.node("narrow", cores=8), farm.node("plain", cores=8)
    for index, node in enumerate([narrow, narrow, plain]):
        farm.insert_gpu(node, index, 8000)
    busy(farm, narrow, 60, gpus=1)
    assert reserve(farm, big(farm, gpus=2)) == {narrow: 60}

    busy(farm, plain, 30, ram=8000)
    assert reserve(farm, big(farm, "heavy", min_ram=1000)) == {plain: 30}


@pytest.mark.parametrize(("ran", "left"), [(0, 10), (5, 10), (45, 45)])
def test_what_is_of_unknown_length_runs_as_long_again(farm: Farm, ran: int, left: int) -> None:
    node = farm.node()
    busy(farm, node, None)
    at(farm, ran)
    assert reserve(farm, big(farm)) == {node: left}


def test_what_is_past_its_time_runs_as_long_again(farm: Farm) -> None:
    node = farm.node()
    busy(farm, node, 20)
    at(farm, 30)
    assert reserve(farm, big(farm)) == {node: 30}


def test_what_is_a_moment_past_its_time_is_over_in_a_moment(farm: Farm) -> None:
    node = farm.node()
    busy(farm, node, 1)
    at(farm, 2)
    assert reserve(farm, big(farm)) == {node: 2}, "not ten minutes, as if nothing were known"


def brought_forward(farm: Farm) -> list[float]:
    """Minutes until there should be room, of the nodes for which that is sooner than was thought."""
    rows = farm.execute("select starts, plow.now() as now from plow.bring_forward()")
    return [(row["starts"] - row["now"]).total_seconds() / 60 for row in rows]


def test_a_time_is_brought_forward_when_what_runs_turns_out_to_be_short(farm: Farm) -> None:
    node, other = farm.node(), farm.node("other")
    busy(farm, node, None)
    busy(farm, other, 30)
    assert reserve(farm, big(farm), big(farm, "later")) == {node: 10, other: 30}

    farm.execute("update plow.proc set predicted_clock_ms = 120000 where node_id = %s", node)

    assert brought_forward(farm) == [2]
    assert brought_forward(farm) == []
    until = farm.value("select kept_until from plow.reservation where node_id = %s", node)
    assert until == NOON + timedelta(minutes=20), "it is given up no sooner"


def test_a_time_is_not_put_off_and_not_moved_for_a_little(farm: Farm) -> None:
    node = farm.node()
    busy(farm, node, 20)
    reserve(farm, big(farm))
    for minutes in (30, 19):
        farm.execute("update plow.proc set predicted_clock_ms = %s", minutes * 60_000)
        assert brought_forward(farm) == []
    farm.execute("update plow.proc set predicted_clock_ms = 1000 * 60 * 17")
    assert brought_forward(farm) == [17]


def test_each_layer_gets_one_node_in_the_order_of_the_call_up_to_a_most(farm: Farm) -> None:
    first, second, third = (farm.node(f"n{n}") for n in range(3))
    for minutes, node in enumerate([first, second, third], start=1):
        busy(farm, node, minutes * 10)
    one, two = big(farm, "one", 5), big(farm, "two")

    assert reserve(farm, two, one, two, most=2) == {first: 10, second: 20}
    assert kept(farm) == sorted([(first, two), (second, one)])
    assert reserve(farm, one, big(farm, "three"), most=2) == {}


@pytest.mark.parametrize(
    "spoil",
    [
        "update plow.node set tags = '{sim}'",
        "update plow.node set state = 'REPAIR'",
        "update plow.node set is_locked = true",
        "update plow.quota set is_locked = true",
        "update plow.quota_counter set burst = 3",
        "update plow.job set paused = true where name = 'big'",
        EAT,
        "insert into plow.avoid (job_id, node_id, failures, until) select job.id, node.id, 3, plow.now() + '1 hour'"
        "  from plow.job, plow.node where job.name = 'big'",
        "insert into plow.retry_wait (layer_id, until, wait_s) select id, plow.now() + '1 hour', 1 from plow.layer",
    ],
)  # fmt: skip
def test_no_node_is_kept_for_what_could_not_start_there(farm: Farm, spoil: str) -> None:
    busy(farm, farm.node(), 10)
    layer = big(farm)
    farm.execute(spoil)
    assert reserve(farm, layer) == {}


@pytest.mark.parametrize(
    "spoil",
    [
        "update plow.node set state = 'DOWN' where name = 'n1'",
        "update plow.node set is_locked = true where name = 'n1'",
        "update plow.job set paused = true where name = 'big'",
        EAT,
        "select plow.finish_job(id, '') from plow.job where name = 'big'",
        "insert into plow.uncallable (node_id, since, calls, why, is_shut)"
        " select id, plow.now(), 3, '', true from plow.node where name = 'n1'",
        "insert into plow.retry_wait (layer_id, until, wait_s)"
        " select id, plow.now() + '1 hour', 1 from plow.layer where min_cores = 4",
    ],
)  # fmt: skip
def test_a_node_is_given_up_when_nothing_can_start_there_any_more(
    farm: Farm, db: Database, spoil: str
) -> None:
    node = farm.node()
    busy(farm, node, 10)
    layer = big(farm)
    reserve(farm, layer)
    farm.execute("update plow.reservation set kept_until = clock_timestamp() + interval '1 hour'")
    assert db.atomically(read_farm).lapsed == []

    farm.execute(spoil)

    assert db.atomically(read_farm).lapsed == [str(layer)]
    reserve(farm)
    assert kept(farm) == []


def test_when_the_time_is_over_the_node_with_room_first_by_now_is_kept(farm: Farm) -> None:
    wrong, right = farm.node("wrong"), farm.node("right")
    busy(farm, wrong, 10)
    busy(farm, right, 50)
    layer = big(farm)
    assert reserve(farm, layer) == {wrong: 10}

    at(farm, 19.8)
    assert reserve(farm, layer) == {}, "its time is not over"
    at(farm, 19.95)
    assert reserve(farm, layer) == {wrong: pytest.approx(19.95)}
    at(farm, 48)
    assert reserve(farm, layer) == {}
    at(farm, 49.9)
    assert reserve(farm, layer) == {right: pytest.approx(0.1)}


def test_a_node_with_room_is_not_kept_again_for_what_a_cap_holds(farm: Farm) -> None:
    node = farm.node()
    layer = big(farm)
    assert reserve(farm, layer) == {node: 0}
    at(farm, 10)
    assert reserve(farm, layer) == {}
    assert kept(farm) == []


def test_a_node_that_is_kept_is_nobody_elses(farm: Farm) -> None:
    node = farm.node()
    busy(farm, node, 10)
    assert reserve(farm, big(farm, "one")) == {node: 10}
    assert reserve(farm, big(farm, "two")) == {}
