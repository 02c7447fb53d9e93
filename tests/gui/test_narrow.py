"""A small window: nothing that can be done goes out of sight without a trace."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolBar, QToolButton

from plow_client.idl import TaskState
from tests.gui.person import Person
from wrangler.views.question import listed
from wrangler.views.toolbar import mark_overflow


def test_states_give_up_their_words_before_the_jobs_give_up_their_room(person: Person) -> None:
    person.opens_job("sc020_light", 14)
    window, dead = person.window, person.window.tasks.states.buttons[TaskState.DEAD]
    window.resize(2600, 1000)
    person.until(lambda: dead.text() == "Dead 2")

    window.resize(1024, 700)
    person.until(lambda: dead.text() == "2")

    assert window.jobs.width() > 400
    assert "dead" in dead.toolTip().lower()


def test_the_filter_stays_in_reach_and_words_come_back_with_the_room(person: Person) -> None:
    window, bar = person.window, person.window.jobs.tool_bar
    words, pictures = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
    window.resize(2600, 1000)
    person.until(lambda: bar.toolButtonStyle() == words)

    window.resize(1024, 700)
    person.until(lambda: bar.toolButtonStyle() == pictures)
    person.until(window.jobs.filter_field.isVisible)

    window.resize(2600, 1000)
    person.until(lambda: bar.toolButtonStyle() == words)


def test_the_button_that_opens_the_rest_of_a_tool_bar_can_be_seen(person: Person) -> None:
    bar = QToolBar(person.window)
    for number in range(9):
        bar.addAction(f"Action {number}")
    mark_overflow(bar)
    bar.resize(200, 30)
    bar.show()
    rest = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert rest is not None
    person.until(rest.isVisible)

    assert brightest(rest.grab().toImage()) > 150


def brightest(image: QImage) -> int:
    size: QSize = image.size()
    return max(image.pixelColor(x, y).lightness() for x in range(size.width()) for y in range(size.height()))


def test_an_underscore_in_the_title_of_a_panel_is_not_cut_off(person: Person) -> None:
    panel = person.window.jobs
    panel.setWindowTitle("")
    plain = title_rows(person)
    panel.setWindowTitle("____")

    assert title_rows(person) != plain


def title_rows(person: Person) -> list[int]:
    """How bright each line of pixels of a panel's title is, buttons left aside."""
    panel = person.window.jobs
    image = panel.grab().toImage()
    height = panel.widget().geometry().top()
    return [sum(image.pixelColor(x, y).lightness() for x in range(120)) for y in range(height - 2)]


def test_a_question_shows_both_ends_of_a_long_name() -> None:
    told = listed(["shot_" + "x" * 120 + "_v012"])

    assert told.startswith("shot_x") and told.endswith("x_v012") and len(told) == 90
