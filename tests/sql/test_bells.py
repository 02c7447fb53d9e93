"""Whoever changes what may start, or stops a proc, rings: nobody would look before the next fallback otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch
from tests.sql.test_race_pairs import MOVES, STOPS, Scene

FARM, KILL, BOTH = {"plow_farm"}, {"plow_kill"}, {"plow_farm", "plow_kill"}
RINGS = {
    "book": set(),
    "succeed": FARM,
    "kill": KILL,
    "retry": BOTH,
    "eat": BOTH,
    "kill job": BOTH,
    "drop": FARM,
}
LAYER = (
    """'[{"place": 1, "first": 1, "post": false, "name": "new", "range": "1", "chunk": 1,"""
    """ "command": ["true"], "env": {}, "service": "default", "tags": ["render"], "min_cores": 1,"""
    """ "max_cores": 1, "min_ram": 512, "max_ram": 512, "max_retries": 1, "threadable": false}]'"""
)
OTHERS = [
    f"select plow.append_layers(%(other)s, {LAYER}, '{{1}}', '{{0001-new}}', '{{1}}', '{{null}}')",
    "select plow.append_tasks(%(c)s, '{0003-c}', '{3}', '{null}', '3')",
    "select plow.set_layer_chunk(%(c)s, 3, '{0001-c}', '{1}', '{1-3}')",
    "select plow.set_layer_service(%(c)s, 'default')",
    "select plow.set_layer_run(%(c)s, '{}')",
    "select plow.set_job_priority(%(other)s, 3)",
    "select plow.set_job_start_after(%(other)s, 0)",
    "select plow.set_job_folder(%(other)s, plow.create_folder(project_id, 'f')) from plow.job where id = %(job)s",
    "select plow.create_quota(project_id, plow.create_cluster('sim'), 1, 1) from plow.job where id = %(job)s",
    "select plow.set_node_state(%(node)s, 'REPAIR')",
    "select plow.begin_reboot(%(node)s)",
    "select plow.eat_tasks(array(select id from plow.task where layer_id = %(c)s and state = 'WAITING'), '')",
    "select plow.delete_project(id) from plow.project where code = 'new'",
]
SETTERS = {name for name in STOPS if name not in ("small node", "kill jobs", "hold all")}


@pytest.fixture
def scenes(db: Database) -> Iterator[Scene]:
    scene = Scene(Farm(db.dsn))
    yield scene
    scene.close()
    scene.farm.close()


@pytest.mark.parametrize(("move", "bells"), RINGS.items())
def test_a_move_rings_for_those_who_have_to_act(scenes: Scene, move: str, bells: set[str]) -> None:
    ids = scenes.set("one runs")
    listen(scenes.other)
    scenes.rival.execute(MOVES[move].encode(), ids)
    assert heard(scenes.other) == bells


@pytest.mark.parametrize("setter", sorted(SETTERS))
def test_a_setter_rings_for_the_planner(scenes: Scene, setter: str) -> None:
    ids = scenes.set("one runs")
    listen(scenes.other)
    scenes.rival.execute(STOPS[setter].encode(), ids)
    assert heard(scenes.other) == FARM


def test_whatever_else_changes_what_may_start_rings(scenes: Scene) -> None:
    ids = scenes.set("one runs")
    scenes.farm.execute("delete from plow.depend where not is_active")  # or the chunk would have to stay
    scenes.farm.execute("insert into plow.project (code, title) values ('new', 'New')")
    listen(scenes.other)
    for change in OTHERS:
        scenes.rival.execute(change.encode(), ids)
        assert heard(scenes.other) == FARM, change


def test_whoever_changes_or_deletes_an_idle_node_rings(farm: Farm, db: Database) -> None:
    node, other = farm.node(), db.value("create_cluster", p_name="sim")
    with farm.connect() as ears:
        listen(ears)
        db.run("set_node_cluster", p_node=node, p_cluster=other)
        assert heard(ears) == FARM
        db.run("set_node_slot_mode", p_node=node, p_mode="SINGLE", p_cores=0, p_ram=0)
        assert heard(ears) == FARM
        farm.execute("update plow.node set state = 'DOWN'")
        db.run("delete_node", p_node=node)
        assert heard(ears) == FARM


def test_the_end_of_a_post_jobs_first_job_and_a_launch_ring(farm: Farm, db: Database) -> None:
    with farm.connect() as other:
        listen(other)
        job = launch(db)
        assert heard(other) == FARM
        db.run("create_project", p_title="New", p_code="new")
        assert heard(other) == FARM
        farm.execute("select plow.finish_job(%s, '')", job.id)
        assert heard(other) == FARM


def test_whoever_rings_himself_is_not_rung_for(scenes: Scene) -> None:
    ids = scenes.set("one runs")
    listen(scenes.other)
    scenes.rival.execute(MOVES["fail"].removesuffix(")").encode() + b", p_ring => false)", ids)
    assert heard(scenes.other) == set()


def listen(session: psycopg.Connection[Row]) -> None:
    session.execute("listen plow_farm")
    session.execute("listen plow_kill")
    heard(session)


def heard(session: psycopg.Connection[Row]) -> set[str]:
    """Bells since it was last asked; what was committed before is here by the time an own statement is answered."""
    session.execute("select 1")
    return {note.channel for note in session.notifies(timeout=0)}
