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
