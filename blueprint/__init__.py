"""Jobs described in Python: layers, tasks, what waits for what, and how to launch them.

Names are looked up when they are first used: a task's own program, such as the ray tracer, must not
wait for the whole client to be imported.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blueprint.job import Job, param, this_job
    from blueprint.layer import Command, Frames, Layer
    from blueprint.names_2012 import LayerException
    from blueprint.options import REQUIRED, Option
    from blueprint.output import Input, Output
    from blueprint.task import SetupTask, Task

__all__ = [
    "REQUIRED", "Command", "Frames", "Input", "Job", "Layer", "LayerException", "Option", "Output",
    "SetupTask", "Task", "param", "this_job",
]  # fmt: skip

_HOME = {
    "job": ("Job", "param", "this_job"),
    "layer": ("Command", "Frames", "Layer"),
    "options": ("REQUIRED", "Option"),
    "output": ("Input", "Output"),
    "names_2012": ("LayerException",),
    "task": ("SetupTask", "Task"),
}


def __getattr__(name: str) -> object:
    for module, names in _HOME.items():
        if name in names:
            return getattr(importlib.import_module(f"blueprint.{module}"), name)
    raise AttributeError(f"module 'blueprint' has no '{name}'")
