"""Every change of state beside every other, in two transactions of which the second begins before the first ends.

However they meet: no deadlock, no error but a refusal, the books right afterwards, and what is forbidden by the
first is not done by the second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from plow_server.database import Database
from tests.sql.farm import Farm, Row

REFUSED = {"PW001", "PW003", "PW004", "23505"}

RESULT = "array[%(proc)s], '{{{}}}', '{{0}}', '{{{}}}', '{{\"\"}}', '{{1}}', '{{1}}', '{{1}}', '{{1}}'"
MOVES = {
    "book": "select * from plow.commit_plan(array[%(a)s, %(b)s, %(c)s], array_fill(%(node)s::uuid, '{3}'), '{4,4,4}')",
    "succeed": f"select * from plow.complete_tasks({RESULT.format(0, 'EXITED')})",
    "fail": f"select * from plow.complete_tasks({RESULT.format(1, 'EXITED')})",
    "abort": f"select * from plow.complete_tasks({RESULT.format(1, 'ABORTED')})",
    "kill": "select plow.kill_tasks(%(tasks)s, 'because')",
    "retry": "select plow.retry_tasks(%(tasks)s, 'because')",
    "eat": "select plow.eat_tasks(%(tasks)s, 'because')",
    "kill job": "select plow.kill_job(%(job)s, 'because')",
    "release": "select * from plow.release_dependents()",
    "drop": "select plow.drop_depend(%(depend)s)",
    "activate": "select plow.activate_depend(%(dropped)s)",
    "depend": "select plow.add_depends('{LAYER_ON_LAYER}', array[%(other)s], array[%(c)s], '{null}', array[%(job)s],"
    " array[%(a)s], '{null}')",
    "job depend": "select plow.add_depends('{JOB_ON_JOB}', array[%(other)s], '{null}', '{null}', array[%(job)s],"
    " '{null}', '{null}')",
}

# Once these are committed, nothing of what waited with its booking may start.
STOPS = {
    "pause": "select plow.pause_job(job, true) from unnest(array[%(job)s, %(other)s]) as job",
    "cap jobs": "select plow.set_job_cores(job, null, 0) from unnest(array[%(job)s, %(other)s]) as job",
    "cap folder": "select plow.set_folder_cores(%(folder)s, null, 0)",
    "lock quota": "select plow.set_quota(%(quota)s, p_locked => true)",
    "cap quota": "select plow.set_quota(%(quota)s, p_burst => 2)",
    "lock cluster": "select plow.lock_cluster(%(cluster)s, true)",
    "lock node": "select plow.set_node_locked(%(node)s, true)",
    "later": "select plow.set_job_start_after(job, 4102444800000) from unnest(array[%(job)s, %(other)s]) as job",
    "other tags": "select plow.set_node_tags(%(node)s, '{gpu}')",
    "large layers": "select plow.set_layer(layer, p_min_cores => 99) from unnest(array[%(a)s, %(b)s, %(c)s]) as layer",
    "small node": "select plow.resize_node(%(node)s, 2, 1024)",
    "exclusive pool": "select plow.create_pool('vip', '{n1}', true)",
    "other pool": 'select plow.set_layer_needs(layer, \'{"pools": ["p"]}\')'
    " from (select plow.create_pool('p', '{}', false) offset 0) as made, unnest(array[%(a)s, %(b)s, %(c)s]) as layer",
    "devices": "select plow.set_layer_needs(layer, '{\"gpus\": 1}') from unnest(array[%(a)s, %(b)s, %(c)s]) as layer",
    "no licence": 'select plow.set_layer_needs(layer, \'{"limits": ["x"]}\')'
    " from (select plow.create_limit('x', 0, 'TASK') offset 0) as made, unnest(array[%(a)s, %(b)s, %(c)s]) as layer",
    "silent node": "select plow.sweep_silent(1, 60)",
    "kill jobs": "select plow.kill_job(job, '') from unnest(array[%(job)s, %(other)s]) as job",
    "hold all": "select plow.add_depends('{JOB_ON_JOB,JOB_ON_JOB}', array[%(job)s, %(other)s], '{null,null}',"
    " '{null,null}', array[%(third)s, %(third)s], '{null,null}', '{null,null}')",
}


class Scene:
    """Two jobs: `a` runs, `b` waits for `a`, `c` is in the other job and waited for `b` until that was dropped."""

    def __init__(self, farm: Farm) -> None:
        self.farm = farm
        self.other, self.rival = farm.connect(), farm.connect()

    def close(self) -> None:
        self.other.close()
        self.rival.close()

    def set(self, act: str) -> dict[str, object]:
        farm = self.farm
        farm.reset()
        farm.execute("delete from plow.node")
        job, other, third = (farm.job(name) for name in ("first", "second", "third"))
        node = farm.node(cores=8)
        farm.execute("update plow.node_report set updated = plow.now() - interval '5 s'")
        farm.execute("insert into plow.listening values (true, plow.now() - interval '60 s', plow.now())"
                     " on conflict (one) do update set since = excluded.since, until = excluded.until")  # fmt: skip
        a, b = farm.layer(job, 2, "a", min_cores=2, min_ram=128), farm.layer(job, 2, "b", min_ram=128)
        c = farm.layer(other, 2, "c", min_ram=128)
        sides = {"dependent_layer_id": b, "dependent_job_id": job, "on_job_id": job, "on_layer_id": a}
        depend = farm.depend("LAYER_ON_LAYER", **sides)
        dropped = farm.depend(
            "LAYER_ON_LAYER", dependent_layer_id=c, dependent_job_id=other, on_job_id=job, on_layer_id=b
        )
        farm.execute("select plow.drop_depend(%s)", dropped)
        (booked,) = farm.book((a, node, 1))
        tasks = [row["id"] for layer in (a, c) for row in farm.tasks(layer)]
        self._act(act, a, [row["id"] for row in farm.tasks(a)], booked["proc_id"], node)
        return {
            "job": job, "other": other, "third": third, "node": node, "a": a, "b": b, "c": c, "depend": depend,
            "dropped": dropped, "tasks": tasks, "proc": booked["proc_id"], "folder": farm.folder, "quota": farm.quota,
            "cluster": farm.cluster,
        }  # fmt: skip

    def _act(self, act: str, a: UUID, tasks: list[UUID], proc: UUID, node: UUID) -> None:
        """How far the play has come."""
        if act == "one was killed":
            self.farm.execute("select plow.kill_tasks(%s, '')", tasks)
        elif act == "the first layer is done":
            self.farm.complete([proc])
            self.farm.run_all(a, node)

    def meet(self, first: str, second: str, ids: dict[str, object]) -> list[Row]:
        """What the second answers; none where it was refused."""
        answers: list[Row] = []
        errors: list[Exception] = []

        def late() -> None:
            try:
                answers.extend(self.rival.execute(second.encode(), ids).fetchall())
            except Exception as error:  # noqa: BLE001 - looked at below
                errors.append(error)

        thread = threading.Thread(target=late)
        with self.other.transaction():
            self.other.execute(first.encode(), ids)
            thread.start()
            self._wait_until_it_waits(thread)
        thread.join()
        for error in errors:
            assert isinstance(error, psycopg.DatabaseError) and error.sqlstate in REFUSED, error
        return answers

    def _wait_until_it_waits(self, thread: threading.Thread) -> None:
        deadline = time.monotonic() + 10
        while thread.is_alive() and time.monotonic() < deadline:
            if self.farm.value("select cardinality(pg_blocking_pids(%s)) > 0", self.rival.info.backend_pid):
                return
            time.sleep(0.001)


@pytest.fixture
def scenes(db: Database) -> Iterator[Scene]:
    farm = Farm(db.dsn)
    scene = Scene(farm)
    yield scene
    scene.close()
    farm.close()


# What is worth meeting in each act.
ACTS = {
    "one runs": list(MOVES),
    "one was killed": ["book", "succeed", "abort", "retry", "eat", "kill job", "activate"],
    "the first layer is done": ["book", "retry", "kill job", "release", "drop", "depend", "job depend"],
}


@pytest.mark.parametrize(("act", "first"), [(act, first) for act, moves in ACTS.items() for first in moves])
def test_any_move_beside_any_other(scenes: Scene, first: str, act: str) -> None:
    for second in ACTS[act]:
        ids = scenes.set(act)
        scenes.meet(MOVES[first], MOVES[second], ids)
        assert scenes.farm.faults() == [], f"{first}, then {second}"
        while scenes.farm.execute("select * from plow.release_dependents()"):
            pass
        assert scenes.farm.faults() == [], f"{first}, then {second}, then release"


@pytest.mark.parametrize("stop", STOPS)
def test_what_is_stopped_first_does_not_start(scenes: Scene, stop: str) -> None:
    ids = scenes.set("one runs")
    assert scenes.meet(STOPS[stop], MOVES["book"], ids) == []
    assert scenes.farm.faults() == []


@pytest.mark.parametrize("stop", STOPS)
def test_what_started_first_is_in_the_books_of_the_stop(scenes: Scene, stop: str) -> None:
    scenes.meet(MOVES["book"], STOPS[stop], scenes.set("one runs"))
    assert scenes.farm.faults() == []
