"""A JobSpec → is it sound? → layers, tasks and depends as `launch_job` takes them. Pure.

Every fault is an Invalid that names the layer, the task or the part of a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plow_client.errors import Invalid
from plow_client.frames import chunk_frames, frames_text, parse_frames, task_name
from plow_client.idl import JobSpecT, LayerSpecT, TaskSpecT
from plow_server import wording
from plow_server.config import Limit

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


def check_job(spec: JobSpecT) -> None:
    """Everything of a spec but its layers and depends."""
    name = wording.check_job_name(spec.name)
    if not spec.project:
        raise Invalid(f"job '{name}' names no project")
    wording.check_username(spec.username)
    wording.check_log_path(spec.logPath)
    wording.check_env(f"job '{name}'", spec.env)
    wording.check_attrs(f"job '{name}'", spec.attrs)
    _check_priority(f"job '{name}'", spec.priority)
    if not 0 <= (spec.startAfter or 0) <= LAST_MS:
        raise Invalid(f"job '{name}': {spec.startAfter} is no time in milliseconds since 1970")
    if spec.requestId and not wording.is_id(spec.requestId):
        raise Invalid(f"job '{name}': requestId '{wording.short(spec.requestId)}' is not a UUID")


def expand(spec: JobSpecT, presets: Presets, limit: Limit) -> Work:
    """The layers and tasks of a spec; `presets` are the services by name, unset values left out."""
    check_job(spec)
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
        frames = _frames(layer_spec)
        count = -(-len(frames) // _chunk(layer_spec, frames)) or len(layer_spec.tasks or ())
        grown = replace(grown, tasks=grown.tasks + count, frames=grown.frames + len(frames))
        refuse_too_large(job, grown, limit)  # before a list is made for each of too many tasks
        made = _layer(place, len(tasks.name) + 1, layer_spec, frames, presets)
        _add_tasks(tasks, made, layer_spec)
        layers.append(made)
    _refuse_repeated("layer", (layer.name for layer in layers))
    _refuse_repeated("task", tasks.name)
    return Work(layers, tasks)


def _chunk(spec: LayerSpecT, frames: Sequence[int]) -> int:
    """Frames per task."""
    chunk = int(spec.chunk)
    return chunk if chunk > 0 else max(len(frames), 1)


def _layer(place: int, first: int, spec: LayerSpecT, frames: Sequence[int], presets: Presets) -> Layer:
    name, chunk = spec.name, _chunk(spec, frames)
    return Layer(
        place=place,
        first=first,
        post=bool(spec.isPost),
        name=name,
        range=spec.range or None,
        chunk=chunk,
        command=wording.check_command(name, spec.command),
        env=wording.check_env(f"layer '{name}'", spec.env),
        chunks=chunk_frames(frames, chunk) if frames else [],
        priority=_check_priority(f"layer '{name}'", spec.priority),
        kill_grace_s=_grace(name, spec.killGraceS),
        **_settings(name, spec, presets),
    )


def _check_priority(owner: str, priority: int | None) -> int:
    if not -MOST_PRIORITY <= (priority or 0) <= MOST_PRIORITY:
        raise Invalid(
            f"{owner}: a priority of {priority}; -{MOST_PRIORITY:,} to {MOST_PRIORITY:,} are allowed"
        )
    return priority or 0


def _grace(layer: str, grace_s: int | None) -> int | None:
    if not 0 <= (grace_s or 0) <= MOST_GRACE_S:
        raise Invalid(f"layer '{layer}': a kill grace of {grace_s} s; 0 to {MOST_GRACE_S:,} are allowed")
    return grace_s


def _frames(spec: LayerSpecT) -> list[int]:
    """The frames of a layer; none where it has named tasks."""
    name = wording.check_part_name("layer", spec.name)
    if bool(spec.range) == bool(spec.tasks):
        found = "both a range and tasks" if spec.range else "neither a range nor tasks"
        raise Invalid(f"layer '{name}' has {found}")
    try:
        return parse_frames(spec.range) if spec.range else []
    except Invalid as fault:
        raise Invalid(f"layer '{name}': {fault.why}") from None


def _settings(name: str, spec: LayerSpecT, presets: Presets) -> dict[str, Any]:
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
    }
    said = {key: value for key, value in said.items() if value is not None}
    merged: dict[str, Any] = {**DEFAULTS, **presets.get(service, {}), **said}
    merged["tags"] = wording.check_tags(f"layer '{name}'", merged["tags"])
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


def frame_tasks(layer: str, place: int, chunks: Sequence[Sequence[int]]) -> Tasks:
    """The tasks of a layer's chunks."""
    numbers = [chunk[0] for chunk in chunks]
    names = [task_name(number, layer) for number in numbers]
    if max(map(len, names)) > wording.MOST_NAME:
        raise Invalid(f"layer '{wording.short(layer)}': its name is too long for the names of its tasks")
    return Tasks([place] * len(chunks), names, numbers, _texts(chunks))


def named_tasks(place: int, specs: Sequence[TaskSpecT]) -> Tasks:
    """The tasks of a layer without frames."""
    names = [wording.check_part_name("task", task.name) for task in specs]
    _refuse_repeated("task", names)
    return Tasks([place] * len(names), names, [0] * len(names), [None] * len(names))


def _add_tasks(tasks: Tasks, layer: Layer, spec: LayerSpecT) -> None:
    own = (
        named_tasks(layer.place, spec.tasks)
        if spec.tasks
        else frame_tasks(layer.name, layer.place, layer.chunks)
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
