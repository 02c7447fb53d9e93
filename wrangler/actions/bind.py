"""Makes Qt actions of descriptions and runs them: ask, call on the session's thread, refresh what is stale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from plow_client.idl import RpcService
from wrangler.actions.action import Action
from wrangler.icons import icon
from wrangler.models.column import RowT
from wrangler.session import Session
from wrangler.views.question import Question
from wrangler.views.textwindow import TextWindow


class BoundActions(QObject, Generic[RowT]):
    """The actions of one panel; `rows` gives what is selected now, `name` what to call a row in a question."""

    went_stale = Signal(frozenset)
    said = Signal(str)

    def __init__(
        self,
        actions: Sequence[Action[RowT]],
        session: Session,
        owner: QWidget,
        rows: Callable[[], list[RowT]],
        name: Callable[[RowT], str],
    ) -> None:
        super().__init__(owner)
        self._session, self._owner, self._rows, self._name = session, owner, rows, name
        self.bound = [(action, self._bind(action)) for action in actions]
        self.update_enabled([])

    @property
    def qt_actions(self) -> list[QAction]:
        """In the order of the list, for menus and tool bars."""
        return [made for _, made in self.bound]

    def update_enabled(self, rows: Sequence[RowT]) -> None:
        """Grey out what is about none of these rows; nothing is ever hidden."""
        for action, made in self.bound:
            made.setEnabled(any(action.applies(row) for row in rows))

    def _bind(self, action: Action[RowT]) -> QAction:
        made = QAction(icon(action.icon), action.text, self._owner)
        made.setObjectName(action.name)
        made.setShortcut(QKeySequence(action.key))
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        made.setToolTip(f"{action.text} ({keys})\n{action.tip}")
        made.setStatusTip(action.tip)
        made.triggered.connect(lambda: self._trigger(action))
        self._owner.addAction(made)
        return made

    def _trigger(self, action: Action[RowT]) -> None:
        rows = action.chosen(self._rows())
        if not rows:
            return
        if action.tell is not None:
            self._tell(action, action.tell, rows[0])
            return
        sentence = action.question(rows)
        if not sentence:
            self._run(action, rows)
            return
        names = [self._name(row) for row in rows]
        Question(action.text, sentence, names, lambda: self._run(action, rows), self._owner).open()

    def _tell(self, action: Action[RowT], tell: Callable[[RpcService, RowT], str], row: RowT) -> None:
        """Show what the farm says of a row, once it has; `tell` runs on the session's thread."""
        name = self._name(row)

        def then(text: str) -> None:
            self.said.emit(f"{action.past} {name}")
            TextWindow(f"{action.text} {name}", text, self._owner).show()

        self.said.emit(f"{action.text}: asked for {name} …")
        self._session.refresh(action.name, lambda farm: tell(farm, row), then, lambda: None)

    def _run(self, action: Action[RowT], rows: list[RowT]) -> None:
        self.said.emit(f"{action.text}: asked for {len(rows):,} …")

        def done() -> None:
            self.said.emit(action.done(rows))
            self.went_stale.emit(action.stale)

        def failed() -> None:
            self.went_stale.emit(action.stale)  # some of it may have been done

        self._session.act(action.text, lambda farm: action.call(farm, rows), done, failed)
