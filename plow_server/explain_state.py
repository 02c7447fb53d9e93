"""The state of a job, a layer or a task in one sentence, with the reason and what would help. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from plow_client.clock import clock
from plow_server.explain_rules import counted, memory

Row = Mapping[str, Any]

_COMING: Final = ("WAITING", "DEPEND", "INITIALIZE")


@dataclass(frozen=True)
class Work:
    """What is asked about: a job, with the layer that is looked at, or a task of it. Rows of queries/explain.sql."""

    noun: str
    job: Row
    layer: Row | None = None
    task: Row | None = None
    depends: Sequence[Row] = ()
    now: int = 0  # milliseconds

    @property
    def is_coming(self) -> bool:
        """Whether something of it may start sooner or later, if nobody steps in."""
        if self.task is not None:
            return bool(self.task["state"] in _COMING)
        return bool(self.counts["waiting"] + self.counts["depend"] > 0)

    @property
    def counts(self) -> Row:
        """How many tasks are in which state."""
        return self.job if self.noun == "job" or self.layer is None else self.layer

    @property
    def is_ready(self) -> bool:
        """Whether something could start now, if nothing else kept it."""
        if self.task is not None:
            return bool(self.task["is_ready"])
        return self.layer is not None and self.layer["ready"] > 0

    def __str__(self) -> str:
        if self.task is not None:
            return f"task '{self.task['name']}' of job '{self.job['name']}'"
        if self.noun == "layer" and self.layer is not None:
            return f"layer '{self.layer['name']}' of job '{self.job['name']}'"
        return f"job '{self.job['name']}'"


@dataclass(frozen=True)
class State:
    """`waits`: it has something ready and nothing holds it, so nodes and the order decide."""

    sentence: str
    advice: list[str] = field(default_factory=list)
    waits: bool = False


def state_of(work: Work) -> State:
    """The first that holds, from what is over to what waits."""
    return next(state for judge in _JUDGES if (state := judge(work)) is not None)


def _of_task(work: Work) -> State | None:
    task = work.task
    if task is None or task["state"] in _COMING:
        return None
    if task["state"] == "RUNNING":
        taken = f" with {task['cores']} cores and {memory(task['ram'])}" if task["node"] else ""
        return State(f"{work} runs on node '{task['node']}'{taken} since {clock(task['started'], work.now)}")
    if task["state"] == "DEAD":
        return State(
            f"{work} is dead: {_end(task)}",
            [
                f"`plow log {work.job['name']}/{task['name']}` shows its last words",
                f"`plow job retry {work.job['name']} {task['name']}`",
            ],
        )
    how = "has succeeded" if task["state"] == "SUCCEEDED" else "was eaten: it counts as done"
    return State(f"{work} {how}")


def _end(task: Row) -> str:
    """How the last attempt ended."""
    how = task["reason"] or (
        f"signal {task['exit_signal']}" if task["exit_signal"] else f"exit status {task['exit_status']}"
    )
    end = "" if task["end_reason"] in (None, "EXITED") else f"{task['end_reason']} "
    return (
        f"{how} ({end}on node '{task['last_node']}', failure {task['failures']} of {task['max_retries'] + 1})"
    )


def _finished(work: Work) -> State | None:
    if work.job["held"] != "finished":
        return None
    who = f", ended by {work.job['ended_by']}" if work.job["ended_by"] else ""
    why = f": {work.job['end_reason']}" if work.job["end_reason"] else ""
    told = f"job '{work.job['name']}' is finished{who}{why}; {_tally(work)}"
    return State(told, [f"`plow job restart {work.job['name']}` runs it again"] if work.job["dead"] else [])


def _post(work: Work) -> State | None:
    if work.job["held"] != "post":
        return None
    return State(
        f"job '{work.job['name']}' is a post job: it waits until job '{work.job['first_job']}' is over"
    )


def _paused(work: Work) -> State | None:
    job = work.job
    if job["held"] != "paused":
        return None
    by = (
        f" by {job['paused_by']} at {clock(job['paused_at'], work.now)}"
        if job["paused_by"]
        else " since its launch"
    )
    why = job["pause_reason"] or job["paused_why"]
    told = f"job '{job['name']}' is paused{by}" + (f": {why}" if why else "") + _running(work)
    return State(told, [f"`plow job resume {job['name']}`"])


def _start_after(work: Work) -> State | None:
    if work.job["held"] != "start_after":
        return None
    told = f"job '{work.job['name']}' starts nothing before {clock(work.job['start_after'], work.now)}"
    return State(told, [f"`plow job set {work.job['name']} --start-after now`, or another time"])


def _waits(work: Work) -> State | None:
    if not work.is_ready:
        return None
    if work.task is not None:
        before = (
            f", {counted(work.task['before'], 'task')} of its layer before it" if work.task["before"] else ""
        )
        return State(f"{work} waits{before}", waits=True)
    assert work.layer is not None
    next_layer = f", next of layer '{work.layer['name']}'" if work.noun == "job" else ""
    return State(
        f"{work} waits with {counted(work.counts['waiting'], 'task')}{next_layer}{_running(work)}", waits=True
    )


def _depends(work: Work) -> State | None:
    is_held = work.task["depend_count"] > 0 if work.task is not None else work.counts["depend"] > 0
    if not is_held or not work.depends:
        return None
    on = ", ".join(_on(depend) for depend in work.depends)
    return State(f"{work} waits for {on}{_running(work)}", list(_depend_advice(work)))


def _place(depend: Row) -> str:
    name = f"job '{depend['job']}'" if depend["is_other"] or not depend["layer"] else ""
    layer = f"layer '{depend['layer']}'" if depend["layer"] else ""
    return " of ".join(filter(None, (layer, name)))


def _on(depend: Row) -> str:
    place = _place(depend)
    if depend["is_task"]:
        first = f"task '{depend['task']}'"
        return (
            f"{first} of {place}"
            if depend["n"] == 1
            else f"{counted(depend['n'], 'task')} of {place}, first {first}"
        )
    dead = f", {depend['dead']} dead" if depend["dead"] else ""
    return f"{place} ({counted(depend['undone'], 'task')} left{dead})"


def _depend_advice(work: Work) -> Iterator[str]:
    for name in sorted({depend["job"] for depend in work.depends if depend["dead"]}):
        yield f"`plow failures {name}` says what its tasks died of"
        yield f"dead tasks never end: `plow job retry {name}` or `plow job eat {name}`"
    for depend in work.depends:
        if depend["n"] == 1:
            yield f"`plow depend drop {depend['id']}`, if it can do without {_place(depend)}"


def _put_off(work: Work) -> State | None:
    """After a failure another attempt waits a while (the layer's retry rules)."""
    until = work.task["later"] if work.task is not None else work.counts["later"]
    if not until:
        return None
    if work.task is not None:
        told, name = (
            f"waits until {clock(until, work.now)} with its next attempt: {_end(work.task)}",
            work.task["name"],
        )
        return State(f"{work} {told}", [f"`plow job retry {work.job['name']} {name}` tries it now"])
    return State(
        f"{work} waits until {clock(until, work.now)} with the next attempts of tasks that failed{_running(work)}"
    )


def _runs(work: Work) -> State | None:
    if work.task is not None or not work.counts["running"]:
        return None
    return State(f"{work} runs: {_tally(work)}")


def _stops(work: Work) -> State | None:
    """Its last attempt is still there, or its depends are being let go this moment."""
    if work.task is not None and work.task["proc_state"] == "KILLING":
        node = work.task["node"]
        told = f"{work} waits until its last attempt is gone from node '{node}'"
        return State(told, [f"see whether node '{node}' is alive: `plow why {node}`"])
    if not work.counts["waiting"]:
        return None
    return State(f"{work} waits until earlier attempts of its tasks are gone from their nodes")


def _dead(work: Work) -> State | None:
    if work.task is not None or not work.counts["dead"]:
        return None
    name = work.job["name"]
    return State(
        f"{work} has nothing left but dead tasks: {_tally(work)}",
        [f"`plow job retry {name}` or `plow job eat {name}`"],
    )


def _rest(work: Work) -> State:
    if work.task is not None:
        return State(f"{work} is about to be let go: what it waited for is over")
    if work.counts["total"] == 0:
        return State(f"{work} has no tasks")
    return State(f"{work} has nothing waiting: {_tally(work)}")


def _tally(work: Work) -> str:
    parts = (
        ("running", "running"),
        ("waiting", "waiting"),
        ("depend", "waiting for others"),
        ("dead", "dead"),
        ("succeeded", "succeeded"),
        ("eaten", "eaten"),
    )
    told = [f"{work.counts[name]:,} {word}" for name, word in parts if work.counts[name]]
    return f"{counted(work.counts['total'], 'task')}: {', '.join(told)}" if told else "no tasks"


def _running(work: Work) -> str:
    if work.task is not None or not work.counts["running"]:
        return ""
    return f"; {counted(work.counts['running'], 'task')} run" + ("s" if work.counts["running"] == 1 else "")


_JUDGES: Final[tuple[Callable[[Work], State | None], ...]] = (
    _of_task,
    _finished,
    _post,
    _paused,
    _start_after,
    _waits,
    _depends,
    _put_off,
    _runs,
    _stops,
    _dead,
    _rest,
)
