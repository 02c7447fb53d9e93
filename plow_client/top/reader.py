"""Turns what is stale into calls to the farm, and their answers into what is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from plow_client.current import server
from plow_client.errors import PlowError
from plow_client.idl import ClusterT, JobFilterT, JobState, NodeFilterT, ProcFilterT, TaskFilterT
from plow_client.top.rows import JobRow, LayerRow, NodeRow, TaskRow, jobs_of
from plow_client.where import terms_of

LIVING: Final = [int(JobState.RUNNING), int(JobState.POST)]
MOST_TASKS: Final = 2000  # of the job that is open
MOST_NAMED: Final = 200  # changed jobs are read one by one up to here, and then all
SIGHT_S: Final = 5.0  # between two readings of the nodes in sight
_NODES_S: Final = 10.0  # between two readings of all nodes, while things happen
_NODES_REST: Final = 20  # so much rest to one part of reading all nodes
Tell = Callable[[object], object]


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


@dataclass(frozen=True)
class BadFilter:
    """The server or the parser did not take the filter line."""

    noun: str
    why: str


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
    """Keeps a `Farm`; it, `Opened` and `BadFilter` go to `tell`."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._farm = Farm()
        self._nodes_at = self._sight_at = 0.0
        self._nodes_took = 0.0
        self._are_nodes_stale = False
        self._seen: tuple[str, ...] = ()

    def read(self, due: Due) -> None:
        """One round."""
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
            self._tell(farm)
        if due.open is not None:
            self._tell(self._opened(due.open))

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
        if due.in_sight and (is_other or due.everything or due.work_moved or now - self._sight_at >= SIGHT_S):
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
            self._tell(BadFilter(noun, error.why))
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
