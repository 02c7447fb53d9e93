"""What must never be, is refused by the tables themselves, whatever a function got wrong."""

from __future__ import annotations

import psycopg
import pytest

from tests.sql.farm import Farm


@pytest.mark.parametrize(
    "wrong",
    [
        "update plow.quota_counter set burst = 0",
        "update plow.quota_counter set run_cores = -1",
        "update plow.folder_counter set run_procs = -1",
        "update plow.job_counter set waiting = waiting - 1",
        "update plow.layer_counter set running = running + 1",
        "update plow.layer_counter set ready = waiting + 1",
        "update plow.node_counter set idle_cores = cores + 1",
        "update plow.node_counter set idle_cores = -1",
        "update plow.node_counter set idle_ram = ram + 1",
        "update plow.node_counter set idle_ram = -1",
        "update plow.task set depend_count = 1 where state = 'WAITING'",
        "update plow.task set depend_count = -1",
        "update plow.proc set state = 'KILLING'",
        "update plow.proc set kill_signal = 9",
        "update plow.job set state = 'FINISHED'",
        "update plow.job set active_name = null",
        "update plow.depend set is_active = false",
        "update plow.depend set on_task_id = plow.new_id(), on_layer_id = null",
        "insert into plow.depend_queue (on_job_id, on_layer_id) values (plow.new_id(), plow.new_id())",
    ],
)
def test_what_must_not_be_is_refused(farm: Farm, wrong: str) -> None:
    job = farm.job()
    layer, node = farm.layer(job, tasks=3), farm.node()
    farm.book((layer, node, 1))
    other = farm.layer(job, tasks=1, name="other")
    sides = {"dependent_layer_id": other, "dependent_job_id": job, "on_job_id": job, "on_layer_id": layer}
    farm.depend("LAYER_ON_LAYER", **sides)

    with pytest.raises(psycopg.errors.CheckViolation):
        farm.execute(wrong)


@pytest.mark.parametrize(
    "twice",
    [
        "insert into plow.proc (id, task_id, layer_id, job_id, quota_id, node_id, cores, ram, attempt)"
        " select plow.new_id(), task_id, layer_id, job_id, quota_id, node_id, cores, ram, attempt from plow.proc",
        "insert into plow.job (project_id, folder_id, name, active_name, username, log_path)"
        " select project_id, folder_id, name, active_name, username, log_path from plow.job",
        "insert into plow.depend (type, dependent_job_id, dependent_layer_id, on_job_id, on_layer_id)"
        " select type, dependent_job_id, dependent_layer_id, on_job_id, on_layer_id from plow.depend",
        "insert into plow.task (id, layer_id, job_id, name, ord, state, min_ram)"
        " select plow.new_id(), layer_id, job_id, name, 9, state, min_ram from plow.task limit 1",
        "insert into plow.cluster (name, tags, is_default) values ('second', '{a}', true)",
    ],
)
def test_what_may_be_once_is_not_there_twice(farm: Farm, twice: str) -> None:
    job = farm.job()
    layer, node = farm.layer(job, tasks=1), farm.node()
    farm.book((layer, node, 1))
    other = farm.layer(job, tasks=1, name="other")
    farm.depend(
        "LAYER_ON_LAYER", dependent_layer_id=other, dependent_job_id=job, on_job_id=job, on_layer_id=layer
    )

    with pytest.raises(psycopg.errors.UniqueViolation):
        farm.execute(twice)


def test_a_satisfied_depend_may_be_made_again(farm: Farm) -> None:
    job = farm.job()
    a, b = farm.layer(job, tasks=1, name="a"), farm.layer(job, tasks=1, name="b")
    sides = {"dependent_layer_id": b, "dependent_job_id": job, "on_job_id": job, "on_layer_id": a}
    farm.execute("select plow.drop_depend(%s)", farm.depend("LAYER_ON_LAYER", **sides))

    farm.depend("LAYER_ON_LAYER", **sides)
    assert farm.states(b) == ["DEPEND"]
