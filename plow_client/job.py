"""Jobs: what people launch and wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from plow_client import attempt, avoid, depend, explanation, failure, layer, output, proc, task
from plow_client.current import server
from plow_client.entity import Entity, Ref, Refs, id_of, ids_of, members_of, texts_of
from plow_client.filter import FilterTrace, get_job_filter_trace
from plow_client.idl import JobFilterT, JobState, JobT, TaskState
from plow_client.job_stats import JobStats
from plow_client.keywords import also_known
from plow_client.layer_spec import LayerSpec
from plow_client.totals import TaskTotals
from plow_client.where import terms_of

if TYPE_CHECKING:
    from plow_client.folder import Folder
    from plow_client.job_spec import JobSpec
    from plow_client.query import Query

JobStates = JobState | int | str | Iterable[JobState | int | str]
Done = Callable[[list[task.Task]], object]


class Job(Entity[JobT]):
    """A job; `max_cores` -1 is no limit, times are 0 until they come, `start_after` 0 is at once."""

    __slots__ = ()
    _struct = JobT
    folder_id: str
    name: str
    username: str
    uid: int
    state: JobState
    paused: bool
    min_cores: int
    max_cores: int
    run_cores: int
    run_procs: int
    start_time: int
    stop_time: int
    totals: TaskTotals
    stats: JobStats
    attrs: dict[str, str]
    project_id: str | None
    project_code: str | None
    folder_name: str | None
    log_path: str | None
    priority: int | None
    start_after: int | None
    is_post: bool | None
    waits_for_others: bool | None
    end_reason: str | None
    ended_by: str | None
    restarts: int | None
    pools: list[str] | None
    predicted_end: int | None
    pause_reason: str | None

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getJob(self.id))

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is over, and say whether all of it was done; see `plow_client.wait`."""
        from plow_client.waiting import wait

        return wait(self, timeout_s)

    def kill(self, reason: str) -> None:
        """End it; its name is free at once."""
        kill_job(self, reason)
        self.refresh()

    def restart(self, failed_only: bool = False, reason: str = "") -> None:
        """Run it again under its id, all of it or only what is not done; it must be over."""
        restart_job(self, failed_only, reason)
        self.refresh()

    def append_layers(self, layers: Iterable[LayerSpec]) -> list[layer.Layer]:
        """Add layers; it must not be over."""
        return append_layers(self, layers)

    def pause(self, paused: bool = True) -> None:
        """Stop or resume booking; running tasks go on."""
        pause_job(self, paused)
        self.refresh()

    def set_min_cores(self, value: int) -> None:
        """Set its share weight."""
        set_job_min_cores(self, value)
        self.refresh()

    def set_max_cores(self, value: int) -> None:
        """Cap its cores; -1 = no limit."""
        set_job_max_cores(self, value)
        self.refresh()

    def set_folder(self, folder: Ref) -> None:
        """Move it to another folder of its project."""
        set_job_folder(self, folder)
        self.refresh()

    def set_priority(self, priority: int) -> None:
        """Set its priority, -1000 to 1000; higher is first among the jobs of a project."""
        set_job_priority(self, priority)
        self.refresh()

    def set_start_after(self, start_after: int) -> None:
        """Book nothing of it before this time; 0 = at once."""
        set_job_start_after(self, start_after)
        self.refresh()

    def set_attrs(self, attrs: Mapping[str, str]) -> None:
        """Replace its attributes."""
        set_job_attrs(self, attrs)
        self.refresh()

    def set_pools(self, pools: str | Iterable[str]) -> None:
        """Set the pools of its layers that name none themselves; none takes them away."""
        set_job_pools(self, pools)
        self.refresh()

    def get_outputs(self) -> list[output.Output]:
        """What its layers write."""
        return output.get_job_outputs(self)

    def get_layers(self) -> list[layer.Layer]:
        """Its layers in their order."""
        return layer.get_layers(self)

    def get_layer(self, name: str) -> layer.Layer:
        """One of its layers."""
        return layer.get_layer(self, name)

    def get_folder(self) -> Folder:
        """The folder it lies in."""
        from plow_client.folder import get_folder

        return get_folder(self.folder_id)

    def get_tasks(self, states: task.TaskStates | None = None) -> list[task.Task]:
        """Its tasks, or those in these states."""
        return task.get_tasks(job=self, states=states)

    def iter_tasks(self, states: task.TaskStates | None = None) -> Iterator[task.Task]:
        """Its tasks one after the other, a page at a time: for very many."""
        return task.iter_tasks(job=self, states=states)

    def get_depends(self) -> list[depend.Depend]:
        """Jobs that wait for this one."""
        return depend.get_depends_on_job(self)

    def get_depends_on(self) -> list[depend.Depend]:
        """Jobs that this one waits for."""
        return depend.get_job_depends_on(self)

    def depend_on(self, job: Ref) -> None:
        """Make it wait for another job to end."""
        depend.create_job_on_job_depend(self, job)

    def explain(self) -> explanation.Explanation:
        """Why it waits, runs or is over."""
        return explanation.explain(self)

    def get_failures(self, dead_only: bool = False) -> list[failure.Failure]:
        """Its failures, those with the same last words together."""
        return failure.get_job_failures(self, dead_only)

    def get_avoids(self) -> list[avoid.Avoid]:
        """The nodes that it stays away from."""
        return avoid.get_avoids(job=self)

    def clear_avoids(self) -> None:
        """Let it try again every node that it failed on."""
        avoid.clear_avoids(job=self)

    def get_filter_trace(self) -> list[FilterTrace]:
        """What the filters did to it at launch."""
        return get_job_filter_trace(self)

    def get_spec(self) -> JobSpec:
        """The spec as it was launched."""
        from plow_client.job_spec import get_job_spec

        return get_job_spec(self)

    def kill_tasks(self, callback: Done | None = None) -> None:
        """Stop its running tasks and queue them again; the callback gets them, if there are any."""
        self._each_in(TaskState.RUNNING, task.kill_tasks, callback)

    def eat_dead_tasks(self, callback: Done | None = None) -> None:
        """Count its dead tasks as done; the callback gets them, if there are any."""
        self._each_in(TaskState.DEAD, task.eat_tasks, callback)

    def retry_dead_tasks(self, callback: Done | None = None) -> None:
        """Queue its dead tasks again; the callback gets them, if there are any."""
        self._each_in(TaskState.DEAD, task.retry_tasks, callback)

    def get_attempts(self, ends: attempt.AttemptEnds | None = None) -> list[attempt.Attempt]:
        """Its attempts that ended, newest first, at most 1000; all, or those that ended so."""
        return attempt.get_attempts(jobs=self, ends=ends)

    def get_procs(self) -> list[proc.Proc]:
        """What it holds now."""
        return proc.get_procs(jobs=self)

    def _each_in(self, state: TaskState, change: Callable[..., None], callback: Done | None) -> None:
        if callback is None:
            change(job=self, states=state)
        elif tasks := self.get_tasks(state):
            change(tasks=tasks)
            callback(tasks)


