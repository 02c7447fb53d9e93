"""What tool bars of all panels have alike."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from wrangler.icons import icon


class PanelBar(QToolBar):
    """Pictures with words; pictures alone where words would push the filter field out of the bar."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._wide = 0
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose between the two."""
        super().resizeEvent(event)
        with_words = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        if self.toolButtonStyle() == with_words:
            self._wide = self.sizeHint().width()
        wanted = with_words if self.width() >= self._wide else Qt.ToolButtonStyle.ToolButtonIconOnly
        if wanted != self.toolButtonStyle():
            self.setToolButtonStyle(wanted)


def mark_overflow(bar: QToolBar) -> None:
    """Let the button that opens the rest of a narrow bar be seen: Qt's own arrow is dark on dark."""
    rest = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    if rest is not None:
        rest.setIcon(icon("more"))
        rest.setToolTip("More")
