"""Somebody in front of the window: looks, chooses, clicks, types, and is patient up to a point."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from wrangler.models.task import TaskRow
from wrangler.panels.listpanel import ListPanel
from wrangler.views.lists import choose
from wrangler.views.question import Question
from wrangler.views.textwindow import TextWindow
from wrangler.window import Window

DEADLINE_MS = 10_000


class Person:
    """Every wait has a deadline and a condition; nothing is slept over."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot

    # -------------------- waiting and seeing

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something to be so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=DEADLINE_MS)

    def sees_jobs(self, count: int) -> None:
        """Wait until this many jobs are listed."""
        self.until(lambda: len(self.jobs()) == count)

    def jobs(self) -> list[str]:
        """Names of the jobs in the tree, from top to bottom."""
        return [name for level, name in self.tree() if level == "job"]

    def tree(self) -> list[tuple[str, str]]:
        """The whole tree as (level, name), from top to bottom."""
        model, found = self.window.jobs.model, []

        def walk(parent) -> None:  # type: ignore[no-untyped-def]
            for place in range(model.rowCount(parent)):
                index = model.index(place, 0, parent)
                row = model.row_at(index)
                found.append((row.level, row.name))
                walk(index)

        walk(self.window.jobs.view.rootIndex())
        return found

    def tasks(self) -> list[TaskRow]:
        """The tasks that are listed."""
        return list(self.window.tasks.model.top_rows())

    def text(self, panel: ListPanel, name: str, column: str) -> str:  # type: ignore[type-arg]
        """What stands in a cell."""
        index = self.index(panel, name)
        place = [one.title for one in panel.model.columns].index(column)
        return str(index.siblingAtColumn(place).data())

    # -------------------- choosing

    def index(self, panel: ListPanel, name: str):  # type: ignore[no-untyped-def,type-arg]
        """Where a row of that name is."""
        for group in panel.model._groups.values():
            for row in group.rows:
                if panel.name_of(row) == name:
                    return panel.model.index_of(row.id)
        raise AssertionError(f"no row '{name}' in {panel.name}")

    def chooses(self, panel: ListPanel, *names: str) -> None:  # type: ignore[type-arg]
        """Select these rows and wait until the panel has taken notice."""
        choose(panel.view, [self.index(panel, name) for name in names])
        panel.view.setFocus()
        self.until(lambda: not panel._selection_pause.isActive())

    def opens_job(self, name: str, task_count: int) -> None:
        """Choose a job and wait for its tasks."""
        self.chooses(self.window.jobs, name)
        self.until(lambda: len(self.tasks()) == task_count)

    # -------------------- acting

    def presses(self, widget: QWidget, keys: str) -> None:
        """Press keys like ``Shift+P`` with the keyboard in this widget."""
        self.window.activateWindow()
        widget.setFocus()
        self.until(lambda: QApplication.focusWidget() is widget)
        key = QKeySequence(keys)[0]
        QTest.keyClick(widget, key.key(), key.keyboardModifiers())

    def clicks_tool(self, bar: QToolBar, action: QAction) -> None:
        """Click the button of an action in a tool bar."""
        self.until(action.isEnabled)
        button = bar.widgetForAction(action)
        assert button is not None, f"no button for {action.text()}"
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def clicks_menu(self, panel: ListPanel, action: QAction) -> None:  # type: ignore[type-arg]
        """Click an entry of the menu that the right button opens."""
        place = panel.view.visualRect(panel.view.currentIndex()).center()
        panel.view.customContextMenuRequested.emit(QPoint(place))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        entry = menu.actionGeometry(action).center()
        self.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=entry)

    def text_window(self) -> TextWindow:
        """The window with text that is open."""
        self.until(lambda: self._text_windows())
        return self._text_windows()[0]

    def _text_windows(self) -> list[TextWindow]:
        return [one for one in self.window.findChildren(TextWindow) if one.isVisible()]

    def question(self) -> Question:
        """Wait for the question that is asked."""
        self.until(lambda: self.window.findChildren(Question))
        (found,) = self.window.findChildren(Question)
        return found

    def answers(self, *, yes: bool) -> str:
        """Answer the question; gives all that it said."""
        found = self.question()
        said = f"{found.text()}\n{found.informativeText()}"
        self.qtbot.mouseClick(found.yes_button if yes else found.no_button, Qt.MouseButton.LeftButton)
        self.until(lambda: not self.window.findChildren(Question))
        return said
