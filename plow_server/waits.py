"""The depends of a job's spec: from names to places, frame by frame where asked. Pure.

A depend may hang on the job, a layer or a task; where it does not name its dependent, that is what it hangs on.
What it waits for is in the spec, or, by `dependOnJob` or an id, in another job: such a `Target` is left for the
database to find. A post layer has waited for the whole job already, so a depend of it on an ordinary layer adds
nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from plow_client.errors import Invalid
from plow_client.idl import DependSpecT, DependType, JobSpecT
from plow_server.pairing import pair_by_frame
from plow_server.spec import Layer, Work
from plow_server.wording import is_id, short


@dataclass(frozen=True)
class Target:
    """Work outside the spec, by names or ids as they were given."""

    job: str
    layer: str
    task: str


@dataclass(frozen=True)
class Wait:
    """One depend. Places count from 1; None in `layer` means the whole job waits, as None in `on_layer` means that
    the target is a whole job, or outside."""

    type: DependType
    layer: int | None = None
    task: int | None = None
    on_layer: int | None = None
    on_task: int | None = None
    target: Target | None = None
    is_by_frame: bool = field(default=False, compare=False)  # a row of a TASK_BY_TASK


@dataclass(frozen=True)
class Hook:
    """What a depend hangs on."""

    layer: str = ""
    task: str = ""


# What a type waits with and for: (layer, task) on either side.
DEPENDENT_PART = {
    DependType.JOB_ON_JOB: "job",
    DependType.LAYER_ON_LAYER: "layer",
    DependType.LAYER_ON_TASK: "layer",
    DependType.TASK_ON_LAYER: "task",
    DependType.TASK_ON_TASK: "task",
    DependType.TASK_BY_TASK: "layer",
}
ON_PART = {
    DependType.JOB_ON_JOB: "job",
    DependType.LAYER_ON_LAYER: "layer",
    DependType.LAYER_ON_TASK: "task",
    DependType.TASK_ON_LAYER: "layer",
    DependType.TASK_ON_TASK: "task",
    DependType.TASK_BY_TASK: "layer",
}


def find_waits(spec: JobSpecT, work: Work) -> list[Wait]:
    """Every depend of the spec, each once; TASK_BY_TASK within the spec comes as its TASK_ON_TASK rows."""
    names = _Names(spec, work)
    found: dict[Wait, None] = {}
    for hook, depend in _written(spec):
        found.update(dict.fromkeys(names.resolve(hook, depend)))
    return list(found)


def part(depend: DependSpecT, part_of: dict[DependType, str]) -> str:
    """Whether one side of a depend is a job, a layer or a task."""
    return part_of[depend_type(depend)]


def depend_type(depend: DependSpecT) -> DependType:
    """The type, which has to be there."""
    if depend.type is None:
        raise Invalid("a depend without a type")
    return DependType(depend.type)


def _written(spec: JobSpecT) -> Iterator[tuple[Hook, DependSpecT]]:
    for depend in spec.depends or []:
        yield Hook(), depend
    for layer in spec.layers:
        for depend in layer.depends or []:
            yield Hook(layer.name), depend
        for task in layer.tasks or []:
            for depend in task.depends or []:
                yield Hook(layer.name, task.name), depend


class _Names:
    """Looks up what the depends of one spec name."""

    def __init__(self, spec: JobSpecT, work: Work) -> None:
        self._job = spec.name
        self._layers = work.layers
        self._layer = {layer.name: layer for layer in work.layers}
        self._task = {name: place for place, name in enumerate(work.tasks.name, start=1)}
        self._layer_of_task = work.tasks.layer

    def resolve(self, hook: Hook, depend: DependSpecT) -> Iterator[Wait]:
        kind = depend_type(depend)
        if depend.dependentJob and depend.dependentJob != self._job:
            raise Invalid(
                f"job '{self._job}' cannot make job '{short(depend.dependentJob)}' wait; say so after the launch"
            )
        layer, task = self._dependent(kind, hook, depend)
        target = self._outside(kind, depend)
        if target is not None:
            yield Wait(kind, layer.place if layer else None, task, target=target)
            return
        on_layer, on_task = self._on(kind, depend)
        if layer is None or on_layer is None:
            raise Invalid(f"job '{self._job}' cannot wait for itself")
        if self._is_implied(layer, on_layer):
            return
        if kind is DependType.TASK_BY_TASK:
            yield from self._frame_by_frame(layer, on_layer)
            return
        if (layer.place, task) == (on_layer.place, on_task):
            raise Invalid(f"'{self._shown(layer, task)}' cannot wait for itself")
        yield Wait(kind, layer.place, task, on_layer.place, on_task)

    def _dependent(
        self, kind: DependType, hook: Hook, depend: DependSpecT
    ) -> tuple[Layer | None, int | None]:
        wanted = DEPENDENT_PART[kind]
        if wanted == "job":
            return None, None
        if wanted == "task":
            return self._find_task(kind, "dependentTask", depend.dependentTask or hook.task)
        return self._find_layer(kind, "dependentLayer", depend.dependentLayer or hook.layer), None

    def _on(self, kind: DependType, depend: DependSpecT) -> tuple[Layer | None, int | None]:
        wanted = ON_PART[kind]
        if wanted == "job":
            return None, None
        if wanted == "task":
            return self._find_task(kind, "dependOnTask", depend.dependOnTask or "")
        return self._find_layer(kind, "dependOnLayer", depend.dependOnLayer or ""), None

    def _outside(self, kind: DependType, depend: DependSpecT) -> Target | None:
        """What is waited for, if it is not in this spec."""
        job, layer, task = depend.dependOnJob or "", depend.dependOnLayer or "", depend.dependOnTask or ""
        wanted = ON_PART[kind]
        job = "" if job == self._job else job
        by_id = (wanted == "layer" and is_id(layer)) or (wanted == "task" and is_id(task))
        if not job and not by_id:
            return None
        if wanted != "job" and not (layer if wanted == "layer" else task):
            raise Invalid(f"a {kind.name} depend on job '{short(job)}' names no {wanted} there")
        return Target(job, layer if wanted == "layer" else "", task if wanted == "task" else "")

    def _find_layer(self, kind: DependType, field: str, name: str) -> Layer:
        if not name:
            raise Invalid(f"a {kind.name} depend needs {field}")
        if name not in self._layer:
            raise Invalid(
                f"a {kind.name} depend names layer '{short(name)}', which job '{self._job}' does not have"
            )
        return self._layer[name]

    def _find_task(self, kind: DependType, field: str, name: str) -> tuple[Layer, int]:
        if not name:
            raise Invalid(f"a {kind.name} depend needs {field}")
        place = self._task.get(name)
        if place is None:
            raise Invalid(
                f"a {kind.name} depend names task '{short(name)}', which job '{self._job}' does not have"
            )
        return self._layers[self._layer_of_task[place - 1] - 1], place

    def _is_implied(self, layer: Layer, on_layer: Layer) -> bool:
        if on_layer.post and not layer.post:
            raise Invalid(f"layer '{layer.name}' cannot wait for '{on_layer.name}', which runs after the job")
        return layer.post and not on_layer.post

    def _frame_by_frame(self, layer: Layer, on_layer: Layer) -> Iterator[Wait]:
        for one in (layer, on_layer):
            if not one.chunks:
                raise Invalid(f"layer '{one.name}' has no frames for a TASK_BY_TASK depend")
        if layer is on_layer:
            raise Invalid(f"'{layer.name}' cannot wait for itself")
        for place, held in pair_by_frame(layer.chunks, on_layer.chunks):
            yield Wait(
                DependType.TASK_ON_TASK,
                layer.place,
                layer.first + place,
                on_layer.place,
                on_layer.first + held,
                is_by_frame=True,
            )

    def _shown(self, layer: Layer, task: int | None) -> str:
        return (
            layer.name if task is None else next(name for name, place in self._task.items() if place == task)
        )
