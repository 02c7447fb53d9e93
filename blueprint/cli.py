"""``plow submit``: a blueprint → a job on the farm, or on this machine, or on paper."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from blueprint import archive
from blueprint.backends.plan import PlannedTask, plan_tasks
from blueprint.job import Job
from blueprint.loader import load
from blueprint.spec import to_job_spec
from plow_client.errors import Invalid
from plow_client.idl import DependSpecT, DependType, JobSpecT

TASKRUN_VARIABLE: Final = "PLOW_TASKRUN"


def pretend_lines(spec: JobSpecT) -> list[str]:
    """Layers, what they wait for, their tasks and the exact command of each."""
    tasks = plan_tasks(spec)
    lines = [f"job {spec.name}, project {spec.project}: {len(spec.layers)} layers, {len(tasks)} tasks"]
    for layer in spec.layers:
        own = [task for task in tasks if task.layer == layer.name]
        frames = f", frames {layer.range}" if layer.range else ""
        lines.append(f"layer {layer.name}{frames}, {len(own)} task{'s' if len(own) != 1 else ''}")
        depends = [*(layer.depends or []), *(on for task in layer.tasks or [] for on in task.depends or [])]
        lines += [f"  {_depend_text(depend)}" for depend in depends]
        lines += [f"  {task.name}: {shlex.join(task.command)}" for task in own]
    return lines


def pretend_json(spec: JobSpecT) -> dict[str, object]:
    """The same for programs."""
    tasks = plan_tasks(spec)
    return {
        "name": spec.name,
        "project": spec.project,
        "layers": [
            {
                "name": layer.name,
                "range": layer.range,
                "depends": [_depend_text(depend) for depend in layer.depends or []],
                "tasks": [_task_json(task, tasks) for task in tasks if task.layer == layer.name],
            }
            for layer in spec.layers
        ],
    }


def _task_json(task: PlannedTask, tasks: Sequence[PlannedTask]) -> dict[str, object]:
    return {
        "name": task.name,
        "frames": list(task.frames),
        "command": list(task.command),
        "waitsFor": [tasks[place].name for place in sorted(task.waits_for)],
    }


def _depend_text(depend: DependSpecT) -> str:
    who = f"task {depend.dependentTask} waits" if depend.dependentTask else "waits"
    if depend.dependOnTask:
        return f"{who} for task {depend.dependOnTask}"
    if depend.type == DependType.TASK_BY_TASK:
        return f"{who} for {depend.dependOnLayer}, frame by frame"
    return f"{who} for all of {depend.dependOnLayer}"
