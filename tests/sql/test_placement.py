"""place_for and takes_work, the rules that commit_plan obeys and checkLaunch tells; room_for_layers."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.sql.farm import Farm, Row


def place(farm: Farm, cores: int = 1, ram: int = 512, **asked: Any) -> tuple[int, int, list[str]]:
    asked = {"tags": ["render"], "min_cores": cores, "min_ram": ram, **asked}
    row = farm.execute(
        "select space.* from plow.node join plow.node_counter as c on c.node_id = node.id"
        " cross join lateral plow.place_for(node, c.cores, c.ram, plow.gpus_of(node.id), 'linux',"
        "   jsonb_populate_record(null::plow.layer, plow.plain_layer() || %s)) as space",
        Jsonb(asked),
    )[0]  # fmt: skip
    return row["cores"], row["ram"], row["refused"]


def room(farm: Farm, **asked: Any) -> Row:
    asked = {"place": 1, "tags": ["render"], "min_cores": 1, "min_ram": 512, **asked}
    return farm.execute("select * from plow.room_for_layers(%s, %s)", farm.project, Jsonb([asked]))[0]


@pytest.mark.parametrize(
    "node, asked, found",
    [
        ({}, {}, (1, 512, [])), ({}, {"cores": 4, "ram": 8192}, (4, 8192, [])), ({}, {"cores": 5}, (5, 512, ["cores"])),
        ({}, {"ram": 8193}, (1, 8193, ["ram"])), ({}, {"tags": ["gpu", "sim"]}, (1, 512, ["tags"])),
        ({}, {"tags": ["gpu", "render"]}, (1, 512, [])), ({"slot_mode": "SINGLE"}, {}, (4, 8192, [])),
        ({"slot_mode": "SLOTS", "slot_cores": 3, "slot_ram": 2000}, {"ram": 2001}, (6, 4000, ["cores"])),
        ({"slot_mode": "SLOTS", "slot_cores": 2, "slot_ram": 2000}, {"ram": 2001}, (4, 4000, [])),
        ({}, {"whole_node": True}, (4, 8192, [])),
        ({}, {"os": "linux", "node_cores": 4, "node_ram": 8192}, (1, 512, [])),
        ({}, {"os": "macos"}, (1, 512, ["os"])), ({}, {"node_cores": 5}, (1, 512, ["machine"])),
        ({}, {"node_ram": 8193}, (1, 512, ["machine"])), ({}, {"gpus": 1}, (1, 512, ["gpus"])),
        ({}, {"cores": 5, "ram": 8193, "tags": ["x"]}, (5, 8193, ["tags", "cores", "ram"])),
    ],
)  # fmt: skip
def test_a_place_is_what_a_proc_takes_and_what_the_node_lacks(
    farm: Farm, node: dict[str, Any], asked: dict[str, Any], found: tuple[int, int, list[str]]
) -> None:
    farm.node(cores=4, ram=8192, **node)
    assert place(farm, **asked) == found


@pytest.mark.parametrize(
    "obstacle",
    [
        "update plow.node set state = 'DOWN'", "update plow.node set state = 'REPAIR'",
        "update plow.node set is_locked = true", "update plow.cluster set is_locked = true",
        "update plow.node_report set is_draining = true",
        "update plow.node_report set away_reason = 'anna works here'",
    ],
)  # fmt: skip
def test_a_node_that_takes_no_work_fits_but_is_not_ready(farm: Farm, obstacle: str) -> None:
    farm.node()
    assert (room(farm)["fitting"], room(farm)["ready"]) == (1, 1)
    farm.execute(obstacle)

    assert (room(farm)["fitting"], room(farm)["ready"]) == (1, 0)
    takes = (
        "select plow.takes_work(node, report, cluster.is_locked) from plow.node"
        " join plow.node_report as report on node_id = node.id join plow.cluster on cluster.id = cluster_id"
    )
    assert farm.value(takes) is False


def test_room_is_counted_by_tags_sizes_and_quotas(farm: Farm) -> None:
    other = farm.insert("cluster", name="other", tags=["render"])
    farm.node("small", cores=2, ram=2000)
    farm.node("large", cores=64, ram=500, cluster_id=other)
    farm.node("gpu", cores=99, ram=99_000, tags=["gpu"])

    found = room(farm)
    assert (found["tagged"], found["fitting"], found["ready"]) == (2, 1, 1)
    assert (found["with_quota"], found["payable"], found["clusters"]) == (1, 1, ["render"])
    found = room(farm, min_ram=400)
    assert (found["fitting"], found["with_quota"], found["clusters"]) == (2, 1, ["other", "render"])
    found = room(farm, min_ram=3000)
    assert (found["fitting"], found["most_cores"], found["most_ram"], found["clusters"]) == (0, 64, 2000, [])
    assert room(farm, tags=["sim"])["tagged"] == 0


@pytest.mark.parametrize(
    "obstacle", ["update plow.quota set is_locked = true", "update plow.quota_counter set burst = 1"]
)
def test_a_quota_that_cannot_pay_one_task_is_counted_apart(farm: Farm, obstacle: str) -> None:
    farm.node()
    farm.execute(obstacle)

    found = room(farm, min_cores=2)
    assert (found["fitting"], found["with_quota"], found["payable"]) == (1, 1, 0)


def test_each_layer_has_its_row_though_several_ask_alike(farm: Farm) -> None:
    farm.node()
    asked = [{"place": n, "tags": ["render"], "min_cores": 1, "min_ram": 512} for n in (1, 2, 3)]

    rows = farm.execute("select * from plow.room_for_layers(%s, %s)", farm.project, Jsonb(asked))
    assert [(row["place"], row["fitting"]) for row in rows] == [(1, 1), (2, 1), (3, 1)]
