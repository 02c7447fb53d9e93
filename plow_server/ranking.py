"""Who comes first, in a heap that looks a key up again instead of keeping it sorted."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Ranking(Generic[Item]):
    """The least item by a key that may have grown since: it is looked up again when it comes first."""

    __slots__ = ("_heap", "_key")

    def __init__(self, items: Iterable[Item], key: Callable[[Item], tuple[object, ...]]) -> None:
        self._key = key
        self._heap = [(key(item), place, item) for place, item in enumerate(items)]
        heapq.heapify(self._heap)

    def best(self) -> Item | None:
        """Whoever comes first now."""
        heap = self._heap
        while heap:
            key, place, item = heap[0]
            now = self._key(item)
            if now == key:
                return item
            heapq.heapreplace(heap, (now, place, item))
        return None

    def drop(self) -> None:
        """The best one is out of the race."""
        heapq.heappop(self._heap)
