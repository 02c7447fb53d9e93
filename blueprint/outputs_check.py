"""Looks for what a job says it has written: files that are absent or empty, and the tasks that should do them again.

A task's own runner has looked once, when the task ended. Later a disk was full, a folder was cleaned, a copy
went wrong: ``find_gaps`` looks again from here, ``retry`` has the frames made anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from blueprint.output import Output, has_frame, missing
from plow_client.depend import DependSpec
from plow_client.frames import frames_text, parse_frames
from plow_client.idl import JobState, TaskState
from plow_client.job import Job
from plow_client.job_spec import JobSpec
from plow_client.layer import Layer
from plow_client.layer_spec import LayerSpec
from plow_client.task import Task, retry_tasks


@dataclass(frozen=True)
class Gap:
    """A task that counts as done, the files of it that are not there, and the frames that would make them."""

    task: Task
    files: Sequence[Path]
    frames: Sequence[int]


def find_gaps(job: Job) -> list[Gap]:
    """What is missing of a job, as seen from this machine, task by task in their order."""
    return [gap for layer in job.get_layers() for gap in _gaps_of(layer)]


def retry(job: Job, gaps: Sequence[Gap]) -> Job:
    """Have the missing files made; returns the job that makes them.

    The job's own tasks run again; where it is over, a new job of its name does no more than these frames.
    """
    if job.state != JobState.FINISHED:
        retry_tasks(tasks=[gap.task for gap in gaps])
        return job
    again = _again(job, gaps).launch()
    _note_outputs(job, again)
    return again


def _gaps_of(layer: Layer) -> list[Gap]:
    outputs = [Output(output.attrs.get("name", ""), output.path) for output in layer.get_outputs()]
    if not outputs:
        return []
    found = [_gap(task, outputs) for task in layer.get_tasks([TaskState.SUCCEEDED])]
    return [gap for gap in found if gap.files]


def _gap(task: Task, outputs: Sequence[Output]) -> Gap:
    """Of a task with frames, those whose own files are missing; all of them where a file is for all."""
    frames = parse_frames(task.frames) if task.frames else []
    files = missing(outputs, frames)
    for_all = any(not has_frame(output.path) and missing([output], frames) for output in outputs)
    lacking = [frame for frame in frames if for_all or missing(_framed(outputs), [frame])]
    return Gap(task, files, lacking)


def _framed(outputs: Sequence[Output]) -> list[Output]:
    return [output for output in outputs if has_frame(output.path)]


def _again(job: Job, gaps: Sequence[Gap]) -> JobSpec:
    """The job as it was launched, without what is there and without waiting for what is over."""
    spec = job.get_spec()
    parts = [
        _part(layer, [gap for gap in gaps if gap.task.layer_name == layer.name]) for layer in spec.layers
    ]
    layers = [part for part in parts if part is not None]
    left = {layer.name for layer in layers} | {task.name for layer in layers for task in layer.tasks or []}
    for layer in layers:
        layer.depends = _among(layer.depends, left)
        for task in layer.tasks or []:
            task.depends = _among(task.depends, left)
    return replace(
        spec,
        layers=layers,
        depends=_among(spec.depends, left),
        request_id=None,
        start_after=None,
        paused=False,
    )


def _part(layer: LayerSpec, gaps: Sequence[Gap]) -> LayerSpec | None:
    """The layer with no more than what is missing of it."""
    names = {gap.task.name for gap in gaps}
    if not gaps or layer.is_post:
        return None
    if layer.tasks:
        return replace(layer, tasks=[task for task in layer.tasks if task.name in names])
    return replace(layer, range=frames_text(frame for gap in gaps for frame in gap.frames))


def _among(depends: Sequence[DependSpec] | None, left: Collection[str]) -> list[DependSpec] | None:
    """The depends of which both ends are made again."""
    return [
        depend for depend in depends or [] if depend.depend_on_job is None and _ends(depend) <= set(left)
    ] or None


def _ends(depend: DependSpec) -> set[str]:
    ends = (depend.dependent_layer, depend.dependent_task, depend.depend_on_layer, depend.depend_on_task)
    return {str(end) for end in ends if end is not None}


def _note_outputs(job: Job, again: Job) -> None:
    """The new job writes what the old one did."""
    new = {layer.name: layer for layer in again.get_layers()}
    for layer in job.get_layers():
        if layer.name in new:
            for output in layer.get_outputs():
                new[layer.name].add_output(output.path, output.attrs)
