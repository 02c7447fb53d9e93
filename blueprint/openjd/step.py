"""A step of a template as a layer: each frame stands for one set of task parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from blueprint.layer import Command, Frames, Layer
from blueprint.options import REQUIRED, Option
from blueprint.process import CommandFailed

HINT: Final = "needs the libraries of Open Job Description: pip install 'plow[openjd]'"


class Step(Layer):
    """A step as data: script, environments, parameters and parameter space, all with the names of the specification.

    A task enters the environments, does its sets of parameters one after the other, and leaves the environments again.
    """

    template = Option(str, REQUIRED, "The step and the job's parameters, as JSON.")

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """What the template says of it."""
        try:
            content = json.loads(self.template)
        except ValueError as error:
            raise self.problem(f"template is not valid JSON: {error}") from error
        if not isinstance(content, dict):
            raise self.problem("template is no table of names and values")
        return content

    def commands(self, frames: Frames) -> list[Command]:
        """The commands for paper; what is known only on the node (Session, Task.File) stays as it is written."""
        from blueprint.openjd.values import shown_command

        return [shown_command(self.said, frame) for frame in frames]

    def execute(self, frames: Frames) -> None:
        try:
            from blueprint.openjd.session import run_step
        except ImportError as error:
            raise CommandFailed(1, f"{error}: the node {HINT}") from error
        run_step(self.said, frames)
