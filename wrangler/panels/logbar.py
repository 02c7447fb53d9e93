"""The line above a log: attempt, follow, search, and what to do with the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QToolBar, QWidget

from wrangler.icons import icon
from wrangler.views.logtext import LogText
from wrangler.views.toolbar import mark_overflow


class LogBar(QToolBar):
    """Steers a LogText; the panel listens to `attempt_chosen` and to the actions about the file."""

    attempt_chosen = Signal(int)

    def __init__(self, parent: QWidget, text: LogText) -> None:
        super().__init__(parent)
        self._owner = parent
        self.setIconSize(QSize(16, 16))
        self._text = text
        self.attempts = QComboBox(self)
        self.attempts.setMinimumWidth(150)
        self.attempts.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.attempts.setToolTip("Which attempt's log, newest first")
        self.attempts.setAccessibleName("Attempt")
        self.attempts.activated.connect(self.attempt_chosen)
        self.addWidget(self.attempts)
        self.follow_action = self._act("follow", "Follow", "Ctrl+E", None)
        self.follow_action.setCheckable(True)
        self.follow_action.setChecked(True)
        self.follow_action.toggled.connect(self._follow_toggled)
        self.addAction(self.follow_action)
        self.addSeparator()
        self._build_search()
        self._build_rest()
        mark_overflow(self)
        self._count_pause = QTimer(self, singleShot=True, interval=250)
        self._count_pause.timeout.connect(self._count_matches)
        text.left_end.connect(lambda: self.follow_action.setChecked(False))
        text.reached_end.connect(lambda: self.follow_action.setChecked(True))

    # -------------------- for the panel

    def menu_actions(self) -> list[QAction | None]:
        """For the menu bar."""
        return [
            self.follow_action, None, self.next_action, self.previous_action, None,
            self.larger_action, self.smaller_action, None,
            self.open_action, self.editor_action, self.copy_action,
        ]  # fmt: skip

    def is_following(self) -> bool:
        """Whether new lines should be scrolled to."""
        return self.follow_action.isChecked()

    def attempt_place(self) -> int:
        """Which attempt is chosen, 0 for the newest; -1 where there is none."""
        return self.attempts.currentIndex()

    def set_attempts(self, titles: Sequence[str], place: int) -> None:
        """Offer these; what is chosen changes without a signal."""
        if [self.attempts.itemText(at) for at in range(self.attempts.count())] != list(titles):
            self.attempts.clear()
            self.attempts.addItems(list(titles))
        self.attempts.setCurrentIndex(place if titles else -1)
        self.attempts.setEnabled(bool(titles))

    def set_notice(self, text: str) -> None:
        """A sentence between bar and log; an empty one takes it away."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def set_path(self, path: str) -> None:
        """The file that is shown."""
        self._text.setToolTip("")
        self.copy_action.setStatusTip(path)
        for action in (self.copy_action, self.editor_action):
            action.setEnabled(bool(path))

    def focus_search(self) -> None:
        """Type what to find."""
        self.find_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.find_field.selectAll()

    def count_matches_soon(self) -> None:
        """There is more text: count again, but not for every piece."""
        if self.find_field.text() and not self._count_pause.isActive():
            self._count_pause.start()

    # -------------------- building

    def _build_search(self) -> None:
        self.find_field = QLineEdit(self)
        self.find_field.setPlaceholderText("Find in log")
        self.find_field.setAccessibleName("Find in log")
        self.find_field.setToolTip("Find (Ctrl+F); Return goes to the next match, Shift+Return back")
        self.find_field.setClearButtonEnabled(True)
        self.find_field.setMaximumWidth(220)
        self.find_field.textChanged.connect(self._find_changed)
        self.addWidget(self.find_field)
        self.previous_action = self._act("previous", "Previous match", "Shift+F3", self._previous)
        self.next_action = self._act("next", "Next match", "F3", self._next)
        self.find_field.returnPressed.connect(self._next)
        back = QAction(self.find_field)
        back.setShortcuts([QKeySequence("Shift+Return"), QKeySequence("Shift+Enter")])
        back.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        back.triggered.connect(self._previous)
        self.find_field.addAction(back)
        self.addActions([self.previous_action, self.next_action])
        self.found_label = QLabel(self)
        self.found_label.setProperty("role", "quiet")
        self.addWidget(self.found_label)

    def _build_rest(self) -> None:
        self.larger_action = self._act(
            "", "Larger text", "Ctrl++", lambda: self._text.set_font_size(self._text.font_size + 1)
        )
        self.larger_action.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self.smaller_action = self._act(
            "", "Smaller text", "Ctrl+-", lambda: self._text.set_font_size(self._text.font_size - 1)
        )
        self.open_action = self._act("folder", "Open a log file …", "Ctrl+O", None)
        self.editor_action = self._act("", "Open in another program", "", None)
        self.copy_action = self._act("copy", "Copy path", "", None)
        self.addSeparator()
        self.addActions([self.open_action, self.copy_action])
        self.notice = QLabel()
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self.notice.setWordWrap(True)
        self.notice.setProperty("role", "warning")
        self.notice.hide()

    def _act(self, picture: str, text: str, key: str, call: Callable[[], object] | None) -> QAction:
        made = QAction(text, self._owner)
        made.setObjectName("log_" + text.split(" …")[0].lower().replace(" ", "_"))
        if picture:
            made.setIcon(icon(picture))
        if key:
            made.setShortcut(QKeySequence(key))
            made.setToolTip(f"{text} ({key})")
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if call is not None:
            made.triggered.connect(lambda: call())
        self._owner.addAction(made)
        return made

    # -------------------- doing

    def _follow_toggled(self, is_on: bool) -> None:
        if is_on:
            self._text.go_to_end()

    def _find_changed(self, needle: str) -> None:
        self._text.search_for(needle)
        self._count_pause.start()

    def _next(self) -> None:
        self._text.step()
        self._count_matches()

    def _previous(self) -> None:
        self._text.step(backwards=True)
        self._count_matches()

    def _count_matches(self) -> None:
        place, count = self._text.matches()
        has_needle = bool(self.find_field.text())
        self.found_label.setText(f" {place:,} / {count:,} " if has_needle else "")
