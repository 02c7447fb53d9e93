"""Every task of a job spec with its exact command and what it waits for, as the farm would make them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from blueprint.tokens import expand
from plow_client.frames import chunk_frames, parse_frames, task_name
from plow_client.idl import DependSpecT, DependType, JobSpecT, LayerSpecT, RunSettingsT


@dataclass(frozen=True)
class PlannedTask:
    """One task. `waits_for` holds places in the list of all tasks.

    Its command stands in the middle of `steps`, which run in order while each one ends with 0; `last` runs at the end,
    whatever happened.
    """

    place: int
    layer: str
    name: str
    frames: tuple[int, ...]
    command: tuple[str, ...]
    env: Mapping[str, str]
    cores: int
    waits_for: frozenset[int]
    steps: tuple[tuple[str, ...], ...]
    last: tuple[str, ...]


def plan_tasks(spec: JobSpecT) -> list[PlannedTask]:
    """All tasks in layer order; post layers wait for everything else."""
    drafts = [draft for layer in spec.layers for draft in _drafts(layer)]
    finder = _Finder(drafts)
    before_post = {place for place, draft in enumerate(drafts) if not draft.layer.isPost}
    tasks = []
    for place, draft in enumerate(drafts):
        waits = {found for depend in draft.depends for found in finder.places(depend, draft.frames)}
        if draft.layer.isPost:
            waits |= before_post
        tasks.append(
            PlannedTask(
                place,
                draft.layer.name,
                draft.name,
                tuple(draft.frames),
                tuple(expand(draft.layer.command, draft.name, draft.frames)),
                {**(spec.env or {}), **(draft.layer.env or {})},
                max(1, draft.layer.minCores or 1),
                frozenset(waits),
                tuple(tuple(expand(words, draft.name, draft.frames)) for words in _steps(draft.layer)),
                tuple(expand(_run(draft.layer).afterCommand or [], draft.name, draft.frames)),
            )
        )
    return tasks


def _steps(layer: LayerSpecT) -> list[list[str]]:
    """All commands of a task, without the one for the end."""
    run = _run(layer)
    return [*([run.beforeCommand] if run.beforeCommand else []), layer.command, *(run.moreCommands or [])]


def _run(layer: LayerSpecT) -> RunSettingsT:
    return layer.run or RunSettingsT()


@dataclass(frozen=True)
class _Draft:
    layer: LayerSpecT
    name: str
    frames: Sequence[int]
    depends: Sequence[DependSpecT]


def _drafts(layer: LayerSpecT) -> Iterable[_Draft]:
    depends = layer.depends or []
    for task in layer.tasks or []:
        yield _Draft(layer, task.name, [], [*depends, *(task.depends or [])])
    if layer.range:
        for frames in chunk_frames(parse_frames(layer.range), layer.chunk):
            yield _Draft(layer, task_name(frames[0], layer.name), frames, depends)


class _Finder:
    """Finds the tasks that a depend means."""

    def __init__(self, drafts: Sequence[_Draft]) -> None:
        self.by_layer: dict[str, list[int]] = {}
        self.by_task: dict[tuple[str, str], int] = {}
        self.by_frame: dict[tuple[str, int], int] = {}
        for place, draft in enumerate(drafts):
            self.by_layer.setdefault(draft.layer.name, []).append(place)
            self.by_task[draft.layer.name, draft.name] = place
            for frame in draft.frames:
                self.by_frame[draft.layer.name, frame] = place

    def places(self, depend: DependSpecT, frames: Iterable[int]) -> list[int]:
        on = depend.dependOnLayer or ""
        if depend.type == DependType.TASK_BY_TASK:
            return [self.by_frame[on, frame] for frame in frames if (on, frame) in self.by_frame]
        if depend.dependOnTask is not None:
            return [self.by_task[on, depend.dependOnTask]]
        return self.by_layer[on]
