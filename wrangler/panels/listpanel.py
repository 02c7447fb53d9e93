"""A panel with a list: filter field, tool bar, view and context menu around a listing and its model.

The listing is worked on only at the session's desk; what reaches the model are patches.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Generic

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QTableView,
    QToolBar,
    QTreeView,
    QWidget,
)

from wrangler.actions.action import Action
from wrangler.actions.bind import BoundActions
from wrangler.icons import icon
from wrangler.models.column import Column, RowT
from wrangler.models.listing import Listing, Order, Patch
from wrangler.models.rowmodel import RowModel
from wrangler.panels.panel import Panel
from wrangler.session import Session
from wrangler.views.emptywords import EmptyWords
from wrangler.views.lists import current, selected, table_view, tree_view
from wrangler.views.toolbar import PanelBar, mark_overflow

# How long one turn of the event loop may spend on patches.
TURN_S = 0.02


class ListPanel(Panel, Generic[RowT]):
    """`name_of` says what to call a row; `words_of` what the filter field looks through."""

    def __init__(
        self,
        name: str,
        title: str,
        session: Session,
        columns: Sequence[Column[RowT]],
        actions: Sequence[Action[RowT]],
        *,
        name_of: Callable[[RowT], str],
        words_of: Callable[[RowT], str],
        refresh_s: float,
        has_levels: bool = False,
    ) -> None:
        super().__init__(name, title, session, refresh_s)
        self.model: RowModel[RowT] = RowModel(columns, has_levels=has_levels, parent=self)
        self.listing: Listing[RowT] = Listing(columns, has_levels=has_levels)
        self.name_of, self._words_of = name_of, words_of
        self._order = Order()
        self._steps: deque[Callable[[], None]] = deque()
        self._pump = QTimer(self, singleShot=True, interval=0)
        self._pump.timeout.connect(self._go_on)
        make = tree_view if has_levels else table_view
        self.view: QTableView | QTreeView = make(self.model, self.body)
        self.view.setAccessibleName(title)
        self.empty_words = EmptyWords(self.view)
        self.actions_bound = BoundActions(actions, session, self.body, self.selected, name_of)
        self.actions_bound.said.connect(self.said)
        self.actions_bound.went_stale.connect(self.went_stale)
        self.tool_bar = self._tool_bar(title)
        self.box.addWidget(self.tool_bar)
        self.box.addWidget(self.view)
        self.body.setFocusProxy(self.view)
        self._wire()

    # -------------------- what others ask

    def selected(self) -> list[RowT]:
        """The selected rows."""
        return selected(self.view, self.model)

    def current(self) -> RowT | None:
        """The row the keyboard stands on."""
        return current(self.view, self.model)

    def menu_actions(self) -> list[QAction | None]:
        return [*self.actions_bound.qt_actions, None, self.copy_action]

    def focus_search(self) -> None:
        self.filter_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter_field.selectAll()

    # -------------------- rows

    def replace_rows(self, rows: Iterable[RowT]) -> None:
        """Show these rows; counts as the answer."""
        self.session.arrange(
            lambda: self.listing.replace(rows),
            lambda patches: self.apply(patches, self.answered),
            self.unanswered,
        )

    def apply(self, patches: list[Patch[RowT]], then: Callable[[], None] = lambda: None) -> None:
        """Let the model go the steps; selection and place stay.

        A tree with many folders may need many patches: they are shared among turns of the event loop.
        """
        self._steps.extend(partial(self.model.apply_one, patch) for patch in patches)
        self._steps.append(partial(self._applied, patches, then))
        if not self._pump.isActive():
            self._go_on()

    def patched(self, patches: list[Patch[RowT]]) -> None:
        """The list shows something else now; for panels that do more about it."""

    def _go_on(self) -> None:
        enough = time.monotonic() + TURN_S
        while self._steps:
            self._steps.popleft()()
            if time.monotonic() > enough:
                break
        if self._steps:
            self._pump.start()

    def _applied(self, patches: list[Patch[RowT]], then: Callable[[], None]) -> None:
        self.model.now_ms = self.session.now_ms()
        self._count()
        self.say_why_empty()
        self._selection_pause.start()
        self.patched(patches)
        then()

    def why_empty(self) -> str:
        """What to say when there is nothing to list."""
        return ""

    def say_why_empty(self) -> None:
        """Say it, if there is nothing."""
        filtered = "nothing here has all these words" if self.filter_field.text().strip() else ""
        self.empty_words.say("" if self.model.rowCount() else filtered or self.why_empty())

    def passes(self) -> Callable[[RowT], bool]:
        """The filter as it stands now, as a function that needs no window."""
        words, words_of = self.filter_field.text().casefold().split(), self._words_of

        def passes(row: RowT) -> bool:
            text = words_of(row).casefold()
            return all(word in text for word in words)

        return passes

    def rearrange(self) -> None:
        """The order or the filter has changed."""
        order, passes = self._order, self.passes()
        self.session.arrange(lambda: self.listing.arrange(order, passes), self.apply)

    def selection_changed(self) -> None:
        """For panels that others follow."""

    def counted(self) -> str:
        """What stands at the end of the tool bar."""
        return f"{len(self.model.top_rows()):,}"

    def _count(self) -> None:
        self.count_label.setText(self.counted())

    # -------------------- building

    def _tool_bar(self, title: str) -> QToolBar:
        bar = PanelBar(self.body)
        bar.addActions(self.actions_bound.qt_actions)
        gap = QWidget(bar)
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(gap)
        self.count_label = QLabel(bar)
        self.count_label.setTextFormat(Qt.TextFormat.PlainText)
        self.count_label.setProperty("role", "quiet")
        bar.addWidget(self.count_label)
        self.filter_field = QLineEdit(bar)
        self.filter_field.setPlaceholderText(f"Filter {title.lower()}")
        self.filter_field.setToolTip("Show only what has all these words in it (Ctrl+F)")
        self.filter_field.setAccessibleName(f"Filter {title.lower()}")
        self.filter_field.setClearButtonEnabled(True)
        self.filter_field.setMaximumWidth(180)
        self.filter_field.setMinimumWidth(110)
        bar.addWidget(self.filter_field)
        mark_overflow(bar)
        return bar

    def _wire(self) -> None:
        self._filter_pause = QTimer(self, singleShot=True, interval=150)
        self._filter_pause.timeout.connect(self.rearrange)
        self.filter_field.textChanged.connect(lambda _: self._filter_pause.start())
        self._selection_pause = QTimer(self, singleShot=True, interval=60)
        self._selection_pause.timeout.connect(self._selection_settled)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._selection_pause.start())
        self.model.order_wanted.connect(self._set_order)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.header().setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.header().customContextMenuRequested.connect(self._open_column_menu)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._repaint_times)
        self._tick.start()
        self.copy_action = QAction(icon("copy"), "Copy names", self.body)
        self.copy_action.setObjectName(f"copy_{self.name}")
        self.copy_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.copy_action.triggered.connect(self._copy)
        self.view.addAction(self.copy_action)

    def _selection_settled(self) -> None:
        self.actions_bound.update_enabled(self.selected())
        self.selection_changed()

    def _set_order(self, order: Order) -> None:
        self._order = order
        self.rearrange()

    def _open_menu(self, place: QPoint) -> None:
        self.actions_bound.update_enabled(self.selected())
        menu = self.context_menu()
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _open_column_menu(self, place: QPoint) -> None:
        self.column_menu().popup(self.header().mapToGlobal(place))

    def column_menu(self) -> QMenu:
        """Which columns are shown; the first always is."""
        menu = QMenu(self.view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place, column in enumerate(self.model.columns[1:], start=1):
            entry = menu.addAction(column.title)
            entry.setCheckable(True)
            entry.setChecked(not self.header().isSectionHidden(place))
            entry.toggled.connect(lambda on, place=place: self.header().setSectionHidden(place, not on))
        return menu

    def context_menu(self) -> QMenu:
        """The menu of the selected rows; it goes when it is closed."""
        menu = QMenu(self.view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fill(menu, self.menu_actions())
        return menu

    def _repaint_times(self) -> None:
        """Durations grow; only what is on the screen is drawn again."""
        if self.is_seen():
            self.model.now_ms = self.session.now_ms()
            self.view.viewport().update()

    def _copy(self) -> None:
        names = [self.name_of(row) for row in self.selected()]
        QGuiApplication.clipboard().setText("\n".join(names))
        self.said.emit(f"Copied {len(names):,} name" + ("" if len(names) == 1 else "s"))

    def header_state(self) -> bytes:
        """Widths, order and sorting of the columns, to be saved."""
        return bytes(self.header().saveState().data())

    def restore_header(self, state: bytes) -> None:
        """Columns as they were saved; without any, as they come."""
        header = self.header()
        if state:
            header.restoreState(state)
            return
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        for place, column in enumerate(self.model.columns):
            header.setSectionHidden(place, False)
            header.moveSection(header.visualIndex(place), place)
            header.resizeSection(place, column.width)

    def header(self) -> QHeaderView:
        """The header of whichever view this is."""
        if isinstance(self.view, QTreeView):
            return self.view.header()
        return self.view.horizontalHeader()


def fill(menu: QMenu, actions: Iterable[QAction | None]) -> None:
    """Actions in their order; None is a line between."""
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)
