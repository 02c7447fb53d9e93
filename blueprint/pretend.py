"""A job on paper: what would run, in words for people and in JSON for programs. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from blueprint.backends.plan import PlannedTask, plan_tasks
from blueprint.job import Job
from blueprint.layer import Command, command_words
from blueprint.store import NoDataYet
from blueprint.tokens import expand
from plow_client.idl import DependSpecT, DependType, JobSpecT, LayerSpecT


def pretend_lines(job: Job, spec: JobSpecT) -> list[str]:
    """Layers, what they wait for, their tasks, and the exact commands of each.

    Below what the farm starts stands what the runner would start then, as it would be on this machine.
    """
    tasks = plan_tasks(spec)
    lines = [
        f"job {spec.name}, project {spec.project}: {_count(spec.layers, 'layer')}, {_count(tasks, 'task')}"
    ]
    for layer in spec.layers:
        own = [task for task in tasks if task.layer == layer.name]
        frames = f", frames {layer.range}" if layer.range else ""
        post = ", after the job" if layer.isPost else ""
        lines.append(f"layer {layer.name}{frames}, {_count(own, 'task')}{post}")
        lines += [f"  {_depend_text(depend)}" for depend in _depends(layer)]
        for task in own:
            lines.append(f"  {task.name}: {shlex.join(task.command)}")
            lines += _runs_lines(_run_by_runner(job, task))
            lines += [f"    {when}: {shlex.join(command)}" for when, command in _around(task)]
    return lines


def pretend_json(job: Job, spec: JobSpecT) -> dict[str, object]:
    """The same for programs."""
    tasks = plan_tasks(spec)
    return {
        "name": spec.name,
        "project": spec.project,
        "layers": [
            {
                "name": layer.name,
                "range": layer.range,
                "depends": [_depend_text(depend) for depend in _depends(layer)],
                "tasks": [_task_json(job, task, tasks) for task in tasks if task.layer == layer.name],
            }
            for layer in spec.layers
        ],
    }


def _runs_lines(runs: list[Command] | None) -> list[str]:
    if runs is None:
        return ["    + known on the node: it needs data that the job has not gathered yet"]
    return [f"    + {shlex.join(command)}" for command in runs]


def _run_by_runner(job: Job, task: PlannedTask) -> list[Command] | None:
    """The commands inside a task; none where the farm starts it directly or it works in Python.

    None where they depend on data that setup and other tasks gather first.
    """
    layer = job.layer(task.layer if task.frames else task.name)
    try:
        with layer.blamed("command"):
            said = layer.commands(task.frames)
    except NotImplementedError:
        return []
    except NoDataYet:
        return None
    commands = [expand(command_words(layer, command), task.name, task.frames) for command in said]
    return [] if commands == [list(task.command)] else commands


def _around(task: PlannedTask) -> list[tuple[str, Command]]:
    """The other commands of a task, and when they run."""
    place = task.steps.index(task.command)
    found = [("before", list(step)) for step in task.steps[:place]]
    found += [("then", list(step)) for step in task.steps[place + 1 :]]
    return found + ([("at the end", list(task.last))] if task.last else [])


def _task_json(job: Job, task: PlannedTask, tasks: Sequence[PlannedTask]) -> dict[str, object]:
    return {
        "name": task.name,
        "frames": list(task.frames),
        "command": list(task.command),
        "runs": _run_by_runner(job, task),
        "around": [{"when": when, "command": command} for when, command in _around(task)],
        "waitsFor": [tasks[place].name for place in sorted(task.waits_for)],
    }


def _depends(layer: LayerSpecT) -> list[DependSpecT]:
    return [*(layer.depends or []), *(on for task in layer.tasks or [] for on in task.depends or [])]


def _depend_text(depend: DependSpecT) -> str:
    who = f"task {depend.dependentTask} waits" if depend.dependentTask else "waits"
    if depend.dependOnTask:
        return f"{who} for task {depend.dependOnTask}"
    if depend.type == DependType.TASK_BY_TASK:
        return f"{who} for {depend.dependOnLayer}, frame by frame"
    return f"{who} for all of {depend.dependOnLayer}"


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}" + ("" if len(things) == 1 else "s")
