"""Tasks of one job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from plow_client.idl import AttemptEnd, TaskState, TaskStatsT, TaskT
from wrangler.models.column import Chip, Column, Meter
from wrangler.models.natural import natural_key
from wrangler.models.state import TASK_CHIPS, UNKNOWN
from wrangler.models.words import between, end_of, memory, moment, one_line


@dataclass(slots=True)
class TaskRow:
    """A task and its newest attempt."""

    id: str
    name: str
    layer_id: str
    layer: str
    state: int
    retries: int
    cores: int
    ram_mb: int
    used_ram_mb: int
    high_ram_mb: int
    high_cores: float
    start_ms: int
    stop_ms: int
    percent: int
    node: str
    ended: str
    log_line: str
    parent_id: str = ""

    @property
    def chip(self) -> Chip:
        """Its state to look at."""
        return TASK_CHIPS.get(self.state, UNKNOWN)

    @property
    def is_running(self) -> bool:
        """Whether an attempt holds a proc now."""
        return self.state == TaskState.RUNNING


_NO_STATS = TaskStatsT()


def task_row(task: TaskT, layer_names: dict[str, str]) -> TaskRow:
    """What the server says of a task, as a row; `layer_names` helps where it does not say the layer's name."""
    told: TaskStatsT | None = task.stats
    stats = told or _NO_STATS
    return TaskRow(
        id=task.id,
        name=one_line(task.name),
        layer_id=task.layerId,
        layer=one_line(task.layerName or layer_names.get(task.layerId, "")),
        state=task.state,
        retries=task.retries,
        cores=stats.cores or task.minCores or 0,
        ram_mb=stats.ram or task.minRam or 0,
        used_ram_mb=stats.usedRam or 0,
        high_ram_mb=stats.highRam or 0,
        high_cores=stats.highCores or 0.0,
        start_ms=stats.startTime or 0,
        stop_ms=stats.stopTime or 0,
        percent=max(0, min(stats.progress or 0, 100)),
        node=one_line(stats.lastNode or ""),
        ended=how_it_ended(stats, task.state),
        log_line=one_line(stats.lastLogLine or ""),
    )


def how_it_ended(stats: TaskStatsT, state: int) -> str:
    """``exit 1``, ``signal 11``, ``killed``: empty while it runs, before it ran and when all went well."""
    if stats.active or not stats.stopTime or state == TaskState.SUCCEEDED:
        return ""
    if stats.reason:
        return one_line(stats.reason)
    if stats.endReason is not None and stats.endReason != AttemptEnd.EXITED:
        return end_of(stats.endReason)
    if stats.exitSignal:
        return f"signal {abs(stats.exitSignal)}"
    return f"exit {stats.exitStatus}" if stats.exitStatus else ""


def _percent(row: TaskRow) -> Meter | None:
    if row.state == TaskState.RUNNING:
        return Meter(row.percent / 100, f"{row.percent}%")
    return None


def _ram_tip(row: TaskRow, _: int) -> str:
    return (
        f"allotted {row.cores} cores, {memory(row.ram_mb) or 'no memory'}\n"
        f"now {memory(row.used_ram_mb) or 'nothing'}\n"
        f"highest {row.high_cores:.1f} cores, {memory(row.high_ram_mb) or 'nothing'}"
    )


def _time_tip(row: TaskRow, _: int) -> str:
    return f"started {moment(row.start_ms) or 'not yet'}, stopped {moment(row.stop_ms) or 'not yet'}"


def _named(text: Callable[[TaskRow], str]) -> Callable[[TaskRow], tuple[str | int, ...]]:
    return lambda row: natural_key(text(row))


TASK_COLUMNS: Final[tuple[Column[TaskRow], ...]] = (
    Column("Task", lambda row, _: row.name, _named(lambda row: row.name), 124),
    Column("Layer", lambda row, _: row.layer, _named(lambda row: row.layer), 88),
    Column("State", lambda row, _: row.chip.word, lambda row: row.chip.word, 104, draw=lambda row: row.chip),
    Column(
        "Progress",
        lambda row, _: f"{row.percent}%" if row.is_running else "",
        lambda row: row.percent,
        80,
        draw=_percent,
    ),
    Column("Node", lambda row, _: row.node, _named(lambda row: row.node), 90),
    Column(
        "Duration",
        lambda row, now: between(row.start_ms, row.stop_ms, now),
        lambda row: (row.stop_ms - row.start_ms if row.stop_ms else row.start_ms) if row.start_ms else -1,
        76,
        is_number=True,
        tip=_time_tip,
    ),
    Column(
        "Cores", lambda row, _: str(row.cores or ""), lambda row: row.cores, 56, is_number=True, tip=_ram_tip
    ),
    Column(
        "Max RAM",
        lambda row, _: memory(row.high_ram_mb),
        lambda row: row.high_ram_mb,
        78,
        is_number=True,
        tip=_ram_tip,
    ),
    Column(
        "Tries",
        lambda row, _: str(row.retries + 1) if row.retries >= 0 else "",
        lambda row: row.retries,
        52,
        is_number=True,
    ),
    Column(
        "Ended",
        lambda row, _: row.ended,
        lambda row: row.ended.casefold(),
        90,
        ink=lambda row: "error" if row.state == TaskState.DEAD else "",
    ),
    Column("Last log line", lambda row, _: row.log_line, lambda row: row.log_line.casefold(), 320),
)
