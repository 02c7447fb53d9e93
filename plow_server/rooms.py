"""What is left of the nodes while a plan is made, and the search for a place in them. Room only shrinks."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from plow_server.snapshot import Node, Shape

Size = tuple[int, int]


class Room:
    """What is left of a node in this pass."""

    __slots__ = ("gpu_ram", "idle_cores", "idle_gpus", "idle_ram", "is_closed", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.idle_cores, self.idle_ram = node.idle_cores, node.idle_ram
        self.idle_gpus = sorted(ram for index, ram in node.gpus.items() if index not in node.taken_gpus)
        self.gpu_ram: int | None = None  # one booking of devices a pass asks for one size only
        self.is_closed = False  # until the next pass

    def size_for(self, shape: Shape) -> Size | None:
        """Cores and memory that one start of this shape takes here; None where that is not left."""
        if (
            shape.cores > self.idle_cores
            or shape.ram > self.idle_ram
            or (shape.gpus and not self._has_gpus(shape))
        ):
            return None
        size = self.node.size_for(shape)
        return size if size[0] <= self.idle_cores and size[1] <= self.idle_ram else None

    def close(self) -> None:
        """Nothing more starts here in this pass."""
        self.is_closed = True
        self.idle_cores = 0

    def take(self, size: Size, shape: Shape) -> None:
        """One task starts here; it gets the smallest devices that do."""
        self.idle_cores -= size[0]
        self.idle_ram -= size[1]
        if shape.gpus:
            self.gpu_ram = shape.gpu_ram
            first = bisect_left(self.idle_gpus, shape.gpu_ram)
            del self.idle_gpus[first : first + shape.gpus]

    def _has_gpus(self, shape: Shape) -> bool:
        if len(self.idle_gpus) - bisect_left(self.idle_gpus, shape.gpu_ram) < shape.gpus:
            return False
        if self.gpu_ram in (None, shape.gpu_ram):
            return True
        self.close()  # whoever comes later shall not take what this one gets in the next pass
        return False


class Search:
    """Nodes with room for one shape, in rounds: each node is offered once a round, so work spreads."""

    __slots__ = ("_again", "_crowd", "_most", "_round", "_shape", "is_barren", "met_closed")

    def __init__(self, shape: Shape, rooms: Iterator[Room], crowd: Counter[str], most: int) -> None:
        self._shape = shape
        self._round = rooms
        self._again: list[Room] = []
        self._crowd, self._most = crowd, most  # tasks of the layer by node, and how many may be; 0 = any
        self.is_barren = False
        self.met_closed = False  # some node is to be asked again in the next pass

    def find(self, cap: int, only: set[str] | None = None) -> tuple[Room, Size] | None:
        """The next node where a start takes at most `cap` cores; `only` on these, where told."""
        for _ in range(2):  # the rest of this round, then one whole round
            for room in self._round:
                size = room.size_for(self._shape)
                if size is None or (self._most and self._crowd[room.node.id] >= self._most):
                    self.met_closed = self.met_closed or room.is_closed
                    continue  # for good: room only shrinks
                self._again.append(room)
                if size[0] <= cap and (only is None or room.node.id in only):
                    return room, size
            self._round, self._again = iter(self._again), []
        rest = list(self._round)
        self._round = iter(rest)
        self.is_barren = not rest
        return None
