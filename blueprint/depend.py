"""What waits for what inside one job: ``"a"`` frame by frame, ``"a:all"`` for the whole of a."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WHOLE: Final = ":all"


@dataclass(frozen=True)
class Depend:
    """A wish of one layer: the name of what it waits for, and whether for all of it."""

    on: str
    whole: bool = False

    @classmethod
    def parse(cls, text: str) -> Depend:
        """Read ``"a"`` or ``"a:all"``; what stands after another colon is part of an unknown name."""
        if text.endswith(WHOLE):
            return cls(text[: -len(WHOLE)], whole=True)
        return cls(text)

    def __str__(self) -> str:
        return self.on + (WHOLE if self.whole else "")


def find_cycle(edges: Mapping[str, Sequence[str]]) -> list[str] | None:
    """The first ring of names that wait for one another, its first name repeated at the end, or None."""
    done: set[str] = set()
    for start in edges:
        ring = _walk(start, edges, done)
        if ring:
            return ring
    return None


def _walk(start: str, edges: Mapping[str, Sequence[str]], done: set[str]) -> list[str] | None:
    """Depth first without recursion: a job may have more layers than Python has stack."""
    path: dict[str, None] = {}  # in order, and quick to look in
    steps = [iter([start])]
    while steps:
        name = next(steps[-1], None)
        if name is None:
            steps.pop()
            if path:
                done.add(path.popitem()[0])
        elif name in path:
            names = list(path)
            return [*names[names.index(name) :], name]
        elif name not in done:
            path[name] = None
            steps.append(iter(edges.get(name, ())))
    return None
