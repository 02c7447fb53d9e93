"""Jobs described in Python: layers, tasks, what waits for what, and how to launch them."""

from blueprint.job import Job, param, this_job
from blueprint.layer import Command, Frames, Layer
from blueprint.options import REQUIRED, Option
from blueprint.output import Input, Output
from blueprint.task import Task

__all__ = [
    "REQUIRED", "Command", "Frames", "Input", "Job", "Layer", "Option", "Output", "Task", "param", "this_job",
]  # fmt: skip
