"""Each action, by each way to reach it: tool bar, menu, key. What is asked before, and what the server gets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction

from plow_client.idl import JobState, NodeState, TaskState
from tests.gui.fake_farm import FakeFarm
from tests.gui.person import Person
from wrangler.actions.action import Action
from wrangler.actions.job import JOB_ACTIONS
from wrangler.actions.node import NODE_ACTIONS
from wrangler.actions.task import TASK_ACTIONS
from wrangler.panels.listpanel import ListPanel


def by_tool_bar(person: Person, panel: ListPanel, action: Action, made: QAction) -> None:
    person.clicks_tool(panel.tool_bar, made)


def by_context_menu(person: Person, panel: ListPanel, action: Action, made: QAction) -> None:
    person.clicks_menu(panel, made)


def by_key(person: Person, panel: ListPanel, action: Action, made: QAction) -> None:
    person.until(made.isEnabled)
    person.presses(panel.view, action.key)


WAYS = [by_tool_bar, by_context_menu, by_key]
Way = Callable[[Person, ListPanel, Action, QAction], None]


def run(person: Person, panel: ListPanel, name: str, way: Way) -> None:
    """Reach the action of that name in that way."""
    action, made = next(pair for pair in panel.actions_bound.bound if pair[0].name == name)
    way(person, panel, action, made)


@pytest.mark.parametrize("way", WAYS)
class TestEachWay:
    """What the server is left with."""

    def test_pause(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.chooses(person.window.jobs, "sc020_light")
        run(person, person.window.jobs, "pause_jobs", way)

        person.until(lambda: person.text(person.window.jobs, "sc020_light", "State") == "Paused")
        assert next(job for job in farm.jobs.values() if job.name == "sc020_light").paused

    def test_resume(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.chooses(person.window.jobs, "sc021_light")
        run(person, person.window.jobs, "resume_jobs", way)

        person.until(lambda: person.text(person.window.jobs, "sc021_light", "State") == "Waiting")

    def test_retry_dead_tasks_of_a_job(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.chooses(person.window.jobs, "sc020_light")
        run(person, person.window.jobs, "retry_dead_tasks", way)
        assert "Retry 2 dead tasks of 1 job?" in person.answers(yes=True)

        person.until(lambda: person.text(person.window.jobs, "sc020_light", "Wait") == "5")

    def test_eat_dead_tasks_of_a_job(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.chooses(person.window.jobs, "sc020_light")
        run(person, person.window.jobs, "eat_dead_tasks", way)
        assert "Eat 2 dead tasks of 1 job?" in person.answers(yes=True)

        person.until(lambda: person.text(person.window.jobs, "sc020_light", "Progress") == "6 / 14")

    def test_kill_a_job(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.chooses(person.window.jobs, "sc022_fx")
        run(person, person.window.jobs, "kill_jobs", way)
        said = person.answers(yes=True)

        assert "Kill 1 job? 6 unfinished tasks, 1 of them running" in said and "sc022_fx" in said
        person.until(lambda: person.text(person.window.jobs, "sc022_fx", "State") == "Finished")
        (arguments,) = farm.asked("killJob")
        assert arguments[1].startswith("plow-wrangler - ")

    def test_retry_a_dead_task_asks_nothing(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.opens_job("sc020_light", 14)
        person.chooses(person.window.tasks, "0008-shadow")
        run(person, person.window.tasks, "retry_tasks", way)

        person.until(lambda: person.text(person.window.tasks, "0008-shadow", "State") == "Waiting")

    def test_eat_a_task(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.opens_job("sc020_light", 14)
        person.chooses(person.window.tasks, "0010-shadow", "0011-beauty")
        run(person, person.window.tasks, "eat_tasks", way)
        said = person.answers(yes=True)

        assert "Eat 2 tasks?" in said and "0010-shadow\n0011-beauty" in said
        person.until(lambda: person.text(person.window.tasks, "0011-beauty", "State") == "Eaten")

    def test_kill_a_task(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.opens_job("sc020_light", 14)
        person.chooses(person.window.tasks, "0005-beauty", "0006-shadow")
        run(person, person.window.tasks, "kill_tasks", way)
        assert "Kill 2 running tasks?" in person.answers(yes=True)

        person.until(lambda: person.text(person.window.tasks, "0006-shadow", "State") == "Waiting")
        (arguments,) = farm.asked("killTasks")
        assert len(arguments[0].taskIds) == 2

    def test_lock_and_unlock_nodes(self, person: Person, farm: FakeFarm, way: Way) -> None:
        person.until(lambda: person.window.nodes.model.rowCount() == 3)
        person.chooses(person.window.nodes, "r1", "r10")
        run(person, person.window.nodes, "lock_nodes", way)
        person.until(lambda: person.text(person.window.nodes, "r10", "State") == "Locked")
        assert [farm.nodes[name].locked for name in ("r1", "r2", "r10")] == [True, False, True]

        run(person, person.window.nodes, "unlock_nodes", way)
        person.until(lambda: person.text(person.window.nodes, "r10", "State") == "Up")

    @pytest.mark.parametrize(
        ("panel", "name"), [("jobs", "sc020_light"), ("tasks", "0008-shadow"), ("nodes", "r1")]
    )
    def test_why(self, person: Person, farm: FakeFarm, way: Way, panel: str, name: str) -> None:
        person.opens_job("sc020_light", 14)
        shown = person.window.panels[panel]
        person.until(lambda: shown.model.rowCount() > 0)
        person.chooses(shown, name)
        run(person, shown, f"why_{panel[:-1]}", way)

        said = person.text_window()
        assert f"This is '{name}': 2 nodes could take a task now" in said.text.toPlainText()
        assert "Place 1 in the order, by\n  job priority 0" in said.text.toPlainText()
        assert said.windowTitle() == f"Why? {name}"
        said.close()

    @pytest.mark.parametrize(
        ("panel", "name", "sentence"),
        [
            ("jobs", "sc020_light", "37 tasks on 5 nodes: cannot open /show/sc020_light/wood_####.tx"),
            ("nodes", "r1", "3 tasks of 2 jobs: r1 failed in 24 hours"),
        ],
    )
    def test_failures(
        self, person: Person, farm: FakeFarm, way: Way, panel: str, name: str, sentence: str
    ) -> None:
        shown = person.window.panels[panel]
        person.until(lambda: shown.model.rowCount() > 0)
        person.chooses(shown, name)
        run(person, shown, f"{panel[:-1]}_failures", way)

        said = person.text_window()
        assert sentence in said.text.toPlainText()
        assert "40 attempts" in said.text.toPlainText()
        said.close()

    def test_take_back_a_node_that_the_farm_set_aside(self, person: Person, farm: FakeFarm, way: Way) -> None:
        farm.nodes["r2"].state, farm.nodes["r2"].stateReason = NodeState.REPAIR, "5 attempts failed"
        nodes = person.window.nodes
        nodes.refresh_again()
        person.until(lambda: person.text(nodes, "r2", "State") == "Repair")
        person.chooses(nodes, "r2")
        run(person, nodes, "take_back_nodes", way)

        person.until(lambda: person.text(nodes, "r2", "State") == "Up")


@pytest.mark.parametrize(
    ("panel", "row", "action"),
    [("jobs", "sc020_light", "kill_jobs"), ("jobs", "sc020_light", "eat_dead_tasks")],
)
def test_no_is_no(person: Person, farm: FakeFarm, panel: str, row: str, action: str) -> None:
    shown = person.window.panels[panel]
    person.chooses(shown, row)
    run(person, shown, action, by_key)
    person.answers(yes=False)

    run(person, shown, action, by_key)
    person.answers(yes=False)
    assert farm.asked("killJob") == [] and farm.asked("eatTasks") == []


def test_return_does_not_mean_yes(person: Person, farm: FakeFarm) -> None:
    person.chooses(person.window.jobs, "sc020_light")
    run(person, person.window.jobs, "kill_jobs", by_key)

    assert person.question().defaultButton() is person.question().no_button
    person.answers(yes=False)


def test_a_long_selection_is_asked_about_with_its_count_and_the_first_names(
    person: Person, farm: FakeFarm
) -> None:
    farm.add_job("many", {TaskState.RUNNING: 40})
    person.sees_jobs(4)
    person.opens_job("many", 40)
    person.window.tasks.view.selectAll()
    run(person, person.window.tasks, "kill_tasks", by_key)
    said = person.answers(yes=False)

    assert "Kill 40 running tasks?" in said and "… and 28 more" in said


def test_server_text_in_a_question_is_plain(person: Person, farm: FakeFarm) -> None:
    job = farm.add_job("odd", {TaskState.RUNNING: 1})
    farm.tasks_of(job)[0].name = "<h1>big</h1>"
    person.sees_jobs(4)
    person.opens_job("odd", 1)
    person.chooses(person.window.tasks, "<h1>big</h1>")
    run(person, person.window.tasks, "kill_tasks", by_key)

    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel

    labels = person.question().findChildren(QLabel)
    assert any("<h1>" in label.text() for label in labels)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
    person.answers(yes=False)


def test_retrying_work_that_is_done_or_going_on_is_asked_about(person: Person, farm: FakeFarm) -> None:
    person.opens_job("sc020_light", 14)
    person.chooses(person.window.tasks, "0001-beauty", "0005-beauty", "0008-shadow")
    run(person, person.window.tasks, "retry_tasks", by_key)
    said = person.answers(yes=True)

    assert "Retry 3 tasks? 1 running are stopped and 1 succeeded are done again." in said
    person.until(lambda: person.text(person.window.tasks, "0001-beauty", "State") == "Waiting")


def test_only_what_an_action_is_about_is_sent(person: Person, farm: FakeFarm) -> None:
    person.chooses(person.window.jobs, "sc020_light", "sc021_light", "lighting")
    run(person, person.window.jobs, "pause_jobs", by_tool_bar)

    person.until(lambda: farm.asked("pauseJob"))
    assert [farm.jobs[arguments[0]].name for arguments in farm.asked("pauseJob")] == ["sc020_light"]


def test_a_refusal_is_a_message_with_the_name_and_the_others_are_done(person: Person, farm: FakeFarm) -> None:
    person.chooses(person.window.jobs, "sc020_light", "sc022_fx")
    job = next(job for job in farm.jobs.values() if job.name == "sc020_light")
    job.state = JobState.FINISHED  # behind the window's back
    run(person, person.window.jobs, "kill_jobs", by_key)
    person.answers(yes=True)

    person.until(lambda: "1 of 2 refused; sc020_light: " in person.window.status.message.text())
    assert [job.state for job in farm.jobs.values() if job.name == "sc022_fx"] == [JobState.FINISHED]


def test_what_cannot_be_done_is_grey(person: Person, farm: FakeFarm) -> None:
    person.chooses(person.window.jobs, "lighting")

    person.until(lambda: not any(made.isEnabled() for _, made in person.window.jobs.actions_bound.bound))


@pytest.mark.parametrize(
    ("panel", "actions"), [("jobs", JOB_ACTIONS), ("tasks", TASK_ACTIONS), ("nodes", NODE_ACTIONS)]
)
def test_menu_bar_tool_bar_and_context_menu_offer_the_same(
    person: Person, panel: str, actions: tuple[Action, ...]
) -> None:
    shown = person.window.panels[panel]
    names = [action.name for action in actions]
    heading = next(menu for menu in person.window._menus if menu.title() == f"&{panel.capitalize()}")
    for offered in (heading.actions(), shown.context_menu().actions(), shown.tool_bar.actions()):
        assert [name for one in offered if (name := one.objectName()) in names] == names


@pytest.mark.parametrize("actions", [JOB_ACTIONS, TASK_ACTIONS, NODE_ACTIONS])
def test_no_two_actions_of_a_panel_share_a_key(actions: tuple[Action, ...]) -> None:
    assert len({action.key for action in actions}) == len(actions)


def test_destructive_actions_always_ask() -> None:
    for action in (*JOB_ACTIONS, *TASK_ACTIONS, *NODE_ACTIONS):
        assert not action.is_destructive or action.question([])
