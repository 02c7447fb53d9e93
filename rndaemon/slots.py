"""Which cores of this node are taken, and which go well together. Pure; the caller holds the lock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from plow_client.errors import Invalid, NotAllowed


class Place(NamedTuple):
    """Where a core is: its socket, its memory node, and how slow its kind is; 0 is the machine's fastest."""

    socket: int = 0
    node: int = 0
    rank: int = 0


class Slots:
    """The cores 0 to n-1."""

    def __init__(self, total: int, places: Sequence[Place] = ()) -> None:
        """`places` says where each core is; those without one are all at the same."""
        self.total = total
        self._places = dict(enumerate(places))
        self._free = set(range(total))

    @property
    def free(self) -> int:
        """How many may be taken now."""
        return len(self._free)

    def take(self, wanted: int) -> list[int]:
        """Hold so many cores; NotAllowed says how many there are."""
        if wanted < 1:
            raise Invalid(f"a task needs at least 1 core, not {wanted}")
        if wanted > len(self._free):
            raise NotAllowed(f"{wanted} cores wanted, {len(self._free)} of {self.total} free")
        taken = choose(self._free, wanted, self._places)
        self._free.difference_update(taken)
        return taken

    def take_again(self, cores: Iterable[int]) -> None:
        """Hold just these, for an attempt found after a restart; a core that this node no longer has is let be."""
        self._free.difference_update(cores)

    def give_back(self, cores: Sequence[int]) -> None:
        """Free an attempt's cores, before its result is sent: the answer may bring new work."""
        self._free.update(core for core in cores if core < self.total)


def choose(free: Collection[int], wanted: int, places: Mapping[int, Place]) -> list[int]:
    """The cores for one task: near one another and of one kind where that can be, else over as few places as can be.

    Fast kinds go first. Of several places with room, the one where least is left over: large gaps stay whole.
    """

    def place(core: int) -> Place:
        return places.get(core, Place())

    alike = _with_room(free, wanted, lambda core: (place(core).node, place(core).rank))
    if alike:
        group = min(alike, key=lambda group: (place(min(group)).rank, *_gap(group)))
        return sorted(group)[:wanted]
    near = _with_room(free, wanted, lambda core: place(core).node)
    if near:
        return sorted(_fastest_first(min(near, key=_gap), place)[:wanted])
    sockets = _with_room(free, wanted, lambda core: place(core).socket)
    return sorted(_over_few_nodes(min(sockets, key=_gap, default=set(free)), wanted, place))


def _gap(group: Collection[int]) -> tuple[int, int]:
    """The smallest first; of equal ones that with the lowest core."""
    return len(group), min(group)


def _with_room(free: Collection[int], wanted: int, group_of: Callable[[int], Hashable]) -> list[set[int]]:
    return [group for group in _groups(free, group_of) if len(group) >= wanted]


def _over_few_nodes(free: Collection[int], wanted: int, place: Callable[[int], Place]) -> list[int]:
    """Whole nodes, the emptiest first, and what is then lacking from the node where least is left over."""
    nodes = _groups(free, lambda core: place(core).node)
    nodes.sort(key=lambda group: (-len(group), min(group)))
    taken: list[int] = []
    while nodes:
        lacking = wanted - len(taken)
        last = [group for group in nodes if len(group) >= lacking]
        if last:
            return [*taken, *_fastest_first(min(last, key=_gap), place)[:lacking]]
        taken += nodes.pop(0)
    return taken


def _groups(cores: Collection[int], group_of: Callable[[int], Hashable]) -> list[set[int]]:
    groups: dict[Hashable, set[int]] = {}
    for core in cores:
        groups.setdefault(group_of(core), set()).add(core)
    return list(groups.values())


def _fastest_first(cores: Collection[int], place: Callable[[int], Place]) -> list[int]:
    return sorted(cores, key=lambda core: (place(core).rank, core))
