"""A JobSpec → is it sound? → layers, tasks and depends as `launch_job` takes them. Pure.

Every fault is an Invalid that names the layer, the task or the part of a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from plow_client.errors import Invalid
from plow_client.frames import chunk_frames, frames_text, parse_frames, task_name
from plow_client.idl import JobSpecT, LayerSpecT, TaskOrder, TaskSpecT
from plow_server import wording
from plow_server.config import Limit
from plow_server.needs import MOST_POOLS, check_names, check_needs, check_retry, merged_needs
from plow_server.run_settings import check_run, merged_run
from plow_server.task_order import in_order

# What a layer gets that neither it nor its service says.
DEFAULTS: Mapping[str, Any] = {
    "tags": ("render",),
    "min_cores": 1,
    "max_cores": 8,
    "min_ram": 3072,
    "max_ram": 20480,
    "max_retries": 2,
    "threadable": False,
}
DEFAULT_SERVICE = "default"
MOST_CORES, MOST_RAM_MB, MOST_RETRIES = 32_767, 2**31 - 1, 32_767
MOST_PRIORITY, MOST_GRACE_S = 1_000, 3_600
LAST_MS = 253_402_300_799_999  # the end of the year 9999

Presets = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Layer:
    """One layer to be made. `place` counts from 1 over the whole spec, `first` is the place of its first task."""

    place: int
    first: int
    post: bool
    name: str
    range: str | None
    chunk: int
    command: list[str]
    env: dict[str, str]
    service: str
    tags: list[str]
    min_cores: int
    max_cores: int
    min_ram: int
    max_ram: int
    max_retries: int
    threadable: bool
    priority: int
    kill_grace_s: int | None
    run: dict[str, Any] | None
    limits_ram: bool  # somebody asked for max_ram
    needs: dict[str, Any] | None
    retry_rules: dict[str, Any] | None
    chunks: list[list[int]] = field(repr=False)  # the frames of each task; empty for named tasks

    def row(self) -> dict[str, Any]:
        """What SQL stores of it."""
        return {key: value for key, value in vars(self).items() if key != "chunks"}


@dataclass
class Tasks:
    """All tasks in the order of their layers, in columns. `frames` is None where `number` says it all."""

    layer: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    number: list[int] = field(default_factory=list)
    frames: list[str | None] = field(default_factory=list)


@dataclass(frozen=True)
class Size:
    """How much of a job there is."""

    layers: int = 0
    tasks: int = 0
    frames: int = 0


@dataclass(frozen=True)
class Work:
    """A sound spec, expanded."""

    layers: list[Layer]
    tasks: Tasks

    @property
    def has_post(self) -> bool:
        """Whether a post job is needed."""
        return any(layer.post for layer in self.layers)


def check_job(spec: JobSpecT, limit: Limit) -> None:
    """Everything of a spec but its layers and depends."""
    name = wording.check_job_name(spec.name, limit)
    if not spec.project:
        raise Invalid(f"job '{name}' names no project")
    wording.check_username(spec.username, limit)
    wording.check_log_path(spec.logPath, limit)
    wording.check_env(f"job '{name}'", spec.env, limit)
    wording.check_attrs(f"job '{name}'", spec.attrs, limit)
    check_names(f"job '{name}'", "pool", spec.pools, MOST_POOLS)
    _check_priority(f"job '{name}'", spec.priority)
    if not 0 <= (spec.startAfter or 0) <= LAST_MS:
        raise Invalid(f"job '{name}': {spec.startAfter} is no time in milliseconds since 1970")
    if spec.requestId and not wording.is_id(spec.requestId):
        raise Invalid(f"job '{name}': requestId '{wording.short(spec.requestId)}' is not a UUID")


def expand(spec: JobSpecT, presets: Presets, limit: Limit) -> Work:
    """The layers and tasks of a spec; `presets` are the services by name, unset values left out."""
    check_job(spec, limit)
    specs = spec.layers or []
    if all(layer.isPost for layer in specs):
        raise Invalid(f"job '{spec.name}' has no layers" + (" but post layers" if specs else ""))
    return expand_layers(spec.name, specs, presets, limit)


def expand_layers(
    job: str, specs: Sequence[LayerSpecT], presets: Presets, limit: Limit, before: Size = Size()
) -> Work:
    """The layers and tasks of a job; `before` is what it has already, for the limits are those of a whole job."""
    layers: list[Layer] = []
    tasks = Tasks()
    grown = replace(before, layers=before.layers + len(specs))
    refuse_too_large(job, grown, limit)
    for place, layer_spec in enumerate(specs, start=1):
        frames = _frames(layer_spec, limit)
        count = -(-len(frames) // _chunk(layer_spec, frames)) or len(layer_spec.tasks or ())
        grown = replace(grown, tasks=grown.tasks + count, frames=grown.frames + len(frames))
        refuse_too_large(job, grown, limit)  # before a list is made for each of too many tasks
        made = _layer(place, len(tasks.name) + 1, layer_spec, frames, presets, limit)
        _add_tasks(tasks, made, layer_spec, limit)
        layers.append(made)
    _refuse_repeated("layer", (layer.name for layer in layers))
    _refuse_repeated("task", tasks.name)
    return Work(layers, tasks)


def _chunk(spec: LayerSpecT, frames: Sequence[int]) -> int:
    """Frames per task."""
    chunk = int(spec.chunk)
    return chunk if chunk > 0 else max(len(frames), 1)


def _layer(
    place: int, first: int, spec: LayerSpecT, frames: Sequence[int], presets: Presets, limit: Limit
) -> Layer:
    name, chunk = spec.name, _chunk(spec, frames)
    return Layer(
        place=place,
        first=first,
        post=bool(spec.isPost),
        name=name,
        range=spec.range or None,
        chunk=chunk,
        command=wording.check_command(name, spec.command, limit),
        env=wording.check_env(f"layer '{name}'", spec.env, limit),
        chunks=_ordered(spec, chunk_frames(frames, chunk)) if frames else [],
        priority=_check_priority(f"layer '{name}'", spec.priority),
        **_settings(name, spec, presets, limit),
    )


Item = TypeVar("Item")


def _ordered(spec: LayerSpecT, items: Sequence[Item]) -> list[Item]:
    """Chunks or tasks in the order in which they are to start."""
    order = TaskOrder.GIVEN if spec.taskOrder is None else TaskOrder(spec.taskOrder)
    if order is TaskOrder.EVERY_NTH and not 2 <= (spec.everyNth or 0) <= 1_000_000:
        raise Invalid(f"layer '{spec.name}': everyNth is {spec.everyNth}; 2 or more is needed with EVERY_NTH")
    return in_order(items, order, spec.everyNth or 0)


def _check_priority(owner: str, priority: int | None) -> int:
    if not -MOST_PRIORITY <= (priority or 0) <= MOST_PRIORITY:
        raise Invalid(
            f"{owner}: a priority of {priority}; -{MOST_PRIORITY:,} to {MOST_PRIORITY:,} are allowed"
        )
    return priority or 0


def check_grace(owner: str, grace_s: int | None) -> int | None:
    """Seconds between asking an attempt to end and ending it; None is not said."""
    if not 0 <= (grace_s or 0) <= MOST_GRACE_S:
        raise Invalid(f"{owner}: a kill grace of {grace_s} s; 0 to {MOST_GRACE_S:,} are allowed")
    return grace_s


def _frames(spec: LayerSpecT, limit: Limit) -> list[int]:
    """The frames of a layer; none where it has named tasks."""
    name = wording.check_part_name("layer", spec.name, limit)
    if bool(spec.range) == bool(spec.tasks):
        found = "both a range and tasks" if spec.range else "neither a range nor tasks"
        raise Invalid(f"layer '{name}' has {found}")
    try:
        return parse_frames(spec.range) if spec.range else []
    except Invalid as fault:
        raise Invalid(f"layer '{name}': {fault.why}") from None


def _settings(name: str, spec: LayerSpecT, presets: Presets, limit: Limit) -> dict[str, Any]:
    """Said in the spec, else by the service, else by us."""
    service = spec.serv or DEFAULT_SERVICE
    if service not in presets and service != DEFAULT_SERVICE:
        raise Invalid(f"layer '{name}': no service '{wording.short(service)}'")
    said = {
        "tags": spec.tags,
        "min_cores": spec.minCores,
        "max_cores": spec.maxCores or None,  # 0 is what blueprints of Plow 2013 send for "not said"
        "min_ram": spec.minRam,
        "max_ram": spec.maxRam,
        "max_retries": spec.maxRetries,
        "threadable": spec.threadable,
        "kill_grace_s": check_grace(f"layer '{name}'", spec.killGraceS),
    }
    said = {key: value for key, value in said.items() if value is not None}
    preset = presets.get(service, {})
    merged: dict[str, Any] = {"kill_grace_s": None, **DEFAULTS, **preset, **said}
    merged["run"] = merged_run(preset.get("run"), check_run(f"layer '{name}'", spec.run, limit))
    merged["needs"] = merged_needs(preset.get("needs"), check_needs(f"layer '{name}'", spec.needs))
    merged["retry_rules"] = merged_needs(
        preset.get("retry_rules"), check_retry(f"layer '{name}'", spec.retryRules)
    )
    merged["limits_ram"] = "max_ram" in said or "max_ram" in preset
    merged["tags"] = wording.check_tags(f"layer '{name}'", merged["tags"], limit)
    _check_size(name, said, merged, "cores", "min_cores", "max_cores", MOST_CORES)
    _check_size(name, said, merged, "MB", "min_ram", "max_ram", MOST_RAM_MB)
    if not 0 <= merged["max_retries"] <= MOST_RETRIES:
        raise Invalid(f"layer '{name}': {merged['max_retries']} retries; 0 to {MOST_RETRIES:,} are allowed")
    return {"service": service, **merged}


def _check_size(
    name: str, said: Mapping[str, Any], merged: dict[str, Any], unit: str, least: str, most: str, limit: int
) -> None:
    """Both bounds are sound; where they contradict each other, the one that was not said gives way."""
    for key in (least, most):
        if not 1 <= merged[key] <= limit:
            what = key.replace("_", " ")
            raise Invalid(f"layer '{name}': {what} of {merged[key]} {unit}; 1 to {limit:,} are allowed")
    if merged[least] > merged[most]:
        if least in said and most in said:
            raise Invalid(
                f"layer '{name}' asks for at least {merged[least]} and at most {merged[most]} {unit}"
            )
        if most in said:
            merged[least] = merged[most]
        else:
            merged[most] = merged[least]


def refuse_too_large(job: str, size: Size, limit: Limit) -> None:
    """Whether a job may be so large."""
    if size.layers > limit.layers_per_job:
        raise Invalid(f"job '{job}' has {size.layers:,} layers; at most {limit.layers_per_job:,} are allowed")
    if size.tasks > limit.tasks_per_job:
        raise Invalid(f"job '{job}': more than {limit.tasks_per_job:,} tasks in the job")
    if size.frames > limit.frames_per_job:
        raise Invalid(f"job '{job}' has more than {limit.frames_per_job:,} frames")


def frame_tasks(layer: str, place: int, chunks: Sequence[Sequence[int]], limit: Limit) -> Tasks:
    """The tasks of a layer's chunks."""
    numbers = [chunk[0] for chunk in chunks]
    names = [task_name(number, layer) for number in numbers]
    if max(map(len, names)) > limit.name_chars:
        raise Invalid(f"layer '{wording.short(layer)}': its name is too long for the names of its tasks")
    return Tasks([place] * len(chunks), names, numbers, _texts(chunks))


def named_tasks(place: int, specs: Sequence[TaskSpecT], limit: Limit) -> Tasks:
    """The tasks of a layer without frames."""
    names = [wording.check_part_name("task", task.name, limit) for task in specs]
    _refuse_repeated("task", names)
    return Tasks([place] * len(names), names, [0] * len(names), [None] * len(names))


def _add_tasks(tasks: Tasks, layer: Layer, spec: LayerSpecT, limit: Limit) -> None:
    own = (
        named_tasks(layer.place, _ordered(spec, spec.tasks), limit)
        if spec.tasks
        else frame_tasks(layer.name, layer.place, layer.chunks, limit)
    )
    tasks.layer += own.layer
    tasks.name += own.name
    tasks.number += own.number
    tasks.frames += own.frames


def _texts(chunks: Sequence[Sequence[int]]) -> list[str | None]:
    return [None if len(chunk) == 1 else frames_text(chunk) for chunk in chunks]


def _refuse_repeated(noun: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Invalid(f"{noun} '{name}' is there twice")
        seen.add(name)
