"""What earlier attempts say of the next: learn_history, predict_layers, predict_again, task_ram, predict_ends."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch, layer

NODE = "select id from plow.node limit 1"


def finish(farm: Farm, layer_id: UUID | str, ram: list[int], **result: Any) -> list[Row]:
    """Run the layer's next tasks one after the other, each using so much; what was booked."""
    node = farm.value(NODE) if farm.execute(NODE) else farm.node(ram=1_000_000)
    booked = []
    for used in ram:
        (row,) = farm.book((UUID(str(layer_id)), node, 1))
        farm.complete([row["proc_id"]], high_ram=used, **result)
        booked.append(row)
    return booked


def run(farm: Farm, db: Database, name: str, *ram: int, **fields: Any) -> None:
    """A job of one layer whose tasks have used so much, and what it teaches."""
    made = launch(db, layer(**{"range": f"1-{len(ram)}", **fields}), name=name)
    finish(farm, next(iter(made.layers.values())), list(ram), clock_ms=2000)
    learn(farm)


def learn(farm: Farm) -> int:
    taken: int = farm.value("select plow.learn_history()")
    return taken


def predicted(farm: Farm, name: str, layer: str = "beauty", service: str = "default") -> Row | None:
    asked = Jsonb([{"place": 7, "name": layer, "service": service}])
    rows = farm.execute("select * from plow.predict_layers(%s, %s, %s)", farm.project, name, asked)
    return rows[0] if rows else None


def row(farm: Farm, layer_id: UUID | str) -> Row:
    return farm.execute("select *, plow.asked_ram(layer) as asked from plow.layer where id = %s", layer_id)[0]


def with_margin(ram: float, samples: int, own: bool = False) -> int:
    return math.ceil(ram * (1 + (0.6 if own else 1) * (0.08 + 0.15 / math.sqrt(samples))))


# -------------------- kinds


def test_earlier_versions_of_a_job_say_what_the_next_needs(farm: Farm, db: Database) -> None:
    run(farm, db, "sc020_light_v001", 1000, minCores=2)
    run(farm, db, "sc020_light_v002", 3000, minCores=2)
    run(farm, db, "sc030_light_v001", 9000, minCores=2)

    for name in ("sc020_light_v003", "sc020_light", "sc020_light.12", "sc020_light-V4"):
        told = predicted(farm, name)
        assert told and (told["place"], told["level"], told["jobs"], told["n"]) == (7, 2, 2, 2), name
        assert told["ram"] == with_margin(3000, 2)
        assert (told["ram_high"], told["clock_ms"], told["core_ms"], told["cores"]) == (3000, 2000, 4000, 1.0)
        assert told["basis"] == (
            "2 tasks of layer 'beauty' in earlier versions of the job (2 jobs), using 1.0 cores on average"
        )


def test_what_is_not_known_exactly_is_known_roughly(farm: Farm, db: Database) -> None:
    farm.execute("insert into plow.service (name) values ('maya'), ('nuke')")
    run(farm, db, "sc020_v1", 100, serv="maya")
    run(farm, db, "sc030_v1", 200, serv="nuke")

    def level(name: str, layer: str, service: str) -> int | None:
        told = predicted(farm, name, layer, service)
        return told["level"] if told else None

    assert level("sc020_v2", "beauty", "maya") == 2
    assert level("sc020_v2", "beauty", "nuke") == 3
    assert level("sc040_v1", "other", "nuke") == 4
    assert level("sc040_v1", "other", "default") is None
    assert level("sc020_v2", "other", "shell") is None


def test_nothing_is_learnt_from_other_projects_and_failed_tasks(farm: Farm, db: Database) -> None:
    made = launch(db, layer(range="1"), name="sc020_v1")
    finish(farm, made.layers["beauty"], [100], status=1)
    assert (learn(farm), predicted(farm, "sc020_v2")) == (0, None)

    run(farm, db, "sc050_v1", 100)
    farm.project = farm.value("select plow.create_project('Other', 'other')")
    assert predicted(farm, "sc050_v2") is None


