"""kill_tasks, stop_tasks, lock_tasks: what runs is stopped and queued again."""

from __future__ import annotations

import threading

from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer, states, wait_for_lock


def test_a_killed_task_waits_until_its_process_is_gone(farm: Farm, db: Database) -> None:
    job, node = launch(db, layer("a", range="1-2")), farm.node()
    (booked,) = farm.book((job.layers["a"], node, 1))

    assert db.value("kill_tasks", p_task=list(job.tasks.values()), p_reason="killed by anna") == 1

    proc = farm.counter("proc", id=booked["proc_id"])
    assert (proc["state"], proc["kill_signal"], proc["kill_reason"]) == ("KILLING", 669, "killed by anna")
    assert states(db, job.id)["0001-a"] == "WAITING"
    assert farm.counter("node_counter", node_id=node)["idle_cores"] == 3
    assert [row["task_id"] for row in farm.book((job.layers["a"], node, 9))] != [booked["task_id"]]

    farm.complete([booked["proc_id"]], signal=9, end="KILLED")
    assert farm.counter("layer_counter", layer_id=booked["layer_id"])["ready"] == 1
    task = farm.counter("task", id=booked["task_id"])
    assert (task["state"], task["failures"], task["exit_signal"]) == ("WAITING", 0, 669)


def test_what_does_not_run_is_left_alone(farm: Farm, db: Database) -> None:
    job = launch(db)

    assert db.value("kill_tasks", p_task=list(job.tasks.values()), p_reason="") == 0
    assert set(states(db, job.id).values()) == {"WAITING"}


def test_with_states_only_those_that_are_in_them_now(farm: Farm, db: Database) -> None:
    job = launch(db)
    farm.book((job.layers["beauty"], farm.node(), 2))

    assert db.value("kill_tasks", p_task=list(job.tasks.values()), p_reason="", p_state=["DEAD"]) == 0


def test_a_booking_in_flight_is_killed_too(farm: Farm, db: Database) -> None:
    job, node, other = launch(db), farm.node(), farm.connect()
    killed: list[int] = []

    with other.transaction():
        other.execute(
            "select * from plow.commit_plan(%s::uuid[], %s::uuid[], '{2}')", ([job.layers["beauty"]], [node])
        )
        rival = threading.Thread(
            target=lambda: killed.append(db.value("kill_tasks", p_task=list(job.tasks.values()), p_reason=""))
        )
        rival.start()
        wait_for_lock(farm)
    rival.join()
    other.close()

    assert killed == [2]
    assert farm.value("select count(*) from plow.proc where state = 'KILLING'") == 2
