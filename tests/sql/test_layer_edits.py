"""set_layer's later values, set_layer_service, set_layer_chunk, set_layer_command: layers of living jobs are edited."""

from __future__ import annotations

import threading
from uuid import UUID

import psycopg
import pytest

from plow_client.errors import Invalid, NotAllowed, NotFound
from plow_client.idl import DependType, LayerSpecT, TaskSpecT
from plow_server import growth
from plow_server.config import Limit
from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.launching import Launched, depend, launch, layer, wait_for_lock

NOBODY = "00000000-0000-0000-0000-000000000000"
LIMIT = Limit()


def row_of(db: Database, layer_id: str) -> Row:
    return db.one("layer_by_id", id=layer_id, missing="")


def beauty(db: Database, **fields: object) -> str:
    return launch(db, layer(**fields)).layers["beauty"]


@pytest.mark.parametrize(
    "argument, column, value",
    [
        ("p_max_ram", "max_ram", 600),
        ("p_max_retries", "max_retries", 0),
        ("p_priority", "priority", -1000),
        ("p_kill_grace_s", "kill_grace_s", 3600),
    ],
)
def test_a_value_is_set_alone(farm: Farm, db: Database, argument: str, column: str, value: int) -> None:
    layer_id = beauty(db)
    before = row_of(db, layer_id)

    db.run("set_layer", p_layer=layer_id, **{argument: value})

    assert row_of(db, layer_id) == {**before, column: value}


@pytest.mark.parametrize(
    "argument, value, why",
    [
        ("p_max_cores", 0, "layer 'beauty' asks for at least 1 cores"),
        ("p_max_ram", 511, "layer 'beauty' asks for at least 512 MB"),
        ("p_max_retries", -1, "layer 'beauty': -1 retries; 0 to 32767 are allowed"),
        ("p_max_retries", 32768, "retries"),
        ("p_priority", 1001, "a priority is a number from -1000 to 1000"),
        ("p_kill_grace_s", 3601, "a kill grace is 0 to 3600 seconds"),
        ("p_kill_grace_s", -1, "a kill grace is 0 to 3600 seconds"),
    ],
)
def test_a_value_out_of_range_is_refused(
    farm: Farm, db: Database, argument: str, value: int, why: str
) -> None:
    layer_id = beauty(db)

    with pytest.raises(Invalid, match=why):
        db.run("set_layer", p_layer=layer_id, **{argument: value})


def test_fewer_retries_hold_for_what_fails_from_now_on(farm: Farm, db: Database) -> None:
    layer_id, node = beauty(db), farm.node()
    procs = farm.book((UUID(layer_id), node, 1))
    db.run("set_layer", p_layer=layer_id, p_max_retries=0)

    farm.complete([row["proc_id"] for row in procs], status=1)

    assert farm.states(UUID(layer_id)) == ["DEAD", "WAITING"]


# ---- service


def service(farm: Farm, **values: object) -> None:
    farm.insert("service", name="big", **values)


def test_what_a_service_presets_replaces_and_the_rest_stays(farm: Farm, db: Database) -> None:
    layer_id = beauty(db, tags=["a"], minCores=2, maxCores=4, maxRam=1024)
    service(farm, tags=["b"], min_ram=700, max_retries=9, threadable=True)

    db.run("set_layer_service", p_layer=layer_id, p_service="big")

    row = row_of(db, layer_id)
    assert (row["serv"], row["tags"], row["min_cores"], row["max_cores"]) == ("big", ["b"], 2, 4)
    assert (row["min_ram"], row["max_ram"], row["max_retries"], row["threadable"]) == (700, 1024, 9, True)


@pytest.mark.parametrize(
    "preset, cores, ram",
    [
        ({"min_cores": 6, "min_ram": 2048}, (6, 6), (2048, 2048)),
        ({"max_cores": 1, "max_ram": 300}, (1, 1), (300, 300)),
    ],
)
def test_the_bound_that_is_not_preset_gives_way(
    farm: Farm, db: Database, preset: dict[str, int], cores: tuple[int, int], ram: tuple[int, int]
) -> None:
    layer_id = beauty(db, minCores=2, maxCores=4, maxRam=1024)
    service(farm, **preset)

    db.run("set_layer_service", p_layer=layer_id, p_service="big")

    row = row_of(db, layer_id)
    assert (row["min_cores"], row["max_cores"]) == cores
    assert (row["min_ram"], row["max_ram"]) == ram


