"""The model keeps Qt's own rules through every kind of step; Qt's tester watches each signal."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from wrangler.models.column import Column
from wrangler.models.listing import Listing, Order
from wrangler.models.natural import natural_key
from wrangler.models.rowmodel import RowModel


@dataclass
class Thing:
    id: str
    name: str
    parent_id: str = ""


COLUMNS = (
    Column("Name", lambda row, _: row.name, lambda row: natural_key(row.name)),
    Column("Id", lambda row, _: row.id, lambda row: row.id),
)


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)


def above(cut: int) -> Callable[[Thing], bool]:
    return lambda row: natural_key(row.name) > ("n", cut)


def names(model: RowModel, parent: QModelIndex | None = None) -> list[str]:
    parent = parent or QModelIndex()
    return [model.index(place, 0, parent).data() for place in range(model.rowCount(parent))]


def test_a_flat_list_keeps_qt_s_rules_through_any_change(qtbot, qtlog) -> None:
    chance = random.Random(7)
    model, listing = RowModel(COLUMNS), Listing(COLUMNS)
    tester = watched(model)
    for turn in range(60):
        rows = [Thing(str(n), f"n{chance.randrange(40)}") for n in range(120) if chance.random() < 0.6]
        chance.shuffle(rows)
        order = Order(chance.choice([-1, 0, 1]), is_descending=turn % 2 == 0)
        model.apply(listing.replace(rows))
        model.apply(listing.arrange(order, above(chance.randrange(40))))
        assert names(model) == [row.name for row in listing._shown[""]]
    assert tester and not qtlog.records


def test_a_tree_keeps_qt_s_rules_through_any_change(qtbot, qtlog) -> None:
    chance = random.Random(11)
    model, listing = RowModel(COLUMNS, has_levels=True), Listing(COLUMNS, has_levels=True)
    tester = watched(model)
    for _ in range(60):
        shelves = [Thing(f"p{n}", f"project{n}") for n in range(3) if chance.random() < 0.8]
        folders = [Thing(f"f{n}", f"folder{n}", chance.choice(shelves).id) for n in range(6) if shelves]
        jobs = [
            Thing(f"j{n}", f"job{chance.randrange(30)}", chance.choice(folders).id)
            for n in range(40)
            if folders and chance.random() < 0.7
        ]
        model.apply(listing.replace([*shelves, *folders, *jobs]))
        model.apply(listing.arrange(Order(chance.choice([-1, 0])), lambda row: True))
        assert count_below(model, QModelIndex()) == len(shelves) + len(folders) + len(jobs)
    assert tester and not qtlog.records


def count_below(model: RowModel, parent: QModelIndex) -> int:
    count = model.rowCount(parent)
    return count + sum(count_below(model, model.index(place, 0, parent)) for place in range(count))


def test_an_index_that_is_kept_follows_its_row(qtbot) -> None:
    model, listing = RowModel(COLUMNS), Listing(COLUMNS)
    model.apply(listing.replace([Thing(str(n), f"n{n}") for n in range(100)]))
    kept = QPersistentModelIndex(model.index(42, 0))

    model.apply(listing.arrange(Order(0, is_descending=True), lambda row: True))
    assert (kept.row(), kept.data()) == (57, "n42")
    model.apply(listing.replace([Thing("42", "renamed")]))
    assert (kept.row(), kept.data()) == (0, "renamed")
    model.apply(listing.replace([]))
    assert not kept.isValid()


def test_a_tooltip_never_carries_markup_from_the_server(qtbot) -> None:
    model, listing = RowModel(COLUMNS), Listing(COLUMNS)
    model.apply(listing.replace([Thing("1", "<img src='file:///etc/passwd'>")]))

    assert "<img" not in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
