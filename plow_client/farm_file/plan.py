"""What has to change on a farm so that it is as a file says. Pure.

Things and values that a file does not name are left alone, unless `prune` asks for the deletion of what a list of the
file leaves out. Changes come in the order in which they can be done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from plow_client.farm_file.things import ORDER, UNFINISHED, Path, Thing, Values, normal

Farm = Mapping[Path, Thing]
Kind = Literal["make", "change", "delete"]

# What is made in this order is deleted in the other one: who names another thing comes after it.
SEQUENCE = ("limit", "pool", "cluster", "service", "project", "folder", "quota", "filter", ORDER, "node")


@dataclass(frozen=True)
class Field:
    """A value that changes; `old` is None where the thing is not there yet."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Change:
    """One thing that is made, changed or deleted."""

    kind: Kind
    wanted: Thing  # what is deleted stands here as it is
    fields: tuple[Field, ...]

    @property
    def path(self) -> Path:
        """Of the thing."""
        return self.wanted.path

    @property
    def values(self) -> Values:
        """What the thing is to have."""
        return {field.name: field.new for field in self.fields}


@dataclass(frozen=True)
class Plan:
    """Everything that is to be done, and what people should know besides."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    def count(self, kind: Kind) -> int:
        """How many changes are of a kind."""
        return sum(change.kind == kind for change in self.changes)


def make_plan(wanted: Sequence[Thing], farm: Farm, prunable: Iterable[Path] = ()) -> Plan:
    """What leads from the farm to what is wanted; `prunable` are the lists whose other things are deleted."""
    absent = [thing for thing in wanted if thing.noun == "node" and thing.path not in farm]
    changes = [
        change for thing in wanted if thing not in absent and (change := _change(thing, farm)) is not None
    ]
    changes += [Change("delete", thing, ()) for thing in _superfluous(wanted, farm, set(prunable))]
    changes.sort(key=_turn)
    return Plan(tuple(changes), tuple(_notes(wanted, farm, absent)))


def differences(wanted: Values, current: Thing) -> tuple[Field, ...]:
    """The values that are not as they should be."""
    return tuple(
        Field(name, current.values.get(name), value)
        for name, value in wanted.items()
        if normal(current.noun, name, value) != normal(current.noun, name, current.values.get(name))
    )


def wanted_order(now: Sequence[Path], named: Sequence[Path]) -> list[Path]:
    """A list in which those that a file names stand in its order, in the places that they have, and the others stay."""
    listed = [*now, *(path for path in named if path not in now)]
    in_turn = iter(named)
    return [next(in_turn) if path in named else path for path in listed]


def _change(thing: Thing, farm: Farm) -> Change | None:
    current = farm.get(thing.path)
    if thing.noun == ORDER:
        return _order(thing, current)
    if current is None:
        return Change("make", thing, tuple(Field(name, None, value) for name, value in thing.values.items()))
    wanted = dict(thing.values) | ({UNFINISHED: None} if UNFINISHED in current.values else {})
    fields = differences(wanted, current)
    return Change("change", thing, fields) if fields else None


def _order(thing: Thing, current: Thing | None) -> Change | None:
    """New filters come last, so only what stands otherwise then is a change; a project that is new has none."""
    named: list[Path] = thing.values[ORDER]
    now: list[Path] = [] if current is None else current.values[ORDER]
    made = [*now, *(path for path in named if path not in now)]
    wanted = wanted_order(now, named)
    return None if made == wanted else Change("change", thing, (Field(ORDER, now, wanted),))


def _superfluous(wanted: Sequence[Thing], farm: Farm, prunable: set[Path]) -> Iterator[Thing]:
    """What a file leaves out of the lists that it has. Every project is made with a folder `jobs`, and keeps it."""
    named = {thing.path for thing in wanted}
    for path, thing in farm.items():
        if path in named or path == ("folder", path[1], "jobs") or thing.values.get("default"):
            continue
        scope = path[:1] if len(path) == 2 else path[:2]
        if scope in prunable and thing.noun != ORDER:
            yield thing


def _turn(change: Change) -> tuple[int, int]:
    place = SEQUENCE.index(change.wanted.noun)
    return (1, -place) if change.kind == "delete" else (0, place)


def _notes(wanted: Sequence[Thing], farm: Farm, absent: Sequence[Thing]) -> Iterator[str]:
    if absent:
        names = ", ".join(thing.path[1] for thing in absent[:5]) + (", ..." if len(absent) > 5 else "")
        nodes = "1 node has" if len(absent) == 1 else f"{len(absent):,} nodes have"
        yield f"{nodes} not come yet and can't be placed: {names}"
    there = {thing.path for thing in wanted} | set(farm)
    for thing in wanted:
        for noun in ("pool", "limit"):
            for name in thing.values.get(f"needs.{noun}s") or ():
                if (noun, name.lower() if noun == "pool" else name) not in there:
                    yield f"service '{thing.path[1]}' needs {noun} '{name}', which is not there: its jobs can't launch"
