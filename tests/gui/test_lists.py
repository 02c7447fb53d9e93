"""Lists take differences: what a person has chosen and where they have scrolled to stays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from plow_client.idl import JobState, TaskState
from tests.gui.conftest import MakeWindow
from tests.gui.fake_farm import FakeFarm
from tests.gui.heartbeat import heartbeat
from tests.gui.person import Person
from wrangler import calls
from wrangler.models.rowmodel import RowModel
from wrangler.models.task import task_row
from wrangler.panels.listpanel import ListPanel

# What takes a second or two at the desk takes milliseconds of the window (see benchmarks); the rest is for
# machines that do other things at the same time.
SLOWEST_S = 2.0


def resets(model: RowModel) -> list[str]:
    """Filled with a word each time the model throws everything away."""
    seen: list[str] = []
    model.modelReset.connect(lambda: seen.append("reset"))
    return seen


def names(rows: list) -> list[str]:
    return [row.name for row in rows]


def test_jobs_stand_under_project_and_folder(person: Person) -> None:
    assert person.tree() == [
        ("project", "ocean"),
        ("folder", "lighting"), ("job", "sc020_light"), ("job", "sc021_light"),
        ("folder", "fx"), ("job", "sc022_fx"),
    ]  # fmt: skip
    assert person.text(person.window.jobs, "lighting", "Progress") == "4 / 19"


def test_a_new_job_appears_by_itself_and_the_selection_stays(person: Person, farm: FakeFarm) -> None:
    seen = resets(person.window.jobs.model)
    person.chooses(person.window.jobs, "sc021_light")
    farm.add_job("sc001_new", {TaskState.WAITING: 2}, folder="fx")
    farm.add_job("teaser", {TaskState.WAITING: 2}, project="moon", folder="edit")
    person.window.refresh_all()
    person.sees_jobs(5)

    assert names(person.window.jobs.selected()) == ["sc021_light"]
    assert person.window.jobs.view.isExpanded(person.index(person.window.jobs, "edit"))
    assert seen == []


def test_a_finished_job_stays_until_it_is_swept(person: Person, farm: FakeFarm) -> None:
    job = next(job for job in farm.jobs.values() if job.name == "sc022_fx")
    job.state = JobState.FINISHED
    person.until(lambda: person.text(person.window.jobs, "sc022_fx", "State") == "Finished")
    person.clicks_tool(person.window.jobs.tool_bar, person.window.jobs.sweep_action)

    person.sees_jobs(2)
    person.window.refresh_all()
    asked = len(farm.asked("getJobs"))
    person.until(lambda: len(farm.asked("getJobs")) > asked)
    assert person.jobs() == ["sc020_light", "sc021_light"]


def test_nodes_are_in_natural_order_once_a_header_is_clicked(person: Person) -> None:
    person.until(lambda: person.window.nodes.model.rowCount() == 3)
    assert names(person.window.nodes.model.top_rows()) == ["r10", "r2", "r1"]
    person.window.nodes.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)

    person.until(lambda: names(person.window.nodes.model.top_rows()) == ["r1", "r2", "r10"])


def test_selection_and_scroll_stay_while_tasks_change_and_move(person: Person, farm: FakeFarm) -> None:
    job = farm.add_job("long", {TaskState.WAITING: 300, TaskState.RUNNING: 20})
    person.sees_jobs(4)
    person.opens_job("long", 320)
    panel = person.window.tasks
    seen = resets(panel.model)
    person.chooses(panel, "0150-beauty", "0152-beauty")
    place = panel.view.verticalScrollBar().value()
    assert place > 0
    for task in farm.tasks_of(job)[:10]:
        farm.set_state(job.id, task.id, TaskState.SUCCEEDED)
    person.until(lambda: panel.model.top_rows()[9].state == TaskState.SUCCEEDED)

    assert sorted(names(panel.selected())) == ["0150-beauty", "0152-beauty"]
    assert panel.view.verticalScrollBar().value() == place
    panel.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    person.until(lambda: panel.model.top_rows()[0].name == "0320-beauty")
    assert sorted(names(panel.selected())) == ["0150-beauty", "0152-beauty"]
    assert seen == []


def test_after_the_first_time_only_changed_tasks_are_asked_for(person: Person, farm: FakeFarm) -> None:
    person.opens_job("sc020_light", 14)
    before = len(farm.asked("getTasks"))
    person.until(lambda: len(farm.asked("getTasks")) >= before + 2)

    first, *later = (arguments[0] for arguments in farm.asked("getTasks"))
    assert first.lastUpdateTime == 0
    assert all(asked.lastUpdateTime > 0 and asked.jobId == first.jobId for asked in later)
    assert len(farm.asked("getLayers")) == 1


def test_a_huge_job_is_read_in_pages(person: Person, farm: FakeFarm, monkeypatch) -> None:
    monkeypatch.setattr(calls, "PAGE", 50)
    farm.add_job("huge", {TaskState.WAITING: 120})
    person.sees_jobs(4)
    person.opens_job("huge", 120)

    assert [a[0].offset for a in farm.asked("getTasks")][:3] == [0, 50, 100]
    assert person.window.tasks.counted() == "120 tasks"


def test_states_and_layers_and_words_filter_tasks(person: Person) -> None:
    person.opens_job("sc020_light", 14)
    panel = person.window.tasks
    person.until(lambda: panel.states.buttons[TaskState.DEAD].text() == "Dead 2")
    panel.states.buttons[TaskState.DEAD].click()
    person.until(lambda: names(panel.model.top_rows()) == ["0008-shadow", "0009-beauty"])
    panel.layers.menu().actions()[0].trigger()
    person.until(lambda: names(panel.model.top_rows()) == ["0009-beauty"])
    assert panel.counted() == "1 of 14 tasks"
    panel.states.buttons[TaskState.DEAD].click()
    panel.layers.clear()
    person.until(lambda: panel.model.rowCount() == 14)
    panel.filter_field.setText("SHADOW 01")
    person.until(lambda: names(panel.model.top_rows()) == ["0010-shadow", "0012-shadow", "0014-shadow"])


def test_the_filter_of_jobs_keeps_what_is_above_a_match(person: Person) -> None:
    person.window.jobs.filter_field.setText("jo paused")

    person.until(
        lambda: person.tree() == [("project", "ocean"), ("folder", "lighting"), ("job", "sc021_light")]
    )
    person.window.jobs.filter_field.clear()
    person.sees_jobs(3)


def test_names_are_copied(person: Person) -> None:
    person.chooses(person.window.jobs, "sc020_light", "sc022_fx")
    person.presses(person.window.jobs.view, "Ctrl+C")

    person.until(lambda: QApplication.clipboard().text() == "sc020_light\nsc022_fx")


def test_hidden_panels_fetch_nothing(make_window: MakeWindow, farm: FakeFarm) -> None:
    person = make_window(farm, workspace="Production")
    person.sees_jobs(3)
    person.chooses(person.window.jobs, "sc020_light")
    asked = len(farm.asked("getJobs"))
    person.until(lambda: len(farm.asked("getJobs")) >= asked + 1)
    assert {name for name, _ in farm.calls} == {"getPlowTime", "getJobs"}

    person.window.tasks.show()
    person.until(lambda: len(person.tasks()) == 14)


def test_a_panel_behind_another_tab_fetches_nothing(person: Person, farm: FakeFarm) -> None:
    window = person.window
    window.tabifyDockWidget(window.jobs, window.nodes)
    window.jobs.raise_()
    person.until(lambda: not window.nodes.is_seen())
    asked = len(farm.asked("getNodes"))
    jobs = len(farm.asked("getJobs"))
    person.until(lambda: len(farm.asked("getJobs")) >= jobs + 2)

    assert len(farm.asked("getNodes")) <= asked + 1  # one may have been under way


def test_a_hundred_thousand_rows_change_without_a_pause(
    make_window: MakeWindow, empty_farm: FakeFarm
) -> None:
    """Rows come in as they would from the server; the window's share is what the heartbeat measures."""
    farm = empty_farm
    job = farm.add_job("template", {TaskState.WAITING: 1})
    person = make_window(farm)
    person.sees_jobs(1)
    panel = person.window.tasks
    one = farm.tasks_of(job)[0]

    def rows(state: TaskState, step: int = 1) -> list:
        made = []
        for number in range(0, 100_000, step):
            row = task_row(one, {})
            row.id, row.name, row.state = f"t{number}", f"{number:06}-beauty", state
            made.append(row)
        return made

    def shown(work: Callable[[], list]) -> None:
        done: list[bool] = []
        person.window.session.arrange(work, lambda patches: (panel.apply(patches), done.append(True)))
        person.qtbot.waitUntil(lambda: bool(done), timeout=60_000)

    shown(lambda: panel.listing.replace(rows(TaskState.WAITING)))
    assert panel.model.rowCount() == 100_000
    seen = resets(panel.model)
    with heartbeat() as watch:
        shown(lambda: panel.listing.merge(rows(TaskState.RUNNING, step=7)))
        panel.view.sortByColumn(2, Qt.SortOrder.AscendingOrder)
        shown(lambda: panel.listing.merge(rows(TaskState.SUCCEEDED, step=3)))
        panel.view.selectAll()
        person.until(lambda: panel.actions_bound.bound[0][1].isEnabled())

    assert watch.largest_gap_s < SLOWEST_S
    assert len(panel.selected()) == panel.model.rowCount() == 100_000
    assert seen == []


def words(panel: ListPanel) -> str:
    """The sentence in the middle of a list, its first line."""
    return panel.empty_words.text().partition("\n")[0]


def test_an_empty_list_says_what_to_do(make_window: MakeWindow, empty_farm: FakeFarm) -> None:
    person = make_window(empty_farm)
    window = person.window
    assert words(window.tasks) == "choose a job"
    person.until(lambda: words(window.jobs) == "no unfinished jobs")
    person.until(lambda: words(window.nodes) == "no nodes yet")

    empty_farm.add_job("sc001", {TaskState.WAITING: 1})
    window.refresh_all()
    person.sees_jobs(1)
    assert words(window.jobs) == ""
    window.jobs.filter_field.setText("nonsense")
    person.until(lambda: words(window.jobs) == "nothing here has all these words")
