"""Which cores of this node are taken. Pure; the caller holds the lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plow_client.errors import Invalid, NotAllowed


class Slots:
    """The cores 0 to n-1; the lowest free ones are given first."""

    def __init__(self, total: int) -> None:
        self.total = total
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
        taken = sorted(self._free)[:wanted]
        self._free.difference_update(taken)
        return taken

    def take_again(self, cores: Iterable[int]) -> None:
        """Hold just these, for an attempt found after a restart; a core that this node no longer has is let be."""
        self._free.difference_update(cores)

    def give_back(self, cores: Sequence[int]) -> None:
        """Free an attempt's cores, before its result is sent: the answer may bring new work."""
        self._free.update(core for core in cores if core < self.total)
