"""The log of a task: follows the file, finds text, shows any attempt. Reads the shared file system, else the server."""

from __future__ import annotations

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from wrangler.calls import read_attempts
from wrangler.logfile import FarLog, LogReader, Piece
from wrangler.models.attempt import AttemptRow
from wrangler.models.task import TaskRow
from wrangler.panels.logbar import LogBar
from wrangler.panels.panel import Panel
from wrangler.session import Session
from wrangler.views.logtext import LogText

ATTEMPTS_S = 4.0
POLL_MS = 1000
_FILE = "log file"


class LogPanel(Panel):
    """About one task at a time, or about a file opened by hand."""

    def __init__(self, session: Session) -> None:
        super().__init__("log", "Log", session, ATTEMPTS_S)
        self.task: TaskRow | None = None
        self._reader: LogReader | None = None
        self._far: FarLog | None = None
        self._is_far = False
        self._attempts: list[AttemptRow] = []
        self.text = LogText(self.body)
        self.bar = LogBar(self.body, self.text)
        for part in (self.bar, self.bar.notice, self.text):
            self.box.addWidget(part)
        self.body.setFocusProxy(self.text)
        self._poll = QTimer(self, singleShot=True, interval=POLL_MS)
        self._poll.timeout.connect(self._read)
        self.bar.attempt_chosen.connect(self._show_attempt)
        self.bar.copy_action.triggered.connect(self._copy_path)
        self.bar.open_action.triggered.connect(self._choose_file)
        self.bar.editor_action.triggered.connect(self._open_outside)

    # -------------------- for the window

    def show_task(self, task: TaskRow) -> None:
        """Be about this task, beginning with its newest attempt."""
        if self.task is not None and self.task.id == task.id:
            return
        self.task = task
        self._attempts = []
        self._show_file(None)
        self.bar.set_attempts([], 0)
        self.setWindowTitle(f"Log of {task.name}")
        self.refresh_again()

    def menu_actions(self) -> list[QAction | None]:
        return self.bar.menu_actions()

    def focus_search(self) -> None:
        self.bar.focus_search()

    def ask(self) -> bool:
        if self._reader is not None and not self._poll.isActive():
            self._read()
        if self.task is None:
            return False
        task_id = self.task.id
        self.session.refresh(
            self.name, lambda farm: read_attempts(farm, task_id), self._fetched, self.unanswered
        )
        return True

    # -------------------- attempts

    def _fetched(self, attempts: list[AttemptRow]) -> None:
        """Go on to a new attempt only if the newest was shown before."""
        was_newest = not self._attempts or self.bar.attempt_place() <= 0
        shown = None if was_newest else self._attempts[self.bar.attempt_place()].number
        self._attempts = attempts
        place = next((at for at, one in enumerate(attempts) if one.number == shown), 0)
        self.bar.set_attempts([one.title for one in attempts], place)
        self._show_attempt(place)
        self.answered()

    def _show_attempt(self, place: int) -> None:
        attempt = self._attempts[place]
        path = attempt.log_path
        if self._reader is None or self._reader.path != path:
            self._show_file(path)
            if self.task is not None and attempt.number >= 0:
                self._far = FarLog(path, self.task.id, attempt.number)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Open a log", filter="Logs (*.log *.txt);;All files (*)")
        dialog.fileSelected.connect(self.open_file)
        dialog.open()

    def open_file(self, path: str) -> None:
        """Show any file, whether of a task or not."""
        self.task = None
        self._attempts = []
        self.session.forget(self.name)
        self.bar.set_attempts([], 0)
        self.setWindowTitle("Log file")
        self._show_file(path)

    # -------------------- the file

    def _show_file(self, path: str | None) -> None:
        self.session.forget(_FILE)
        self._poll.stop()
        self.text.begin()
        self.bar.set_notice("")
        self.bar.set_path(path or "")
        self._reader = LogReader(path) if path else None
        self._far, self._is_far = None, False
        self._read()

    def _read(self) -> None:
        reader = self._reader
        if reader is None or not self.is_seen():
            return
        if self._is_far and self._far is not None:
            self.session.refresh(_FILE, self._far.ask, self._told, lambda: self._poll.start(POLL_MS))
        else:
            self.session.read(_FILE, reader.next_piece, self._came, self._not_here)

    def _not_here(self, why: str) -> None:
        """A file that this machine cannot see is read by way of the server."""
        if self._far is None:
            self._not_readable(why)
        else:
            self._is_far = True
            self._read()

    def _told(self, answer: Piece | str) -> None:
        if isinstance(answer, Piece):
            self._came(answer)
        else:
            self._is_far = False  # look here again before
            self._not_readable(answer)

    def _came(self, piece: Piece) -> None:
        if piece.is_fresh:
            self.text.begin()
            skipped = f"{piece.skipped / 1024 / 1024:,.1f} MB before this are not shown"
            self.bar.set_notice(skipped if piece.skipped else "")
        if piece.text:
            self.text.add(piece.text, follow=self.bar.is_following())
            self.bar.count_matches_soon()
        self._poll.start(0 if piece.has_more else POLL_MS)

    def _not_readable(self, why: str) -> None:
        self.bar.set_notice(f"{why}: it is looked for again each second")
        self._poll.start(POLL_MS)

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(self._reader.path if self._reader else "")
        self.said.emit("Copied the log's path")

    def _open_outside(self) -> None:
        if self._reader is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._reader.path))
