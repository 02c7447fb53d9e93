"""Whether the depends of a spec run in a circle, so that nothing of it could ever start. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from plow_client.errors import Invalid
from plow_server.spec import Work
from plow_server.waits import Wait

# A layer is two points, its begin and its end; a task that a depend names is a point between them.
Point = tuple[str, int]


def refuse_cycles(job: str, work: Work, waits: Iterable[Wait]) -> None:
    """Invalid names the layers and tasks of a circle."""
    inside = [wait for wait in waits if wait.on_layer is not None]
    layers: dict[int, set[int]] = {}
    for wait in inside:
        layers.setdefault(wait.layer or 0, set()).add(wait.on_layer or 0)
    if _circle(layers) is None:
        return  # nearly always: told by a few layers, without looking at a hundred thousand tasks
    circle = _circle(_points(inside))
    if circle is not None:
        names = [_name(work, point) for point in circle]
        shown = [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]
        raise Invalid(f"job '{job}' waits in a circle: {' -> '.join(shown)}")


def _points(waits: Iterable[Wait]) -> dict[Point, set[Point]]:
    before: dict[Point, set[Point]] = {}
    for wait in waits:
        begin, end = ("begin", wait.layer or 0), ("end", wait.on_layer or 0)
        dependent = begin if wait.task is None else ("task", wait.task)
        on = end if wait.on_task is None else ("task", wait.on_task)
        before.setdefault(dependent, set()).add(on)
        for layer, task in ((wait.layer, wait.task), (wait.on_layer, wait.on_task)):
            before.setdefault(("end", layer or 0), set()).add(("begin", layer or 0))
            if task is not None:
                before.setdefault(("task", task), set()).add(("begin", layer or 0))
                before[("end", layer or 0)].add(("task", task))
    return before


def _circle(before: Mapping[int, set[int]] | Mapping[Point, set[Point]]) -> list[Point] | None:
    try:
        TopologicalSorter(before).prepare()
    except CycleError as found:
        return list(reversed(found.args[1]))
    return None


def _name(work: Work, point: Point) -> str:
    kind, place = point
    return work.tasks.name[place - 1] if kind == "task" else work.layers[place - 1].name