def test_a_service_or_layer_that_is_not_there_is_named(farm: Farm, db: Database) -> None:
    layer_id = beauty(db)

    with pytest.raises(NotFound, match="no service 'gone'"):
        db.run("set_layer_service", p_layer=layer_id, p_service="gone")
    for function, values in (
        ("set_layer_service", {"p_service": "default"}),
        ("set_layer", {"p_priority": 1}),
        ("set_layer_command", {"p_command": ["a"], "p_env": {}, "p_reason": ""}),
        (
            "set_layer_chunk",
            {"p_chunk": 1, "p_task_name": ["a"], "p_task_number": [1], "p_task_frames": [None]},
        ),
    ):
        with pytest.raises(NotFound, match=f"no layer '{NOBODY}'"):
            db.run(function, p_layer=NOBODY, **values)
    db.run("set_layer_service", p_layer=layer_id, p_service="default")


# ---- chunk


def names(farm: Farm, layer_id: str) -> list[tuple[str, str | None]]:
    return [(row["name"], row["frames"]) for row in farm.tasks(UUID(layer_id))]


def test_a_layer_is_cut_anew(farm: Farm, db: Database) -> None:
    layer_id, node = beauty(db, range="1-5"), farm.node()

    growth.set_layer_chunk(db, layer_id, 2, LIMIT)

    assert names(farm, layer_id) == [("0001-beauty", "1-2"), ("0003-beauty", "3-4"), ("0005-beauty", None)]
    row = row_of(db, layer_id)
    assert (row["chunk"], row["totals__total_task_count"], row["totals__waiting_task_count"]) == (2, 3, 3)
    assert farm.faults() == []
    growth.set_layer_chunk(db, layer_id, 0, LIMIT)
    assert names(farm, layer_id) == [("0001-beauty", "1-5")] and row_of(db, layer_id)["chunk"] == 5
    assert len(farm.book((UUID(layer_id), node, 9))) == 1


def test_what_holds_the_layer_holds_the_new_tasks(farm: Farm, db: Database) -> None:
    wait = depend(DependType.LAYER_ON_LAYER, dependentLayer="b", dependOnLayer="a")
    job = launch(db, layer("a", range="1"), layer("b", range="1-3", depends=[wait]))

    growth.set_layer_chunk(db, job.layers["b"], 3, LIMIT)

    assert farm.states(UUID(job.layers["b"])) == ["DEPEND"]
    farm.run_all(UUID(job.layers["a"]), farm.node())
    db.all("release_dependents")
    assert farm.states(UUID(job.layers["b"])) == ["WAITING"]


def start_and_kill(farm: Farm, db: Database, job: Launched) -> None:
    (row,) = farm.book((UUID(job.layers["a"]), farm.node(), 1))
    farm.complete([row["proc_id"]], end="KILLED")


def eat_one(farm: Farm, db: Database, job: Launched) -> None:
    db.run("eat_tasks", p_task=[job.tasks["0001-a"]], p_reason="")


def abort(farm: Farm, db: Database, job: Launched) -> None:
    (row,) = farm.book((UUID(job.layers["a"]), farm.node(), 1))
    farm.complete([row["proc_id"]], end="ABORTED")


@pytest.mark.parametrize("begin", [start_and_kill, eat_one])
def test_a_layer_that_has_begun_stays_as_it_is_cut(farm: Farm, db: Database, begin) -> None:
    job = launch(db, layer("a"), layer("b"))
    begin(farm, db, job)

    with pytest.raises(NotAllowed, match="layer 'a' has begun: its chunk stays 1"):
        growth.set_layer_chunk(db, job.layers["a"], 2, LIMIT)


