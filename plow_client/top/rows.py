"""What is shown of jobs, nodes, layers and tasks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plow_client.cli.words import visible
from plow_client.idl import JobT, LayerT, NodeT, ProcT, TaskT
from plow_client.top.tones import Chip, job_chip, node_chip, task_chip

_FIRST: Final = ("dead", "running", "waiting", "depend", "succeeded", "eaten")  # what people ask about


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job."""

    id: str
    name: str
    chip: Chip
    user: str
    project: str
    total: int
    done: int
    running: int
    dead: int
    waiting: int
    depend: int
    cores: int
    priority: int
    start_ms: int
    end_ms: int
    is_paused: bool

    @classmethod
    def of(cls, job: JobT) -> JobRow:
        """From the wire."""
        told = job.totals
        paused, dead, running = bool(job.paused), told.deadTaskCount or 0, told.runningTaskCount or 0
        return cls(
            job.id, visible(job.name), job_chip(job.state, paused, dead, running), visible(job.username or ""),
            job.projectCode or "", told.totalTaskCount or 0,
            (told.succeededTaskCount or 0) + (told.eatenTaskCount or 0), running, dead, told.waitingTaskCount or 0,
            told.dependTaskCount or 0, job.runCores or 0, job.priority or 0, job.startTime or 0, job.predictedEnd or 0,
            paused,
        )  # fmt: skip

    @property
    def open(self) -> int:
        """Tasks that are not done."""
        return self.total - self.done


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node; `jobs` is known of nodes that somebody looks at."""

    id: str
    name: str
    chip: Chip
    is_locked: bool
    cluster: str
    cores: int
    used: int
    ram_mb: int
    free_ram_mb: int
    load: int
    procs: int
    ping_ms: int
    why: str
    jobs: str = ""

    @classmethod
    def of(cls, node: NodeT) -> NodeRow:
        """From the wire; load is over one minute, times 100."""
        system = node.system
        load = (system.load or [0])[0]
        why = node.stateReason or node.awayReason or "; ".join(node.complaints or ())
        chip = node_chip(node.state, bool(node.locked), bool(node.isDraining), bool(node.awayReason))
        return cls(
            node.id, visible(node.name), chip, bool(node.locked), visible(node.clusterName or ""), node.totalCores,
            node.totalCores - node.idleCores, node.totalRamMb, system.freeRamMb or 0, load,
            node.runProcs or 0, node.updatedTime or 0, visible(why),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A layer of the job that is open."""

    id: str
    name: str
    chip: Chip
    total: int
    done: int
    running: int
    dead: int
    waiting: int
    depend: int
    cores: int
    ram_mb: int
    order: int

    @classmethod
    def of(cls, layer: LayerT) -> LayerRow:
        """From the wire."""
        told = layer.totals
        dead, running, total = told.deadTaskCount or 0, told.runningTaskCount or 0, told.totalTaskCount or 0
        done = (told.succeededTaskCount or 0) + (told.eatenTaskCount or 0)
        chip = job_chip(2 if done == total else 1, False, dead, running)
        return cls(
            layer.id, visible(layer.name), chip, total, done, running, dead, told.waitingTaskCount or 0,
            told.dependTaskCount or 0, layer.runCores or 0, layer.minRam or 0, layer.order or 0,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of the job that is open."""

    id: str
    name: str
    layer: str
    chip: Chip
    node: str
    attempts: int
    start_ms: int
    stop_ms: int
    percent: int
    ram_mb: int
    line: str
    order: int

    @classmethod
    def of(cls, task: TaskT, order: int) -> TaskRow:
        """From the wire."""
        told = task.stats
        has_run = task.retries >= 0
        return cls(
            task.id, visible(task.name), visible(task.layerName or ""), task_chip(task.state),
            visible(told.lastNode or "") if has_run else "", task.retries + 1, (told.startTime or 0) if has_run else 0,
            0 if told.active else told.stopTime or 0, told.progress or 0, told.highRam or told.usedRam or 0,
            visible(told.reason or told.lastLogLine or ""), order,
        )  # fmt: skip

    @property
    def rank(self) -> int:
        """What people ask about comes first."""
        return _FIRST.index(self.chip.word) if self.chip.word in _FIRST else len(_FIRST)


def jobs_of(procs: list[ProcT]) -> dict[str, str]:
    """What runs on each node, by its id: ``shot x3, comp``."""
    names: dict[str, dict[str, int]] = {}
    for proc in procs:
        on = names.setdefault(proc.nodeId, {})
        on[proc.jobName] = on.get(proc.jobName, 0) + 1
    return {
        node: visible(
            ", ".join(name if count == 1 else f"{name} x{count}" for name, count in sorted(on.items()))
        )
        for node, on in names.items()
    }
