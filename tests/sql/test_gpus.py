"""Devices of nodes: kept from pings, booked one by one, given back: keep_gpus, told_gpus, gpus_of, idle_gpus."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from plow_client.idl import NeedsT
from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch, layer
from tests.sql.test_ping_node import ping, rings


def device(index: int = 0, memory: int = 8000, **told: Any) -> dict[str, Any]:
    return {"index": index, "model": "RTX", "memoryMb": memory, "uuid": f"GPU-{index}", **told}


def says(farm: Farm, *devices: dict[str, Any], **told: Any) -> UUID:
    """A ping of a node with these devices; its id."""
    made: UUID = ping(farm, gpus=Jsonb(list(devices)), cores=16, **told)["node_id"]
    return made


def known(farm: Farm) -> list[tuple[Any, ...]]:
    rows = farm.execute(
        "select index, memory, is_present, proc_id is not null as taken from plow.node_gpu order by index"
    )
    return [tuple(row.values()) for row in rows]


def work(db: Database, name: str = "shot", **needs: Any) -> UUID:
    made = launch(db, layer(range="1-9", needs=NeedsT(**needs)), name=name)
    return UUID(made.layers["beauty"])


def gpus(rows: list[Row]) -> list[list[int]]:
    return [row["gpus"] for row in rows]


def test_a_ping_tells_of_devices(farm: Farm) -> None:
    says(farm, device(0), device(1, 16000))

    assert farm.execute("select index, model, memory, uuid from plow.node_gpu order by index") == [
        {"index": 0, "model": "RTX", "memory": 8000, "uuid": "GPU-0"},
        {"index": 1, "model": "RTX", "memory": 16000, "uuid": "GPU-1"},
    ]
    assert farm.value("select idle_gpus from plow.node_view") == 2


@pytest.mark.parametrize("told", [{}, {"gpus": None}, {"gpus": Jsonb([])}])
def test_a_node_that_tells_of_none_has_none(farm: Farm, db: Database, told: dict[str, Any]) -> None:
    """Those of Plow 2013 never do."""
    node = says(farm, device())
    ping(farm, cores=16, **told)

    assert known(farm) == []
    assert farm.book((work(db, gpus=1), node, 1)) == []


def test_nothing_is_written_while_only_their_load_changes(farm: Farm) -> None:
    says(farm, device(freeMemoryMb=10, usedPercent=3))
    before = farm.execute("select xmin, ctid from plow.node_gpu")
    assert not rings(farm, gpus=Jsonb([device(freeMemoryMb=20, usedPercent=90)]), cores=16)
    assert farm.execute("select xmin, ctid from plow.node_gpu") == before


@pytest.mark.parametrize("devices", [[device(0, 16000)], [device(0), device(1)], [device(3)], []])
def test_other_devices_ring_the_dispatcher(farm: Farm, devices: list[dict[str, Any]]) -> None:
    says(farm, device())
    assert rings(farm, gpus=Jsonb(devices), cores=16)
    assert [row[0] for row in known(farm)] == [told["index"] for told in devices]


def test_careless_numbers_do_not_keep_a_node_from_being_heard(farm: Farm) -> None:
    says(farm, device(-1), device(0, -5), device(0, 7), {"index": 2})
    assert known(farm) == [(0, 0, True, False), (2, 0, True, False)]


def test_each_attempt_has_devices_of_its_own(farm: Farm, db: Database) -> None:
    node = says(farm, *(device(n) for n in range(5)))
    made = work(db, gpus=2)

    procs = farm.book((made, node, 4))

    assert sorted(gpus(procs)) == [[0, 1], [2, 3]]
    assert farm.value("select idle_gpus from plow.node_view") == 1
    assert farm.execute("select gpus from plow.proc_view order by gpus") == [
        {"gpus": [0, 1]},
        {"gpus": [2, 3]},
    ]
    farm.complete([procs[0]["proc_id"]])
    assert gpus(farm.book((made, node, 1))) == [procs[0]["gpus"]]
    assert farm.execute("select gpus from plow.past_attempt_view") == [{"gpus": procs[0]["gpus"]}]


def test_the_smallest_that_are_large_enough_are_taken(farm: Farm, db: Database) -> None:
    node = says(farm, device(0, 24000), device(1, 8000), device(2, 16000))

    assert gpus(farm.book((work(db, gpus=1, gpuRam=10000), node, 3))) == [[2], [0]]
    assert gpus(farm.book((work(db, "other", gpus=1), node, 3))) == [[1]]


def test_several_layers_in_one_plan_share_no_device(farm: Farm, db: Database) -> None:
    node = says(farm, device(0), device(1), device(2))
    one, two = work(db, gpus=1), work(db, "other", gpus=2)

    taken = gpus(farm.book((one, node, 1), (two, node, 1), (one, node, 1)))

    assert sorted(index for each in taken for index in each) == [0, 1, 2]


def test_a_device_that_vanishes_stays_until_its_attempt_ends(farm: Farm, db: Database) -> None:
    node = says(farm, device(0), device(1))
    made = work(db, gpus=1)
    procs = farm.book((made, node, 2))
    lost = next(proc["proc_id"] for proc in procs if proc["gpus"] == [1])
    held = [proc["proc_id"] for proc in procs]

    says(farm, device(0), held=held)
    assert known(farm) == [(0, 8000, True, True), (1, 8000, False, True)]
    assert farm.faults() == []
    assert not rings(farm, gpus=Jsonb([device(0)]), cores=16, held=held)

    farm.complete([lost], status=1)
    assert farm.book((made, node, 1)) == []
    says(farm, device(0), held=held)
    assert known(farm) == [(0, 8000, True, True)]

    says(farm, device(0), device(1), held=held)
    assert gpus(farm.book((made, node, 1))) == [[1]]


def test_a_device_that_comes_back_in_time_is_its_attempts_again(farm: Farm, db: Database) -> None:
    node = says(farm, device(0))
    (proc,) = farm.book((work(db, gpus=1), node, 1))
    says(farm, held=[proc["proc_id"]])
    says(farm, device(0), held=[proc["proc_id"]])

    assert known(farm) == [(0, 8000, True, True)]


@pytest.mark.parametrize(("has", "needs", "ordered"), [(2, {"gpus": 1}, [0]), (2, {}, []), (0, {}, None)])
def test_a_node_is_told_which_devices_an_attempt_may_use(
    farm: Farm, db: Database, has: int, needs: dict[str, int], ordered: list[int] | None
) -> None:
    """None where nobody counts them: the task sees what is there."""
    node = says(farm, *(device(n) for n in range(has)))
    (proc,) = farm.book((work(db, **needs), node, 1))

    (order,) = db.all("start_orders", procs=[str(proc["proc_id"])])
    assert order["gpus"] == ordered
