"""The two kinds of lists, set up alike: a table for what is long, a tree for what has levels."""

from __future__ import annotations

from typing import TypeVar, cast

from PySide6.QtCore import QItemSelectionModel, QItemSelectionRange, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QTreeView, QWidget

from wrangler.models.column import Row
from wrangler.models.rowmodel import RowModel
from wrangler.views.cells import CellDelegate

ROW_HEIGHT = 24
_RowT = TypeVar("_RowT", bound=Row)


def table_view(model: RowModel[_RowT], parent: QWidget | None = None) -> QTableView:
    """A flat list; rows of one height, so that a hundred thousand cost what a screenful costs."""
    view = QTableView(parent)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.horizontalHeader().setHighlightSections(False)
    view.setModel(model)
    _set_up(view, view.horizontalHeader(), model)
    view.setSortingEnabled(True)
    return view


def tree_view(model: RowModel[_RowT], parent: QWidget | None = None) -> QTreeView:
    """A list with levels; all of them open to begin with."""
    view = QTreeView(parent)
    view.setUniformRowHeights(True)
    view.setAllColumnsShowFocus(True)
    view.setIndentation(16)
    view.setModel(model)
    _set_up(view, view.header(), model)
    view.setSortingEnabled(True)
    return view


def selected(view: QAbstractItemView, model: RowModel[_RowT]) -> list[_RowT]:
    """The selected rows, in the order in which they are shown within their level."""
    ranges = cast("list[QItemSelectionRange]", view.selectionModel().selection())
    parts = sorted(ranges, key=lambda part: part.top())
    return [row for part in parts for row in model.rows_in(part.parent(), part.top(), part.bottom())]


def current(view: QAbstractItemView, model: RowModel[_RowT]) -> _RowT | None:
    """The row the keyboard stands on."""
    index = view.currentIndex()
    return model.row_at(index) if index.isValid() else None


def choose(view: QAbstractItemView, indexes: list[QModelIndex]) -> None:
    """Select whole rows and stand on the first of them."""
    flags = QItemSelectionModel.SelectionFlag
    picked = view.selectionModel()
    picked.clearSelection()
    for index in indexes:
        picked.select(index, flags.Select | flags.Rows)
    if indexes:
        picked.setCurrentIndex(indexes[0], flags.NoUpdate)
        view.scrollTo(indexes[0])


def _set_up(view: QAbstractItemView, header: QHeaderView, model: RowModel[_RowT]) -> None:
    view.setItemDelegate(CellDelegate(view))
    view.setAlternatingRowColors(True)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # long names often differ at their ends
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    # A header that knows the selection asks of every row whether it is selected, each time it is painted.
    header.setSelectionModel(QItemSelectionModel(model, header))
    header.setStretchLastSection(True)
    header.setSectionsMovable(True)
    header.setSortIndicatorClearable(True)
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    for place, column in enumerate(model.columns):
        header.resizeSection(place, column.width)
