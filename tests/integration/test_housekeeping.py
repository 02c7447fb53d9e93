"""The chores of history, as a server does them: by its settings, in pieces, one server at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from plow_server.config import Config, History
from plow_server.database import Database
from plow_server.dispatcher import Dispatcher
from plow_server.housekeeping import Housekeeping
from tests.sql.farm import Farm, farm_of

ALONE = cast(Dispatcher, None)  # these chores book nothing


@pytest.fixture
def farm(db: Database) -> Iterator[Farm]:
    yield from farm_of(db.dsn)


def chores(db: Database, **settings: float) -> Housekeeping:
    return Housekeeping(db, ALONE, Config(history=History(**settings)))


def test_what_ended_is_learnt_by_the_servers_settings(db: Database, farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=4), farm.node()
    for row in farm.book((layer, node, 3)):
        farm.complete([row["proc_id"]], high_ram=1000)

    chores(db, ram_quantile=0.9, ram_margin=0.5).learn_history()

    assert farm.execute("select ram_quantile, ram_margin from plow.prediction_setting") == [
        {"ram_quantile": 0.9, "ram_margin": 0.5}
    ]
    assert farm.value("select count(*) from plow.lesson") == 0
    assert farm.value("select predicted_ram from plow.layer") > 1500


def test_while_another_server_learns_this_one_does_not(db: Database, farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=2), farm.node()
    farm.complete([farm.book((layer, node, 1))[0]["proc_id"]])
    with farm.connect() as other:
        other.execute("begin")
        other.execute("select pg_advisory_xact_lock(hashtextextended('plow learn_history', 0))")
        chores(db).learn_history()
        assert farm.value("select count(*) from plow.lesson") == 1


def test_all_jobs_that_are_due_are_archived_in_one_go(db: Database, farm: Farm) -> None:
    node = farm.node()
    for name in ("a", "b", "c"):
        farm.run_all(farm.layer(farm.job(name), tasks=2), node)
    farm.layer(farm.job("living"), tasks=1)
    farm.execute("update plow.job set stopped = stopped - interval '8 days' where name in ('a', 'b')")

    chores(db).archive_jobs()

    assert farm.value("select array_agg(name order by name) from plow.job where is_cleared") == ["a", "b"]
    assert farm.value("select count(*) from plow.task") == 3


def test_ends_are_guessed(db: Database, farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=3, predicted_clock_ms=60_000), farm.node()
    farm.book((layer, node, 1))
    chores(db).predict_ends()
    assert farm.value("select predicted_end > plow.now() from plow.job")
