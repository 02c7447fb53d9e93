"""Reads the farm on two threads of its own: one waits for events, the other reads what they made stale.

A farm on which nothing happens is asked nothing but to tell when something does, and for the nodes in sight, whose
pings are no events. On a large farm that is busy it rests between readings, so that it never reads all the time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from plow_client.current import server
from plow_client.errors import PlowError
from plow_client.idl import (
    ClusterT,
    EventT,
    JobFilterT,
    JobState,
    NodeFilterT,
    ProcFilterT,
    TaskFilterT,
)
from plow_client.top.rows import JobRow, LayerRow, NodeRow, TaskRow, jobs_of
from plow_client.where import terms_of

LIVING: Final = [int(JobState.RUNNING), int(JobState.POST)]
MOST_TASKS: Final = 2000  # of the job that is open
MOST_NAMED: Final = 200  # changed jobs are read one by one up to here, and then all
_WAIT_MS: Final = 10_000
_AGAIN_S: Final = 2.0  # after a failure
_PACE_S: Final = 1.0  # between two readings
_NODES_S: Final = 10.0  # between two readings of all nodes, while things happen
_SIGHT_S: Final = 5.0  # between two readings of the nodes in sight
_REST: Final = 4  # so much rest to one part of reading, but no longer than
_MOST_REST_S: Final = 5.0
_NODES_REST: Final = 20  # the same for reading all nodes


@dataclass(frozen=True)
class Farm:
    """What is known of the farm; a new one with each reading, never changed."""

    jobs: dict[str, JobRow] = field(default_factory=dict)
    nodes: dict[str, NodeRow] = field(default_factory=dict)
    clusters: Sequence[ClusterT] = ()
    matching_jobs: frozenset[str] | None = None  # by the filter line; None = all
    matching_nodes: frozenset[str] | None = None
    clock_ms: int = 0  # the farm's clock minus ours


@dataclass(frozen=True)
class Opened:
    """The job that is open."""

    job: JobRow | None
    layers: Sequence[LayerRow]
    tasks: Sequence[TaskRow]
    why: Sequence[str]
    is_cut: bool  # it has more tasks than are shown


Tell = Callable[[object], object]


@dataclass(frozen=True)
class Lost:
    """The server is out of reach; or, without a reason, is there again."""

    why: str


@dataclass(frozen=True)
class BadFilter:
    """The server or the parser did not take the filter line."""

    noun: str
    why: str


class Feed:
    """Keeps a `Farm` up to date; it, `Opened`, `Lost` and `BadFilter` go to `tell`, from any thread."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._stop, self._wake = threading.Event(), threading.Event()
        self._asked = threading.Event()  # by somebody who waits for it
        self._lock = threading.Lock()
        self._dirty_jobs: set[str] = set()
        self._dirty_nodes: set[str] = set()
        self._is_all_due, self._has_work_moved, self._is_open_due = True, False, False
        self._in_sight: tuple[str, ...] = ()
        self._open: str | None = None
        self._where = {"job": "", "node": ""}
        self._is_filter_due = False
        self.farm = Farm()
        self.busy_since = 0.0  # when the reading that goes on began; 0 = none does

    def start(self) -> None:
        """Begin; the threads end with the program."""
        for work in (self._listen, self._read):
            threading.Thread(target=work, name=f"top{work.__name__}", daemon=True).start()

    def stop(self) -> None:
        """Read nothing more."""
        self._stop.set()
        self._hurry()

    @property
    def silent_s(self) -> float:
        """How long the reading that goes on has taken; 0 = none does."""
        began = self.busy_since
        return time.monotonic() - began if began else 0.0

    # -------------------- what people want to see

    def look_at_nodes(self, ids: Iterable[str]) -> None:
        """These nodes are in sight."""
        wanted = tuple(ids)
        if wanted != self._in_sight:
            self._in_sight = wanted
            self._hurry()

    def filter(self, noun: str, text: str) -> None:
        """Show what matches; an empty text is everything."""
        with self._lock:
            self._where[noun] = text
            self._is_filter_due = True
        self._hurry()

    def open(self, job_id: str | None) -> None:
        """Read this job's layers and tasks, too."""
        with self._lock:
            self._open, self._is_open_due = job_id, True
        self._hurry()

    def refresh(self) -> None:
        """Read everything now."""
        with self._lock:
            self._is_all_due = self._is_open_due = True
        self._hurry()

    def _hurry(self) -> None:
        self._asked.set()
        self._wake.set()

    # -------------------- the thread that listens

    def _listen(self) -> None:
        since = -1
        while not self._stop.is_set():
            try:
                page = server().getEvents(since, 0, 0 if since == -1 else _WAIT_MS)
            except PlowError:  # the other thread meets it, too, and tells it
                since = -1
                self._wake.set()
                self._stop.wait(_AGAIN_S)
                continue
            if since == -1 or not page.isComplete:
                self.refresh()
            elif page.events:
                self._note(page.events)
                self._stop.wait(_PACE_S / 2)  # more will come
            since = page.nextSequence

    def _note(self, events: Iterable[EventT]) -> None:
        with self._lock:
            for event in events:
                if event.noun == "node":
                    self._dirty_nodes.add(event.objectId)
                elif event.noun == "job":
                    self._dirty_jobs.add(event.objectId)
                elif event.jobId:
                    self._dirty_jobs.add(event.jobId)
                if event.noun in ("task", "job", "node", "cluster"):
                    self._has_work_moved = True
            if self._open in self._dirty_jobs:
                self._is_open_due = True
        self._wake.set()

    # -------------------- the thread that reads

    def _read(self) -> None:
        is_lost = False
        reader = Reader(self)
        while not self._stop.is_set():
            self._wake.wait(_SIGHT_S)
            self._wake.clear()
            self._asked.clear()
            began = time.monotonic()
            try:
                self.busy_since = began
                reader.read_what_is_due()
            except PlowError as error:
                is_lost = True
                self.tell(Lost(error.why))
                self.refresh()
                self._stop.wait(_AGAIN_S)
                continue
            finally:
                self.busy_since = 0.0
            if is_lost:
                is_lost = False
                self.tell(Lost(""))
            self._asked.wait(min(max(_PACE_S, _REST * (time.monotonic() - began)), _MOST_REST_S))

    def due(self) -> Due:
        """What is to be read now; from now on it is not due any more."""
        with self._lock:
            told = Due(
                self._is_all_due, frozenset(self._dirty_jobs), frozenset(self._dirty_nodes), self._has_work_moved,
                self._is_filter_due, self._open if self._is_open_due or self._is_all_due else None, self._in_sight,
                dict(self._where),
            )  # fmt: skip
            self._dirty_jobs.clear()
            self._dirty_nodes.clear()
            self._is_all_due = self._has_work_moved = self._is_filter_due = self._is_open_due = False
        return told

    def tell(self, news: object) -> None:
        """To those who draw."""
        if isinstance(news, Farm):
            self.farm = news
        if not self._stop.is_set():
            self._tell(news)