def test_a_number_that_is_no_version_stays(farm: Farm, db: Database) -> None:
    stems = {"sc020": "sc020", "sc020_v1": "sc020", "a.b.003": "a.b", "v12": "v12", "x_vray": "x_vray"}
    for name in stems:
        launch(db, name=name)
    assert {row["name"]: row["stem"] for row in farm.execute("select name, stem from plow.job")} == stems
    assert all(farm.value("select plow.stem_of(%s)", name) == stem for name, stem in stems.items())


def test_a_large_layer_does_not_speak_for_all_of_its_kind(farm: Farm, db: Database) -> None:
    farm.execute("insert into plow.service (name) values ('maya')")
    run(farm, db, "sc020_v1", *[100] * 40, serv="maya")
    run(farm, db, "sc030_v1", 900, serv="maya")

    told = predicted(farm, "sc040_v1", "other", "maya")
    assert told and (told["level"], told["n"], told["samples"]) == (
        4,
        41,
        6,
    )  # 1, 10, 20, 30, 40 of the first
    assert told["ram_high"] == 900


# -------------------- what is booked


def test_a_launch_takes_its_prediction_at_once_and_is_booked_by_it(farm: Farm, db: Database) -> None:
    run(farm, db, "shot_v1", 2000, 2000)
    made = launch(db, layer(range="1-2", maxRam=8000), name="shot_v2")

    (booked,) = finish(farm, made.layers["beauty"], [2000])
    assert booked["ram"] == with_margin(2000, 2)
    found = farm.execute(
        "select ram, predicted_ram, predicted_clock_ms from plow.attempt order by stopped desc limit 1"
    )
    assert found == [{"ram": booked["ram"], "predicted_ram": booked["ram"], "predicted_clock_ms": 2000}]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"maxRam": 1500}, 1500),  # never above the most
        ({"minRam": 4000, "maxRam": 8000}, 4000),  # never below the least …
        ({"minRam": 4000, "maxRam": 8000, "fit": True}, with_margin(2000, 2)),  # … unless the layer allows it
    ],
)
def test_a_prediction_keeps_within_what_the_layer_says(
    farm: Farm, db: Database, fields: dict[str, Any], asked: int
) -> None:
    run(farm, db, "shot_v1", 2000, 2000)
    fit = fields.pop("fit", False)
    made = launch(db, layer(**fields), name="shot_v2")
    farm.execute("update plow.layer set fit_ram = %s where id = %s", fit, made.layers["beauty"])

    assert row(farm, made.layers["beauty"])["asked"] == asked


def test_one_job_of_another_name_does_not_decide_what_is_booked(farm: Farm, db: Database) -> None:
    for shot in (1, 2, 3):
        run(farm, db, f"sc{shot}", *[4000] * 8, maxRam=9000)
        found = row(farm, launch(db, layer(maxRam=9000), name=f"new{shot}").layers["beauty"])
        assert (found["predicted_ram"] is not None, found["predicted_clock_ms"]) == (shot == 3, 2000)


def test_small_measurements_do_not_make_small_bookings(farm: Farm, db: Database) -> None:
    run(farm, db, "shot_v1", 2, 2)
    made = launch(db, layer(minRam=4000, maxRam=8000), name="shot_v2")
    farm.execute("update plow.layer set fit_ram = true")

    assert row(farm, made.layers["beauty"])["asked"] == 256


def test_a_layers_own_tasks_count_more_than_earlier_versions(farm: Farm, db: Database) -> None:
    run(farm, db, "shot_v1", *[1000] * 4)
    made = launch(db, layer(range="1-20", maxRam=9000), name="shot_v2")
    beauty = made.layers["beauty"]

    finish(farm, beauty, [3000])
    learn(farm)
    assert row(farm, beauty)["predicted_ram"] == with_margin(3000, 5)  # one is a warning
    finish(farm, beauty, [3000] * 4)
    learn(farm)
    assert row(farm, beauty)["predicted_ram"] == with_margin(3000, 5, own=True)
    assert row(farm, beauty)["predicted_basis"] == "5 tasks of this layer, using 1.0 cores on average"


