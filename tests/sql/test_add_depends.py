"""add_depends, hold_dependents and is_done: depends made after the launch."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import Launched, launch, launched, layer, states, wait_for_lock


def add(db: Database, kind: str, job: Launched, on: Launched, **sides: str) -> str:
    """One depend; sides are the layer and task that wait, and on_layer and on_task."""
    columns: dict[str, Any] = {"p_type": [kind], "p_job": [job.id], "p_on_job": [on.id]}
    for side in ("layer", "task", "on_layer", "on_task"):
        columns[f"p_{side}"] = [sides.get(side)]
    return str(db.value("add_depends", **columns))


def test_waiting_tasks_wait_longer_and_running_ones_go_on(farm: Farm, db: Database) -> None:
    first, job, node = launch(db, name="first"), launch(db, layer(range="1-3")), farm.node()
    (booked,) = farm.book((job.layers["beauty"], node, 1))

    add(db, "JOB_ON_JOB", job, first)

    assert states(db, job.id) == {"0001-beauty": "RUNNING", "0002-beauty": "DEPEND", "0003-beauty": "DEPEND"}
    farm.complete([booked["proc_id"]], status=1)
    assert set(states(db, job.id).values()) == {"DEPEND"}
    farm.run_all(first.layers["beauty"], node)
    db.run("release_dependents")
    assert set(states(db, job.id).values()) == {"WAITING"}


@pytest.mark.parametrize("kind", ["LAYER_ON_LAYER", "LAYER_ON_TASK", "TASK_ON_LAYER", "TASK_ON_TASK"])
def test_each_type_holds_what_it_names_and_no_more(farm: Farm, db: Database, kind: str) -> None:
    job = launch(db, layer("a"), layer("b"))
    sides = {"layer": job.layers["b"], "on_layer": job.layers["a"]}
    if kind.startswith("TASK"):
        sides["task"] = job.tasks["0001-b"]
    if kind.endswith("TASK"):
        sides["on_task"] = job.tasks["0001-a"]

    add(db, kind, job, job, **sides)

    held = [name for name, state in states(db, job.id).items() if state == "DEPEND"]
    assert held == (["0001-b"] if kind.startswith("TASK") else ["0001-b", "0002-b"])
    for done in ("0001-a", "0002-a"):
        db.run("eat_tasks", p_task=[job.tasks[done]], p_reason="")
        db.run("release_dependents")
        still = "DEPEND" in states(db, job.id).values()
        assert still == (done == "0001-a" and kind.endswith("LAYER"))


def test_two_depends_are_two_things_to_wait_for(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"), layer("b"), layer("c"))
    for on in ("a", "b"):
        add(db, "LAYER_ON_LAYER", job, job, layer=job.layers["c"], on_layer=job.layers[on])

    db.run("eat_tasks", p_task=[job.tasks["0001-a"], job.tasks["0002-a"]], p_reason="")
    db.run("release_dependents")
    assert states(db, job.id)["0001-c"] == "DEPEND"
    db.run("eat_tasks", p_task=[job.tasks["0001-b"], job.tasks["0002-b"]], p_reason="")
    db.run("release_dependents")
    assert states(db, job.id)["0001-c"] == "WAITING"


def test_an_active_depend_cannot_be_made_twice(farm: Farm, db: Database) -> None:
    first, job = launch(db, name="first"), launch(db)
    add(db, "JOB_ON_JOB", job, first)

    with pytest.raises(AlreadyExists):
        add(db, "JOB_ON_JOB", job, first)


def test_nothing_waits_for_itself(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"))
    a, one = job.layers["a"], job.tasks["0001-a"]

    for kind, sides in (
        ("JOB_ON_JOB", {}),
        ("LAYER_ON_LAYER", {"layer": a, "on_layer": a}),
        ("LAYER_ON_TASK", {"layer": a, "on_layer": a, "on_task": one}),
        ("TASK_ON_LAYER", {"layer": a, "task": one, "on_layer": a}),
        ("TASK_ON_TASK", {"layer": a, "task": one, "on_layer": a, "on_task": one}),
    ):
        with pytest.raises(Invalid, match="nothing can wait for itself"):
            add(db, kind, job, job, **sides)
    assert add(db, "TASK_ON_TASK", job, job, layer=a, task=job.tasks["0002-a"], on_layer=a, on_task=one)


def test_a_job_does_not_wait_for_its_post_job(farm: Farm, db: Database) -> None:
    job = launch(db, layer("a"), layer("report", isPost=True))
    post = launched(db, str(farm.value("select post_job_id from plow.job_post")))

    with pytest.raises(Invalid, match="nothing can wait for itself"):
        add(db, "LAYER_ON_LAYER", job, post, layer=job.layers["a"], on_layer=post.layers["report"])
    assert add(db, "JOB_ON_JOB", post, job)


def test_work_that_is_over_holds_nobody(farm: Farm, db: Database) -> None:
    first, job, node = launch(db, name="first"), launch(db), farm.node()
    (booked, _) = farm.book((first.layers["beauty"], node, 2))
    farm.complete([booked["proc_id"]])

    add(
        db, "LAYER_ON_TASK", job, first,
        layer=job.layers["beauty"], on_layer=first.layers["beauty"], on_task=str(booked["task_id"]),
    )  # fmt: skip
    db.run("kill_job", p_job=first.id, p_reason="")
    add(db, "JOB_ON_JOB", job, first)
    add(db, "LAYER_ON_LAYER", job, first, layer=job.layers["beauty"], on_layer=first.layers["beauty"])

    assert set(states(db, job.id).values()) == {"WAITING"}
    assert farm.value("select count(*) from plow.depend where is_active") == 0


def test_eaten_work_holds_nobody_who_comes_later_and_a_layer_does_until_all_of_it_is_over(
    farm: Farm, db: Database
) -> None:
    first, job, node = launch(db, layer("a"), layer("b"), name="first"), launch(db), farm.node()
    a, eaten = first.layers["a"], first.tasks["0001-a"]
    db.run("eat_tasks", p_task=[eaten], p_reason="")

    beauty, one = job.layers["beauty"], job.tasks["0001-beauty"]
    add(db, "LAYER_ON_TASK", job, first, layer=beauty, on_layer=a, on_task=eaten)
    add(db, "TASK_ON_TASK", job, first, layer=beauty, task=one, on_layer=a, on_task=eaten)
    assert set(states(db, job.id).values()) == {"WAITING"}
    add(db, "TASK_ON_LAYER", job, first, layer=beauty, task=one, on_layer=a)
    assert states(db, job.id) == {"0001-beauty": "DEPEND", "0002-beauty": "WAITING"}
    farm.run_all(a, node)
    add(db, "LAYER_ON_LAYER", job, first, layer=beauty, on_layer=a)
    assert states(db, job.id) == {"0001-beauty": "DEPEND", "0002-beauty": "WAITING"}
    db.run("release_dependents")
    assert set(states(db, job.id).values()) == {"WAITING"}
    assert farm.faults() == []


def test_a_finished_job_waits_for_nothing(farm: Farm, db: Database) -> None:
    first, job = launch(db, name="first"), launch(db)
    db.run("kill_job", p_job=job.id, p_reason="")

    with pytest.raises(NotAllowed, match="job 'shot' has finished"):
        add(db, "JOB_ON_JOB", job, first)


def test_a_depend_made_while_its_target_completes_does_not_hang(farm: Farm, db: Database) -> None:
    first, job, node, other = (
        launch(db, layer(range="1"), name="first"),
        launch(db),
        farm.node(),
        farm.connect(),
    )
    (booked,) = farm.book((first.layers["beauty"], node, 1))

    with other.transaction():
        other.execute(
            "select * from plow.complete_tasks("
            "%s::uuid[], '{0}', '{0}', '{EXITED}', '{\"\"}', '{1}', '{1}', '{1}', '{1}')",
            ([booked["proc_id"]],),
        )
        rival = threading.Thread(target=lambda: add(db, "JOB_ON_JOB", job, first))
        rival.start()
        wait_for_lock(farm)
    rival.join()
    other.close()

    assert set(states(db, job.id).values()) == {"WAITING"}
