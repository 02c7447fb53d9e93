"""What a launch says of a layer and of its named tasks."""

from __future__ import annotations

from dataclasses import dataclass

from plow_client.depend import DependSpec
from plow_client.idl import LayerSpecT, TaskOrder, TaskSpecT
from plow_client.needs import Needs, RetryRules
from plow_client.run_settings import RunSettings
from plow_client.spec import Spec


@dataclass
class TaskSpec(Spec):
    """A task without frames, to be launched with its layer."""

    _struct = TaskSpecT
    _parts = {"depends": DependSpec}
    name: str
    depends: list[DependSpec] | None = None


@dataclass
class LayerSpec(Spec):
    """A layer to be launched: a command, and a range of frames or a list of tasks.

    The command is a list of arguments, no shell. What is left unset comes from the service of the
    name in `service`, then from the server. RAM is MB; `chunk` is frames per task, 0 = all in one. A higher
    `priority` is first in the job; `kill_grace_s` is what a task gets between being asked to end and being ended;
    `run` has limits of time and silence, the wrapper and further commands, `needs` what a node has to have beside that,
    `retry_rules` when failures are tried again; `task_order` says which frames are first, and `every_nth` (2 or more)
    goes with EVERY_NTH.
    """

    _struct = LayerSpecT
    _wire = {"service": "serv"}
    _parts = {
        "depends": DependSpec,
        "tasks": TaskSpec,
        "run": RunSettings,
        "needs": Needs,
        "retry_rules": RetryRules,
    }
    name: str
    command: list[str]
    range: str | None = None
    tags: list[str] | None = None
    service: str | None = None
    min_cores: int | None = None
    max_cores: int | None = None
    min_ram: int | None = None
    max_ram: int | None = None
    threadable: bool | None = None
    max_retries: int | None = None
    chunk: int = 1
    depends: list[DependSpec] | None = None
    tasks: list[TaskSpec] | None = None
    env: dict[str, str] | None = None
    is_post: bool = False
    priority: int | None = None
    kill_grace_s: int | None = None
    run: RunSettings | None = None
    needs: Needs | None = None
    retry_rules: RetryRules | None = None
    task_order: TaskOrder | None = None
    every_nth: int | None = None
