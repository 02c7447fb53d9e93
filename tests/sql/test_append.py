"""open_job, append_layers, append_tasks, stored_type: a living job gets more, and its books are right."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import DependSpecT, DependType, LayerSpecT, TaskSpecT
from plow_server import growth
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.arguments import Id
from plow_server.handlers.depend import create_task_by_task_depend
from tests.sql.farm import Farm
from tests.sql.launching import Launched, depend, launch, launched, layer, states, wait_for_lock

NOBODY = "00000000-0000-0000-0000-000000000000"
BY_FRAME = DependType.TASK_BY_TASK
LIMIT = Limit()


def add_layers(db: Database, job: Launched, *layers: LayerSpecT, limit: Limit = LIMIT) -> Launched:
    growth.append_layers(db, job.id, layers, limit)
    return launched(db, job.id)


def add_frames(db: Database, layer_id: str, text: str, limit: Limit = LIMIT) -> None:
    growth.append_frames(db, layer_id, text, limit)


def task(name: str, *depends: DependSpecT) -> TaskSpecT:
    return TaskSpecT(name=name, depends=list(depends))


# ---- layers


def test_new_layers_come_after_the_others_and_can_be_booked(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"))

    job = add_layers(db, job, layer("b", range="1-3"), layer("c", tasks=["one"]))

    rows = db.all("layers_of_job", job_id=job.id)
    assert [(row["name"], row["order"]) for row in rows] == [("a", 0), ("b", 1), ("c", 2)]
    total = db.one("job_by_id", id=job.id, missing="")
    assert (total["totals__total_task_count"], total["totals__waiting_task_count"]) == (6, 6)
    assert farm.faults() == []
    assert len(farm.book((UUID(job.layers["b"]), farm.node(cores=9), 9))) == 3


def test_new_layers_wait_for_layers_old_and_new_and_for_other_jobs(farm: Farm, db: Database) -> None:
    other = launch(db, layer("far"), name="other")
    job = launch(db, layer("a"))

    job = add_layers(
        db,
        job,
        layer("b", depends=[depend(DependType.LAYER_ON_LAYER, dependOnLayer="a")]),
        layer("c", depends=[depend(BY_FRAME, dependOnLayer="b")]),
        layer("d", depends=[depend(DependType.LAYER_ON_TASK, dependOnJob="other", dependOnTask="0001-far")]),
        layer("e", depends=[depend(DependType.LAYER_ON_LAYER, dependOnLayer=other.layers["far"])]),
        layer("f", tasks=[task("x", depend(DependType.TASK_ON_LAYER, dependOnLayer="a")), "y"]),
    )

    counts = {row["name"]: row["totals__depend_task_count"] for row in db.all("layers_of_job", job_id=job.id)}
    assert counts == {"a": 0, "b": 2, "c": 2, "d": 2, "e": 2, "f": 1}


def test_an_old_layer_can_wait_for_a_new_one(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"))
    wait = depend(DependType.LAYER_ON_LAYER, dependentLayer="a", dependOnLayer="b")

    job = add_layers(db, job, layer("b", depends=[wait]))

    assert farm.states(UUID(job.layers["a"])) == ["DEPEND"] * 2


def test_what_the_whole_job_waits_for_holds_new_layers_too(farm: Farm, db: Database) -> None:
    first, node = launch(db, name="first"), farm.node()
    job = launch(db, depends=[depend(DependType.JOB_ON_JOB, dependOnJob="first")])

    job = add_layers(db, job, layer("b"))

    assert set(states(db, job.id).values()) == {"DEPEND"}
    farm.run_all(UUID(first.layers["beauty"]), node)
    db.all("release_dependents")
    assert set(states(db, job.id).values()) == {"WAITING"}


def test_a_circle_is_refused_and_nothing_is_left_of_it(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"))
    there = depend(DependType.LAYER_ON_LAYER, dependentLayer="a", dependOnLayer="b")
    back = depend(DependType.LAYER_ON_LAYER, dependentLayer="b", dependOnLayer="a")

    with pytest.raises(
        Invalid, match="that would be a circle: .*a -> b -> a|that would be a circle: .*b -> a -> b"
    ):
        add_layers(db, job, layer("b", depends=[there, back]))

    assert list(launched(db, job.id).layers) == ["a"]
    assert set(states(db, job.id).values()) == {"WAITING"}


@pytest.mark.parametrize(
    "layers, kind, why",
    [
        ([], Invalid, "no layers are given"),
        ([layer("a")], AlreadyExists, "job 'shot' has a layer 'a' already"),
        ([layer("b"), layer("b")], Invalid, "layer 'b' is there twice"),
        ([layer("b", tasks=["0001-a"])], AlreadyExists, "the job has a task of this name already"),
        ([layer("b", isPost=True)], Invalid, "layer 'b' cannot be a post layer of job 'shot'"),
        ([layer("b", range="1-x")], Invalid, "'1-x' is no frame"),
        ([layer("b", serv="gone")], Invalid, "no service 'gone'"),
        ([layer("b", depends=[depend(BY_FRAME, dependOnLayer="gone")])], NotFound, "no layer 'gone'"),
        (
            [layer("b", depends=[depend(BY_FRAME, dependOnJob="gone", dependOnLayer="a")])],
            NotFound,
            "no unfinished job 'gone'",
        ),
        (
            [layer("b", depends=[depend(BY_FRAME, dependentJob="other", dependOnLayer="a")])],
            Invalid,
            "cannot make job 'other' wait",
        ),
    ],
)
def test_a_fault_is_named_and_leaves_nothing(
    farm: Farm, db: Database, layers: list[LayerSpecT], kind: type[Exception], why: str
) -> None:
    job = launch(db, layer("a"))

    with pytest.raises(kind, match=why):
        add_layers(db, job, *layers)

    assert launched(db, job.id) == job


@pytest.mark.parametrize(
    "limit, why",
    [
        (Limit(layers_per_job=2), "has 3 layers; at most 2"),
        (Limit(tasks_per_job=5), "more than 5 tasks"),
        (Limit(frames_per_job=5), "more than 5 frames"),
        (Limit(depends_per_job=1), "makes 2 depends; at most 1"),
    ],
)
def test_limits_are_those_of_the_whole_job(farm: Farm, db: Database, limit: Limit, why: str) -> None:
    job = launch(db, layer("a"))
    new = [layer("b", depends=[depend(BY_FRAME, dependOnLayer="a")]), layer("c")]

    with pytest.raises(Invalid, match=why):
        add_layers(db, job, *new, limit=limit)
    add_layers(db, job, *new, limit=Limit(3, 6, 6, 2))


def test_a_job_that_is_over_or_not_there_is_refused(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"), layer("b", tasks=["x"]))
    db.run("kill_job", p_job=job.id, p_reason="")

    for grow in (
        lambda: add_layers(db, job, layer("c")),
        lambda: add_frames(db, job.layers["a"], "3"),
        lambda: growth.append_tasks(db, job.layers["b"], [task("y")], LIMIT),
        lambda: growth.set_layer_chunk(db, job.layers["a"], 2, LIMIT),
    ):
        with pytest.raises(NotAllowed, match="job 'shot' is over: restart it first"):
            grow()
    with pytest.raises(NotFound, match=f"no job '{NOBODY}'"):
        growth.append_layers(db, NOBODY, [layer()], LIMIT)
    with pytest.raises(NotFound, match=f"no job '{NOBODY}'"):
        db.all("open_job", p_job=NOBODY)  # it went after it was looked up
    with pytest.raises(NotFound, match=f"no layer '{NOBODY}'"):
        add_frames(db, NOBODY, "1")


# ---- frames and tasks


def test_new_frames_go_on_in_chunks_of_their_own(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a", range="1-5", chunk=2))
    add_frames(db, job.layers["a"], "8,6-7,10")

    rows = farm.tasks(UUID(job.layers["a"]))
    assert [(row["ord"], row["name"], row["frames"]) for row in rows] == [
        (0, "0001-a", "1-2"),
        (1, "0003-a", "3-4"),
        (2, "0005-a", None),
        (3, "0008-a", "8,6"),
        (4, "0007-a", "7,10"),
    ]
    assert db.one("layer_by_id", id=job.layers["a"], missing="")["range"] == "1-5,8,6-7,10"
    assert farm.faults() == []


def test_new_frames_are_booked_after_the_others(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer("a", range="1-2")), farm.node()
    beauty = UUID(job.layers["a"])
    farm.book((beauty, node, 1))
    add_frames(db, job.layers["a"], "3-4")

    booked = farm.book((beauty, node, 9))

    assert [row["task_id"] for row in booked] == [row["id"] for row in farm.tasks(beauty)[1:]]


@pytest.mark.parametrize(
    "text, why", [("2", "has frame 2 already"), ("7-9,1", "has frame 1 already"), ("x", "'x' is no frame")]
)
def test_a_frame_is_there_once(farm: Farm, db: Database, text: str, why: str) -> None:
    job = launch(db, layer("a"))

    with pytest.raises(Invalid, match=f"layer 'a'.*{why}"):
        add_frames(db, job.layers["a"], text)


def test_frames_and_names_do_not_mix(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"), layer("b", tasks=["x"]))

    with pytest.raises(Invalid, match="layer 'b' has named tasks, no frames"):
        add_frames(db, job.layers["b"], "3")
    with pytest.raises(Invalid, match="layer 'a' has frames, not named tasks"):
        growth.append_tasks(db, job.layers["a"], [task("y")], LIMIT)
    with pytest.raises(Invalid, match="layer 'b' has named tasks, no frames"):
        db.run(
            "append_tasks",
            p_layer=job.layers["b"], p_task_name=["y"], p_task_number=[1], p_task_frames=[None], p_range="1",
        )  # fmt: skip
    with pytest.raises(NotFound, match=f"no layer '{NOBODY}'"):
        db.run(
            "append_tasks",
            p_layer=NOBODY, p_task_name=["y"], p_task_number=[1], p_task_frames=[None], p_range="1",
        )  # fmt: skip


def test_named_tasks_come_with_their_depends(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"), layer("b", tasks=["x"]))
    on_frame = depend(DependType.TASK_ON_TASK, dependOnTask="0001-a")
    after = depend(DependType.TASK_ON_TASK, dependOnTask="y")

    growth.append_tasks(db, job.layers["b"], [task("y", on_frame), task("z", after)], LIMIT)

    assert states(db, job.id) == {
        "0001-a": "WAITING", "0002-a": "WAITING", "x": "WAITING", "y": "DEPEND", "z": "DEPEND",
    }  # fmt: skip


@pytest.mark.parametrize(
    "tasks, kind, why",
    [
        ([], Invalid, "no tasks are given"),
        (["x"], AlreadyExists, "the job has a task 'x' already"),
        (["0001-a"], AlreadyExists, "the job has a task '0001-a' already"),
        (["y", "y"], Invalid, "task 'y' is there twice"),
        (["a b"], Invalid, "task 'a b'"),
    ],
)
def test_a_bad_task_is_named(farm: Farm, db: Database, tasks: list[str], kind: Any, why: str) -> None:
    job = launch(db, layer("a"), layer("b", tasks=["x"]))

    with pytest.raises(kind, match=why):
        growth.append_tasks(db, job.layers["b"], [task(name) for name in tasks], LIMIT)


def test_tasks_and_frames_count_for_the_limits(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"), layer("b", tasks=["x"]))

    with pytest.raises(Invalid, match="job 'shot': more than 3 tasks"):
        growth.append_tasks(db, job.layers["b"], [task("y")], Limit(tasks_per_job=3))
    with pytest.raises(Invalid, match="job 'shot': more than 3 tasks"):
        add_frames(db, job.layers["a"], "3", Limit(tasks_per_job=3))
    with pytest.raises(Invalid, match="job 'shot' has more than 2 frames"):
        add_frames(db, job.layers["a"], "3", Limit(frames_per_job=2))


def test_what_the_layer_waits_for_holds_new_frames_and_who_waits_for_it_waits_for_them(
    farm: Farm, db: Database
) -> None:
    chain = [depend(DependType.LAYER_ON_LAYER, dependOnLayer=name) for name in "ab"]
    job = launch(db, layer("a"), layer("b", depends=chain[:1]), layer("c", depends=chain[1:]))
    node = farm.node()
    add_frames(db, job.layers["b"], "3")

    assert farm.states(UUID(job.layers["b"])) == ["DEPEND"] * 3
    farm.run_all(UUID(job.layers["a"]), node)
    db.all("release_dependents")
    farm.complete([row["proc_id"] for row in farm.book((UUID(job.layers["b"]), node, 2))])
    db.all("release_dependents")
    assert farm.states(UUID(job.layers["c"])) == ["DEPEND"] * 2


# ---- frame by frame


def by_frame_job(db: Database, at_launch: bool) -> Launched:
    wait = depend(BY_FRAME, dependentLayer="b", dependOnLayer="a")
    job = launch(db, layer("a"), layer("b", chunk=2, depends=[wait] if at_launch else []))
    if not at_launch:
        create_task_by_task_depend(db, Id(job.layers["b"]), Id(job.layers["a"]))
    return job


def waits(farm: Farm) -> list[tuple[str, str]]:
    rows = farm.execute(
        "select side.name as side, target.name as target from plow.depend"
        " join plow.task as side on side.id = dependent_task_id join plow.task as target on target.id = on_task_id"
        " where is_by_frame order by side.ord, target.ord"
    )
    return [(row["side"], row["target"]) for row in rows]


@pytest.mark.parametrize("at_launch", [True, False])
def test_new_frames_wait_for_their_frames(farm: Farm, db: Database, at_launch: bool) -> None:
    job = by_frame_job(db, at_launch)
    first = [("0001-b", "0001-a"), ("0001-b", "0002-a")]
    assert waits(farm) == first

    add_frames(db, job.layers["a"], "3-4")
    assert waits(farm) == first
    add_frames(db, job.layers["b"], "3-5")

    assert waits(farm) == [*first, ("0003-b", "0003-a"), ("0003-b", "0004-a")]
    assert farm.states(UUID(job.layers["b"])) == ["DEPEND", "DEPEND", "WAITING"]


def test_frames_added_to_what_is_waited_for_are_waited_for(farm: Farm, db: Database) -> None:
    job = by_frame_job(db, True)
    add_frames(db, job.layers["b"], "3-4")
    assert farm.states(UUID(job.layers["b"])) == ["DEPEND", "WAITING"]

    add_frames(db, job.layers["a"], "4")

    assert farm.states(UUID(job.layers["b"])) == ["DEPEND", "DEPEND"]
    assert waits(farm)[-1] == ("0003-b", "0004-a")


def test_across_jobs_too(farm: Farm, db: Database) -> None:
    first = launch(db, layer("a"), name="first")
    on_first = depend(BY_FRAME, dependOnJob="first", dependOnLayer="a")
    job = launch(db, layer("b", depends=[on_first]))
    add_frames(db, first.layers["a"], "3")
    add_frames(db, job.layers["b"], "3")

    assert waits(farm) == [(f"000{n}-b", f"000{n}-a") for n in (1, 2, 3)]
    db.run("kill_job", p_job=job.id, p_reason="")
    add_frames(db, first.layers["a"], "4")  # a job that is over waits for nothing any more


def test_what_was_dropped_does_not_grow(farm: Farm, db: Database) -> None:
    job = by_frame_job(db, True)
    for row in farm.execute("select id from plow.depend"):
        db.run("drop_depend", p_depend=row["id"])
    add_frames(db, job.layers["a"], "3")

    add_frames(db, job.layers["b"], "3")

    assert farm.states(UUID(job.layers["b"])) == ["WAITING", "WAITING"]


def test_only_rows_of_a_frame_by_frame_depend_grow(farm: Farm, db: Database) -> None:
    single = depend(DependType.TASK_ON_TASK, dependentTask="0001-b", dependOnTask="0001-a")
    job = launch(db, layer("a", range="1-3"), layer("b", range="1", depends=[single]))

    add_frames(db, job.layers["b"], "3")

    assert farm.states(UUID(job.layers["b"])) == ["DEPEND", "WAITING"]


# ---- races with the end of the job


def test_the_job_ends_first_and_the_new_frames_are_refused(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer("a", range="1")), farm.node()
    (proc,) = farm.book((UUID(job.layers["a"]), node, 1))
    told: list[str] = []

    def append() -> None:
        try:
            add_frames(db, job.layers["a"], "2")
        except NotAllowed as error:
            told.append(error.why)

    thread = threading.Thread(target=append)
    with farm.connect() as other:
        other.execute("begin")
        other.execute(COMPLETE, ([proc["proc_id"]],))
        thread.start()
        wait_for_lock(farm)
        other.execute("commit")
    thread.join()

    assert told == ["job 'shot' is over: restart it first"]
    assert farm.states(UUID(job.layers["a"])) == ["SUCCEEDED"]


@pytest.mark.parametrize("what", ["layers", "frames", "tasks"])
def test_the_new_work_comes_first_and_the_job_goes_on(farm: Farm, db: Database, what: str) -> None:
    job, node = launch(db, layer("a", range="1"), layer("b", tasks=["x"])), farm.node()
    procs = [row["proc_id"] for name in "ab" for row in farm.book((UUID(job.layers[name]), node, 1))]
    calls = {
        "layers": "select plow.append_layers(%s, %s, '{1}', '{y}', '{0}', '{null}')",
        "frames": "select plow.append_tasks(%s, '{0002-a}', '{2}', '{null}', '2')",
        "tasks": "select plow.append_tasks(%s, '{y}', '{0}', '{null}', null)",
    }
    given: dict[str, tuple[object, ...]] = {
        "layers": (job.id, ROW),
        "frames": (job.layers["a"],),
        "tasks": (job.layers["b"],),
    }

    def complete() -> None:
        with farm.connect() as session:
            session.execute(COMPLETE_TWO, (procs,))

    thread = threading.Thread(target=complete)
    with farm.connect() as other:
        other.execute("begin")
        other.execute(calls[what].encode(), given[what])
        thread.start()
        wait_for_lock(farm)
        other.execute("commit")
    thread.join()

    row = db.one("job_by_id", id=job.id, missing="")
    assert (row["state"], row["totals__waiting_task_count"]) == ("RUNNING", 1)


@pytest.mark.parametrize("what", ["layers", "frames", "tasks"])
def test_who_adds_work_with_depends_takes_the_turn_before_the_rows(
    farm: Farm, db: Database, what: str
) -> None:
    """As add_depends does: or one has the rows, the other the turn, and each waits for the other."""
    job = launch(
        db, layer("a"), layer("b", depends=[depend(BY_FRAME, dependOnLayer="a")]), layer("c", tasks=["x"])
    )
    wait = depend(DependType.TASK_ON_LAYER, dependOnLayer="a")
    calls = {
        "layers": lambda: add_layers(db, job, layer("d", tasks=[task("z", wait)])),
        "frames": lambda: add_frames(db, job.layers["a"], "3"),
        "tasks": lambda: growth.append_tasks(db, job.layers["c"], [task("y", wait)], LIMIT),
    }
    thread = threading.Thread(target=calls[what])
    with farm.connect() as other:
        other.execute("begin")
        other.execute("select pg_advisory_xact_lock(hashtextextended('plow depends', 0))")
        thread.start()
        wait_for_lock(farm)
        other.execute("select from plow.job_counter where job_id = %s for update nowait", (job.id,))
        other.execute("commit")
    thread.join()

    assert farm.faults() == []


@pytest.mark.parametrize("order", ["cut first", "add first"])
def test_frames_added_while_the_layer_is_cut_anew_are_cut_the_same(
    farm: Farm, db: Database, order: str
) -> None:
    job = launch(db, layer("a", range="1-4"))
    acts = [
        lambda: growth.set_layer_chunk(db, job.layers["a"], 2, LIMIT),
        lambda: add_frames(db, job.layers["a"], "5-8"),
    ]
    threads = [threading.Thread(target=act) for act in (acts if order == "cut first" else reversed(acts))]
    with db.transaction() as other:
        other.value("open_job", p_job=job.id)
        for count, thread in enumerate(threads, start=1):
            thread.start()
            wait_for_lock(farm, count)
    for thread in threads:
        thread.join()

    assert list(launched(db, job.id).tasks) == ["0001-a", "0003-a", "0005-a", "0007-a"]
    assert farm.faults() == []


def test_a_range_that_could_not_be_read_any_more_is_refused(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a", range="1-600000", chunk=0))

    with pytest.raises(Invalid, match="layer 'a': .* has more than 1,000,000 frames"):
        add_frames(db, job.layers["a"], "600001-1000001")

    add_frames(db, job.layers["a"], "600001")


COMPLETE = (
    "select plow.complete_tasks(%s::uuid[], '{0}', '{0}', '{EXITED}', '{\"\"}', '{0}', '{0}', '{0}', '{0}')"
)
COMPLETE_TWO = (
    "select plow.complete_tasks(%s::uuid[], '{0,0}', '{0,0}', '{EXITED,EXITED}', '{\"\",\"\"}', '{0,0}', '{0,0}',"
    " '{0,0}', '{0,0}')"
)
ROW = (
    '[{"place": 1, "first": 1, "post": false, "name": "c", "chunk": 1, "command": ["true"], "env": {},'
    ' "service": "default", "tags": ["render"], "min_cores": 1, "max_cores": 8, "min_ram": 512, "max_ram": 1024,'
    ' "max_retries": 1, "threadable": false}]'
)
