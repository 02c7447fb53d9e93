"""All rows of a list, the wanted order and filter, and what changes in what is shown.

A listing belongs to one thread at a time and knows no Qt: the session's desk works on it, and only the
steps it returns reach the window. A tick in which nothing moved costs as much as the rows that changed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

from wrangler.models.column import Column, RowT
from wrangler.models.difference import Step, changes, difference
from wrangler.models.natural import Comparable


@dataclass(frozen=True)
class Order:
    """Which column decides, and from which end."""

    column: int = -1  # -1: as the server gave them
    is_descending: bool = False


@dataclass(frozen=True)
class Patch(Generic[RowT]):
    """What happens to the children of one parent ('' is the top)."""

    parent_id: str
    steps: list[Step[RowT]]


def everything(_: object) -> bool:
    """The filter that lets all rows through."""
    return True


class Listing(Generic[RowT]):
    """Rows in groups by parent; `has_levels` says whether there is more than the one group."""

    def __init__(self, columns: Sequence[Column[RowT]], *, has_levels: bool = False) -> None:
        self._columns = columns
        self._has_levels = has_levels
        self._rows: dict[str, RowT] = {}
        self._keys: dict[str, Comparable] = {}
        self._passing: set[str] = set()
        self._order = Order()
        self._passes: Callable[[RowT], bool] = everything
        self._shown: dict[str, list[RowT]] = {"": []}
        self._places: dict[str, int] = {}

    def rows(self) -> list[RowT]:
        """All rows, whether shown or not, in the order they came."""
        return list(self._rows.values())

    def arrange(self, order: Order, passes: Callable[[RowT], bool]) -> list[Patch[RowT]]:
        """Show what passes the filter, in this order."""
        self._order, self._passes = order, passes
        self._keys = self._all_keys()
        self._passing = {row.id for row in self._rows.values() if passes(row)}
        return self._rearranged()

    def replace(self, rows: Iterable[RowT]) -> list[Patch[RowT]]:
        """These rows and no others."""
        old, self._rows = self._rows, {row.id: row for row in rows}
        for row_id, row in self._rows.items():
            if row_id in old and old[row_id] == row:
                self._rows[row_id] = old[row_id]  # the same object: nothing to compare again below
        if len(old) == len(self._rows) and all(map(operator.is_, old.values(), self._rows.values())):
            return []
        self._keys = self._all_keys()
        self._passing = {row.id for row in self._rows.values() if self._passes(row)}
        return self._rearranged()

    def merge(self, rows: Iterable[RowT]) -> list[Patch[RowT]]:
        """These rows are new or have changed; all others stay as they are."""
        news = [row for row in rows if self._rows.get(row.id) != row]
        moved = [self._take(row) for row in news]
        if any(moved) or self._has_levels:
            return self._rearranged()
        found = sorted((self._places[row.id], row) for row in news if row.id in self._passing)
        for place, row in found:
            self._shown[""][place] = row
        return [Patch("", changes(found, self._shown[""]))] if found else []

    def _take(self, row: RowT) -> bool:
        """Keep a row; true if what is shown has to be put in order again."""
        is_new = row.id not in self._rows
        self._rows[row.id] = row
        passed, passes = row.id in self._passing, self._passes(row)
        (self._passing.add if passes else self._passing.discard)(row.id)
        is_moved = False
        if self._order.column >= 0:
            key = self._columns[self._order.column].key(row)
            is_moved = self._keys.get(row.id) != key
            self._keys[row.id] = key
        return is_new or passed != passes or (passes and is_moved)

    def _all_keys(self) -> dict[str, Comparable]:
        if self._order.column < 0:
            return {}
        key = self._columns[self._order.column].key
        return {row.id: key(row) for row in self._rows.values()}

    def _arranged(self) -> dict[str, list[RowT]]:
        passing = self._with_parents() if self._has_levels else self._passing
        ids: Iterable[str] = self._rows
        if self._order.column >= 0:
            ids = sorted(ids, key=self._keys.__getitem__, reverse=self._order.is_descending)
        groups: dict[str, list[RowT]] = {"": []}
        for row_id in ids:
            if row_id in passing:
                row = self._rows[row_id]
                groups.setdefault(row.parent_id, []).append(row)
        return groups

    def _with_parents(self) -> set[str]:
        """A row that passes brings the rows above it along."""
        found = set(self._passing)
        for row_id in self._passing:
            above = self._rows[row_id].parent_id
            while above and above not in found and above in self._rows:
                found.add(above)
                above = self._rows[above].parent_id
        return found

    def _rearranged(self) -> list[Patch[RowT]]:
        old, self._shown = self._shown, self._arranged()
        if self._has_levels:
            staying = self._staying(old)
            return [*_walk(old, staying, ""), *_walk(staying, self._shown, "")]
        self._places = {row.id: place for place, row in enumerate(self._shown[""])}
        steps = difference(old[""], self._shown[""])
        return [Patch("", steps)] if steps else []

    def _staying(self, old: dict[str, list[RowT]]) -> dict[str, list[RowT]]:
        """The old rows that keep their parent: whatever moves leaves before it comes."""
        parent_of = {row.id: parent_id for parent_id, rows in self._shown.items() for row in rows}
        return {
            parent_id: [row for row in rows if parent_of.get(row.id) == parent_id]
            for parent_id, rows in old.items()
        }


def _walk(
    old: dict[str, list[RowT]], new: dict[str, list[RowT]], parent_id: str, *, is_new: bool = False
) -> Iterator[Patch[RowT]]:
    """From the top down; children of a row that just came have nothing old to differ from."""
    before = [] if is_new else old.get(parent_id, [])
    after = new.get(parent_id, [])
    steps = difference(before, after)
    if steps:
        yield Patch(parent_id, steps)
    known = {row.id for row in before}
    for row in after:
        yield from _walk(old, new, row.id, is_new=row.id not in known)
