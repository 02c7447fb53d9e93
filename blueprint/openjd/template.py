"""A job template → a job: each step is a layer. Nothing of the template is executed here.

What cannot be said to the farm is refused with the file and the path in the template, before anything is launched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blueprint.config import read_config
from blueprint.job import Job, loading
from blueprint.openjd.needs import options_of
from blueprint.openjd.step import HINT, Step
from blueprint.openjd.values import space_of
from blueprint.place import Place, problem
from plow_client.errors import Invalid, PlowError
from plow_client.frames import frames_text

if TYPE_CHECKING:
    from openjd.model import Job as Created

VERSION_KEY: Final = "specificationVersion"
MOST_TASKS: Final = (
    100_000  # of a step; the farm has a limit of its own, but here they are counted out in memory
)
MOST_VALUES: Final = 200_000  # in a template, counted through YAML's references
_NOT_IN_JOB_NAME = re.compile(r"[^A-Za-z0-9_.:@+=-]+")
_NOT_IN_LAYER_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_GRACE_S: Final = 30  # to leave the environments, after a program had its time to end


def is_template(content: Mapping[str, object]) -> bool:
    """Whether this is said in the words of Open Job Description."""
    return VERSION_KEY in content


def build(content: Mapping[str, Any], job: Job) -> None:
    """Fill the job from a template; ``-p NAME=VALUE`` are its parameters."""
    limit = read_config().openjd
    _refuse_a_flood(content, job, limit.most_values)
    try:
        created = _create(content, job)
    except ImportError as error:
        raise problem(Place(job.file), f"{error}: this {HINT}") from error
    job.name = _NOT_IN_JOB_NAME.sub("_", str(created.name))
    with loading(job):
        plain = _plain(created)
        for place, step in enumerate(plain["steps"]):
            try:
                _add_step(step, plain, created, limit.most_tasks)
            except PlowError as error:
                why = error.why.removeprefix(f"{job.file}: ")
                path = f"steps[{place}]" + ("" if why.startswith(".") else ": ")
                raise problem(Place(job.file), path + why) from error


def _create(content: Mapping[str, Any], job: Job) -> Created:
    """The job with its parameters filled in, as the specification's own library makes it."""
    from openjd.model import DecodeValidationError, create_job, decode_job_template, preprocess_job_parameters

    try:
        template = decode_job_template(template=dict(content), supported_extensions=[])
        names = [definition.name for definition in template.parameterDefinitions or []]
        given = {name: job.param(name, "") for name in job.params if name in names}
        _refuse_unknown(names, job)
        values = preprocess_job_parameters(
            job_template=template,
            job_parameter_values=given,
            job_template_dir=job.folder,
            current_working_dir=Path.cwd(),
        )
        return create_job(job_template=template, job_parameter_values=values)
    except (DecodeValidationError, ValueError, NotImplementedError, RecursionError) as error:
        raise problem(Place(job.file), _one_line(error)) from error


def _add_step(step: Mapping[str, Any], plain: Mapping[str, Any], created: Created, most_tasks: int) -> None:
    said: dict[str, Any] = {
        "parameters": {
            name: [value.type.value, str(value.value)] for name, value in (created.parameters or {}).items()
        },
        "environments": [*(plain.get("jobEnvironments") or []), *(step.get("stepEnvironments") or [])],
        "script": step["script"],
        "parameterSpace": step.get("parameterSpace"),
        "frameParameter": None,
    }
    said["frameParameter"], frames = _frames(step.get("parameterSpace"), most_tasks)
    try:
        needs = options_of(step.get("hostRequirements") or {})
    except Invalid as error:
        raise Invalid(f".hostRequirements.{error.why}") from error
    Step(
        _layer_name(step["name"]),
        template=json.dumps(said),
        frame_range=frames,
        depend=[f"{_layer_name(on['dependsOn'])}:all" for on in step.get("dependencies") or []],
        kill_grace_s=_grace_s(step["script"]["actions"]["onRun"]),
        **needs,
    )


def _frames(parameter_space: Mapping[str, Any] | None, most: int) -> tuple[str | None, str]:
    """The parameter that the frame is, if there is one, and the frames of a step."""
    space = space_of(parameter_space)
    if len(space) > most:
        raise Invalid(f".parameterSpace: {len(space)} tasks; a step has {most} at most")
    definitions = (parameter_space or {}).get("taskParameterDefinitions") or {}
    if len(definitions) == 1:
        ((name, definition),) = definitions.items()
        numbers = [int(found[name].value) for found in space] if definition["type"] == "INT" else []
        if numbers and len(set(numbers)) == len(numbers):
            return str(name), frames_text(numbers)
    return None, frames_text(range(1, len(space) + 1))


def _grace_s(action: Mapping[str, Any]) -> int | None:
    """How long a program may take to end when it is asked to, where the template says it."""
    cancelation = action.get("cancelation") or {}
    if cancelation.get("mode") != "NOTIFY_THEN_TERMINATE":
        return None
    return int(cancelation.get("notifyPeriodInSeconds") or 120) + _GRACE_S


def _layer_name(name: str) -> str:
    return _NOT_IN_LAYER_NAME.sub("_", name)


def _plain(created: Created) -> dict[str, Any]:
    """All of it as JSON holds it; a range like 1-100 stays a text."""
    from openjd.model import model_to_object

    found: dict[str, Any] = json.loads(json.dumps(model_to_object(model=created), default=str))
    return found


def _refuse_unknown(names: list[str], job: Job) -> None:
    for name in job.params:
        if name not in names:
            there = ", ".join(names) or "none"
            raise problem(Place(job.file), f"-p {name}=...: no such parameter; there are: {there}")


def _refuse_a_flood(content: Mapping[str, Any], job: Job, most: int) -> None:
    """A few lines of YAML that refer to one another may stand for billions of values."""
    waiting: list[object] = [content]
    for _ in range(most):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    raise problem(Place(job.file), f"holds more than {most} values")


def _one_line(error: Exception) -> str:
    """The library tells each fault on two lines: the path in the template, then what is wrong."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    text = re.sub(r"^\d+ validation errors? for \w+\n", "", str(error))
    text = re.sub(r":?\n\t", ": ", text.strip()).replace(" -> ", ".")
    return "; ".join(
        re.sub(r"\.?\[(\w+)\]|\s+", lambda m: m[0].strip(".") or " ", line) for line in text.splitlines()
    )
