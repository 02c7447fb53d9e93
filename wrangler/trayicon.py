"""The icon of plow-tray and its menu."""

from __future__ import annotations

import sys
from functools import partial

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from wrangler.tray import LOOK_MS, WISHES, Ask, Status, answer, colour_of, text_of

_SIZE = 64


class Tray(QObject):
    """Asks now and then, and at once when something was chosen; never in the thread that draws."""

    answered = Signal(object, str)

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)  # in order, so that an old answer never hides a newer one
        self.icon = QSystemTrayIcon(_picture(colour_of(None)), self)
        self.menu = QMenu()
        self.told = self.menu.addAction("asking …")
        self.told.setEnabled(False)
        self.menu.addSeparator()
        self.wishes = self._wishes()
        self.menu.addSeparator()
        quit_action = self.menu.addAction("Quit")
        quit_action.triggered.connect(QApplication.quit)
        self.icon.setContextMenu(self.menu)
        self.answered.connect(self._show)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(partial(self.ask, "status"))

    def start(self) -> None:
        """Appear."""
        self.icon.show()
        self._timer.start()
        self.ask("status")

    def stop(self) -> None:
        """Disappear, and wait for what is under way."""
        self._timer.stop()
        self._pool.waitForDone()
        self.icon.hide()

    def ask(self, do: str, **said: object) -> None:
        """Ask or tell the daemon; the answer is shown when it comes."""
        self._pool.start(lambda: self.answered.emit(*answer(self._ask, do, **said)))

    def _wishes(self) -> dict[str, QAction]:
        group = QActionGroup(self)
        made = {}
        for wish, text in WISHES.items():
            action = self.menu.addAction(text)
            action.setCheckable(True)
            action.setEnabled(False)
            action.triggered.connect(partial(self._tell, wish))
            group.addAction(action)
            made[wish] = action
        return made

    def _tell(self, wish: str, _: bool = False) -> None:
        self.ask("nimby", wish=wish)

    def _show(self, status: Status | None, why: str) -> None:
        text = text_of(status) if status else why
        self.icon.setIcon(_picture(colour_of(status)))
        self.icon.setToolTip(text)
        self.told.setText(text.replace("&", "&&"))
        for wish, action in self.wishes.items():
            if status:
                action.setEnabled(bool(status["nimby"]))
                action.setChecked(status["nimby"] == wish)


def run(ask: Ask) -> int:
    """Until it is told to quit; 2 where this desktop has no place for icons."""
    app = QApplication.instance() or QApplication(["plow-tray"])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    if not QSystemTrayIcon.isSystemTrayAvailable():
        print("plow-tray: this desktop has no place for icons", file=sys.stderr)
        return 2
    tray = Tray(ask)
    tray.start()
    try:
        return int(app.exec())
    finally:
        tray.stop()


def _picture(colour: str) -> QIcon:
    """A disc."""
    pixmap = QPixmap(_SIZE, _SIZE)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    painter.setPen(QColor("#22252a"))
    painter.drawEllipse(6, 6, _SIZE - 12, _SIZE - 12)
    painter.end()
    return QIcon(pixmap)
