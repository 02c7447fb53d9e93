"""Depends: work that waits for other work.

"depends on X" are those who wait for X; "X depends on" is what X waits for.
"""

from __future__ import annotations

from dataclasses import dataclass

from plow_client.current import server
from plow_client.entity import Entity, Ref, id_of, member_of
from plow_client.idl import DependSpecT, DependT, DependType
from plow_client.spec import Spec


class Depend(Entity[DependT]):
    """One wait; it holds while it is active."""

    __slots__ = ()
    _struct = DependT
    type: DependType
    active: bool
    created_time: int
    satisfied_time: int
    dependent_job_id: str
    depend_on_job_id: str
    dependent_layer_id: str | None
    depend_on_layer_id: str | None
    dependent_task_id: str | None
    depend_on_task_id: str | None
    dependent_job_name: str
    depend_on_job_name: str
    dependent_layer_name: str | None
    depend_on_layer_name: str | None
    dependent_task_name: str | None
    depend_on_task_name: str | None

    def drop(self) -> None:
        """Let the dependent go on."""
        drop_depend(self)
        self._accept("active", False)

    def activate(self) -> None:
        """Make it hold again."""
        activate_depend(self)
        self._accept("active", True)


@dataclass
class DependSpec(Spec):
    """A depend to be made. Inside a launch jobs, layers and tasks are named; else objects or ids."""

    _struct = DependSpecT
    type: DependType = DependType.JOB_ON_JOB
    dependent_job: Ref | None = None
    depend_on_job: Ref | None = None
    dependent_layer: Ref | None = None
    depend_on_layer: Ref | None = None
    dependent_task: Ref | None = None
    depend_on_task: Ref | None = None

    def __post_init__(self) -> None:
        self.type = member_of(DependType, self.type)

    def create(self) -> Depend:
        """Make it now."""
        return create_depend(self)


def create_depend(spec: DependSpec) -> Depend:
    """Make a depend of any type; for TASK_BY_TASK the first of its rows is returned."""
    return Depend(server().createDepend(spec.to_wire()))


def drop_depend(depend: Ref) -> None:
    """Let the dependent go on as if the depend were satisfied."""
    server().dropDepend(id_of(depend))


def activate_depend(depend: Ref) -> None:
    """Make a dropped or satisfied depend hold again."""
    server().activateDepend(id_of(depend))


def create_job_on_job_depend(job: Ref, on_job: Ref) -> None:
    """Make a job wait for another job to end."""
    server().createJobOnJobDepend(id_of(job), id_of(on_job))


def create_layer_on_layer_depend(layer: Ref, on_layer: Ref) -> None:
    """Make a layer wait for a whole layer."""
    server().createLayerOnLayerDepend(id_of(layer), id_of(on_layer))


def create_layer_on_task_depend(layer: Ref, on_task: Ref) -> None:
    """Make a layer wait for a task."""
    server().createLayerOnTaskDepend(id_of(layer), id_of(on_task))


def create_task_by_task_depend(layer: Ref, on_layer: Ref) -> None:
    """Make each task of a layer wait for the tasks of another that hold its frames."""
    server().createTaskByTaskDepend(id_of(layer), id_of(on_layer))


def create_task_on_layer_depend(task: Ref, on_layer: Ref) -> None:
    """Make a task wait for a whole layer."""
    server().createTaskOnLayerDepend(id_of(task), id_of(on_layer))


def create_task_on_task_depend(task: Ref, on_task: Ref) -> None:
    """Make a task wait for a task."""
    server().createTaskOnTaskDepend(id_of(task), id_of(on_task))


def get_depends_on_job(job: Ref) -> list[Depend]:
    """JOB_ON_JOB depends of others on this job."""
    return [Depend(row) for row in server().getDependsOnJob(id_of(job))]


def get_job_depends_on(job: Ref) -> list[Depend]:
    """JOB_ON_JOB depends of this job on others."""
    return [Depend(row) for row in server().getJobDependsOn(id_of(job))]


def get_depends_on_layer(layer: Ref) -> list[Depend]:
    """Depends of others on this layer."""
    return [Depend(row) for row in server().getDependsOnLayer(id_of(layer))]


def get_layer_depends_on(layer: Ref) -> list[Depend]:
    """Depends of this layer on others."""
    return [Depend(row) for row in server().getLayerDependsOn(id_of(layer))]


def get_depends_on_task(task: Ref) -> list[Depend]:
    """Depends of others on this task."""
    return [Depend(row) for row in server().getDependsOnTask(id_of(task))]


def get_task_depends_on(task: Ref) -> list[Depend]:
    """Depends of this task on others."""
    return [Depend(row) for row in server().getTaskDependsOn(id_of(task))]
