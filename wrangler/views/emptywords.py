"""What stands where a list has no rows: why, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QLayout, QVBoxLayout


class EmptyWords(QLabel):
    """A quiet sentence in the middle of a list; the mouse goes through it."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view.viewport())
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setProperty("role", "quiet")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        box = QVBoxLayout(view.viewport())
        box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        box.addWidget(self)
        self.say("")

    def say(self, text: str) -> None:
        """Show this; nothing hides it."""
        self.setText(text)
        self.setVisible(bool(text))
