"""Whether depends run in a circle, so that nothing of it could ever start. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from plow_client.errors import Invalid
from plow_server.spec import Work
from plow_server.waits import Wait


class Scope(NamedTuple):
    """A job, a layer of it or a task of that, by whatever tells them apart."""

    job: Hashable
    layer: Hashable | None
    task: Hashable | None


# Jobs and layers are two points each, their begin and their end; a task is a point between those of its layer.
Point = tuple[str, Hashable]


def refuse_cycles(job: str, work: Work, waits: Iterable[Wait]) -> None:
    """The depends of a spec; Invalid names the layers and tasks of a circle."""
    inside = [wait for wait in waits if wait.on_layer is not None]
    layers: dict[Hashable, set[Hashable]] = {}
    for wait in inside:
        layers.setdefault(wait.layer, set()).add(wait.on_layer)
    if _circle(layers) is None:
        return  # nearly always: told by a few layers, without looking at a hundred thousand tasks
    circle = find_circle(
        (Scope("job", wait.layer, wait.task), Scope("job", wait.on_layer, wait.on_task)) for wait in inside
    )
    if circle is not None:
        raise Invalid(f"job '{job}' waits in a circle: {told(circle, lambda point: _name(work, point))}")


def find_circle(depends: Iterable[tuple[Scope, Scope]]) -> list[Point] | None:
    """Points that wait for each other in turn, the first again at the end; None if there are none."""
    before: dict[Point, set[Point]] = {}
    for dependent, on in depends:
        before.setdefault(_begin(dependent), set()).add(_end(on))
        for scope in (dependent, on):
            _add_insides(before, scope)
    return _circle(before)


def told(circle: Iterable[Point], name: Callable[[Point], str]) -> str:
    """``a -> b -> a``; begin and end of one thing are one name."""
    names = [name(point) for point in circle]
    return " -> ".join(one for place, one in enumerate(names) if place == 0 or names[place - 1] != one)


def _add_insides(before: dict[Point, set[Point]], scope: Scope) -> None:
    """A part begins after the whole has begun, and the whole ends after its parts."""
    whole: Scope | None = None
    for part in (Scope(scope.job, None, None), Scope(scope.job, scope.layer, None), scope):
        before.setdefault(_end(part), set())
        if _begin(part) != _end(part):
            before[_end(part)].add(_begin(part))
        if whole is not None and part != whole:
            before.setdefault(_begin(part), set()).add(_begin(whole))
            before[_end(whole)].add(_end(part))
        whole = part


def _begin(scope: Scope) -> Point:
    return _point("begin", scope)


def _end(scope: Scope) -> Point:
    return _point("end", scope)


def _point(edge: str, scope: Scope) -> Point:
    if scope.task is not None:
        return "task", scope.task
    return edge, scope.job if scope.layer is None else scope.layer


def _circle(before: Mapping[Any, set[Any]]) -> list[Any] | None:
    try:
        TopologicalSorter(before).prepare()
    except CycleError as found:
        return list(reversed(found.args[1]))
    return None


def _name(work: Work, point: Point) -> str:
    kind, place = point
    assert isinstance(place, int)
    return work.tasks.name[place - 1] if kind == "task" else work.layers[place - 1].name
