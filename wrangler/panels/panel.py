"""What every panel is: a dock that refreshes itself while somebody can see it, and does nothing otherwise."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from wrangler.icons import icon
from wrangler.session import Session


class Panel(QDockWidget):
    """`name` is what saved layouts call it, `refresh_s` how long it rests between two refreshes."""

    said = Signal(str)
    went_stale = Signal(frozenset)
    refreshed = Signal(str)

    def __init__(self, name: str, title: str, session: Session, refresh_s: float) -> None:
        super().__init__(title)
        self.name, self.session = name, session
        self.setObjectName(name)
        self.setWindowIcon(icon(name))
        self.body = QWidget(self)
        self.box = QVBoxLayout(self.body)
        self.box.setContentsMargins(4, 2, 4, 4)
        self.box.setSpacing(3)
        self.setWidget(self.body)
        self._is_shown = False
        self._is_asking = False
        self._timer = QTimer(self, singleShot=True, interval=int(refresh_s * 1000))
        self._timer.timeout.connect(self.refresh)
        self.visibilityChanged.connect(self._set_shown)

    # -------------------- for the window

    def menu_actions(self) -> list[QAction | None]:
        """What the menu bar and the context menu offer; None is a line between."""
        return []

    def focus_search(self) -> None:
        """Put the keyboard into the field that filters or finds."""

    def refresh(self) -> None:
        """Ask now, if there is somebody to see it and nothing has been asked yet."""
        if self._is_asking or not self.session.is_connected or not self.is_seen():
            return
        self._timer.stop()
        self._is_asking = self.ask()

    def refresh_again(self) -> None:
        """What is under way is old news already: ask anew."""
        self.session.forget(self.name)
        self._is_asking = False
        self.refresh()

    def link_lost(self) -> None:
        """Nothing is under way any more; `refresh` begins again once the server is back."""
        self._is_asking = False
        self._timer.stop()

    def is_seen(self) -> bool:
        """Whether a person can see it: not closed, not behind another tab, not in a minimised window."""
        return self._is_shown and not self.window().isMinimized()

    # -------------------- for the panels

    def ask(self) -> bool:
        """Ask the session for what this panel shows; false if there is nothing to ask."""
        return False

    def answered(self, *, again_at_once: bool = False) -> None:
        """The answer is shown, or there is none: rest, then ask again."""
        self._is_asking = False
        self._timer.start(0 if again_at_once else self._timer.interval())
        if not again_at_once:
            self.refreshed.emit(self.name)

    def unanswered(self) -> None:
        """The server refused or is away: try again after the usual rest."""
        self._is_asking = False
        self._timer.start()

    def _set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self._timer.isActive():
            self.refresh()  # the window may have been minimised

    def front(self) -> None:
        """Bring it to where it can be seen, with the keyboard in it."""
        self.show()
        self.raise_()
        self.body.setFocus()