def test_a_booking_that_no_node_took_is_no_beginning(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"))
    abort(farm, db, job)

    growth.set_layer_chunk(db, job.layers["a"], 2, LIMIT)

    assert farm.states(UUID(job.layers["a"])) == ["WAITING"]


def test_a_layer_with_a_proc_stays_as_it_is_cut(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"))
    farm.book((UUID(job.layers["a"]), farm.node(), 1))

    with pytest.raises(NotAllowed, match="has begun"):
        growth.set_layer_chunk(db, job.layers["a"], 2, LIMIT)


@pytest.mark.parametrize("name", ["a", "b"])
def test_depends_of_single_tasks_keep_the_chunk(farm: Farm, db: Database, name: str) -> None:
    wait = depend(DependType.TASK_BY_TASK, dependentLayer="b", dependOnLayer="a")
    job = launch(db, layer("a"), layer("b", depends=[wait]))

    with pytest.raises(
        NotAllowed, match=f"layer '{name}' has depends from or on single tasks: its chunk stays 1"
    ):
        growth.set_layer_chunk(db, job.layers[name], 2, LIMIT)


def named() -> LayerSpecT:
    return LayerSpecT(name="b", command=["true"], tasks=[TaskSpecT(name="x"), TaskSpecT(name="0003-a")])


def test_named_tasks_have_no_chunk_and_names_and_limits_hold(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a", range="1-4", chunk=4), named())

    with pytest.raises(Invalid, match="layer 'b' has named tasks, no frames"):
        growth.set_layer_chunk(db, job.layers["b"], 2, LIMIT)
    with pytest.raises(Invalid, match="layer 'b' has named tasks, no frames"):
        db.run(
            "set_layer_chunk",
            p_layer=job.layers["b"], p_chunk=1, p_task_name=["a"], p_task_number=[1], p_task_frames=[None],
        )  # fmt: skip
    with pytest.raises(Invalid, match="more than 4 tasks"):
        growth.set_layer_chunk(db, job.layers["a"], 1, Limit(tasks_per_job=4))


def test_a_booking_waits_for_the_cut_and_takes_the_new_tasks(farm: Farm, db: Database) -> None:
    layer_id, node = beauty(db, range="1-4"), farm.node()
    booked: list[Row] = []

    def book() -> None:
        with farm.connect() as session:
            booked.extend(
                session.execute(
                    "select * from plow.commit_plan(%s::uuid[], %s::uuid[], '{9}')", ([layer_id], [node])
                )
            )

    thread = threading.Thread(target=book)
    with farm.connect() as other:
        other.execute("begin")
        other.execute(
            "select plow.set_layer_chunk(%s, 2, '{0001-beauty,0003-beauty}', '{1,3}', '{1-2,3-4}')",
            (layer_id,),
        )
        thread.start()
        wait_for_lock(farm)
        other.execute("commit")
    thread.join()

    assert [row["task_id"] for row in booked] == [row["id"] for row in farm.tasks(UUID(layer_id))]


# ---- command


def versions_of(db: Database, layer_id: str, most_bytes: int = 1_000_000) -> list[Row]:
    return db.all("layer_versions", layer_id=layer_id, most_bytes=most_bytes)


def test_versions_of_a_command_are_kept(farm: Farm, db: Database) -> None:
    layer_id = beauty(db, command=["render", "-a"], env={"A": "1"})
    (first,) = versions_of(db, layer_id)
    assert (first["version"], first["actor"], first["command"], first["env"], first["reason"]) == (
        1, "anna", ["render", "-a"], {"A": "1"}, "as launched",
    )  # fmt: skip

    with psycopg.connect(db.dsn) as session:
        session.execute("select set_config('plow.actor', 'berta', true)")
        session.execute("select plow.set_layer_command(%s, '{render,-b}', '{}', 'wrong flag')", (layer_id,))
    db.value("set_layer_command", p_layer=layer_id, p_command=["render"], p_env={"B": "2"}, p_reason="less")

    versions = versions_of(db, layer_id)
    assert [(row["version"], row["command"], row["actor"], row["reason"]) for row in versions] == [
        (1, ["render", "-a"], "anna", "as launched"),
        (2, ["render", "-b"], "berta", "wrong flag"),
        (3, ["render"], "", "less"),
    ]
    assert versions[0] == first
    row = row_of(db, layer_id)
    assert (row["version"], row["command"], row["env"]) == (3, ["render"], {"B": "2"})


def test_what_starts_from_now_on_runs_the_new_command(farm: Farm, db: Database) -> None:
    layer_id, node = beauty(db), farm.node()
    (row,) = farm.book((UUID(layer_id), node, 1))

    db.value("set_layer_command", p_layer=layer_id, p_command=["new"], p_env={"A": "b"}, p_reason="")

    (order,) = db.all("start_orders", procs=[row["proc_id"]])
    assert (order["command"], order["layer_env"]) == (["new"], {"A": "b"})


def test_two_new_commands_at_once_are_two_versions(farm: Farm, db: Database) -> None:
    layer_id = beauty(db)
    change = "select plow.set_layer_command(%s, '{one}', '{}', '')"
    thread = threading.Thread(
        target=lambda: db.value(
            "set_layer_command", p_layer=layer_id, p_command=["two"], p_env={}, p_reason=""
        )
    )

    with farm.connect() as other:
        other.execute("begin")
        other.execute(change.encode(), (layer_id,))
        thread.start()
        wait_for_lock(farm)
        other.execute("commit")
    thread.join()

    assert [row["command"] for row in versions_of(db, layer_id)] == [
        ["true"],
        ["one"],
        ["two"],
    ]


def test_only_the_newest_versions_are_kept_and_shown(farm: Farm, db: Database) -> None:
    layer_id = beauty(db)
    for n in range(2, 6):
        change = {"p_command": [str(n) * 1000], "p_env": {}, "p_reason": "", "p_keep": 3}
        assert db.value("set_layer_command", p_layer=layer_id, **change) == n

    assert [row["version"] for row in versions_of(db, layer_id)] == [3, 4, 5]
    assert [row["version"] for row in versions_of(db, layer_id, most_bytes=1)] == [5]
    assert [row["version"] for row in versions_of(db, layer_id, most_bytes=2200)] == [4, 5]
