"""What a launch may ask for besides its work, and what is changed of it later.

launched_before, moment, insert_job, set_job_priority, set_job_start_after, set_job_folder.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest

from plow_client.errors import Invalid, NotFound, PlowError
from plow_server.database import Database
from plow_server.read_farm import read_farm
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer, wait_for_lock

NOBODY = "00000000-0000-0000-0000-000000000000"
FAR = 4_000_000_000_000  # in the year 2096


def beside(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Do it in a thread of its own; what it gave or raised."""
    told: list[object] = []

    def run() -> None:
        try:
            told.append(work())
        except PlowError as error:
            told.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, told


# -------------------- the same request


def test_a_request_launched_again_is_the_same_job_also_when_that_is_over(farm: Farm, db: Database) -> None:
    request = str(uuid.uuid4())
    job = launch(db, layer(), requestId=request)

    assert launch(db, layer(), requestId=request).id == job.id
    db.run("kill_job", p_job=job.id, p_reason="")
    assert launch(db, layer(), requestId=request).id == job.id
    assert db.value("launched_before", p_request=request, p_name="shot") == job.id
    assert farm.value("select count(*) from plow.job") == 1
    assert launch(db, layer(), requestId=str(uuid.uuid4())).id != job.id


def test_jobs_without_a_request_are_jobs_of_their_own(farm: Farm, db: Database) -> None:
    assert launch(db, name="a").id != launch(db, name="b", requestId="").id
    assert db.value("launched_before", p_request=None, p_name="a") is None


def test_a_request_for_another_job_is_refused(farm: Farm, db: Database) -> None:
    request = str(uuid.uuid4())
    launch(db, requestId=request)

    with pytest.raises(Invalid, match="to launch 'other' has launched 'shot' already"):
        launch(db, name="other", requestId=request)
    with pytest.raises(Invalid, match="requestId 'again' is not a UUID"):
        launch(db, requestId="again")


def test_two_launches_of_one_request_at_once_make_one_job(farm: Farm, db: Database) -> None:
    request = str(uuid.uuid4())
    insert = (
        "select plow.insert_job(%s, 'test', 'shot', 'anna', 0, false, null, '/logs', '{}', '{}', '{}',"
        " 'RUNNING', %s)"
    )
    first = str(uuid.uuid4())
    with farm.connect() as other, other.transaction():
        assert other.execute(insert, (first, request)).fetchone() == {"insert_job": True}
        thread, told = beside(lambda: launch(db, requestId=request))
        wait_for_lock(farm)
    thread.join()

    assert [one.id for one in told] == [first]  # type: ignore[attr-defined]
    assert farm.value("select count(*) from plow.job") == 1
    assert farm.value(insert, uuid.uuid4(), request) is False


def test_the_same_name_of_two_requests_at_once_is_refused(farm: Farm, db: Database) -> None:
    with farm.connect() as other, other.transaction():
        other.execute(
            "select plow.insert_job(plow.new_id(), 'test', 'shot', 'anna', 0, false, null, '/logs', '{}', '{}', '{}',"
            " 'RUNNING', %s)",
            (str(uuid.uuid4()),),
        )
        thread, told = beside(lambda: launch(db, requestId=str(uuid.uuid4())))
        wait_for_lock(farm)
    thread.join()

    assert [str(error) for error in told] == ["there is an unfinished job 'shot' already"]


# -------------------- priority, start, grace


