"""What a simulation begins with: nodes, shares, and work that arrives. Pure."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from plow_server.snapshot import Folder, Job, Layer, Limit, Node, Quota


class Drawn(NamedTuple):
    """How one attempt goes."""

    clock_s: float
    succeeds: bool


class Times(Protocol):
    """How long attempts of a layer take."""

    def draw(self, rng: random.Random) -> Iterator[Drawn]:
        """One after the other, without end."""


@dataclass(frozen=True)
class Spread:
    """Log-normal around a median; so many of a hundred attempts fail, and are tried again."""

    median_s: float = 60.0
    spread: float = 0.3  # standard deviation of the logarithm; 0 = always the same
    failures: float = 0.0

    def draw(self, rng: random.Random) -> Iterator[Drawn]:
        """The same for the same generator."""
        while True:
            clock_s = self.median_s * math.exp(rng.gauss(0.0, self.spread))
            yield Drawn(clock_s, rng.random() >= self.failures)

    def expected_s(self) -> float:
        """What nineteen of twenty attempts stay below."""
        return self.median_s * math.exp(1.64 * self.spread)


@dataclass(frozen=True)
class Past:
    """What really happened, in its order; after the last, the last again."""

    attempts: Sequence[Drawn]

    def draw(self, rng: random.Random) -> Iterator[Drawn]:
        """Nothing is left to chance."""
        yield from self.attempts
        while True:
            yield self.attempts[-1]._replace(succeeds=True)


@dataclass(frozen=True)
class Arrival:
    """A job and when it comes."""

    at_s: float
    job: Job
    layers: tuple[Layer, ...]
    times: Mapping[str, Times] = field(default_factory=dict)  # by layer


@dataclass(frozen=True)
class World:
    """Everything that happens to a farm from outside."""

    nodes: list[Node]
    quotas: list[Quota]
    folders: list[Folder]
    arrivals: list[Arrival]
    limits: list[Limit] = field(default_factory=list)
    seed: int = 1

    def draws(self, arrival: Arrival, layer: Layer) -> Iterator[Drawn]:
        """How the attempts of a layer go, one after the other; the same for the same seed, whatever the policy."""
        return arrival.times.get(layer.id, Spread()).draw(random.Random(f"{self.seed} {layer.id}"))