def test_living_layers_learn_from_a_version_that_runs_beside_them(farm: Farm, db: Database) -> None:
    waiting = launch(db, name="shot_v2").layers["beauty"]
    run(farm, db, "shot_v1", 3000, 3000)
    assert row(farm, waiting)["predicted_ram"] == with_margin(3000, 2)


def test_a_layer_in_other_hands_is_passed_over(farm: Farm, db: Database) -> None:
    waiting = launch(db, name="shot_v2").layers["beauty"]
    with farm.connect() as other:
        other.execute("begin")
        other.execute("select plow.lock_rows(null, null, null, array[%s]::uuid[], null)", [waiting])
        run(farm, db, "shot_v1", 3000, 3000)
        assert row(farm, waiting)["predicted_ram"] is None
    assert farm.value("select plow.predict_again(array[%s]::uuid[])", waiting) == 1


def test_confidence_rises_with_what_is_known_and_how_alike_it_was(farm: Farm, db: Database) -> None:
    run(farm, db, "one_v1", 1000)
    run(farm, db, "many_v1", *[1000] * 7)
    run(farm, db, "wild_v1", *[500] * 4, *[1000] * 3)
    found = [
        told["confidence"] for name in ("one_v2", "wild_v2", "many_v2") if (told := predicted(farm, name))
    ]
    assert found == sorted(found) and len(set(found)) == 3 and 0 < found[0] < found[-1] < 0.9


# -------------------- frames


def test_each_frame_is_booked_by_what_it_needed_in_earlier_versions(farm: Farm, db: Database) -> None:
    used = [1000, 1000, 1000, 1000, 2000, 2000, 4000, 4000]
    run(farm, db, "shot_v1", *used, maxRam=100_000)
    run(farm, db, "shot_v2", *used, maxRam=100_000)
    made = launch(db, layer(range="1-9", maxRam=100_000), name="shot_v3")

    told = row(farm, made.layers["beauty"])
    booked = finish(farm, made.layers["beauty"], [*used, 1000])
    assert told["asked"] == max(one["ram"] for one in booked[:8])
    assert [one["ram"] / booked[0]["ram"] for one in booked[:8]] == pytest.approx(
        [1, 1, 1, 1, 2, 2, 4, 4], rel=0.01
    )
    assert booked[8]["ram"] == told["asked"]  # of a frame that is new, nothing is known


def test_a_layer_of_thousands_has_a_profile_of_sixty_four_pieces(farm: Farm, db: Database) -> None:
    made = launch(db, layer(range="101-1100"), name="shot_v1")
    farm.execute("update plow.task set state = 'SUCCEEDED', high_ram = number")
    key = farm.value("insert into plow.past_use (key) values (plow.new_id()) returning key")
    farm.execute("select plow.learn_profile(%s, %s)", made.layers["beauty"], key)

    (known,) = farm.execute("select * from plow.past_use where key = %s", key)
    assert (len(known["profile"]), known["profile_first"], known["profile_step"]) == (64, 101, 16)
    assert known["profile"] == sorted(known["profile"], key=lambda part: (part is None, part))
    assert farm.value("select plow.past_part(p, 600) from plow.past_use as p") == pytest.approx(1, rel=0.02)
    farm.execute("delete from plow.waiting; delete from plow.task; delete from plow.layer_counter")
    farm.execute("delete from plow.job")


def test_the_books_are_right_where_tasks_of_a_layer_take_different_memory(farm: Farm, db: Database) -> None:
    run(farm, db, "shot_v1", *[1000] * 6, *[2000] * 2, maxRam=100_000)
    made = launch(db, layer(range="1-8", maxRam=100_000), name="shot_v2")
    node = farm.node("n2", cores=8, ram=100_000)

    booked = farm.book((UUID(made.layers["beauty"]), node, 8))
    assert len({one["ram"] for one in booked}) == 2
    assert farm.counter("node_counter", node_id=node)["idle_ram"] == 100_000 - sum(
        one["ram"] for one in booked
    )
    assert farm.value("select sum(ram) from plow.proc") == sum(one["ram"] for one in booked)