def test_a_launch_stores_what_it_was_asked(farm: Farm, db: Database) -> None:
    job = launch(
        db, layer("a", priority=5, killGraceS=0), layer("b", isPost=True), priority=-7, startAfter=FAR + 1
    )

    told = db.one("job_by_id", id=job.id, missing="")
    assert (told["priority"], told["start_after"], told["is_post"]) == (-7, FAR + 1, False)
    told = db.one("layer_by_id", id=job.layers["a"], missing="")
    assert (told["priority"], told["kill_grace_s"]) == (5, 0)
    post = farm.execute("select priority, start_after from plow.job where is_post")
    assert post == [{"priority": -7, "start_after": None}]
    told = farm.execute("select priority, kill_grace_s from plow.layer where name = 'b'")
    assert told == [{"priority": 0, "kill_grace_s": None}]


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"priority": 1001}, "job 'shot': a priority of 1001"),
        ({"startAfter": -1}, "-1 is no time"),
        ({"startAfter": 2**62}, "is no time in milliseconds"),
    ],
)
def test_a_launch_refuses_what_makes_no_sense(
    farm: Farm, db: Database, fields: dict[str, int], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        launch(db, **fields)


@pytest.mark.parametrize("fields", [{"priority": -1001}, {"killGraceS": -1}, {"killGraceS": 3601}])
def test_a_launch_refuses_what_makes_no_sense_of_a_layer(
    farm: Farm, db: Database, fields: dict[str, int]
) -> None:
    with pytest.raises(Invalid, match=r"layer 'beauty': .* are allowed"):
        launch(db, layer(**fields))


@pytest.mark.parametrize("ms", [0, 1, 1_700_000_000_123, 253_402_300_799_999])
def test_a_moment_is_the_way_back_from_milliseconds(farm: Farm, ms: int) -> None:
    assert farm.value("select plow.ms(plow.moment(%s::bigint))", ms) == ms
    assert farm.value("select plow.moment(0) is null and plow.moment(null) is null")


def test_nothing_is_booked_before_a_jobs_time(farm: Farm, db: Database) -> None:
    job, node = launch(db, startAfter=FAR), farm.node()
    beauty = job.layers["beauty"]

    assert farm.book((beauty, node, 1)) == []
    assert db.atomically(read_farm).layers == {}
    db.run("set_job_start_after", p_job=job.id, p_start_after_ms=0)
    assert len(farm.book((beauty, node, 1))) == 1
    db.run("set_job_start_after", p_job=job.id, p_start_after_ms=FAR)
    assert farm.book((beauty, node, 1)) == []
    farm.execute("set plow.now = '2097-01-01'")
    assert len(farm.book((beauty, node, 1))) == 1


def test_the_farm_knows_when_the_next_jobs_time_comes(farm: Farm, db: Database) -> None:
    assert db.value("farm_next_start") is None
    soon, later = launch(db, name="soon"), launch(db, name="later")
    farm.execute("update plow.job set start_after = now() + interval '1 hour' where id = %s", soon.id)
    farm.execute("update plow.job set start_after = now() + interval '2 hours' where id = %s", later.id)

    assert 3500 < (db.atomically(read_farm).next_start_s or 0) <= 3600
    db.run("kill_job", p_job=soon.id, p_reason="")
    assert 7100 < db.value("farm_next_start") <= 7200
    db.run("pause_job", p_job=later.id, p_paused=True)
    assert db.value("farm_next_start") is None


def test_the_planner_hears_of_priorities(farm: Farm, db: Database) -> None:
    job = launch(db, layer(priority=3))
    db.run("set_job_priority", p_job=job.id, p_priority=1000)

    read = db.atomically(read_farm)
    assert read.jobs[job.id].priority == 1000
    assert read.layers[job.layers["beauty"]].priority == 3


@pytest.mark.parametrize(
    "function, values",
    [
        ("set_job_priority", {"p_priority": 1}), ("set_job_start_after", {"p_start_after_ms": 0}),
        ("set_job_folder", {"p_folder": NOBODY}),
    ],
)  # fmt: skip
def test_an_unknown_job_is_told(db: Database, function: str, values: dict[str, object]) -> None:
    with pytest.raises(NotFound, match=f"no job '{NOBODY}'"):
        db.run(function, p_job=NOBODY, **values)


def test_values_out_of_range_are_refused(farm: Farm, db: Database) -> None:
    job = launch(db)
    with pytest.raises(Invalid, match="a priority is a number from -1000 to 1000"):
        db.run("set_job_priority", p_job=job.id, p_priority=1001)
    with pytest.raises(Invalid, match="-5 is no time in milliseconds since 1970"):
        db.run("set_job_start_after", p_job=job.id, p_start_after_ms=-5)


# -------------------- another folder


def folder_runs(farm: Farm, folder: object) -> tuple[int, int]:
    row = farm.execute("select run_cores, run_procs from plow.folder_counter where folder_id = %s", folder)[0]
    return row["run_cores"], row["run_procs"]


def test_a_job_takes_what_it_runs_to_its_new_folder(farm: Farm, db: Database) -> None:
    comp = farm.value("select plow.create_folder(%s, 'comp')", farm.project)
    job, node = launch(db, layer(minCores=2)), farm.node()
    (proc,) = farm.book((job.layers["beauty"], node, 1))

    db.run("set_job_folder", p_job=job.id, p_folder=comp)

    assert (folder_runs(farm, farm.folder), folder_runs(farm, comp)) == ((0, 0), (2, 1))
    assert farm.faults() == []
    farm.complete([proc["proc_id"]])
    assert folder_runs(farm, comp) == (0, 0)
    db.run("set_job_folder", p_job=job.id, p_folder=comp)  # where it is already
    assert len(farm.book((job.layers["beauty"], node, 1))) == 1
    assert folder_runs(farm, comp) == (2, 1)


def test_a_full_folder_takes_a_job_and_starts_nothing_of_it(farm: Farm, db: Database) -> None:
    comp = farm.value("select plow.create_folder(%s, 'comp')", farm.project)
    farm.execute("update plow.folder set max_cores = 0 where id = %s", comp)
    job = launch(db)

    db.run("set_job_folder", p_job=job.id, p_folder=comp)

    assert farm.book((job.layers["beauty"], farm.node(), 1)) == []


def test_a_folder_of_another_project_or_none_is_refused(farm: Farm, db: Database) -> None:
    other = farm.value("select plow.create_project('Other', 'other')")
    foreign = farm.value("select default_folder_id from plow.project where id = %s", other)
    job = launch(db)

    with pytest.raises(Invalid, match="belongs to another project than the job"):
        db.run("set_job_folder", p_job=job.id, p_folder=foreign)
    with pytest.raises(NotFound, match=f"no folder '{NOBODY}'"):
        db.run("set_job_folder", p_job=job.id, p_folder=NOBODY)


def test_a_booking_that_waits_for_the_move_books_for_neither_folder_wrongly(farm: Farm, db: Database) -> None:
    comp, node = farm.value("select plow.create_folder(%s, 'comp')", farm.project), farm.node()
    job = launch(db)
    with farm.connect() as other, other.transaction():
        other.execute("select plow.set_job_folder(%s, %s)", (job.id, comp))
        plan = {"p_layer": [job.layers["beauty"]], "p_node": [node], "p_n": [1]}
        thread, told = beside(lambda: db.all("commit_plan", **plan))
        wait_for_lock(farm)
    thread.join()

    assert told == [[]]  # stale: the folder that it locked is not the job's any more
    assert farm.faults() == []
    assert len(farm.book((job.layers["beauty"], node, 1))) == 1
    assert folder_runs(farm, comp) == (1, 1)


def test_a_result_that_waits_for_the_move_is_counted_in_the_new_folder(farm: Farm, db: Database) -> None:
    comp = farm.value("select plow.create_folder(%s, 'comp')", farm.project)
    job = launch(db)
    (proc,) = farm.book((job.layers["beauty"], farm.node(), 1))
    values = {"status": 0, "signal": 0, "end": "EXITED", "reason": "", "high_ram": 1, "high_cores": 1.0}
    values |= {"clock_ms": 1, "cpu_ms": 1}
    with farm.connect() as other, other.transaction():
        other.execute("select plow.set_job_folder(%s, %s)", (job.id, comp))
        result = {f"p_{key}": [value] for key, value in values.items()}
        thread, told = beside(lambda: db.all("complete_tasks", p_proc=[proc["proc_id"]], **result))
        wait_for_lock(farm)
    thread.join()

    assert [row["folder_id"] for row in told[0]] == [str(comp)]  # type: ignore[attr-defined]
    assert (folder_runs(farm, farm.folder), folder_runs(farm, comp)) == ((0, 0), (0, 0))


def test_two_moves_at_once_come_one_after_the_other(farm: Farm, db: Database) -> None:
    folders = [farm.value("select plow.create_folder(%s, %s)", farm.project, name) for name in "ab"]
    job = launch(db)
    farm.book((job.layers["beauty"], farm.node(), 1))
    with farm.connect() as other, other.transaction():
        other.execute("select plow.set_job_folder(%s, %s)", (job.id, folders[0]))
        thread, told = beside(lambda: db.run("set_job_folder", p_job=job.id, p_folder=folders[1]))
        wait_for_lock(farm)
    thread.join()

    assert told == [1]  # the lost race was run again
    assert [folder_runs(farm, folder) for folder in (farm.folder, *folders)] == [(0, 0), (0, 0), (1, 1)]
