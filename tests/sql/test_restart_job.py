"""restart_job, with has_releases and hold_inside: a job that is over runs again, and its books are right."""

from __future__ import annotations

import threading
from uuid import UUID

import psycopg
import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound, Unavailable
from plow_client.idl import DependType
from plow_server.database import Database
from plow_server.handlers.arguments import Id
from plow_server.handlers.depend import create_depend, drop_depend
from plow_server.handlers.job import restart_job
from tests.sql.farm import Farm
from tests.sql.launching import Launched, depend, launch, layer, states, wait_for_lock

NOBODY = "00000000-0000-0000-0000-000000000000"
B_ON_A = depend(DependType.LAYER_ON_LAYER, dependentLayer="b", dependOnLayer="a")


def restart(db: Database, job: Launched | str, failed_only: bool = False) -> int:
    job_id = job if isinstance(job, str) else job.id
    return int(db.value("restart_job", p_job=job_id, p_failed_only=failed_only, p_reason="again"))


def finish(farm: Farm, db: Database, job: Launched, node: UUID) -> None:
    """Run what there is, layer by layer, with what that releases."""
    for layer_id in [*job.layers.values(), *job.layers.values()]:
        farm.run_all(layer_id, node)
        db.all("release_dependents")
    assert db.one("job_by_id", id=job.id, missing="")["state"] == "FINISHED"


def test_all_tasks_of_a_finished_job_run_again_under_its_id(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer(range="1-3")), farm.node()
    finish(farm, db, job, node)

    assert restart(db, job) == 3

    row = db.one("job_by_id", id=job.id, missing="")
    assert (row["state"], row["restarts"], row["stop_time"], row["totals__waiting_task_count"]) == (
        "RUNNING",
        1,
        0,
        3,
    )
    assert db.one("job_by_active_name", name="shot", missing="")["id"] == job.id
    assert farm.faults() == []
    booked = farm.book((UUID(job.layers["beauty"]), node, 9))
    assert len(booked) == 3
    assert {task["retries"] for task in farm.tasks(UUID(job.layers["beauty"]))} == {1}


def test_depends_that_together_are_a_circle_are_named_until_one_is_dropped(farm: Farm, db: Database) -> None:
    """They were made one after the other, when the first was satisfied already."""
    job, node = launch(db, layer("a"), layer("b", depends=[B_ON_A]), layer("c")), farm.node()
    farm.run_all(job.layers["a"], node)
    db.all("release_dependents")
    late = depend(DependType.LAYER_ON_LAYER, dependentLayer=job.layers["a"], dependOnLayer=job.layers["b"])
    made = create_depend(db, late)
    finish(farm, db, job, node)

    with pytest.raises(
        Invalid, match="that would be a circle: a -> b -> a|that would be a circle: b -> a -> b"
    ):
        restart_job(db, Id(job.id), False, "again")
    assert db.one("job_by_id", id=job.id, missing="")["state"] == "FINISHED"

    drop_depend(db, Id(made.id))
    restart_job(db, Id(job.id), False, "again")
    finish(farm, db, job, node)


def test_frames_of_a_layer_that_wait_for_each_other_are_no_circle(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer("a", tasks=["x", "y"])), farm.node()
    create_depend(
        db,
        depend(DependType.TASK_ON_TASK, dependentTask=job.tasks["y"], dependOnTask=job.tasks["x"]),
    )
    finish(farm, db, job, node)

    restart_job(db, Id(job.id), False, "again")

    assert states(db, job.id) == {"x": "WAITING", "y": "DEPEND"}


def test_only_what_is_not_done_runs_again(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer(range="1-4", maxRetries=0)), farm.node()
    beauty = job.layers["beauty"]
    procs = [row["proc_id"] for row in farm.book((UUID(beauty), node, 3))]
    farm.complete(procs[:1])
    farm.complete(procs[1:2], status=1)
    db.run("eat_tasks", p_task=[farm.tasks(UUID(beauty))[3]["id"]], p_reason="")
    db.run("kill_job", p_job=job.id, p_reason="wrong")

    assert restart(db, job, failed_only=True) == 2

    assert farm.states(UUID(beauty)) == ["SUCCEEDED", "WAITING", "WAITING", "EATEN"]
    assert [task["failures"] for task in farm.tasks(UUID(beauty))] == [0] * 4
    assert farm.counter("layer_counter", layer_id=UUID(beauty))["ready"] == 1  # a killed process still lives
    farm.complete(procs[2:], end="KILLED")
    assert farm.counter("layer_counter", layer_id=UUID(beauty))["ready"] == 2


