"""In which order the tasks of a layer start, where not in the one given. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from plow_client.idl import TaskOrder

Item = TypeVar("Item")


def in_order(items: Sequence[Item], order: TaskOrder, nth: int) -> list[Item]:
    """All of them once, those first that tell most about the rest.

    FIRST_MIDDLE_LAST: three that show whether the work is right. EVERY_NTH: a coarse look over all, then finer: every
    n-th, then the gaps halved until nothing is left.
    """
    places: Iterable[int] = range(len(items))
    if order is TaskOrder.FIRST_MIDDLE_LAST:
        places = (0, (len(items) - 1) // 2, len(items) - 1, *places)
    elif order is TaskOrder.EVERY_NTH:
        places = _finer(len(items), nth)
    return [items[place] for place in dict.fromkeys(places) if 0 <= place < len(items)]


def _finer(count: int, step: int) -> Iterator[int]:
    """Every `step`-th place, then every half of that, down to each one; places come again."""
    while step > 1:
        yield from range(0, count, step)
        step //= 2
    yield from range(count)
