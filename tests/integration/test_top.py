"""`plow top` with the keys that people press, against a real server."""

from __future__ import annotations

import asyncio
import builtins
import time

import pytest

import plow_client as plow
from plow_client.cli.main import run
from plow_client.top import feed as feeds
from plow_client.top.app import TopApp
from plow_client.top.dialogs import Confirm, Reading
from plow_client.top.job_screen import JobScreen
from plow_client.top.rows import JobRow
from tests.integration.farm_file_parts import served
from tests.sql.farm import farm_of

WITHIN_S = 60.0


@pytest.fixture(autouse=True)
def server(db, monkeypatch):
    monkeypatch.setattr(feeds, "_WAIT_MS", 1000)  # a thread that waits is gone soon after its test
    with served(db) as listener:
        yield listener


@pytest.fixture
def rows(db, server):
    yield from farm_of(db.dsn)


@pytest.fixture
def farm(rows):
    """Three jobs, two nodes; something runs, something is dead."""
    first = rows.layer(rows.job("alpha"), 3)
    rows.layer(rows.job("beta", username="ben"), 5)
    rows.layer(rows.job("gamma", username="ben"), 1)
    node = rows.node("r1", cores=8)
    rows.node("r2", cores=16, ram=32768)
    rows.book((first, node, 2))
    rows.execute("select plow.set_layer(p_layer => %s, p_max_retries => 0)", first)
    return rows


class Person:
    """Somebody at the keyboard, who waits for what the screen shows."""

    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot

    async def press(self, *keys):
        await self.pilot.press(*keys)

    async def sees(self, condition):
        deadline = time.monotonic() + WITHIN_S
        while not (seen := condition()):
            assert time.monotonic() < deadline
            await self.pilot.pause(0.05)
        return seen

    async def is_on(self, kind):
        await self.sees(lambda: isinstance(self.app.screen, kind))
        return self.app.screen

    def names(self):
        return [row.name for row in self.app.grid.rows]

    def cells(self, name):
        grid = self.app.grid
        row = next(row for row in grid.rows if row.name == name)
        return {column.title: column.read(row, grid.now()).text for column in grid.columns}

    def notices(self):
        return [notice.message for notice in self.app._notifications]


def at(story, **begin):
    """Play a story with a person at the screen."""

    async def play():
        app = TopApp("farm1", **begin)
        async with app.run_test(size=(150, 40)) as pilot:
            person = Person(app, pilot)
            await person.sees(lambda: app.farm.clusters)
            await story(person)

    asyncio.run(play())


def test_jobs_are_there_with_what_wranglers_ask(farm):
    async def story(person):
        assert person.names() == ["gamma", "beta", "alpha"]
        cells = person.cells("alpha")
        assert cells["STATE"] == "▶ running"
        assert cells["DONE"].endswith("0/3")
        assert (cells["RUN"], cells["WAIT"], cells["DEAD"], cells["CORES"]) == ("2", "1", "·", "2")
        assert "2/24" in person.app.header.words
        assert "2 running" in person.app.header.words

    at(story)


def test_keys_move_sort_and_turn(farm):
    async def story(person):
        grid = person.app.jobs
        assert grid.selected.name == "gamma"
        await person.press("j", "j")
        assert grid.selected.name == "alpha"
        await person.press("k", "down", "up", "g")
        assert grid.selected.name == "gamma"
        while grid.columns[grid.sorted_by].title != "USER":
            await person.press("s")
        assert [row.user for row in grid.rows] == ["anna", "ben", "ben"]
        await person.press("S")
        assert [row.user for row in grid.rows] == ["ben", "ben", "anna"]

    at(story)


def test_nodes_are_there_with_what_runs_on_them(farm):
    async def story(person):
        await person.press("tab")
        await person.sees(lambda: person.names() == ["r1", "r2"])
        cells = await person.sees(
            lambda: person.cells("r1") if person.cells("r1")["JOBS"] == "alpha x2" else None
        )
        assert cells["CORES"].endswith(" 2/8")
        assert cells["STATE"] == "▲ up"
        await person.press("1")
        assert person.app.grid is person.app.jobs

    at(story)


def test_what_happens_on_the_farm_is_seen_without_a_key(farm):
    async def story(person):
        job = plow.get_active_job("beta")
        await asyncio.to_thread(job.pause)
        await person.sees(lambda: person.cells("beta")["STATE"] == "‖ paused")
        await asyncio.to_thread(job.kill, "no more")
        await person.sees(lambda: person.names() == ["gamma", "alpha"])

    at(story)


def test_a_filter_line_shows_what_matches_and_escape_all(farm):
    async def story(person):
        await person.press("slash", *"user=ben", "enter")
        await person.sees(lambda: person.names() == ["gamma", "beta"])
        await person.press("escape")
        await person.sees(lambda: len(person.names()) == 3)

    at(story)


def test_a_filter_that_makes_no_sense_is_told_and_can_be_mended(farm):
    async def story(person):
        await person.press("slash", *"usr=ben", "enter")
        await person.sees(lambda: "usr" in person.app.fault)
        await person.press("home", "delete", "delete", "delete", *"user", "enter")
        await person.sees(lambda: person.names() == ["gamma", "beta"])
        assert person.app.fault == ""

    at(story)


def test_a_query_on_the_command_line_filters_from_the_start(farm):
    async def story(person):
        await person.sees(lambda: person.names() == ["r2"])

    at(story, noun="nodes", where="cores>8")