def test_nothing_that_is_not_over_or_has_nothing_to_do_restarts(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()

    with pytest.raises(NotAllowed, match="job 'shot' is not over"):
        restart(db, job)
    finish(farm, db, job, node)
    with pytest.raises(NotAllowed, match="job 'shot' has no task that is not done"):
        restart(db, job, failed_only=True)
    with pytest.raises(NotFound, match=f"no job '{NOBODY}'"):
        restart(db, NOBODY)


def test_a_name_that_is_taken_meanwhile_is_refused(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    finish(farm, db, job, node)
    launch(db)

    with pytest.raises(AlreadyExists, match="there is an unfinished job 'shot' already"):
        restart(db, job)

    assert states(db, job.id) == {"0001-beauty": "SUCCEEDED", "0002-beauty": "SUCCEEDED"}


def test_depends_inside_the_job_hold_again_but_for_dropped_ones(farm: Farm, db: Database) -> None:
    job = launch(
        db,
        layer("a"),
        layer("b", depends=[B_ON_A]),
        layer("c", depends=[depend(DependType.LAYER_ON_LAYER, dependentLayer="c", dependOnLayer="a")]),
    )
    node = farm.node()
    dropped = farm.value("select id from plow.depend where dependent_layer_id = %s", job.layers["c"])
    db.run("drop_depend", p_depend=dropped)
    finish(farm, db, job, node)

    restart(db, job)

    assert farm.states(UUID(job.layers["b"])) == ["DEPEND"] * 2
    assert farm.states(UUID(job.layers["c"])) == ["WAITING"] * 2
    farm.run_all(UUID(job.layers["a"]), node)
    db.all("release_dependents")
    assert farm.states(UUID(job.layers["b"])) == ["WAITING"] * 2


def test_frames_wait_for_their_frames_again(farm: Farm, db: Database) -> None:
    by_frame = depend(DependType.TASK_BY_TASK, dependentLayer="b", dependOnLayer="a")
    job, node = launch(db, layer("a"), layer("b", depends=[by_frame])), farm.node()
    finish(farm, db, job, node)
    restart(db, job)

    (proc,) = farm.book((UUID(job.layers["a"]), node, 1))
    farm.complete([proc["proc_id"]])
    db.all("release_dependents")

    assert farm.states(UUID(job.layers["b"])) == ["WAITING", "DEPEND"]


def test_of_two_depends_made_one_after_the_other_one_holds_again(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer("a"), layer("b", depends=[B_ON_A])), farm.node()
    farm.run_all(UUID(job.layers["a"]), node)
    db.all("release_dependents")
    farm.execute(
        "insert into plow.depend (type, is_active, satisfied, dependent_job_id, dependent_layer_id, on_job_id,"
        " on_layer_id) select type, false, plow.now(), dependent_job_id, dependent_layer_id, on_job_id, on_layer_id"
        " from plow.depend"
    )
    farm.run_all(UUID(job.layers["b"]), node)

    restart(db, job)

    assert farm.value("select count(*) from plow.depend where is_active") == 1
    assert {task["depend_count"] for task in farm.tasks(UUID(job.layers["b"]))} == {1}


def test_of_a_dropped_depend_and_a_newer_one_the_newer_holds_again(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer("a"), layer("b", depends=[B_ON_A])), farm.node()
    db.run("drop_depend", p_depend=farm.value("select id from plow.depend"))
    create_depend(
        db, depend(DependType.LAYER_ON_LAYER, dependentLayer=job.layers["b"], dependOnLayer=job.layers["a"])
    )
    finish(farm, db, job, node)

    restart(db, job)

    assert states(db, job.id)["0001-b"] == "DEPEND"
    assert farm.faults() == []


def test_a_depend_that_holds_when_the_job_ends_holds_alone_when_it_restarts(farm: Farm, db: Database) -> None:
    """The older of two that were made one after the other was activated again."""
    job, node = launch(db, layer("a"), layer("b", depends=[B_ON_A])), farm.node()
    older = farm.value("select id from plow.depend")
    db.run("drop_depend", p_depend=older)
    create_depend(
        db, depend(DependType.LAYER_ON_LAYER, dependentLayer=job.layers["b"], dependOnLayer=job.layers["a"])
    )
    farm.run_all(job.layers["a"], node)
    db.all("release_dependents")
    db.run("retry_tasks", p_task=[job.tasks["0001-a"]], p_reason="")
    db.run("activate_depend", p_depend=older)
    db.run("kill_job", p_job=job.id, p_reason="")

    restart(db, job)

    assert farm.execute("select id from plow.depend where is_active") == [{"id": older}]
    assert farm.faults() == []


def test_what_the_job_waited_for_elsewhere_is_as_it_was(farm: Farm, db: Database) -> None:
    first, second, node = launch(db, name="first"), launch(db, name="second"), farm.node()
    on = [depend(DependType.JOB_ON_JOB, dependOnJob=name) for name in ("first", "second")]
    job = launch(db, depends=on)
    finish(farm, db, first, node)
    db.all("release_dependents")
    db.run("kill_job", p_job=job.id, p_reason="")

    restart(db, job)

    assert set(states(db, job.id).values()) == {"DEPEND"}
    finish(farm, db, second, node)
    db.all("release_dependents")
    assert set(states(db, job.id).values()) == {"WAITING"}


def test_who_was_let_go_by_its_end_stays_so(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    other = launch(db, name="other", depends=[depend(DependType.JOB_ON_JOB, dependOnJob="shot")])
    finish(farm, db, job, node)

    restart(db, job)

    assert set(states(db, other.id).values()) == {"WAITING"}


def test_who_is_about_to_be_let_go_goes_first(farm: Farm, db: Database) -> None:
    job = launch(db)
    launch(db, name="other", depends=[depend(DependType.JOB_ON_JOB, dependOnJob="shot")])
    db.run("kill_job", p_job=job.id, p_reason="")

    with pytest.raises(Unavailable):
        restart(db, job)
    db.all("release_dependents")
    assert restart(db, job) == 2


@pytest.mark.parametrize("part", ["on_job_id", "on_layer_id", "on_task_id"])
def test_a_release_of_any_part_goes_first(farm: Farm, db: Database, part: str) -> None:
    job = launch(db)
    db.run("kill_job", p_job=job.id, p_reason="")
    ids = {
        "on_job_id": job.id,
        "on_layer_id": job.layers["beauty"],
        "on_task_id": job.tasks["0001-beauty"],
    }
    assert db.value("has_releases", p_job=job.id) is False

    farm.execute(f"insert into plow.depend_queue ({part}) values (%s)", ids[part])

    assert db.value("has_releases", p_job=job.id) is True


def post_of(farm: Farm, job: Launched) -> UUID:
    found: UUID = farm.value("select post_job_id from plow.job_post where job_id = %s", job.id)
    return found


def state_of(farm: Farm, job: UUID | str) -> str:
    return str(farm.value("select state from plow.job where id = %s", job))


def test_a_post_job_that_has_not_started_waits_again(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer(), layer("clean", isPost=True)), farm.node()
    post = post_of(farm, job)
    clean = farm.value("select id from plow.layer where job_id = %s", post)
    farm.run_all(UUID(job.layers["beauty"]), node)
    assert state_of(farm, post) == "RUNNING"

    restart(db, job)

    assert state_of(farm, post) == "POST" and farm.book((clean, node, 1)) == []
    farm.run_all(UUID(job.layers["beauty"]), node)
    assert state_of(farm, post) == "RUNNING" and len(farm.book((clean, node, 1))) == 1


def test_a_post_job_that_has_started_goes_on(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer(), layer("clean", isPost=True)), farm.node()
    post = post_of(farm, job)
    farm.run_all(UUID(job.layers["beauty"]), node)
    farm.book((farm.value("select id from plow.layer where job_id = %s", post), node, 1))

    restart(db, job)

    assert state_of(farm, post) == "RUNNING"


@pytest.mark.parametrize("what", ["ran", "was eaten", "was killed"])
def test_a_post_job_of_which_something_is_done_does_not_wait_again(
    farm: Farm, db: Database, what: str
) -> None:
    job, node = launch(db, layer(), layer("clean", isPost=True)), farm.node()
    post = post_of(farm, job)
    clean = farm.value("select id from plow.layer where job_id = %s", post)
    farm.run_all(UUID(job.layers["beauty"]), node)
    if what == "ran":
        farm.complete([farm.book((clean, node, 1))[0]["proc_id"]])
    elif what == "was eaten":
        db.run("eat_tasks", p_task=[farm.tasks(clean)[0]["id"]], p_reason="")
    else:
        db.run("kill_job", p_job=post, p_reason="")
    before = state_of(farm, post)

    restart(db, job)

    assert state_of(farm, post) == before == ("FINISHED" if what == "was killed" else "RUNNING")
    assert farm.faults() == []


@pytest.mark.parametrize("failed_only", [True, False])
def test_what_runs_again_has_all_its_retries_and_losses_again(
    farm: Farm, db: Database, failed_only: bool
) -> None:
    job, node = launch(db, layer(range="1", maxRetries=1)), farm.node()
    beauty = UUID(job.layers["beauty"])
    for end in ("EXITED", "LOST", "EXITED"):
        farm.complete([farm.book((beauty, node, 1))[0]["proc_id"]], status=1, end=end)
    db.run("kill_job", p_job=job.id, p_reason="")
    assert [(task["state"], task["failures"], task["losses"]) for task in farm.tasks(beauty)] == [
        ("DEAD", 2, 1)
    ]

    restart(db, job, failed_only)

    assert [(task["failures"], task["losses"]) for task in farm.tasks(beauty)] == [(0, 0)]
    farm.complete([farm.book((beauty, node, 1))[0]["proc_id"]], status=1)
    assert states(db, job.id) == {"0001-beauty": "WAITING"}


def test_where_only_failed_ones_run_again_nothing_waits_for_what_is_done(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer("a"), layer("b", depends=[B_ON_A])), farm.node()
    farm.run_all(UUID(job.layers["a"]), node)
    db.all("release_dependents")
    db.run("kill_job", p_job=job.id, p_reason="")

    restart(db, job, failed_only=True)

    assert {name: state for name, state in states(db, job.id).items() if name.endswith("b")} == {
        "0001-b": "WAITING",
        "0002-b": "WAITING",
    }


def test_a_post_job_restarts_behind_its_first_job(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer(), layer("clean", isPost=True)), farm.node()
    post = post_of(farm, job)
    farm.run_all(UUID(job.layers["beauty"]), node)
    farm.run_all(farm.value("select id from plow.layer where job_id = %s", post), node)
    restart(db, job)

    restart(db, str(post))

    assert state_of(farm, post) == "POST"
    farm.run_all(UUID(job.layers["beauty"]), node)
    assert state_of(farm, post) == "RUNNING"
    farm.run_all(farm.value("select id from plow.layer where job_id = %s", post), node)
    assert restart(db, str(post)) == 2 and state_of(farm, post) == "RUNNING"


def test_two_restarts_at_once_are_one(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    finish(farm, db, job, node)
    told: list[str] = []

    def second() -> None:
        try:
            restart(db, job)
        except NotAllowed as error:
            told.append(error.why)

    with farm.connect() as first:
        first.execute("begin")
        first.execute("select plow.restart_job(%s, false, '')", (job.id,))
        thread = threading.Thread(target=second)
        thread.start()
        wait_for_lock(farm)
        first.execute("commit")
    thread.join()

    assert told == ["job 'shot' is not over: retry its tasks, or kill it first"]
    assert db.one("job_by_id", id=job.id, missing="")["restarts"] == 1


def test_a_restart_waits_for_a_completion_of_a_killed_proc(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer(range="1")), farm.node()
    (proc,) = farm.book((UUID(job.layers["beauty"]), node, 1))
    db.run("kill_job", p_job=job.id, p_reason="")
    thread = threading.Thread(target=lambda: restart(db, job))

    with farm.connect() as other:
        other.execute("begin")
        other.execute(
            "select plow.complete_tasks(%s::uuid[], '{1}', '{9}', '{KILLED}', '{\"\"}', '{0}', '{0}', '{0}', '{0}')",
            ([proc["proc_id"]],),
        )
        thread.start()
        wait_for_lock(farm)
        other.execute("commit")
    thread.join()

    assert farm.counter("layer_counter", layer_id=UUID(job.layers["beauty"]))["ready"] == 1


def test_why_and_by_whom_a_job_ended_is_told_until_it_restarts(farm: Farm, db: Database) -> None:
    job = launch(db)
    with psycopg.connect(db.dsn) as session:
        session.execute("select set_config('plow.actor', 'berta', true)")
        session.execute("select plow.kill_job(%s, 'wrong camera')", (job.id,))

    row = db.one("job_by_id", id=job.id, missing="")
    assert (row["end_reason"], row["ended_by"]) == ("wrong camera", "berta")
    restart(db, job)
    row = db.one("job_by_id", id=job.id, missing="")
    assert (row["end_reason"], row["ended_by"]) == (None, None)


def test_work_that_ends_by_itself_was_ended_by_nobody(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    finish(farm, db, job, node)

    row = db.one("job_by_id", id=job.id, missing="")
    assert (row["end_reason"], row["ended_by"]) == (None, None)


def test_the_bell_rings(farm: Farm, db: Database) -> None:
    job = launch(db)
    db.run("kill_job", p_job=job.id, p_reason="")
    with farm.connect() as ears:
        ears.execute("listen plow_farm")
        restart(db, job)
        assert next(ears.notifies(timeout=5, stop_after=1)).channel == "plow_farm"
