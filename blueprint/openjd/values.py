"""Which values a frame of a step stands for, and the command that they make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openjd.model import ParameterValue, StepParameterSpaceIterator

_HOLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def parameter_values(said: Mapping[str, Any]) -> dict[str, ParameterValue]:
    """The job's parameters."""
    from openjd.model import ParameterValue, ParameterValueType

    return {
        name: ParameterValue(type=ParameterValueType(kind), value=value)
        for name, (kind, value) in said["parameters"].items()
    }


def task_values(said: Mapping[str, Any], frame: int) -> dict[str, ParameterValue]:
    """The task parameters of a frame: it is their one whole number, or else the number of their set, from 1."""
    from openjd.model import ParameterValue, ParameterValueType

    if said["frameParameter"]:
        return {said["frameParameter"]: ParameterValue(type=ParameterValueType.INT, value=str(frame))}
    found: dict[str, ParameterValue] = dict(space_of(said["parameterSpace"])[frame - 1])
    return found


def space_of(parameter_space: Mapping[str, Any] | None) -> StepParameterSpaceIterator:
    """All sets of a step's parameters, counted without being made."""
    from openjd.model import StepParameterSpaceIterator
    from openjd.model.v2023_09 import StepParameterSpace

    if parameter_space is None:
        return StepParameterSpaceIterator(space=None)
    definitions = {
        name: _definition(said) for name, said in parameter_space["taskParameterDefinitions"].items()
    }
    combination = parameter_space.get("combination")
    space = StepParameterSpace(taskParameterDefinitions=definitions, combination=combination)
    return StepParameterSpaceIterator(space=space)


def _definition(said: Mapping[str, Any]) -> Any:
    """A range like 1-100 stays what it is: left to choose, the library would make a list of all its numbers."""
    from openjd.model import IntRangeExpr, parse_model
    from openjd.model.v2023_09 import RangeExpressionTaskParameterDefinition, RangeListTaskParameterDefinition

    if isinstance(said["range"], str):
        whole = {**said, "range": IntRangeExpr.from_str(said["range"])}
        return parse_model(model=RangeExpressionTaskParameterDefinition, obj=whole)
    return parse_model(model=RangeListTaskParameterDefinition, obj=said)


def shown_command(said: Mapping[str, Any], frame: int) -> list[str]:
    """The step's command with its parameters; what only a session knows stays between its braces."""
    known = {f"Task.Param.{name}": found.value for name, found in task_values(said, frame).items()}
    known |= {f"Task.RawParam.{name}": found.value for name, found in task_values(said, frame).items()}
    for name, (_, value) in said["parameters"].items():
        known |= {f"Param.{name}": value, f"RawParam.{name}": value}
    action = said["script"]["actions"]["onRun"]
    words: Sequence[str] = [action["command"], *(action.get("args") or [])]
    return [_HOLE.sub(lambda hole: str(known.get(hole[1], hole[0])), word) for word in words]
