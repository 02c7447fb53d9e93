"""The question before something that is hard to undo: what, how many, which."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget

MOST_NAMES = 12


class Question(QMessageBox):
    """Shown over the window without stopping it; Return and Escape both mean no."""

    def __init__(
        self, title: str, sentence: str, names: Sequence[str], yes: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle(title)
        self.setText(sentence)
        self.setInformativeText(listed(names))
        for label in self.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)  # names come from the server
        self.yes_button: QPushButton = self.addButton(title, QMessageBox.ButtonRole.AcceptRole)
        self.no_button: QPushButton = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(self.no_button)
        self.setEscapeButton(self.no_button)
        self.yes_button.clicked.connect(yes)


def listed(names: Sequence[str]) -> str:
    """The first names, one to a line, and how many more there are."""
    shown = [name if len(name) <= 90 else f"{name[:45]}…{name[-44:]}" for name in names[:MOST_NAMES]]
    if len(names) > MOST_NAMES:
        shown.append(f"… and {len(names) - MOST_NAMES:,} more")
    return "\n".join(shown)
