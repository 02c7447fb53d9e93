"""What a node is told to run: tokens of the command replaced, environment laid together. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from plow_client.frames import parse_frames
from plow_client.idl import RunSettingsT, RunTaskCommand
from plow_server.rows import from_json

Row = Mapping[str, Any]
_NAMES = ("FRAME", "TASK", "RANGE", "START", "END", "STEP")
_TOKEN = re.compile(r"%\{(" + "|".join(_NAMES) + r")\}")


class Frames(NamedTuple):
    """A task's frames: as a range, first, last, and the step where there is one step."""

    range: str
    start: int
    end: int
    step: int


def run_task_command(row: Row, kill_grace_s: int | None = None) -> RunTaskCommand:
    """The order for one attempt, from a row of `start_orders`; the grace time is for layers that say none."""
    frames = frames_of(row["number"], row["frames"], row["has_frames"])
    run = run_settings(row, frames)
    return RunTaskCommand(
        procId=row["proc_id"],
        taskId=row["task_id"],
        jobId=row["job_id"],
        layerId=row["layer_id"],
        cores=row["cores"],
        command=filled(row["command"], row, frames),
        env=environment(row, frames),
        logFile=row["log_file"],
        uid=row["uid"],
        username=row["username"],
        jobName=row["job_name"],
        layerName=row["layer_name"],
        taskName=row["task_name"],
        attempt=row["attempt"],
        ramMb=row["ram"],
        frames=frames.range or None,
        serv=row["service"],
        killGraceS=kill_grace_s if row["kill_grace_s"] is None else row["kill_grace_s"],
        taskTypes=(run.logRules if run else None) or [row["service"]],
        run=run,
        memoryLimitMb=row["memory_limit"],
        gpus=row["gpus"],
    )


def run_settings(row: Row, frames: Frames) -> RunSettingsT | None:
    """How the attempt runs, with the tokens of its other commands replaced; None where the layer says nothing."""
    if row["run"] is None:
        return None
    run = from_json(RunSettingsT, row["run"])
    run.beforeCommand = run.beforeCommand and filled(run.beforeCommand, row, frames)
    run.moreCommands = run.moreCommands and [filled(words, row, frames) for words in run.moreCommands]
    run.afterCommand = run.afterCommand and filled(run.afterCommand, row, frames)
    return run


def filled(words: Sequence[str], row: Row, frames: Frames) -> list[str]:
    """A command with its tokens replaced."""
    return [fill(word, row["number"], row["task_name"], frames) for word in words]


def frames_of(number: int, text: str | None, has_frames: bool) -> Frames:
    """Frames of a task: a range, just its number, or none at all."""
    if not has_frames:
        return Frames("", number, number, 1)
    if text is None:
        return Frames(str(number), number, number, 1)
    frames = parse_frames(text)
    return Frames(text, frames[0], frames[-1], _step(frames))


def fill(word: str, number: int, task: str, frames: Frames) -> str:
    """One word of the command with its tokens replaced."""
    values = (str(number), task, frames.range, str(frames.start), str(frames.end), str(frames.step))
    tokens = dict(zip(_NAMES, values, strict=True))
    return _TOKEN.sub(lambda found: tokens[found[1]], word)


def environment(row: Row, frames: Frames) -> dict[str, str]:
    """The job's environment, over it the layer's, over both what Plow says."""
    return {
        **row["job_env"],
        **row["layer_env"],
        "PLOW_TASK_ID": row["task_id"],
        "PLOW_JOB_ID": row["job_id"],
        "PLOW_PROC_ID": row["proc_id"],
        "PLOW_LAYER_ID": row["layer_id"],
        "PLOW_JOB_NAME": row["job_name"],
        "PLOW_LAYER_NAME": row["layer_name"],
        "PLOW_TASK_NAME": row["task_name"],
        "PLOW_LOG_DIR": row["log_path"],
        "PLOW_UID": str(row["uid"]),
        "PLOW_TASK_NUMBER": str(row["number"]),
        "PLOW_CHUNK": str(row["chunk"]),
        "PLOW_ATTEMPT": str(row["attempt"]),
        "PLOW_RANGE": frames.range,
    }


def _step(frames: Sequence[int]) -> int:
    """The distance between frames where it is the same everywhere, else 1."""
    steps = {b - a for a, b in itertools.pairwise(frames)}
    return steps.pop() if len(steps) == 1 else 1
