"""keep_headroom, headroom_lapsed: cores under caps for work that others of its project pass over."""

from __future__ import annotations

from uuid import UUID

import pytest

from plow_server.database import Database
from plow_server.read_farm import read_farm
from tests.sql.farm import Farm


def keep(farm: Farm, *layers: UUID) -> list[tuple[UUID, int]]:
    rows = farm.execute("select * from plow.keep_headroom(%s)", list(layers))
    return [(row["layer_id"], row["cores"]) for row in rows]


def lapsed(farm: Farm, db: Database) -> list[str]:
    return db.atomically(read_farm).headroom_lapsed


def big(farm: Farm, name: str = "big", **columns: object) -> UUID:
    return farm.layer(farm.job(name), 2, **{"min_cores": 4, **columns})


@pytest.fixture
def node(farm: Farm) -> UUID:
    """A node with room for all, on which a task of one core runs under a burst of four."""
    node = farm.node(cores=64)
    farm.book((farm.layer(farm.job("small"), 9), node, 1))
    farm.execute("update plow.quota_counter set burst = 4")
    return node


def small(farm: Farm) -> UUID:
    found: UUID = farm.value(
        "select layer.id from plow.layer join plow.job on job.id = job_id where job.name = 'small'"
    )
    return found


def test_small_tasks_leave_free_what_is_kept_until_the_large_one_has_started(farm: Farm, node: UUID) -> None:
    layer = big(farm)
    assert keep(farm, layer) == [(layer, 4)]

    assert farm.book((small(farm), node, 1)) == []
    farm.complete([farm.value("select id from plow.proc")])
    assert farm.book((small(farm), node, 1)) == []
    assert len(farm.book((layer, node, 1))) == 1

    assert farm.value("select count(*) from plow.headroom") == 0


@pytest.mark.parametrize(
    "cap", ["folder set max_cores = 4", "job set max_cores = 4 where name = 'big'"], ids=["folder", "job"]
)
def test_cores_are_kept_under_every_cap(farm: Farm, cap: str) -> None:
    node, layer = farm.node(cores=64), big(farm)
    beside = farm.layer(farm.value("select job_id from plow.layer"), 9, "small")
    farm.book((beside, node, 1))
    farm.execute(f"update plow.{cap}")

    assert keep(farm, layer) == [(layer, 4)]
    assert farm.book((beside, node, 1)) == []


def test_nothing_is_kept_where_no_cap_holds_it_or_where_it_can_never_start(farm: Farm, node: UUID) -> None:
    fitting, huge = big(farm, "fitting", min_cores=3), big(farm, "huge", min_cores=5, max_cores=9)
    nowhere = big(farm, "nowhere", tags=["other"])
    paused = big(farm, "paused")
    farm.execute("update plow.job set paused = true where name = 'paused'")

    assert keep(farm, fitting, huge, nowhere, paused) == []


def test_nothing_is_kept_where_it_could_start_in_another_cluster(farm: Farm, node: UUID) -> None:
    other = farm.insert("cluster", name="other", tags=["render"])
    quota = farm.insert("quota", project_id=farm.project, cluster_id=other, size=1)
    farm.execute("insert into plow.quota_counter (quota_id, burst) values (%s, 9)", quota)
    farm.node("n2", cluster_id=other, cores=8)

    assert keep(farm, big(farm)) == []


def test_one_layer_of_a_project_has_it_the_first_that_is_asked_for(farm: Farm, node: UUID) -> None:
    first, second = big(farm), big(farm, "second")

    assert keep(farm, second, first) == [(second, 4)]
    assert keep(farm, first) == []


def test_another_project_is_not_held(farm: Farm, node: UUID) -> None:
    keep(farm, big(farm))
    farm.execute("update plow.headroom set project_id = plow.new_id()")

    assert len(farm.book((small(farm), node, 3))) == 3


def test_who_has_a_node_kept_may_start(farm: Farm, node: UUID) -> None:
    keep(farm, big(farm))
    farm.execute(
        "insert into plow.reservation (node_id, job_id, layer_id, cores, ram, starts, kept_until)"
        " select %s, job_id, id, 1, 1, plow.now(), '2090-01-01' from plow.layer where id = %s", node, small(farm)
    )  # fmt: skip

    assert len(farm.book((small(farm), node, 1))) == 1


@pytest.mark.parametrize(
    "gone",
    [
        "update plow.headroom set kept_until = plow.now() + '5 seconds'",
        "select plow.pause_job(id, true) from plow.job where name = 'big'",
        "select plow.eat_tasks(array(select task.id from plow.task join plow.layer on layer.id = layer_id"
        " where layer.min_cores = 4), '')",
        "update plow.quota set is_locked = true",
        "insert into plow.retry_wait (layer_id, until, wait_s) select layer_id, '2090-01-01', 10 from plow.headroom",
    ],
    ids=["its time is over", "paused", "eaten", "quota locked", "held back"],
)
def test_what_is_kept_for_nothing_lapses(farm: Farm, db: Database, node: UUID, gone: str) -> None:
    layer = big(farm)
    keep(farm, layer)
    assert lapsed(farm, db) == []

    farm.execute(gone)

    assert lapsed(farm, db) == [str(layer)]
    keep(farm)
    assert farm.value("select count(*) from plow.headroom") == 0


def test_what_is_over_is_kept_anew_while_the_cap_still_holds_it(farm: Farm, node: UUID) -> None:
    layer = big(farm)
    keep(farm, layer)
    farm.execute("update plow.headroom set kept_until = plow.now()")
    assert keep(farm, layer) == [(layer, 4)]

    farm.execute("update plow.headroom set kept_until = plow.now()")
    farm.complete([farm.value("select id from plow.proc")])
    assert keep(farm, layer) == [], "there was room, and it did not start: it is no cap that holds it"