def get_job(job_id: str) -> Job:
    """A job by id, finished or not."""
    return Job(server().getJob(job_id))


def get_active_job(name: str) -> Job:
    """An unfinished job by name."""
    return Job(server().getActiveJob(name))


@also_known(job_ids="jobs")
def get_jobs(
    *,
    matching_only: bool = False,
    regex: str | None = None,
    project: str | Iterable[str] | None = None,
    user: str | Iterable[str] | None = None,
    name: str | Iterable[str] | None = None,
    jobs: Refs | None = None,
    states: JobStates | None = None,
    where: str | Query | None = None,
    limit: int = 0,
) -> list[Job]:
    """Jobs for which all that is given holds, newest first.

    `project` takes codes; `regex` is searched anywhere in the name. `where` is a query: `user=anna and dead>0`.
    With a `limit` at most so many come. With `matching_only` no criterion means no job, not every job.
    """
    wanted = JobFilterT(
        matchingOnly=matching_only,
        regex=regex,
        project=texts_of(project),
        user=texts_of(user),
        name=texts_of(name),
        jobIds=ids_of(jobs),
        states=members_of(JobState, states),
        where=terms_of(where, "job"),
        limit=limit or None,
    )
    return [Job(row) for row in server().getJobs(wanted)]


def kill_job(job: Ref, reason: str) -> None:
    """End a job: its name is free at once, its processes are stopped."""
    server().killJob(id_of(job), reason)


def restart_job(job: Ref, failed_only: bool = False, reason: str = "") -> None:
    """Run a job that is over again under its id: all tasks, or only those not succeeded or eaten.

    NotAllowed if it is not over or has nothing to run, AlreadyExists if its name is taken meanwhile.
    """
    server().restartJob(id_of(job), failed_only, reason)


def append_layers(job: Ref, layers: Iterable[LayerSpec]) -> list[layer.Layer]:
    """Add layers to an unfinished job, with depends among themselves and on its other layers; the new ones."""
    made = server().appendLayers(id_of(job), [spec.to_wire() for spec in layers])
    return [layer.Layer(row) for row in made]


def pause_job(job: Ref, paused: bool = True) -> None:
    """Stop or resume booking; running tasks go on."""
    server().pauseJob(id_of(job), paused)


def set_job_min_cores(job: Ref, value: int) -> None:
    """Set a job's share weight, 0 or more."""
    server().setJobMinCores(id_of(job), value)


def set_job_max_cores(job: Ref, value: int) -> None:
    """Cap a job's cores; -1 = no limit."""
    server().setJobMaxCores(id_of(job), value)


def set_job_folder(job: Ref, folder: Ref) -> None:
    """Move a job to another folder of its project."""
    server().setJobFolder(id_of(job), id_of(folder))


def set_job_priority(job: Ref, priority: int) -> None:
    """Set a job's priority, -1000 to 1000; higher is first among the jobs of a project."""
    server().setJobPriority(id_of(job), priority)


def set_job_start_after(job: Ref, start_after: int) -> None:
    """Book nothing of a job before this time; 0 = at once."""
    server().setJobStartAfter(id_of(job), start_after)


def set_job_pools(job: Ref, pools: str | Iterable[str]) -> None:
    """Set the pools of a job's layers that name none themselves; none takes them away."""
    server().setJobPools(id_of(job), texts_of(pools) or [])


def set_job_attrs(job: Ref, attrs: Mapping[str, str]) -> None:
    """Replace a job's attributes."""
    server().setJobAttrs(id_of(job), dict(attrs))