# -------------------- want of memory


def test_a_task_that_died_of_memory_comes_back_with_more_at_no_cost(farm: Farm) -> None:
    target = farm.layer(farm.job(), tasks=3, max_retries=0, min_ram=1000, max_ram=2000)
    finish(farm, target, [900], status=1, end="MEMORY")

    first, second = finish(farm, target, [100, 100])
    assert (first["ram"], second["ram"]) == (1500, 1000)  # the other task is booked as before
    assert [task["failures"] for task in farm.tasks(target)] == [0, 0, 0]
    learn(farm)
    assert row(farm, target)["needed_ram"] is None


def test_what_it_was_seen_to_use_counts_where_that_is_more(farm: Farm) -> None:
    target = farm.layer(farm.job(), tasks=1, min_ram=1000, max_ram=9000)
    finish(farm, target, [2000], status=1, end="MEMORY")
    assert row(farm, target)["asked"] == 2500


def test_beyond_the_layers_most_want_of_memory_is_a_failure(farm: Farm) -> None:
    target = farm.layer(farm.job(), tasks=1, max_retries=0, min_ram=1000, max_ram=1200)
    finish(farm, target, [900, 1250], status=1, end="MEMORY", reason="memory")

    (task,) = farm.tasks(target)
    assert (task["state"], task["failures"]) == ("DEAD", 1)
    assert (
        farm.value("select count(*) from plow.attempt where end_reason = 'MEMORY' and reason = 'memory'") == 2
    )


def test_a_layer_below_its_minimum_is_raised_by_what_runs(farm: Farm) -> None:
    target = farm.layer(farm.job(), 2, min_ram=4000, max_ram=8000, fit_ram=True, predicted_ram=1000)
    (booked,) = farm.book((target, farm.node(), 1))
    farm.execute("select plow.raise_ram(%s, %s::int[])", [booked["proc_id"]], [1500])

    found = row(farm, target)
    assert (booked["ram"], found["asked"], found["min_ram"]) == (1000, 1536, 4000)


# -------------------- how good it was, and when it ends


def test_quality_is_kept_of_attempts_that_had_a_prediction(farm: Farm, db: Database) -> None:
    run(farm, db, "shot_v1", *[1000] * 4)
    assert farm.value("select count(*) from plow.prediction_quality") == 0
    run(farm, db, "shot_v2", 1000, 1000, 400, maxRam=9000)
    made = launch(db, layer(range="1", maxRam=9000), name="shot_v3")
    finish(farm, made.layers["beauty"], [1200], status=1, end="MEMORY")
    learn(farm)

    (told,) = farm.execute("select * from plow.prediction_quality")
    assert (told["service"], told["attempts"], told["within_ram"], told["killed_for_memory"]) == (
        "default",
        4,
        2,
        1,
    )
    assert (sorted(told["clock_ratios"]), len(told["ram_ratios"])) == ([1, 1, 1], 3)


def test_a_job_ends_when_its_work_is_done_by_the_cores_it_has(farm: Farm) -> None:
    farm.execute("set plow.now = '2030-01-01 00:00:00+00'")
    job = farm.job()
    target = farm.layer(job, tasks=6, predicted_clock_ms=60_000)
    farm.book((target, farm.node(cores=2), 2))
    farm.execute("set plow.now = '2030-01-01 00:00:30+00'")

    assert farm.value("select plow.predict_ends()") == 1
    # four waiting minutes and two running halves over two cores
    assert farm.value("select predicted_end = '2030-01-01 00:03:00+00' from plow.job")
    assert farm.value("select plow.predict_ends()") == 0
    farm.execute("update plow.job set paused = true")
    assert farm.value("select plow.predict_ends()") == 1
    assert farm.value("select predicted_end from plow.job") is None


def test_of_work_that_nothing_is_known_of_no_end_is_said(farm: Farm) -> None:
    target = farm.layer(farm.job(), tasks=3)
    farm.book((target, farm.node(), 1))
    farm.execute("select plow.predict_ends()")
    assert farm.value("select predicted_end from plow.job") is None
