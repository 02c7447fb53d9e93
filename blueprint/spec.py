"""From a job to what the server is told. Pure: the farm, ``--pretend``, ``--local`` and the tests share it."""

from __future__ import annotations

from collections.abc import Sequence

from blueprint import hooks
from blueprint.depend import Depend
from blueprint.job import Job
from blueprint.layer import Layer
from blueprint.task import Task
from plow_client.errors import Invalid
from plow_client.frames import parse_frames
from plow_client.idl import (
    DependSpecT,
    DependType,
    JobSpecT,
    LayerSpecT,
    NeedsT,
    RetryRulesT,
    RunSettingsT,
    TaskOrder,
    TaskSpecT,
)


def to_job_spec(
    job: Job,
    frames: str | None = None,
    *,
    runner: Sequence[str] = ("taskrun", "ARCHIVE"),
    username: str = "",
    project: str | None = None,
    paused: bool = False,
) -> JobSpecT:
    """The whole job for frames like ``1-24`` (unset: the blueprint's own); `runner` opens it on the node."""
    job.check()
    if frames:
        parse_frames(frames)
    return JobSpecT(
        name=job.name,
        project=project or job.project or "default",
        paused=paused,
        username=username,
        layers=[
            _layer_spec(job, name, members, frames or job.range, runner)
            for name, members in job.groups().items()
        ],
        depends=[DependSpecT(type=DependType.JOB_ON_JOB, dependOnJob=other) for other in job.wait_for]
        or None,
        pools=job.pools or None,
        attrs=dict(job.attrs),
        env=dict(job.env),
    )


def layer_frames(layer: Layer, job_range: str | None) -> str:
    """The frames of a layer as a range; Invalid when nobody said any."""
    text = layer.frame_range or job_range
    if not text:
        raise layer.problem("no frames: give a range after the file, or frame_range")
    try:
        parse_frames(text)
    except Invalid as error:
        raise layer.problem(error.why) from error
    return text


def _layer_spec(
    job: Job, name: str, members: Sequence[Layer], job_range: str | None, runner: Sequence[str]
) -> LayerSpecT:
    first = members[0]
    spec = LayerSpecT(
        name=name,
        command=_command(members, runner),
        tags=first.tags,
        serv=first.service,
        minCores=first.threads,
        maxCores=first.max_threads,
        minRam=first.ram,
        maxRam=first.max_ram,
        threadable=True if first.max_threads else None,
        maxRetries=first.retries,
        env=dict(first.env),
        isPost=first.post,
        killGraceS=first.kill_grace_s,
        run=_run_settings(first),
        needs=_needs(first),
        retryRules=_retry_rules(first),
        taskOrder=TaskOrder[first.task_order.upper()] if first.task_order else None,
        everyNth=first.every_nth,
    )
    if isinstance(first, Task):
        spec.tasks = [TaskSpecT(name=task.name, depends=_depends(job, task)) for task in members]
    else:
        spec.range = layer_frames(first, job_range)
        spec.chunk = first.chunk
        spec.depends = _depends(job, first)
    return spec


def _run_settings(layer: Layer) -> RunSettingsT | None:
    """How its tasks run; None where it says nothing."""
    run = RunSettingsT(
        maxRunS=layer.max_run_s,
        maxSilenceS=layer.max_silence_s,
        maxLogMb=layer.max_log_mb,
        niceness=layer.niceness,
        wrapper=layer.wrapper,
        logRules=layer.log_rules,
        beforeCommand=layer.before,
        moreCommands=layer.more_commands,
        afterCommand=layer.after,
    )
    return None if run == RunSettingsT() else run


def _needs(layer: Layer) -> NeedsT | None:
    """What it needs of a node beside cores, memory and tags; None where it says nothing."""
    needs = NeedsT(
        pools=layer.pools,
        os=layer.os,
        nodeCores=layer.node_cores,
        nodeRam=layer.node_ram,
        wholeNode=layer.whole_node,
        gpus=layer.gpus,
        gpuRam=layer.gpu_ram,
        limits=layer.limits,
        maxPerNode=layer.max_per_node,
        fitRam=layer.fit_ram,
    )
    return None if needs == NeedsT() else needs


def _retry_rules(layer: Layer) -> RetryRulesT | None:
    rules = RetryRulesT(
        exits=layer.retry_exits, delayS=layer.retry_delay_s, mostDelayS=layer.retry_most_delay_s
    )
    return None if rules == RetryRulesT() else rules


def _command(members: Sequence[Layer], runner: Sequence[str]) -> list[str]:
    """The farm has one command for a layer, so only a task that is alone can have its own."""
    direct = members[0].farm_command() if len(members) == 1 and not hooks.on_node() else None
    if direct is not None:
        return list(direct)
    if isinstance(members[0], Task):
        return [*runner, "--task", "%{TASK}"]
    return [*runner, "--layer", members[0].name, "--range=%{RANGE}"]


def _depends(job: Job, layer: Layer) -> list[DependSpecT] | None:
    return [_depend(job, layer, depend) for depend in layer.depends()] or None


def _depend(job: Job, layer: Layer, depend: Depend) -> DependSpecT:
    on = job.layers.get(depend.on)
    of_task, on_task = isinstance(layer, Task), isinstance(on, Task)
    if on_task:
        kind = DependType.TASK_ON_TASK if of_task else DependType.LAYER_ON_TASK
    elif of_task:
        kind = DependType.TASK_ON_LAYER
    else:
        by_frame = on is not None and not depend.whole
        kind = DependType.TASK_BY_TASK if by_frame else DependType.LAYER_ON_LAYER
    return DependSpecT(
        type=kind,
        dependentLayer=layer.farm_layer,
        dependentTask=layer.name if of_task else None,
        dependOnLayer=on.farm_layer if on else depend.on,
        dependOnTask=depend.on if on_task else None,
    )
