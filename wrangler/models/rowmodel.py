"""Rows for a Qt view, flat or as a tree: takes patches, never resets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from wrangler.models.column import Column, RowT
from wrangler.models.difference import Insert, Remove, Reorder, Step
from wrangler.models.listing import Order, Patch
from wrangler.models.words import plain_tip

Index: TypeAlias = QModelIndex | QPersistentModelIndex
DRAWING = int(Qt.ItemDataRole.UserRole)
ICON = DRAWING + 1
INK = DRAWING + 2
_NOWHERE = QModelIndex()
# The signals' full signature: with a hint the selection is kept by row, not by cell.
_LAYOUT = ("QList<QPersistentModelIndex>", "QAbstractItemModel::LayoutChangeHint")
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass
class _Group(Generic[RowT]):
    """The children of one row; an index carries its group's number."""

    number: int
    parent_id: str
    above: int | None
    rows: list[RowT] = field(default_factory=list)


class RowModel(QAbstractItemModel, Generic[RowT]):
    """`now_ms` is the server's time, for durations that grow; whoever sets it repaints the view."""

    order_wanted = Signal(Order)

    _looks: Mapping[int, Callable[[Column[Any]], Callable[[Any], object] | None]] = {
        DRAWING: lambda column: column.draw,
        ICON: lambda column: column.icon,
        INK: lambda column: column.ink,
    }

    def __init__(
        self, columns: Sequence[Column[RowT]], *, has_levels: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = columns
        self.now_ms = 0
        self._has_levels = has_levels
        self._groups: dict[int, _Group[RowT]] = {0: _Group(0, "", None)}
        self._number_of = {"": 0}
        self._home: dict[str, int] = {}
        self._next_number = 1

    # -------------------- what the panel does

    def apply(self, patches: Iterable[Patch[RowT]]) -> None:
        """Go the steps of each patch; views follow them one by one."""
        for patch in patches:
            self.apply_one(patch)

    def apply_one(self, patch: Patch[RowT]) -> None:
        """Between two patches of a tree all is sound, so that a view may be used meanwhile."""
        group = self._group(patch.parent_id)
        for step in patch.steps:
            self._go(group, step)

    def row_at(self, index: Index) -> RowT:
        """The row behind an index of this model."""
        return self._groups[index.internalId()].rows[index.row()]

    def rows_in(self, parent: Index, first: int, last: int) -> Sequence[RowT]:
        """The children of an index from `first` to `last`."""
        number = self._number_below(parent)
        return [] if number is None else self._groups[number].rows[first : last + 1]

    def top_rows(self) -> Sequence[RowT]:
        """The rows without a parent, as shown."""
        return self._groups[0].rows

    def index_of(self, row_id: str) -> QModelIndex:
        """Where a row is shown; an invalid index where it is not. Looks through the rows beside it."""
        number = self._home.get(row_id) if self._has_levels else 0
        if number is not None:
            for place, row in enumerate(self._groups[number].rows):
                if row.id == row_id:
                    return self.createIndex(place, 0, number)
        return QModelIndex()

    # -------------------- steps

    def _group(self, parent_id: str) -> _Group[RowT]:
        number = self._number_of.get(parent_id)
        if number is None:
            number, self._next_number = self._next_number, self._next_number + 1
            self._number_of[parent_id] = number
            self._groups[number] = _Group(number, parent_id, self._home[parent_id])
        return self._groups[number]

    def _go(self, group: _Group[RowT], step: Step[RowT]) -> None:
        parent = self._index_of_group(group)
        if isinstance(step, Insert):
            self.beginInsertRows(parent, step.first, step.first + len(step.rows) - 1)
            group.rows[step.first : step.first] = step.rows
            if self._has_levels:
                self._home.update((row.id, group.number) for row in step.rows)
            self.endInsertRows()
        elif isinstance(step, Remove):
            self.beginRemoveRows(parent, step.first, step.last)
            for row in group.rows[step.first : step.last + 1] if self._has_levels else ():
                self._forget(row.id)
            del group.rows[step.first : step.last + 1]
            self.endRemoveRows()
        elif isinstance(step, Reorder):
            self._reorder(group, step)
        else:
            last = step.first + len(step.rows) - 1
            group.rows[step.first : last + 1] = step.rows
            self.dataChanged.emit(
                self.createIndex(step.first, 0, group.number),
                self.createIndex(last, len(self.columns) - 1, group.number),
            )

    def _reorder(self, group: _Group[RowT], step: Reorder[RowT]) -> None:
        hint = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
        parents = [QPersistentModelIndex(self._index_of_group(group))] if group.number else []
        self.layoutAboutToBeChanged[_LAYOUT].emit(parents, hint)  # type: ignore[index]
        old = [index for index in self.persistentIndexList() if index.internalId() == group.number]
        group.rows[:] = step.rows
        new = [self.createIndex(step.places[index.row()], index.column(), group.number) for index in old]
        self.changePersistentIndexList(old, new)
        self.layoutChanged[_LAYOUT].emit(parents, hint)  # type: ignore[index]

    def _forget(self, row_id: str) -> None:
        """A row goes with all that is below it."""
        self._home.pop(row_id, None)
        number = self._number_of.pop(row_id, None)
        if number is not None:
            for row in self._groups.pop(number).rows:
                self._forget(row.id)

    def _index_of_group(self, group: _Group[RowT]) -> QModelIndex:
        if group.above is None:
            return QModelIndex()
        for place, row in enumerate(self._groups[group.above].rows):
            if row.id == group.parent_id:
                return self.createIndex(place, 0, group.above)
        return QModelIndex()

    # -------------------- what Qt asks

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        number = self._number_below(parent)
        if number is None or not 0 <= column < len(self.columns):
            return QModelIndex()
        if not 0 <= row < len(self._groups[number].rows):
            return QModelIndex()
        return self.createIndex(row, column, number)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        group = self._groups.get(index.internalId()) if index.isValid() else None
        return QModelIndex() if group is None else self._index_of_group(group)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        number = self._number_below(parent)
        return 0 if number is None else len(self._groups[number].rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        row = self.row_at(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row, self.now_ms)
        look = self._looks.get(role)
        if look is not None:
            ask = look(column)
            return ask(row) if ask else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip((column.tip or column.text)(row, self.now_ms))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if column.is_number else _TEXT
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if self.columns[section].is_number else _TEXT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Only ask: whoever owns the listing puts the rows in order, away from the window's thread."""
        self.order_wanted.emit(Order(column, order == Qt.SortOrder.DescendingOrder))

    def _number_below(self, parent: Index) -> int | None:
        if not parent.isValid():
            return 0
        if not self._has_levels or parent.column() > 0:
            return None
        return self._number_of.get(self.row_at(parent).id)
