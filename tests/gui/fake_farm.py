"""A farm in memory behind a real listener: what the window sees is the wire, what happens is simple.

The rules are those that a person at the window would notice: paused jobs do not run, killed jobs are
finished, eaten tasks count as done, a locked node stays locked. `delay_s` makes the server slow.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from plow_client.errors import NotAllowed, NotFound, Unavailable
from plow_client.idl import (
    AttemptEnd,
    ExplainT,
    FailureT,
    JobFilterT,
    JobState,
    JobStatsT,
    JobT,
    LayerStatsT,
    LayerT,
    LogT,
    NodeFilterT,
    NodeState,
    NodeSystemT,
    NodeT,
    SlotMode,
    TaskFilterT,
    TaskState,
    TaskStatsT,
    TaskT,
    TaskTotalsT,
)
from plow_client.rpc.listener import Listener

HOUR_MS = 3_600_000
_COUNTS = {
    TaskState.WAITING: "waitingTaskCount",
    TaskState.RUNNING: "runningTaskCount",
    TaskState.DEAD: "deadTaskCount",
    TaskState.EATEN: "eatenTaskCount",
    TaskState.DEPEND: "dependTaskCount",
    TaskState.SUCCEEDED: "succeededTaskCount",
}


class FakeFarm:
    """Fill it with `add_job` and `add_node`, then `start`; `calls` says what was asked, in order."""

    def __init__(self) -> None:
        self.jobs: dict[str, JobT] = {}
        self.layers: dict[str, list[LayerT]] = {}
        self.tasks: dict[str, dict[str, TaskT]] = {}
        self.nodes: dict[str, NodeT] = {}
        self.attempts: dict[str, list[TaskStatsT]] = {}
        self.updated: dict[str, int] = {}
        self.far_logs: dict[str, bytes] = {}  # by path: what only the server can get at
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.delay_s = 0.0
        self._lock = threading.RLock()
        self._listener: Listener | None = None
        self._port = 0

    # -------------------- the server

    def start(self) -> FakeFarm:
        """Listen; after a stop on the same port again."""
        names = (
            "getPlowTime", "getJobs", "getLayers", "getTasks", "getNodes", "getTaskStats", "getTaskLogPath",
            "readTaskLog", "pauseJob", "killJob", "retryTasks", "eatTasks", "killTasks", "setNodeLocked",
            "explain", "getJobFailures", "getNodeFailures", "setNodeState",
        )  # fmt: skip
        handler = {name: self._answering(name, getattr(self, name)) for name in names}
        self._listener = Listener("RpcService", handler, port=self._port)
        self._listener.start()
        self._port = self._listener.address[1]
        return self

    def stop(self) -> None:
        """Close the door and every connection."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    @property
    def hosts(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._port}"

    def asked(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of this name so far."""
        return [arguments for called, arguments in list(self.calls) if called == name]

    def _answering(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def answer(*arguments: Any, **named: Any) -> Any:
            self.calls.append((name, (*arguments, *named.values())))
            if self.delay_s:
                time.sleep(self.delay_s)
            with self._lock:
                return call(*arguments, **named)

        return answer

    # -------------------- filling it

    def add_job(
        self,
        name: str,
        states: dict[TaskState, int],
        *,
        folder: str = "lighting",
        project: str = "ocean",
        layers: tuple[str, ...] = ("beauty",),
        owner: str = "mia",
        is_paused: bool = False,
    ) -> JobT:
        """A job whose tasks have these states; they go round the layers in turn."""
        job_id, now = _id("job", name), self.getPlowTime()
        self.layers[job_id] = [_layer(job_id, layer, at) for at, layer in enumerate(layers)]
        self.jobs[job_id] = JobT(
            id=job_id, folderId=_id("folder", project, folder), name=name, username=owner, uid=1000,
            state=JobState.RUNNING, paused=is_paused, minCores=0, maxCores=-1, runCores=0, runProcs=0,
            startTime=now - HOUR_MS, stopTime=0, totals=TaskTotalsT(),
            stats=JobStatsT(2048, 4.0, 1, 1, 1, 1, 1), attrs={}, projectId=_id("project", project),
            projectCode=project, folderName=folder,
        )  # fmt: skip
        found = [state for state, count in states.items() for _ in range(count)]
        self.tasks[job_id] = {}
        for place, state in enumerate(found):
            layer = self.layers[job_id][place % len(layers)]
            task = self._task(self.jobs[job_id], layer, place, state)
            self.tasks[job_id][task.id] = task
            self.updated[task.id] = now - HOUR_MS
        self._count(job_id)
        return self.jobs[job_id]

    def add_node(self, name: str, *, cores: int = 16, idle: int = 4, **more: Any) -> NodeT:
        """A node of 64 GB that has just pinged."""
        now = self.getPlowTime()
        system = NodeSystemT(cores, cores, 65536, 20000, 8192, 8192, "Fake CPU", "linux", [650, 500, 400])
        facts: dict[str, Any] = {
            "state": NodeState.UP, "locked": False, "updatedTime": now, "runProcs": 3, **more,
        }  # fmt: skip
        self.nodes[name] = NodeT(
            id=_id("node", name), clusterId=_id("cluster"), name=name, clusterName="main", ipaddr="10.0.0.1",
            tags={"render"}, mode=SlotMode.DYNAMIC, createdTime=now, bootTime=now - 30 * HOUR_MS,
            totalCores=cores, idleCores=idle, slotCores=0, totalRamMb=65536, freeRamMb=24000, slotRam=0,
            system=system, **facts,
        )  # fmt: skip
        return self.nodes[name]

    def set_state(self, job_id: str, task_id: str, state: TaskState) -> None:
        """A task goes on by itself."""
        with self._lock:
            task = self.tasks[job_id][task_id]
            task.state = state
            task.stats.active = state == TaskState.RUNNING
            self.updated[task_id] = self.getPlowTime()
            self._count(job_id)

    def set_log(self, task_id: str, paths: list[str]) -> None:
        """One attempt for each path, the last of them running."""
        self.attempts[task_id] = [
            TaskStatsT(
                cores=2, retryNum=number, startTime=1, active=number == len(paths) - 1, exitStatus=1,
                exitSignal=0, lastNode=f"r{number}", logPath=path, progress=0, lastLogLine="",
                endReason=None if number == len(paths) - 1 else AttemptEnd.EXITED,
            )
            for number, path in enumerate(paths)
        ]  # fmt: skip

    def tasks_of(self, job: JobT) -> list[TaskT]:
        """In their order."""
        return list(self.tasks[job.id].values())

    # -------------------- the calls

    def getPlowTime(self) -> int:
        return int(time.time() * 1000)

    def getJobs(self, filter: JobFilterT) -> list[JobT]:
        return [
            job
            for job in self.jobs.values()
            if (filter.states is None or job.state in filter.states)
            and (filter.jobIds is None or job.id in filter.jobIds)
        ]

    def getLayers(self, jobId: str) -> list[LayerT]:
        return self.layers[jobId]

    def getTasks(self, filter: TaskFilterT) -> list[TaskT]:
        found = [task for task in self._wanted(filter) if self.updated[task.id] >= filter.lastUpdateTime]
        return found[filter.offset : filter.offset + filter.limit] if filter.limit else found

    def getNodes(self, filter: NodeFilterT) -> list[NodeT]:
        return list(self.nodes.values())

    def getTaskStats(self, taskId: str) -> list[TaskStatsT]:
        return self.attempts.get(taskId, [])

    def getTaskLogPath(self, taskId: str) -> str:
        return f"/nowhere/{taskId}.log"

    def readTaskLog(self, taskId: str, attempt: int, offset: int, length: int) -> LogT:
        content = self.far_logs.get(self.attempts[taskId][attempt].logPath or "")
        if content is None:
            raise Unavailable("the log is on node 'r1', which is DOWN")
        start = max(len(content) + offset, 0) if offset < 0 else offset
        return LogT(content=content[start:][:length], offset=start, size=len(content), attempt=attempt)

    def pauseJob(self, jobId: str, paused: bool) -> None:
        self._live(jobId).paused = paused

    def killJob(self, jobId: str, reason: str) -> None:
        job = self._live(jobId)
        job.state, job.stopTime = JobState.FINISHED, self.getPlowTime()

    def retryTasks(self, filter: TaskFilterT) -> None:
        self._move(filter, TaskState.WAITING)

    def eatTasks(self, filter: TaskFilterT) -> None:
        self._move(filter, TaskState.EATEN)

    def killTasks(self, filter: TaskFilterT) -> None:
        self._move(filter, TaskState.WAITING)

    def setNodeLocked(self, id: str, locked: bool) -> None:
        for node in self.nodes.values():
            if node.id == id:
                node.locked = locked
                return
        raise NotFound(f"no node '{id}'")

    def setNodeState(self, id: str, state: int) -> None:
        node = next(node for node in self.nodes.values() if node.id == id)
        node.state, node.stateReason = state, None

    def getJobFailures(self, jobId: str, deadOnly: bool) -> list[FailureT]:
        name = self.jobs[jobId].name
        return [_failure(f"37 tasks on 5 nodes: cannot open /show/{name}/wood_####.tx")]

    def getNodeFailures(self, nodeId: str, hours: int) -> list[FailureT]:
        name = next(node.name for node in self.nodes.values() if node.id == nodeId)
        return [_failure(f"3 tasks of 2 jobs: {name} failed in {hours} hours")]

    def explain(self, id: str) -> ExplainT:
        things = [
            *self.jobs.values(),
            *self.nodes.values(),
            *(t for ts in self.tasks.values() for t in ts.values()),
        ]
        name = next(thing.name for thing in things if thing.id == id)
        return ExplainT(
            noun="job", sentence=f"this is '{name}': 2 nodes could take a task now", rules=[], fitting=2,
            advice=["wait"], orderKey="job priority 0", place=1, ahead=[],
        )  # fmt: skip

    # -------------------- inside

    def _live(self, job_id: str) -> JobT:
        job = self.jobs.get(job_id)
        if job is None:
            raise NotFound(f"no job '{job_id}'")
        if job.state == JobState.FINISHED:
            raise NotAllowed(f"job '{job.name}' is finished")
        return job

    def _wanted(self, filter: TaskFilterT) -> list[TaskT]:
        ids = set(filter.taskIds) if filter.taskIds is not None else None
        jobs = [filter.jobId] if filter.jobId is not None else list(self.tasks)
        return [
            task
            for job_id in jobs
            for task in self.tasks[job_id].values()
            if (ids is None or task.id in ids)
            and (filter.states is None or task.state in filter.states)
            and (filter.layerIds is None or task.layerId in filter.layerIds)
        ]

    def _move(self, filter: TaskFilterT, state: TaskState) -> None:
        for task in self._wanted(filter):
            self.set_state(task.jobId, task.id, state)

    def _task(self, job: JobT, layer: LayerT, place: int, state: TaskState) -> TaskT:
        now = self.getPlowTime()
        has_run = state in (TaskState.RUNNING, TaskState.SUCCEEDED, TaskState.DEAD)
        is_over = has_run and state != TaskState.RUNNING
        stats = TaskStatsT(
            cores=2, usedCores=1.5, highCores=2.0, ram=2048, usedRam=900, highRam=1100,
            startTime=now - 600_000 if has_run else 0, stopTime=now - 300_000 if is_over else 0,
            retryNum=0, progress=42 if state == TaskState.RUNNING else 0, active=state == TaskState.RUNNING,
            exitStatus=1 if state == TaskState.DEAD else 0, exitSignal=0,
            lastNode="r1" if has_run else "", lastLogLine="rendering" if has_run else "",
        )  # fmt: skip
        return TaskT(
            id=_id("task", job.name, str(place)), layerId=layer.id, jobId=job.id,
            name=f"{place + 1:04}-{layer.name}", number=place + 1, state=state, order=place,
            retries=0 if has_run else -1, minCores=2, minRam=2048, stats=stats, frames=str(place + 1),
            layerName=layer.name, jobName=job.name,
        )  # fmt: skip

    def _count(self, job_id: str) -> None:
        tasks, totals = self.tasks[job_id].values(), TaskTotalsT(totalTaskCount=len(self.tasks[job_id]))
        for state, field in _COUNTS.items():
            setattr(totals, field, sum(task.state == state for task in tasks))
        self.jobs[job_id].totals = totals
        self.jobs[job_id].runCores = 2 * totals.runningTaskCount


def _layer(job_id: str, name: str, order: int) -> LayerT:
    return LayerT(
        id=_id("layer", job_id, name), jobId=job_id, name=name, range="1-100", serv="default", chunk=1,
        tags=["render"], threadable=False, minCores=2, maxCores=2, minRam=2048, maxRam=4096, runCores=0,
        maxRetries=1, runProcs=0, totals=TaskTotalsT(), stats=LayerStatsT(*[0] * 20), order=order,
    )  # fmt: skip


def _id(*names: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, " ".join(names)))


def _failure(sentence: str) -> FailureT:
    return FailureT(
        fingerprint="f", line="cannot open /show/wood_0037.tx", attempts=40, tasks=37, nodes=["r1", "r2"],
        layers=["beauty"], taskIds=[], firstTime=1, lastTime=1, nodeCount=5, sentence=sentence,
    )  # fmt: skip
