"""release_dependents and satisfy_depends: what waits for finished work goes on, once."""

from __future__ import annotations

import threading
from uuid import UUID

from tests.sql.farm import Farm
from tests.sql.launching import wait_for_lock


def test_a_frame_waits_for_its_frame(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    first, second = farm.layer(job, tasks=2, name="a"), farm.layer(job, tasks=2, name="b")
    for on, dependent in zip(farm.tasks(first), farm.tasks(second), strict=True):
        farm.depend(
            "TASK_ON_TASK",
            dependent_job_id=job,
            dependent_layer_id=second,
            dependent_task_id=dependent["id"],
            on_job_id=job,
            on_layer_id=first,
            on_task_id=on["id"],
        )
    (proc,) = farm.book((first, node, 1))

    (ended,) = farm.complete([proc["proc_id"]])
    woken = farm.execute("select * from plow.release_dependents()")

    assert ended["has_dependents"]
    assert [(row["layer_id"], row["woken"]) for row in woken] == [(second, 1)]
    assert farm.states(second) == ["WAITING", "DEPEND"]
    assert farm.execute("select * from plow.release_dependents()") == []


def test_a_layer_waits_for_the_last_task_of_another(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    first, second = farm.layer(job, tasks=2, name="a"), farm.layer(job, tasks=3, name="b")
    farm.depend(
        "LAYER_ON_LAYER", dependent_layer_id=second, dependent_job_id=job, on_job_id=job, on_layer_id=first
    )
    one, two = farm.book((first, node, 2))

    farm.complete([one["proc_id"]])
    farm.execute("select * from plow.release_dependents()")
    assert farm.states(second) == ["DEPEND"] * 3
    farm.complete([two["proc_id"]])
    farm.execute("select * from plow.release_dependents()")
    assert farm.states(second) == ["WAITING"] * 3
    assert len(farm.book((second, node, 3))) == 3


def test_a_job_waits_for_a_job(farm: Farm) -> None:
    first, second, node = farm.job("first"), farm.job("second"), farm.node()
    a, b = farm.layer(first, tasks=1), farm.layer(second, tasks=2)
    farm.depend("JOB_ON_JOB", dependent_job_id=second, on_job_id=first)
    assert farm.book((b, node, 2)) == []

    farm.run_all(a, node)
    farm.execute("select * from plow.release_dependents()")

    assert len(farm.book((b, node, 2))) == 2


def test_a_task_with_two_depends_waits_for_both(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    a, b, c = (farm.layer(job, tasks=1, name=name) for name in "abc")
    for on in (a, b):
        farm.depend(
            "LAYER_ON_LAYER", dependent_layer_id=c, dependent_job_id=job, on_job_id=job, on_layer_id=on
        )

    farm.run_all(a, node)
    farm.execute("select * from plow.release_dependents()")
    assert farm.states(c) == ["DEPEND"]
    farm.run_all(b, node)
    farm.execute("select * from plow.release_dependents()")
    assert farm.states(c) == ["WAITING"]


def test_what_was_left_by_a_crash_is_released_later(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    a, b = farm.layer(job, tasks=1, name="a"), farm.layer(job, tasks=1, name="b")
    farm.depend("LAYER_ON_LAYER", dependent_layer_id=b, dependent_job_id=job, on_job_id=job, on_layer_id=a)
    farm.run_all(a, node)  # and here the server died

    assert farm.value("select count(*) from plow.depend_queue") == 1
    other = farm.connect()
    with other:
        assert len(other.execute("select * from plow.release_dependents()").fetchall()) == 1
    assert farm.value("select count(*) from plow.depend_queue") == 0


def test_two_servers_release_each_thing_once(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    a, b = farm.layer(job, tasks=1, name="a"), farm.layer(job, tasks=1, name="b")
    farm.depend("LAYER_ON_LAYER", dependent_layer_id=b, dependent_job_id=job, on_job_id=job, on_layer_id=a)
    farm.run_all(a, node)

    first, second = farm.connect(), farm.connect()
    with first, second:
        first.execute("begin")
        assert len(first.execute("select * from plow.release_dependents()").fetchall()) == 1
        assert second.execute("select * from plow.release_dependents()").fetchall() == []
        first.execute("commit")
    assert farm.tasks(b)[0]["depend_count"] == 0


def test_what_was_retried_before_the_release_holds_on(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    a, b = farm.layer(job, tasks=1, name="a"), farm.layer(job, tasks=1, name="b")
    farm.depend("LAYER_ON_LAYER", dependent_layer_id=b, dependent_job_id=job, on_job_id=job, on_layer_id=a)
    (task,) = farm.tasks(a)
    c = farm.layer(job, tasks=1, name="c")
    farm.depend(
        "TASK_ON_TASK",
        dependent_job_id=job,
        dependent_layer_id=c,
        dependent_task_id=farm.tasks(c)[0]["id"],
        on_job_id=job,
        on_layer_id=a,
        on_task_id=task["id"],
    )
    farm.run_all(a, node)
    farm.execute("select plow.retry_tasks(%s, 'once more')", [task["id"]])

    farm.execute("select * from plow.release_dependents()")
    assert (farm.states(b), farm.states(c)) == (["DEPEND"], ["DEPEND"])

    farm.run_all(a, node)
    farm.execute("select * from plow.release_dependents()")
    assert (farm.states(b), farm.states(c)) == (["WAITING"], ["WAITING"])


def test_a_call_that_frees_nobody_says_so_and_the_next_goes_on(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    a, b, c = (farm.layer(job, tasks=2, name=name) for name in "abc")
    for on in (a, b):
        for first, then in zip(farm.tasks(on), farm.tasks(c), strict=True):
            farm.depend(
                "TASK_ON_TASK",
                dependent_job_id=job,
                dependent_layer_id=c,
                dependent_task_id=then["id"],
                on_job_id=job,
                on_layer_id=on,
                on_task_id=first["id"],
            )
    farm.run_all(a, node)
    farm.run_all(b, node)

    woken = []
    while rows := farm.execute("select * from plow.release_dependents(1)"):
        woken.append([(row["layer_id"], row["woken"]) for row in rows])

    assert woken == [[(c, 0)], [(c, 0)], [(c, 1)], [(c, 1)]]
    assert farm.states(c) == ["WAITING"] * 2


def test_a_layer_that_is_not_whole_asks_for_no_release(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    a, b = farm.layer(job, tasks=2, name="a"), farm.layer(job, tasks=1, name="b")
    farm.depend("LAYER_ON_LAYER", dependent_layer_id=b, dependent_job_id=job, on_job_id=job, on_layer_id=a)
    (booked,) = farm.book((a, node, 1))

    (ended,) = farm.complete([booked["proc_id"]])

    assert not ended["has_dependents"]
    assert farm.value("select count(*) from plow.depend_queue") == 0


def test_what_runs_though_it_should_have_waited_runs_on_when_it_is_released(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    a, b = farm.layer(job, tasks=1, name="a"), farm.layer(job, tasks=1, name="b")
    farm.book((b, node, 1))
    farm.execute(
        "select plow.add_depends('{LAYER_ON_LAYER}', array[%s::uuid], array[%s::uuid], '{null}', array[%s::uuid],"
        " array[%s::uuid], '{null}')",
        job, b, job, a,
    )  # fmt: skip
    farm.run_all(a, node)

    farm.execute("select * from plow.release_dependents()")

    assert farm.states(b) == ["RUNNING"]


def test_a_layer_that_is_appended_meanwhile_is_told_as_woken(farm: Farm) -> None:
    """Or whoever keeps count would not know of it before it reads the farm anew."""
    first, second, node = farm.job("first"), farm.job("second"), farm.node()
    on, old = farm.layer(first, tasks=1), farm.layer(second, tasks=1)
    farm.depend("JOB_ON_JOB", dependent_job_id=second, on_job_id=first)
    farm.run_all(on, node)

    other, told = farm.beside(), Telling(farm)
    other.execute("begin")
    other.execute("select plow.lock_rows(null, null, array[%s]::uuid[], null, null)", second)
    new = other.layer(second, tasks=2, name="new")
    other.execute("update plow.task set depend_count = 1, state = 'DEPEND' where layer_id = %s", new)
    other.execute("delete from plow.waiting where layer_id = %s", new)
    other._recount()
    told.start()
    wait_for_lock(farm)
    other.execute("commit")
    told.join()

    assert told.rows == {old: 1, new: 2}
    assert farm.states(new) == ["WAITING"] * 2
    assert farm.faults() == []


class Telling(threading.Thread):
    """Releases by way of another session, and keeps what that returned."""

    def __init__(self, farm: Farm) -> None:
        super().__init__()
        self._farm = farm.beside()
        self.rows: dict[UUID, int] = {}

    def run(self) -> None:
        rows = self._farm.execute("select * from plow.release_dependents()")
        self.rows = {row["layer_id"]: row["woken"] for row in rows}
