"""A task's log: follow, find, attempts, tints, huge files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QScrollBar

from plow_client.idl import TaskState
from tests.gui.conftest import MakeWindow
from tests.gui.fake_farm import FakeFarm
from tests.gui.person import Person
from wrangler import logfile
from wrangler.panels.log import LogPanel
from wrangler.theme import COLOURS

ShowLog = Callable[..., LogPanel]


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = tmp_path / "attempt0.log"
    path.write_text("first attempt\n")
    return path


@pytest.fixture
def newest(tmp_path: Path) -> Path:
    path = tmp_path / "attempt1.log"
    path.write_text("".join(f"frame 1 tile {number}\n" for number in range(400)))
    return path


@pytest.fixture
def log(person: Person, farm: FakeFarm, first: Path, newest: Path) -> LogPanel:
    """The log of a task with two attempts, as it looks once it is read."""
    job = next(job for job in farm.jobs.values() if job.name == "sc020_light")
    task = farm.tasks_of(job)[4]
    farm.set_log(task.id, [str(first), str(newest)])
    person.opens_job("sc020_light", 14)
    person.chooses(person.window.tasks, task.name)
    panel = person.window.log
    person.until(lambda: "tile 399" in panel.text.toPlainText())
    return panel


def scroll_bar(log: LogPanel) -> QScrollBar:
    return log.text.verticalScrollBar()


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_the_log_of_the_chosen_task_is_shown_to_its_end(log: LogPanel) -> None:
    assert log.windowTitle() == "Log of 0005-beauty"
    assert log.bar.attempts.currentText() == "Attempt 2 · running · r1"
    assert log.text.is_at_end()


def test_new_lines_are_followed(person: Person, log: LogPanel, newest: Path) -> None:
    add(newest, "and one more\n")

    person.until(lambda: log.text.toPlainText().endswith("and one more\n"))
    assert log.text.is_at_end()


def test_somebody_who_scrolled_up_is_left_alone_until_they_come_back(
    person: Person, log: LogPanel, newest: Path
) -> None:
    scroll_bar(log).setValue(10)
    assert not log.bar.is_following()
    add(newest, "while you read\n")
    person.until(lambda: "while you read" in log.text.toPlainText())
    assert scroll_bar(log).value() == 10

    scroll_bar(log).setValue(scroll_bar(log).maximum())
    assert log.bar.is_following()


def test_follow_goes_to_the_end(person: Person, log: LogPanel) -> None:
    scroll_bar(log).setValue(0)
    person.presses(log.text, "Ctrl+E")

    person.until(log.text.is_at_end)


def test_an_older_attempt_can_be_read_and_stays_while_the_newest_goes_on(
    person: Person, log: LogPanel, farm: FakeFarm
) -> None:
    log.bar.attempts.setCurrentIndex(1)
    log.bar.attempts.activated.emit(1)
    person.until(lambda: log.text.toPlainText() == "first attempt\n")
    asked = len(farm.asked("getTaskStats"))
    log.refresh_again()
    person.until(lambda: len(farm.asked("getTaskStats")) > asked and not log._is_asking)

    assert log.bar.attempts.currentText() == "Attempt 1 · exit 1 · r0"
    assert log.text.toPlainText() == "first attempt\n"


def test_a_new_attempt_is_shown_to_somebody_who_watched_the_newest(
    person: Person, log: LogPanel, farm: FakeFarm, first: Path, newest: Path, tmp_path: Path
) -> None:
    third = tmp_path / "attempt2.log"
    third.write_text("third attempt\n")
    assert log.task is not None
    farm.set_log(log.task.id, [str(first), str(newest), str(third)])
    log.refresh_again()

    person.until(lambda: log.text.toPlainText() == "third attempt\n")


def test_find_goes_from_match_to_match_and_round(person: Person, log: LogPanel) -> None:
    person.presses(log.text, "Ctrl+F")
    person.until(log.bar.find_field.hasFocus)
    person.qtbot.keyClicks(log.bar.find_field, "tile 39")
    person.until(lambda: log.bar.found_label.text().strip() == "0 / 11")
    person.presses(log.bar.find_field, "Return")
    assert log.bar.found_label.text().strip() == "1 / 11"
    person.presses(log.bar.find_field, "Return")
    person.presses(log.bar.find_field, "Shift+Return")
    person.presses(log.bar.find_field, "Shift+F3")

    assert log.bar.found_label.text().strip() == "11 / 11"
    assert log.text.textCursor().selectedText() == "tile 39"


def test_every_match_in_sight_is_marked(person: Person, log: LogPanel) -> None:
    log.bar.find_field.setText("TILE 39")

    person.until(lambda: len(log.text.extraSelections()) == 10)


def test_errors_and_warnings_are_tinted(person: Person, log: LogPanel, newest: Path) -> None:
    add(newest, "ERROR: no texture\nwarning: slow disk\n0 errors\n")
    person.until(lambda: "0 errors" in log.text.toPlainText())

    def colours(line: str) -> set[str]:
        block = log.text.document().begin()
        while block.text() != line:
            block = block.next()
        return {one.format.foreground().color().name() for one in block.layout().formats()}

    assert colours("ERROR: no texture") == {COLOURS["error"]}
    assert colours("warning: slow disk") == {COLOURS["warning"]}
    assert colours("0 errors") == set()


def test_markup_in_a_log_is_text(person: Person, log: LogPanel, newest: Path) -> None:
    add(newest, "<b>bold</b><img src=x>\n")

    person.until(lambda: "<b>bold</b><img src=x>" in log.text.toPlainText())


def test_of_a_huge_log_the_tail_is_shown_and_the_rest_is_said(
    person: Person, log: LogPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = tmp_path / "huge.log"
    huge.write_text("a line of a huge log\n" * (logfile.TAIL_BYTES // 10))
    log.open_file(str(huge))

    person.until(lambda: log.bar.notice.isVisible() and "are not shown" in log.bar.notice.text())
    person.until(lambda: log._reader is not None and log._reader._place == huge.stat().st_size)
    assert log.text.document().characterCount() <= logfile.TAIL_BYTES + 1


def test_a_log_that_is_not_there_yet_is_said_and_shown_once_it_is(
    person: Person, log: LogPanel, tmp_path: Path
) -> None:
    late = tmp_path / "late.log"
    log.open_file(str(late))
    person.until(lambda: "No such file or directory" in log.bar.notice.text())
    late.write_text("here I am\n")

    person.until(lambda: log.text.toPlainText() == "here I am\n")
    person.until(lambda: not log.bar.notice.isVisible())


def test_a_double_click_brings_the_log_to_the_front(
    make_window: MakeWindow, farm: FakeFarm, newest: Path
) -> None:
    person = make_window(farm, workspace="Production")
    person.sees_jobs(3)
    person.window.tasks.show()
    job = next(job for job in farm.jobs.values() if job.name == "sc022_fx")
    farm.set_log(farm.tasks_of(job)[0].id, [str(newest)])
    person.opens_job("sc022_fx", 6)
    person.chooses(person.window.tasks, "0001-beauty")
    person.presses(person.window.tasks.view, "Return")

    person.until(lambda: person.window.log.isVisible())
    person.until(lambda: "tile 399" in person.window.log.text.toPlainText())


def test_the_text_grows_and_shrinks_within_bounds(person: Person, log: LogPanel) -> None:
    before = log.text.font_size
    person.presses(log.text, "Ctrl++")
    person.presses(log.text, "Ctrl+=")
    person.presses(log.text, "Ctrl+-")
    assert log.text.font_size == before + 1
    log.text.set_font_size(100)
    assert log.text.font_size == 24


def test_a_task_that_never_started_says_so(person: Person, farm: FakeFarm) -> None:
    farm.add_job("new", {TaskState.WAITING: 1})
    person.sees_jobs(4)
    person.opens_job("new", 1)
    person.chooses(person.window.tasks, "0001-beauty")

    person.until(lambda: person.window.log.bar.attempts.currentText() == "Not started yet")


def test_the_path_of_a_log_is_copied(person: Person, log: LogPanel, newest: Path) -> None:
    log.bar.copy_action.trigger()

    person.until(lambda: QApplication.clipboard().text() == str(newest))


def test_a_log_is_given_to_another_program(person: Person, log: LogPanel, newest: Path) -> None:
    class Editor(QObject):
        opened: list[str] = []

        @Slot(QUrl)
        def open(self, url: QUrl) -> None:
            self.opened.append(url.toLocalFile())

    editor = Editor()
    QDesktopServices.setUrlHandler("file", editor, "open")
    log.bar.editor_action.trigger()
    QDesktopServices.unsetUrlHandler("file")

    assert editor.opened == [str(newest)]


def test_any_log_can_be_opened(person: Person, log: LogPanel, first: Path) -> None:
    person.presses(log.text, "Ctrl+O")
    person.until(lambda: log.findChildren(QFileDialog))
    (dialog,) = log.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(first))
    dialog.close()

    person.until(lambda: log.text.toPlainText() == "first attempt\n")
    assert log.windowTitle() == "Log file"


def test_the_wheel_with_ctrl_changes_the_size_of_the_text(person: Person, log: LogPanel) -> None:
    before = log.text.font_size
    middle = log.text.viewport().rect().center()
    for turn, size in ((120, before + 1), (-120, before)):
        event = QWheelEvent(
            middle, log.text.viewport().mapToGlobal(middle), QPoint(), QPoint(0, turn),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(log.text.viewport(), event)
        assert log.text.font_size == size


def test_a_log_out_of_sight_is_read_by_way_of_the_server(
    person: Person, farm: FakeFarm, log: LogPanel, newest: Path
) -> None:
    newest.unlink()
    farm.far_logs[str(newest)] = b"far away\n"
    log.bar.attempts.setCurrentIndex(1)
    person.until(lambda: log.text.toPlainText() == "first attempt\n")
    log.bar.attempts.setCurrentIndex(0)
    person.until(lambda: log.text.toPlainText() == "far away\n")

    farm.far_logs[str(newest)] += b"and on\n"

    person.until(lambda: log.text.toPlainText() == "far away\nand on\n")
    assert log.session.is_connected


def test_a_node_that_is_away_with_its_log_is_no_lost_server(
    person: Person, farm: FakeFarm, log: LogPanel, newest: Path
) -> None:
    newest.unlink()

    person.until(lambda: "the log is on node 'r1', which is DOWN" in log.bar.notice.text())

    assert log.session.is_connected
    newest.write_text("back\n")
    person.until(lambda: log.text.toPlainText() == "back\n")