@dataclass(frozen=True)
class Due:
    """What is stale."""

    everything: bool
    jobs: frozenset[str]
    nodes: frozenset[str]
    work_moved: bool
    filters: bool
    open: str | None
    in_sight: tuple[str, ...]
    where: dict[str, str]


class Reader:
    """Turns what is due into calls and a new `Farm`."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._farm = Farm()
        self._nodes_at = self._sight_at = 0.0
        self._nodes_took = 0.0
        self._are_nodes_stale = False
        self._seen: tuple[str, ...] = ()

    def read_what_is_due(self) -> None:
        """One round."""
        due = self._feed.due()
        farm = self._farm
        if due.everything:
            farm = replace(farm, clock_ms=server().getPlowTime() - time.time_ns() // 1_000_000)
        farm = self._jobs(farm, due)
        farm = self._nodes(farm, due)
        if due.everything or due.work_moved or due.nodes:
            farm = replace(farm, clusters=tuple(server().getClusters()))
        farm = self._filters(farm, due)
        if farm is not self._farm:
            self._farm = farm
            self._feed.tell(farm)
        if due.open is not None:
            self._feed.tell(self._opened(due.open))

    def _jobs(self, farm: Farm, due: Due) -> Farm:
        if due.everything or len(due.jobs) > MOST_NAMED:
            rows = server().getJobs(JobFilterT(states=LIVING))
            return replace(farm, jobs={row.id: JobRow.of(row) for row in rows})
        if not due.jobs:
            return farm
        rows = server().getJobs(JobFilterT(states=LIVING, jobIds=sorted(due.jobs)))
        jobs = {id: row for id, row in farm.jobs.items() if id not in due.jobs}
        return replace(farm, jobs=jobs | {row.id: JobRow.of(row) for row in rows})

    def _nodes(self, farm: Farm, due: Due) -> Farm:
        """All of them seldom; those that an event named, and those in sight, at once."""
        now = time.monotonic()
        self._are_nodes_stale |= due.work_moved
        rest = max(_NODES_S, _NODES_REST * self._nodes_took)
        if due.everything or (self._are_nodes_stale and now - self._nodes_at >= rest):
            farm = self._all_nodes(farm)
        elif due.nodes:
            rows = server().getNodes(NodeFilterT(hostIds=sorted(due.nodes)))
            nodes = {id: row for id, row in farm.nodes.items() if id not in due.nodes}
            farm = replace(farm, nodes=nodes | {row.id: NodeRow.of(row) for row in rows})
        is_other = due.in_sight != self._seen
        if due.in_sight and (
            is_other or due.everything or due.work_moved or now - self._sight_at >= _SIGHT_S
        ):
            farm = self._nodes_in_sight(farm, due.in_sight)
        return farm

    def _all_nodes(self, farm: Farm) -> Farm:
        began = time.monotonic()
        rows = [NodeRow.of(row) for row in server().getNodes(NodeFilterT())]
        self._nodes_at = time.monotonic()
        self._nodes_took, self._are_nodes_stale = self._nodes_at - began, False
        return replace(farm, nodes={row.id: row for row in rows})

    def _nodes_in_sight(self, farm: Farm, ids: tuple[str, ...]) -> Farm:
        """These with what runs on them."""
        self._sight_at, self._seen = time.monotonic(), ids
        jobs = jobs_of(server().getProcs(ProcFilterT(nodeIds=list(ids))))
        rows = [NodeRow.of(row) for row in server().getNodes(NodeFilterT(hostIds=list(ids)))]
        fresh = {row.id: replace(row, jobs=jobs.get(row.id, "")) for row in rows}
        return replace(farm, nodes=farm.nodes | fresh)

    def _filters(self, farm: Farm, due: Due) -> Farm:
        """Which rows match; as long as a line is there, again with every change."""
        if due.filters or (due.where["job"] and (due.everything or due.jobs)):
            farm = replace(farm, matching_jobs=self._matching("job", due.where["job"]))
        if due.filters or (due.where["node"] and (due.everything or due.work_moved or due.nodes)):
            farm = replace(farm, matching_nodes=self._matching("node", due.where["node"]))
        return farm

    def _matching(self, noun: str, text: str) -> frozenset[str] | None:
        if not text:
            return None
        try:
            if noun == "job":
                jobs = server().getJobs(JobFilterT(states=LIVING, where=terms_of(text, "job")))
                return frozenset(row.id for row in jobs)
            return frozenset(row.id for row in server().getNodes(NodeFilterT(where=terms_of(text, "node"))))
        except PlowError as error:
            if error.code == 6:  # the server is out of reach, which is no fault of the line
                raise
            self._feed.tell(BadFilter(noun, error.why))
            return None

    def _opened(self, job_id: str) -> Opened:
        call = server()
        jobs = call.getJobs(JobFilterT(jobIds=[job_id]))
        if not jobs:
            return Opened(None, (), (), ("this job is not there any more",), False)
        layers = [LayerRow.of(row) for row in call.getLayers(job_id)]
        tasks = call.getTasks(TaskFilterT(jobId=job_id, limit=MOST_TASKS + 1))
        rows = [TaskRow.of(row, place) for place, row in enumerate(tasks[:MOST_TASKS])]
        return Opened(JobRow.of(jobs[0]), layers, rows, _why(job_id), len(tasks) > MOST_TASKS)


def _why(job_id: str) -> Sequence[str]:
    from plow_client.explanation import explain

    return explain(job_id).lines()
