"""Workspaces, keys, and the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.conftest import MakeWindow
from tests.gui.fake_farm import FakeFarm
from tests.gui.person import Person
from wrangler.actions.job import JOB_ACTIONS
from wrangler.actions.node import NODE_ACTIONS
from wrangler.actions.task import TASK_ACTIONS
from wrangler.main import main
from wrangler.views.textwindow import TextWindow
from wrangler.workspace import WORKSPACES


def open_panels(person: Person) -> set[str]:
    return {name for name, panel in person.window.panels.items() if panel.isVisible()}


@pytest.mark.parametrize(
    ("workspace", "panels"),
    [
        ("Wrangler", {"jobs", "tasks", "nodes", "log"}),
        ("Systems", {"nodes", "jobs"}),
        ("Artist", {"jobs", "tasks", "log"}),
        ("Production", {"jobs"}),
    ],
)
def test_the_four_workspaces_open_their_panels(
    make_window: MakeWindow, farm: FakeFarm, workspace: str, panels: set[str]
) -> None:
    person = make_window(farm)
    action = next(one for one in person.window.workspace_actions if one.text() == workspace)
    action.trigger()

    person.until(lambda: open_panels(person) == panels)
    assert action.isChecked()


def test_what_a_person_made_of_a_workspace_is_there_next_time(
    make_window: MakeWindow, farm: FakeFarm
) -> None:
    person = make_window(farm)
    person.window.nodes.close()
    person.window.jobs.header().resizeSection(0, 333)
    person.window.close()

    person = make_window(farm, workspace="")
    person.until(lambda: open_panels(person) == {"jobs", "tasks", "log"})
    assert person.window.jobs.header().sectionSize(0) == 333


def test_columns_can_be_hidden_and_stay_hidden(make_window: MakeWindow, farm: FakeFarm) -> None:
    person = make_window(farm)
    next(one for one in person.window.jobs.column_menu().actions() if one.text() == "Owner").trigger()
    hidden = [column.title for column in person.window.jobs.model.columns].index("Owner")
    assert person.window.jobs.header().isSectionHidden(hidden)
    person.window.close()

    person = make_window(farm, workspace="")
    assert person.window.jobs.header().isSectionHidden(hidden)


def test_each_workspace_keeps_its_own_layout(make_window: MakeWindow, farm: FakeFarm) -> None:
    person = make_window(farm)
    person.window.nodes.close()
    person.window._switch("Systems")
    person.until(lambda: open_panels(person) == {"nodes", "jobs"})
    person.window._switch("Wrangler")

    person.until(lambda: open_panels(person) == {"jobs", "tasks", "log"})


def test_reset_brings_the_workspace_back_as_it_came(make_window: MakeWindow, farm: FakeFarm) -> None:
    person = make_window(farm)
    person.window.nodes.close()
    person.window.jobs.header().resizeSection(0, 333)
    person.window.layouts.save()
    person.window.layouts.reset()

    person.until(lambda: open_panels(person) == {"jobs", "tasks", "nodes", "log"})
    assert person.window.jobs.header().sectionSize(0) == person.window.jobs.model.columns[0].width


def test_a_broken_settings_file_does_not_keep_the_window_from_opening(
    make_window: MakeWindow, farm: FakeFarm, settings
) -> None:
    settings.setValue("workspace", "Nonsense")
    settings.setValue("geometry", "nonsense")
    settings.setValue("workspaces/Wrangler/state", b"nonsense")

    person = make_window(farm, workspace="")
    person.until(lambda: open_panels(person) == {"jobs", "tasks", "nodes", "log"})


def test_every_panel_can_be_reached_by_key(person: Person) -> None:
    for place, panel in enumerate(person.window.panels.values(), start=1):
        person.presses(person.window.jobs.view, f"Ctrl+{place}")
        person.until(lambda panel=panel: panel.isAncestorOf(QApplication.focusWidget()))


def test_find_goes_to_the_filter_of_the_panel_in_use(person: Person) -> None:
    person.presses(person.window.nodes.view, "Ctrl+F")
    person.until(person.window.nodes.filter_field.hasFocus)


def test_refresh_asks_everything_that_can_be_seen(person: Person, farm: FakeFarm) -> None:
    person.until(lambda: farm.asked("getNodes"))
    farm.calls.clear()
    person.presses(person.window.jobs.view, "F5")

    person.until(lambda: farm.asked("getJobs") and farm.asked("getNodes"))


def test_all_keys_are_told(person: Person) -> None:
    person.presses(person.window.jobs.view, "F1")
    person.until(lambda: [w for w in QApplication.topLevelWidgets() if isinstance(w, TextWindow)])
    (window,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, TextWindow))
    text = window.text.toPlainText()
    window.close()

    for panel in (person.window.jobs, person.window.tasks, person.window.nodes):
        for action, made in panel.actions_bound.bound:
            assert action.text in text and made.shortcut().toString() in text


def test_nothing_in_the_menus_does_nothing(person: Person) -> None:
    for menu in person.window._menus:
        for action in menu.actions():
            if not action.isSeparator() and not isinstance(action.menu(), QMenu):
                assert action.receivers("2triggered(bool)") or action.isCheckable(), action.text()


def test_states_are_shown_by_key(person: Person) -> None:
    person.opens_job("sc020_light", 14)
    person.presses(person.window.tasks.view, "Alt+2")

    person.until(lambda: [row.chip.word for row in person.tasks()] == ["Dead", "Dead"])


def test_a_host_that_is_none_is_a_sentence_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "nonsense:port"]) == 2
    assert "'nonsense:port' is not host:port" in capsys.readouterr().err


def test_without_a_display_the_program_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    assert main([]) == 2
    assert "no display" in capsys.readouterr().err


def test_an_unknown_workspace_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--workspace", "Nonsense"])

    assert end.value.code == 2
    told = capsys.readouterr().err
    assert all(workspace.name in told for workspace in WORKSPACES)


@pytest.mark.parametrize("debug", ["--debug", "-debug"])
def test_row_c06_the_program_opens_talks_to_the_server_and_ends_on_interrupt(
    farm: FakeFarm, tmp_path: Path, debug: str
) -> None:
    """Row C06: -debug is the option of 2013."""
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    program = subprocess.Popen(
        [sys.executable, "-m", "wrangler.main", "--host", farm.hosts, "--workspace", "Systems", debug],
        env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert program.stderr is not None
        lines = iter(program.stderr.readline, "")
        assert any("link changed link=connected" in line for line in lines)
        program.send_signal(signal.SIGINT)
        assert program.wait(20) == 0
    finally:
        program.kill()
        program.communicate()
    assert (tmp_path / "plow" / "wrangler.ini").is_file()


def test_the_manual_names_every_action_with_its_key() -> None:
    manual = Path(__file__).parents[2].joinpath("docs/guide/wrangler.md").read_text(encoding="utf-8")

    for action in (*JOB_ACTIONS, *TASK_ACTIONS, *NODE_ACTIONS):
        assert any(action.text in line and f"`{action.key}`" in line for line in manual.splitlines()), (
            action.name
        )
