"""The shortest way from the rows that are shown to the rows that should be: a few steps, never a reset.

A view keeps its selection and its scroll position over these steps. There are never more than a few:
where rows come and go in many places at once, they are gathered at the end by one change of order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias

from wrangler.models.column import RowT

MOST_RUNS = 24


@dataclass(frozen=True)
class Remove:
    """Rows `first` to `last` go."""

    first: int
    last: int


@dataclass(frozen=True)
class Reorder(Generic[RowT]):
    """Same rows, other places: the row at place i goes to `places[i]`."""

    places: Sequence[int]
    rows: list[RowT]


@dataclass(frozen=True)
class Insert(Generic[RowT]):
    """New rows, the first of them at place `first`."""

    first: int
    rows: list[RowT]


@dataclass(frozen=True)
class Change(Generic[RowT]):
    """Rows from place `first` on have new values."""

    first: int
    rows: list[RowT]


Step: TypeAlias = Remove | Reorder[RowT] | Insert[RowT] | Change[RowT]


def difference(old: Sequence[RowT], new: Sequence[RowT]) -> list[Step[RowT]]:
    """Steps that turn `old` into `new`; a row keeps its identity by its id."""
    steps: list[Step[RowT]] = []
    wanted = {row.id: place for place, row in enumerate(new)}
    left = _remove(old, wanted, steps)
    known = {row.id for row in left}
    added = list(runs(place for place, row in enumerate(new) if row.id not in known))
    if len(added) > MOST_RUNS:
        _insert_scattered(left, new, known, wanted, steps)
    else:
        _insert_in_place(left, new, added, known, wanted, steps)
    steps.extend(_changes(old, new, wanted))
    return steps


def changes(pairs: Iterable[tuple[int, RowT]], shown: Sequence[RowT]) -> list[Step[RowT]]:
    """Steps for rows that changed in place; `shown` are the rows as they are now."""
    return [
        Change(first, list(shown[first : last + 1]))
        for first, last in _merged(list(runs(place for place, _ in pairs)))
    ]


def runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Rising places as (first, last) of each unbroken run."""
    first = last = -2
    for place in places:
        if place != last + 1:
            if first >= 0:
                yield first, last
            first = place
        last = place
    if first >= 0:
        yield first, last


def _remove(old: Sequence[RowT], wanted: dict[str, int], steps: list[Step[RowT]]) -> list[RowT]:
    kept = [row for row in old if row.id in wanted]
    if len(kept) == len(old):
        return kept
    gone = list(runs(place for place, row in enumerate(old) if row.id not in wanted))
    if len(gone) > MOST_RUNS:
        away = [row for row in old if row.id not in wanted]
        steps.append(_reorder(old, kept + away))
        gone = [(len(kept), len(old) - 1)]
    steps.extend(Remove(first, last) for first, last in reversed(gone))
    return kept


def _insert_scattered(
    left: list[RowT],
    new: Sequence[RowT],
    known: set[str],
    wanted: dict[str, int],
    steps: list[Step[RowT]],
) -> None:
    fresh = [row for row in new if row.id not in known]
    steps.append(Insert(len(left), fresh))
    both = left + fresh
    if any(wanted[row.id] != place for place, row in enumerate(both)):
        steps.append(Reorder([wanted[row.id] for row in both], list(new)))


def _insert_in_place(
    left: list[RowT],
    new: Sequence[RowT],
    added: list[tuple[int, int]],
    known: set[str],
    wanted: dict[str, int],
    steps: list[Step[RowT]],
) -> None:
    stay = [row for row in new if row.id in known]
    if any(a.id != b.id for a, b in zip(left, stay, strict=True)):
        steps.append(_reorder(left, stay))
    steps.extend(Insert(first, list(new[first : last + 1])) for first, last in added)


def _reorder(old: Sequence[RowT], new: list[RowT]) -> Reorder[RowT]:
    place_of = {row.id: place for place, row in enumerate(new)}
    return Reorder([place_of[row.id] for row in old], new)


def _changes(old: Sequence[RowT], new: Sequence[RowT], wanted: dict[str, int]) -> list[Step[RowT]]:
    places = []
    for row in old:
        place = wanted.get(row.id)
        if place is not None and new[place] is not row and new[place] != row:
            places.append(place)
    places.sort()
    return changes(((place, new[place]) for place in places), new)


def _merged(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Many small changes are told as one wide one: a view repaints only what it shows."""
    return found if len(found) <= MOST_RUNS else [(found[0][0], found[-1][1])]
