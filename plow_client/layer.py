"""Layers: the tasks of one kind in a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from plow_client import attempt, depend, explanation, layer_version, output, proc, task
from plow_client.current import server
from plow_client.entity import Entity, Ref, id_of, texts_of
from plow_client.idl import LayerT
from plow_client.layer_spec import TaskSpec
from plow_client.layer_stats import LayerStats
from plow_client.layer_version import LayerVersion
from plow_client.needs import Needs, RetryRules
from plow_client.prediction import Prediction
from plow_client.run_settings import RunSettings
from plow_client.totals import TaskTotals

if TYPE_CHECKING:
    from plow_client.job import Job


class Layer(Entity[LayerT]):
    """A layer; cores and RAM (MB) are what each of its tasks gets."""

    __slots__ = ()
    _struct = LayerT
    _wire = {"service": "serv"}
    job_id: str
    name: str
    range: str
    service: str
    chunk: int
    tags: list[str]
    threadable: bool
    min_cores: int
    max_cores: int
    min_ram: int
    max_ram: int
    run_cores: int
    max_retries: int
    run_procs: int
    totals: TaskTotals
    stats: LayerStats
    order: int | None
    command: list[str] | None
    version: int | None
    env: dict[str, str] | None
    priority: int | None
    kill_grace_s: int | None
    run: RunSettings | None
    needs: Needs | None
    retry_rules: RetryRules | None
    not_before: int | None
    not_before_reason: str | None
    prediction: Prediction | None

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getLayerById(self.id))

    def get_job(self) -> Job:
        """The job it is part of."""
        from plow_client.job import get_job

        return get_job(self.job_id)

    def get_tasks(self, states: task.TaskStates | None = None) -> list[task.Task]:
        """Its tasks, or those in these states."""
        return task.get_tasks(layers=self, states=states)

    def iter_tasks(self, states: task.TaskStates | None = None) -> Iterator[task.Task]:
        """Its tasks one after the other, a page at a time: for very many."""
        return task.iter_tasks(layers=self, states=states)

    def get_outputs(self) -> list[output.Output]:
        """What it writes."""
        return output.get_layer_outputs(self)

    def add_output(self, path: str, attrs: Mapping[str, str] | None = None) -> output.Output:
        """Record something that it writes."""
        return output.add_layer_output(self, path, attrs)

    def set_tags(self, tags: str | Iterable[str]) -> None:
        """Choose the nodes that may run it: those with one of the tags."""
        set_layer_tags(self, tags)
        self.refresh()

    def set_threadable(self, threadable: bool) -> None:
        """Say whether its tasks can use more cores than they need."""
        set_layer_threadable(self, threadable)
        self._accept("threadable", threadable)

    def set_min_cores_per_task(self, cores: int) -> None:
        """Set the cores for each task, raised to 1 if lower."""
        set_layer_min_cores_per_task(self, cores)
        self.refresh()

    def set_max_cores_per_task(self, cores: int) -> None:
        """Set the most cores for each task."""
        set_layer_max_cores_per_task(self, cores)
        self.refresh()

    def set_min_ram_per_task(self, ram_mb: int) -> None:
        """Set the MB for each task, raised to 256 if lower."""
        set_layer_min_ram_per_task(self, ram_mb)
        self.refresh()

    def set_max_ram_per_task(self, ram_mb: int) -> None:
        """Set the most MB for each task, when memory is raised by itself."""
        set_layer_max_ram_per_task(self, ram_mb)
        self.refresh()

    def set_max_retries(self, retries: int) -> None:
        """Set how often a failed task is tried again; dead ones stay dead."""
        set_layer_max_retries(self, retries)
        self.refresh()

    def set_service(self, service: str) -> None:
        """Give it another service, whose preset values replace its own."""
        set_layer_service(self, service)
        self.refresh()

    def set_chunk(self, chunk: int) -> None:
        """Cut its frames into tasks anew, while none has begun."""
        set_layer_chunk(self, chunk)
        self.refresh()

    def set_priority(self, priority: int) -> None:
        """Set its priority in the job, -1000 to 1000."""
        set_layer_priority(self, priority)
        self.refresh()

    def set_kill_grace(self, seconds: int) -> None:
        """Set the time between asking its tasks to end and ending them."""
        set_layer_kill_grace(self, seconds)
        self.refresh()

    def set_run(self, run: RunSettings) -> None:
        """Set how its attempts run from the next start on; what `run` leaves unset stays."""
        set_layer_run(self, run)
        self.refresh()

    def set_needs(self, needs: Needs) -> None:
        """Set what it needs of nodes from the next start on; what `needs` leaves unset stays."""
        set_layer_needs(self, needs)
        self.refresh()

    def set_retry_rules(self, rules: RetryRules) -> None:
        """Set when its failed attempts are tried again; what `rules` leaves unset stays."""
        set_layer_retry_rules(self, rules)
        self.refresh()

    def set_command(
        self, command: Iterable[str], env: Mapping[str, str] | None = None, reason: str = ""
    ) -> None:
        """Give it another command for what starts from now on; without `env` its variables stay."""
        layer_version.set_layer_command(self, command, self.env or {} if env is None else env, reason)
        self.refresh()

    def get_versions(self) -> list[LayerVersion]:
        """All versions of its command, oldest first."""
        return layer_version.get_layer_versions(self)

    def append_frames(self, frames: str) -> None:
        """Add frames, as a range."""
        self._reload(server().appendFrames(self.id, frames))

    def append_tasks(self, tasks: Iterable[TaskSpec]) -> None:
        """Add named tasks."""
        self._reload(server().appendTasks(self.id, [spec.to_wire() for spec in tasks]))

    def get_depends(self) -> list[depend.Depend]:
        """Those who wait for this layer."""
        return depend.get_depends_on_layer(self)

    def get_depends_on(self) -> list[depend.Depend]:
        """What this layer waits for."""
        return depend.get_layer_depends_on(self)

    def depend_on(self, other: Layer | task.Task) -> None:
        """Make it wait for a whole layer, or for a task."""
        if isinstance(other, task.Task):
            depend.create_layer_on_task_depend(self, other)
        else:
            depend.create_layer_on_layer_depend(self, other)

    def depend_on_by_task(self, layer: Ref) -> None:
        """Make each of its tasks wait for the tasks of another layer that hold its frames."""
        depend.create_task_by_task_depend(self, layer)

    def explain(self) -> explanation.Explanation:
        """Why it waits, runs or is over."""
        return explanation.explain(self)

    def get_attempts(self, ends: attempt.AttemptEnds | None = None) -> list[attempt.Attempt]:
        """Its attempts that ended, newest first, at most 1000; all, or those that ended so."""
        return attempt.get_attempts(layers=self, ends=ends)

    def get_procs(self) -> list[proc.Proc]:
        """What it holds now."""
        return proc.get_procs(layers=self)


def get_layer_by_id(layer_id: str) -> Layer:
    """A layer by id."""
    return Layer(server().getLayerById(layer_id))


def get_layer(job: Ref, name: str) -> Layer:
    """A layer of a job by name."""
    return Layer(server().getLayer(id_of(job), name))


def get_layers(job: Ref) -> list[Layer]:
    """Layers of a job in their order."""
    return [Layer(row) for row in server().getLayers(id_of(job))]


def set_layer_tags(layer: Ref, tags: str | Iterable[str]) -> None:
    """Replace a layer's tags; duplicates go, order stays."""
    server().setLayerTags(id_of(layer), texts_of(tags) or [])