def test_p_pauses_and_lets_go_on(farm):
    async def story(person):
        await person.press("p")
        await person.sees(lambda: plow.get_active_job("gamma").paused)
        await person.sees(lambda: person.cells("gamma")["STATE"] == "‖ paused")
        await person.press("p")
        await person.sees(lambda: not plow.get_active_job("gamma").paused)

    at(story)


def test_kill_asks_with_the_number_of_tasks(farm):
    async def story(person):
        await person.press("G", "K")
        box = await person.is_on(Confirm)
        assert box.question == "End job alpha? 3 tasks of 3 not done, 2 running now."
        await person.press("enter")
        await person.sees(lambda: not isinstance(person.app.screen, Confirm))
        assert plow.get_active_job("alpha").state == plow.JobState.RUNNING
        await person.press("K")
        await person.is_on(Confirm)
        await person.press("y")
        await person.sees(lambda: person.names() == ["gamma", "beta"])
        assert plow.get_jobs(name="alpha")[0].end_reason == "killed in plow top"

    at(story)


def test_r_queues_the_dead_again(farm):
    proc = farm.value("select id from plow.proc order by id limit 1")
    farm.complete([proc], status=1)
    assert plow.get_active_job("alpha").totals.dead == 1

    async def story(person):
        assert person.cells("alpha")["STATE"] == "✖ failing"
        await person.press("r")  # gamma has none
        await person.sees(lambda: any("has no dead tasks" in told for told in person.notices()))
        await person.press("G", "r")
        await person.sees(lambda: person.cells("alpha")["DEAD"] == "·")

    at(story)


def test_w_says_why(farm):
    async def story(person):
        await person.press("w")
        box = await person.is_on(Reading)
        assert box.lines == plow.explain(plow.get_active_job("gamma")).lines()
        await person.press("escape", "2", "w")
        await person.is_on(Reading)

    at(story)


def test_enter_opens_a_job_with_layers_tasks_and_why(farm):
    async def story(person):
        await person.press("G", "enter")
        screen = await person.is_on(JobScreen)
        await person.sees(lambda: screen.task_grid.rows)
        assert [row.name for row in screen.layer_grid.rows] == ["beauty"]
        assert [row.chip.word for row in screen.task_grid.rows] == ["running", "running", "waiting"]
        assert [row.node for row in screen.task_grid.rows] == ["r1", "r1", ""]
        assert screen.why_lines
        await person.press("escape")
        await person.sees(lambda: not isinstance(person.app.screen, JobScreen))

    at(story)


def test_an_open_job_follows_what_happens(farm):
    async def story(person):
        await person.press("G", "enter")
        screen = await person.is_on(JobScreen)
        await person.sees(lambda: screen.task_grid.rows)
        proc = farm.value("select id from plow.proc order by id limit 1")
        await asyncio.to_thread(farm.complete, [proc])
        await person.sees(lambda: "succeeded" in [row.chip.word for row in screen.task_grid.rows])

    at(story)


def test_l_locks_a_node(farm):
    async def story(person):
        await person.press("2")
        await person.sees(lambda: person.names())
        await person.press("l")
        await person.sees(lambda: person.cells("r1")["LOCK"] == "locked")
        assert plow.get_node("r1").locked

    at(story)


def test_a_lost_server_is_told_and_found_again(farm, db, server):
    port = server.address[1]

    async def story(person):
        await asyncio.to_thread(server.stop)
        await person.press("space")
        await person.sees(lambda: "no connection, trying again" in person.app.header.words)
        await person.press("j")
        assert person.app.jobs.selected.name == "beta"
        with served(db, port):
            farm.layer(farm.job("delta"), 1)
            await person.sees(lambda: "no connection" not in person.app.header.words)
            await person.sees(lambda: "delta" in person.names())
            assert person.app.jobs.selected.name == "beta"

    at(story)


def test_a_quiet_farm_is_asked_for_nothing_but_events(farm, monkeypatch):
    calls = []

    async def story(person):
        await person.sees(lambda: person.app.feed.farm.jobs)
        await person.pilot.pause(1.5)
        monkeypatch.setattr(feeds.Reader, "_jobs", lambda self, farm, due: calls.append(due) or farm)
        await person.pilot.pause(feeds._SIGHT_S + 1)

    at(story)

    assert not any(due.everything or due.jobs or due.nodes or due.in_sight for due in calls)


def test_help_lists_the_keys_and_q_quits(farm):
    async def story(person):
        await person.press("question_mark")
        box = await person.is_on(Reading)
        assert any("filter" in line for line in box.lines)
        await person.press("escape", "q")
        await person.sees(lambda: not person.app.is_running)

    at(story)


def test_only_cells_that_changed_are_drawn_anew(farm, monkeypatch):
    drawn = []

    async def story(person):
        grid = person.app.jobs
        await person.pilot.pause()
        monkeypatch.setattr(grid, "refresh", lambda *regions, **how: drawn.extend(regions))
        row = next(row for row in grid.rows if row.name == "beta")
        changed = JobRow(**{name: getattr(row, name) for name in row.__slots__} | {"priority": 7})
        grid.show([changed if one is row else one for one in grid.rows])
        widths = {grid.columns[place].title: width for place, width in grid._widths}
        assert [region.width for region in drawn if region.y == 2] == [widths["PRI"]]

    at(story)


def test_without_a_terminal_it_says_what_prints_instead(capsys):
    assert run(["top"]) == 4

    assert "needs a terminal" in capsys.readouterr().err


def test_without_textual_it_says_how_to_install_it(capsys, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("plow_client.top.app"):
            raise ModuleNotFoundError("No module named 'textual'", name="textual")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert run(["top"]) == 6

    assert "pip install 'plow[top]'" in capsys.readouterr().err
