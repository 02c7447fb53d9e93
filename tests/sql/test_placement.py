"""place_for and takes_work, the rules that commit_plan obeys and checkLaunch tells; room_for_layers, predict_layers."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch, layer


def place(farm: Farm, cores: int = 1, ram: int = 512, tags: str = "{render}") -> tuple[int, int, bool]:
    row = farm.execute(
        "select space.* from plow.node join plow.node_counter as c on c.node_id = node.id"
        " cross join lateral plow.place_for(node, c.cores, c.ram, %s, %s, %s) as space",
        tags, cores, ram,
    )[0]  # fmt: skip
    return row["cores"], row["ram"], row["fits"]


def room(farm: Farm, **asked: Any) -> Row:
    asked = {"place": 1, "tags": ["render"], "min_cores": 1, "min_ram": 512, **asked}
    return farm.execute("select * from plow.room_for_layers(%s, %s)", farm.project, Jsonb([asked]))[0]


@pytest.mark.parametrize(
    "node, asked, found",
    [
        ({}, {}, (1, 512, True)), ({}, {"cores": 4, "ram": 8192}, (4, 8192, True)), ({}, {"cores": 5}, (5, 512, False)),
        ({}, {"ram": 8193}, (1, 8193, False)), ({}, {"tags": "{gpu,sim}"}, (1, 512, False)),
        ({}, {"tags": "{gpu,render}"}, (1, 512, True)), ({"slot_mode": "SINGLE"}, {}, (4, 8192, True)),
        ({"slot_mode": "SLOTS", "slot_cores": 3, "slot_ram": 2000}, {"ram": 2001}, (6, 4000, False)),
        ({"slot_mode": "SLOTS", "slot_cores": 2, "slot_ram": 2000}, {"ram": 2001}, (4, 4000, True)),
    ],
)  # fmt: skip
def test_a_place_is_what_a_proc_takes_and_whether_the_node_has_it(
    farm: Farm, node: dict[str, Any], asked: dict[str, Any], found: tuple[int, int, bool]
) -> None:
    farm.node(cores=4, ram=8192, **node)
    assert place(farm, **asked) == found


@pytest.mark.parametrize(
    "obstacle",
    [
        "update plow.node set state = 'DOWN'", "update plow.node set state = 'REPAIR'",
        "update plow.node set is_locked = true", "update plow.cluster set is_locked = true",
        "update plow.node_report set is_draining = true",
    ],
)  # fmt: skip
def test_a_node_that_takes_no_work_fits_but_is_not_ready(farm: Farm, obstacle: str) -> None:
    farm.node()
    assert (room(farm)["fitting"], room(farm)["ready"]) == (1, 1)
    farm.execute(obstacle)

    assert (room(farm)["fitting"], room(farm)["ready"]) == (1, 0)
    takes = (
        "select plow.takes_work(node, is_draining, cluster.is_locked) from plow.node"
        " join plow.node_report on node_id = node.id join plow.cluster on cluster.id = cluster_id"
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


# -------------------- history


def run(farm: Farm, db: Database, name: str, *, ram: int, clock_ms: int, **fields: Any) -> None:
    """A job of one layer with one task that has run."""
    made = launch(db, layer(**{"range": "1", "minCores": 2, **fields}), name=name)
    node = farm.execute("select id from plow.node")
    (proc,) = farm.book((next(iter(made.layers.values())), node[0]["id"] if node else farm.node(), 1))
    farm.complete([proc["proc_id"]], high_ram=ram, clock_ms=clock_ms)


def predicted(farm: Farm, name: str, layer: str = "beauty", service: str = "default") -> Row | None:
    asked = Jsonb([{"place": 7, "name": layer, "service": service}])
    rows = farm.execute("select * from plow.predict_layers(%s, %s, %s)", farm.project, name, asked)
    return rows[0] if rows else None


def test_earlier_versions_of_a_job_say_what_the_next_needs(farm: Farm, db: Database) -> None:
    run(farm, db, "sc020_light_v001", ram=1000, clock_ms=1000)
    run(farm, db, "sc020_light_v002", ram=3000, clock_ms=2000)
    run(farm, db, "sc030_light_v001", ram=9000, clock_ms=9000)

    for name in ("sc020_light_v003", "sc020_light", "sc020_light.12", "sc020_light-V4"):
        told = predicted(farm, name)
        assert told and (told["place"], told["level"], told["jobs"], told["n"]) == (7, 1, 2, 2), name
        assert (told["ram"], told["clock_ms"], told["core_ms"], told["cores"]) == (3000, 1500, 3000, 1.0)


def test_what_is_not_known_exactly_is_known_roughly(farm: Farm, db: Database) -> None:
    farm.execute("insert into plow.service (name) values ('maya'), ('nuke')")
    run(farm, db, "sc020_v1", ram=1, clock_ms=10, serv="maya")
    run(farm, db, "sc030_v1", ram=2, clock_ms=20, serv="nuke")

    def level(name: str, layer: str, service: str) -> int | None:
        told = predicted(farm, name, layer, service)
        return told["level"] if told else None

    assert level("sc020_v2", "beauty", "maya") == 1
    assert level("sc020_v2", "beauty", "nuke") == 2
    assert level("sc040_v1", "beauty", "nuke") == 3
    assert level("sc040_v1", "other", "nuke") == 4
    assert level("sc040_v1", "other", "default") is None
    assert level("sc020_v2", "other", "shell") is None


def test_nothing_is_learnt_from_other_projects_and_failed_tasks(farm: Farm, db: Database) -> None:
    made = launch(db, layer(range="1"), name="sc020_v1")
    (proc,) = farm.book((made.layers["beauty"], farm.node(), 1))
    farm.complete([proc["proc_id"]], status=1)
    assert predicted(farm, "sc020_v2") is None

    run(farm, db, "sc050_v1", ram=1, clock_ms=1)
    farm.project = farm.value("select plow.create_project('Other', 'other')")
    assert predicted(farm, "sc050_v2") is None


def test_a_number_that_is_no_version_stays(farm: Farm, db: Database) -> None:
    stems = {"sc020": "sc020", "sc020_v1": "sc020", "a.b.003": "a.b", "v12": "v12", "x_vray": "x_vray"}
    for name in stems:
        launch(db, name=name)
    assert {row["name"]: row["stem"] for row in farm.execute("select name, stem from plow.job")} == stems
