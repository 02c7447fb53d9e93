"""The line at the bottom: is the server there, when did we last hear, what happened. Never a dialog."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from wrangler.session import Link, Session, Status
from wrangler.theme import COLOURS
from wrangler.views.textwindow import TextWindow

MOST_MESSAGES = 200
SLOW_S = 1.5
_SIGNS = {Link.CONNECTED: ("●", "good"), Link.CONNECTING: ("◌", "warning"), Link.LOST: ("✖", "error")}


class StatusBar(QStatusBar):
    """Messages are kept; the button at the left shows them again."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._messages: deque[str] = deque(maxlen=MOST_MESSAGES)
        self._refreshed_at: float | None = None
        self._last = ""
        self._was_lost = False
        self.history_button = QToolButton(self)
        self.history_button.setText("Messages")
        self.history_button.setToolTip("Show the messages of this session")
        self.history_button.clicked.connect(self.show_history)
        self.message, self.age, self.link = (_label(self) for _ in range(3))
        self.age.setProperty("role", "quiet")
        self.addWidget(self.history_button)
        self.addWidget(self.message, 1)
        self.addPermanentWidget(self.age)
        self.addPermanentWidget(self.link)
        self._tick = QTimer(self, interval=500)
        self._tick.timeout.connect(self._update)
        self._tick.start()
        session.status_changed.connect(self._show_status)
        session.failed.connect(self.complain)
        self._show_status(session.status)

    def say(self, text: str) -> None:
        """Something was done."""
        self._put(text, "text")

    def complain(self, text: str) -> None:
        """Something went wrong; the same again is not news."""
        if text != self._last:
            self._put(text, "error")

    def refreshed(self, _: str) -> None:
        """A panel shows something new."""
        self._refreshed_at = time.monotonic()
        self._update()

    def messages(self) -> list[str]:
        """Oldest first, each with its time of day."""
        return list(self._messages)

    def show_history(self) -> None:
        """A window with all messages."""
        TextWindow("Messages", "\n".join(self._messages) or "No messages yet", self).show()

    def _put(self, text: str, colour: str) -> None:
        self._last = text
        self._messages.append(f"{datetime.now():%H:%M:%S}  {text}")
        self.message.setText(text)
        self.message.setToolTip("")
        self.message.setStyleSheet(f"color: {COLOURS[colour]}")

    def _show_status(self, status: Status) -> None:
        sign, colour = _SIGNS[status.link]
        self.link.setText(f"{sign} {status.server}: {status.link.value}")
        self.link.setStyleSheet(f"color: {COLOURS[colour]}")
        if status.why and status.link is Link.LOST:
            self.complain(status.why)
        if status.link is Link.CONNECTED and self.message.text() and self._was_lost:
            self.say(f"Connected to {status.server} again")
        self._was_lost = status.link is Link.LOST

    def _update(self) -> None:
        waiting_s = self._session.waiting_s
        if waiting_s > SLOW_S:
            self.age.setText(f"waiting for an answer, {waiting_s:.0f} s")
        elif self._refreshed_at is not None:
            self.age.setText(f"refreshed {time.monotonic() - self._refreshed_at:.0f} s ago")


def _label(parent: QWidget) -> QLabel:
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setContentsMargins(8, 0, 8, 0)
    return made
