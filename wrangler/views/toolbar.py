"""What tool bars of all panels have alike."""

from __future__ import annotations

from PySide6.QtWidgets import QToolBar, QToolButton

from wrangler.icons import icon


def mark_overflow(bar: QToolBar) -> None:
    """Let the button that opens the rest of a narrow bar be seen: Qt's own arrow is dark on dark."""
    rest = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    if rest is not None:
        rest.setIcon(icon("more"))
        rest.setToolTip("More")
