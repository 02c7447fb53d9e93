"""Cores that nobody wants go to tasks that can use more. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from plow_server.rooms import Room


class Capped(Protocol):
    """Whoever has a most of cores."""

    run: int

    def left(self) -> int:
        """Cores that may still be taken."""


@dataclass(slots=True)
class Grower:
    """Tasks that start together on a node and may have up to `most` cores each."""

    room: Room
    n: int
    cores: int
    most: int
    caps: Sequence[Capped]

    def grow(self) -> bool:
        """One core more for each of its tasks; False where that is too much."""
        if (
            self.cores >= self.most
            or self.room.idle_cores < self.n
            or any(cap.left() < self.n for cap in self.caps)
        ):
            return False
        self.cores += 1
        self.room.idle_cores -= self.n
        for cap in self.caps:
            cap.run += self.n
        return True


def share_out(growers: Sequence[Grower]) -> None:
    """Round by round, one core each, until nobody can take more."""
    left = list(growers)
    while left:
        left = [grower for grower in left if grower.grow()]
