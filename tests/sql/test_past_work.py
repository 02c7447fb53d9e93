"""past_work and past_count: a day of the farm, simulated again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from plow_client.errors import NotFound
from plow_server.database import Database
from plow_server.simulator import past
from plow_server.simulator.clockwork import Clockwork
from tests.sql.farm import Farm

DAY = date(2026, 3, 4)
MIDNIGHT = datetime(2026, 3, 4)  # in the database's zone, as the day is


def attempt(
    farm: Farm, layer: UUID, ord_: int, at_min: float, clock_min: float, cores: int = 1, end: str = "EXITED"
) -> None:
    """One that started so many minutes after midnight."""
    started = MIDNIGHT + timedelta(minutes=at_min)
    farm.execute(
        "insert into plow.attempt (id, task_id, layer_id, job_id, number, node, cores, ram, started, stopped,"
        " exit_status, exit_signal, end_reason)"
        " select plow.new_id(), id, layer_id, job_id, 0, 'n1', %s, 512, %s, %s, 0, 0, %s"
        " from plow.task where layer_id = %s and ord = %s",
        cores, started, started + timedelta(minutes=clock_min), end, layer, ord_,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def node(farm: Farm) -> UUID:
    return farm.node(cores=2)


def made_at(farm: Farm, job: UUID, minutes: float) -> UUID:
    created = MIDNIGHT + timedelta(minutes=minutes)
    farm.execute("update plow.job set created = %s where id = %s", created, job)
    return job


def test_what_arrived_on_a_day_arrives_again_and_runs_as_long(farm: Farm, db: Database) -> None:
    layer = farm.layer(made_at(farm, farm.job(), 60), 3)
    attempt(farm, layer, 0, 61, 10)
    attempt(farm, layer, 1, 61, 5)
    attempt(farm, layer, 1, 70, 20)
    attempt(farm, layer, 2, 80, 1, end="NOT_STARTED")
    attempt(farm, layer, 2, -1, 1)
    attempt(farm, layer, 2, 24 * 60, 1)

    world, left_out = db.atomically(lambda transaction: past.read_past(transaction, DAY))
    run = Clockwork(world).run(24 * 3600.0)

    assert left_out == 0
    assert [(one.began / 60, one.ended / 60, one.succeeded) for one in run.ended] == [
        (60, 65, False), (60, 70, True), (65, 85, True),
    ]  # fmt: skip


def test_work_of_the_days_before_is_there_at_midnight_and_what_depends_comes_when_it_first_started(
    farm: Farm, db: Database
) -> None:
    job = made_at(farm, farm.job(), -500)
    first, second = farm.layer(job, 1, "first"), farm.layer(job, 1, "second")
    farm.depend(
        "LAYER_ON_LAYER", dependent_job_id=job, dependent_layer_id=second, on_job_id=job, on_layer_id=first
    )
    attempt(farm, first, 0, 1, 30)
    attempt(farm, second, 0, 45, 5)

    world, _ = db.atomically(lambda transaction: past.read_past(transaction, DAY))

    assert [arrival.at_s / 60 for arrival in world.arrivals] == [0, 45]
    assert len(Clockwork(world).run(24 * 3600.0).ended) == 2


def test_a_day_is_read_up_to_a_most(farm: Farm, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "MOST", 2)
    layer = farm.layer(made_at(farm, farm.job(), 0), 3)
    for ord_ in range(3):
        attempt(farm, layer, ord_, ord_, 1)
    world, left_out = db.atomically(lambda transaction: past.read_past(transaction, DAY))
    assert (left_out, world.arrivals[0].layers[0].ready) == (1, 2)


def test_a_day_on_which_nothing_started_is_named(db: Database) -> None:
    with pytest.raises(NotFound, match="nothing started on 2026-03-04"):
        db.atomically(lambda transaction: past.read_past(transaction, DAY))
