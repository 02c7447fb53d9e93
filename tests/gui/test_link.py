"""The server goes and comes back: said at the bottom, never in a dialog, and nothing is lost."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from plow_client.idl import TaskState
from tests.gui.conftest import MakeWindow
from tests.gui.fake_farm import FakeFarm
from tests.gui.person import Person


def shown_link(person: Person) -> str:
    return person.window.status.link.text()


def test_the_server_and_the_last_refresh_are_shown(person: Person, farm: FakeFarm) -> None:
    assert shown_link(person) == f"● {farm.hosts}: connected"
    person.until(lambda: person.window.status.age.text() == "refreshed 0 s ago")


def test_a_server_that_went_is_noticed_and_its_return_too(person: Person, farm: FakeFarm) -> None:
    person.chooses(person.window.jobs, "sc020_light")
    farm.stop()
    person.window.refresh_all()
    person.until(lambda: "not connected" in shown_link(person))
    assert person.jobs() == ["sc020_light", "sc021_light", "sc022_fx"], "what was known stays in sight"

    farm.add_job("meanwhile", {TaskState.WAITING: 1})
    farm.start()
    person.sees_jobs(4)
    assert shown_link(person) == f"● {farm.hosts}: connected"
    assert [row.name for row in person.window.jobs.selected()] == ["sc020_light"]
    assert any("again" in message for message in person.window.status.messages())


def test_a_window_opened_before_the_server_fills_once_it_is_there(
    make_window: MakeWindow, farm: FakeFarm
) -> None:
    farm.stop()
    person = make_window(farm)
    person.until(lambda: "not connected" in shown_link(person))
    farm.start()

    person.sees_jobs(3)


def test_while_the_server_is_away_actions_are_refused_with_a_message(person: Person, farm: FakeFarm) -> None:
    person.chooses(person.window.jobs, "sc020_light")
    farm.stop()
    person.window.refresh_all()
    person.until(lambda: "not connected" in shown_link(person))
    person.presses(person.window.jobs.view, "P")

    person.until(lambda: "Pause: not done" in person.window.status.message.text())
    assert not any(isinstance(widget, QMessageBox) for widget in QApplication.topLevelWidgets())


def test_the_same_error_again_is_not_news(person: Person, farm: FakeFarm) -> None:
    farm.stop()
    person.window.refresh_all()
    person.until(lambda: "not connected" in shown_link(person))
    count = len(person.window.status.messages())
    person.window.session.failed.emit(person.window.status._last)

    assert len(person.window.status.messages()) == count


def test_a_fault_of_our_own_is_a_message_and_the_panel_goes_on(
    person: Person, farm: FakeFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = person.window.nodes.listing
    replace = listing.replace

    def fail_once(rows: object) -> list:
        monkeypatch.setattr(listing, "replace", replace)
        raise RuntimeError("a fault")

    monkeypatch.setattr(listing, "replace", fail_once)
    person.window.nodes.refresh_again()
    person.until(lambda: "fault in the window: RuntimeError" in person.window.status.message.text())
    farm.add_node("r77")
    person.until(lambda: not person.window.nodes._is_asking)
    person.window.nodes.refresh_again()

    person.until(lambda: person.window.nodes.model.rowCount() == 4)


def test_messages_can_be_read_again(person: Person) -> None:
    person.window.status.say("something happened")
    person.window.status.history_button.click()

    person.until(lambda: any("something happened" in w.text.toPlainText() for w in texts()))
    for window in texts():
        window.close()


def texts() -> list:
    from wrangler.views.textwindow import TextWindow

    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, TextWindow)]