def set_layer_threadable(layer: Ref, threadable: bool) -> None:
    """Say whether tasks can use more cores than they need."""
    server().setLayerThreadable(id_of(layer), threadable)


def set_layer_min_cores_per_task(layer: Ref, cores: int) -> None:
    """Set the cores for each task, raised to 1 if lower."""
    server().setLayerMinCoresPerTask(id_of(layer), cores)


def set_layer_max_cores_per_task(layer: Ref, cores: int) -> None:
    """Set the most cores for each task, lowered to 32767 if higher."""
    server().setLayerMaxCoresPerTask(id_of(layer), cores)


def set_layer_min_ram_per_task(layer: Ref, ram_mb: int) -> None:
    """Set the MB for each task, raised to 256 if lower."""
    server().setLayerMinRamPerTask(id_of(layer), ram_mb)


def set_layer_max_ram_per_task(layer: Ref, ram_mb: int) -> None:
    """Set the most MB for each task, when memory is raised by itself; at least its min_ram."""
    server().setLayerMaxRamPerTask(id_of(layer), ram_mb)


def set_layer_max_retries(layer: Ref, retries: int) -> None:
    """Set how often a failed task is tried again; dead tasks stay dead."""
    server().setLayerMaxRetries(id_of(layer), retries)


def set_layer_service(layer: Ref, service: str) -> None:
    """Give a layer another service, whose preset values replace the layer's."""
    server().setLayerService(id_of(layer), service)


def set_layer_chunk(layer: Ref, chunk: int) -> None:
    """Cut a layer's frames into tasks of so many frames, 0 = all in one; NotAllowed once it has begun."""
    server().setLayerChunk(id_of(layer), chunk)


def set_layer_priority(layer: Ref, priority: int) -> None:
    """Set a layer's priority in its job, -1000 to 1000; higher is first."""
    server().setLayerPriority(id_of(layer), priority)


def set_layer_kill_grace(layer: Ref, seconds: int) -> None:
    """Set the time between asking a task to end and ending it, 0 to 3600 seconds."""
    server().setLayerKillGrace(id_of(layer), seconds)


def set_layer_run(layer: Ref, run: RunSettings) -> None:
    """Set how attempts run from the next start on; unset stays as it is, an empty list takes a setting away."""
    server().setLayerRun(id_of(layer), run.to_wire())


def set_layer_needs(layer: Ref, needs: Needs) -> None:
    """Set what a layer needs of nodes from the next start on; what `needs` leaves unset stays."""
    server().setLayerNeeds(id_of(layer), needs.to_wire())


def set_layer_retry_rules(layer: Ref, rules: RetryRules) -> None:
    """Set when a layer's failed attempts are tried again; what `rules` leaves unset stays."""
    server().setLayerRetryRules(id_of(layer), rules.to_wire())


def append_frames(layer: Ref, frames: str) -> Layer:
    """Add frames to a layer of an unfinished job; Invalid if it has one of them."""
    return Layer(server().appendFrames(id_of(layer), frames))


def append_tasks(layer: Ref, tasks: Iterable[TaskSpec]) -> Layer:
    """Add named tasks to a layer of an unfinished job that has no frames."""
    return Layer(server().appendTasks(id_of(layer), [spec.to_wire() for spec in tasks]))
