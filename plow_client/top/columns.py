"""The columns of the lists: what is in a cell, and what it is sorted by. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

from plow_client.top.rows import JobRow, LayerRow, NodeRow, TaskRow
from plow_client.top.words import ago, bar, left, memory, natural

Row = TypeVar("Row")
SILENT_MS: Final = 120_000  # a ping that is older is a bad sign


class Cell(NamedTuple):
    """A text and its tone."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: `read` makes the cell now, `key` is what it is sorted by. A width of 0 takes what is left."""

    title: str
    width: int
    read: Callable[[Row, int], Cell]
    key: Callable[[Row], Any]
    is_number: bool = False
    falls: bool = False  # the largest first, when it is chosen


def _count(number: int, tone: str = "") -> Cell:
    """Nothing is quiet."""
    return Cell(f"{number:,}", tone) if number else Cell("·", "quiet")


def _progress(row: JobRow | LayerRow) -> Cell:
    return Cell(f"{bar(row.done, row.total)} {row.done:,}/{row.total:,}", "succeeded" if row.done else "idle")


def _share(row: JobRow | LayerRow) -> float:
    return row.done / row.total if row.total else 1.0


def _state(row: JobRow | NodeRow | LayerRow | TaskRow, now: int) -> Cell:
    return Cell(row.chip.text, row.chip.tone)


def _lock(row: NodeRow) -> Cell:
    return Cell("locked", "paused") if row.is_locked else Cell("·", "quiet")


def _cores(row: NodeRow) -> Cell:
    return Cell(f"{bar(row.used, row.cores, 7)} {row.used}/{row.cores}", "running" if row.used else "idle")


def _ping(row: NodeRow, now: int) -> Cell:
    return Cell(ago(row.ping_ms, now), "" if now - row.ping_ms < SILENT_MS else "dead")


def _work(row: NodeRow) -> Cell:
    return Cell(row.jobs) if row.jobs else Cell(row.why or "·", "quiet")


def _memory(mb: int) -> Cell:
    return Cell(memory(mb)) if mb else Cell("·", "quiet")


def _time(row: TaskRow, now: int) -> Cell:
    return Cell(ago(row.start_ms, row.stop_ms or now))


JOBS: Final[tuple[Column[JobRow], ...]] = (
    Column("JOB", 0, lambda row, now: Cell(row.name), lambda row: natural(row.name)),
    Column("STATE", 10, _state, lambda row: row.chip.word),
    Column("USER", 10, lambda row, now: Cell(row.user), lambda row: row.user),
    Column("DONE", 26, lambda row, now: _progress(row), _share),
    Column("RUN", 6, lambda row, now: _count(row.running, "running"), lambda row: row.running, True, True),
    Column("DEAD", 6, lambda row, now: _count(row.dead, "dead"), lambda row: row.dead, True, True),
    Column("WAIT", 7, lambda row, now: _count(row.waiting, "waiting"), lambda row: row.waiting, True, True),
    Column("CORES", 6, lambda row, now: _count(row.cores), lambda row: row.cores, True, True),
    Column("PRI", 5, lambda row, now: _count(row.priority), lambda row: row.priority, True, True),
    Column("AGE", 6, lambda row, now: Cell(ago(row.start_ms, now)), lambda row: row.start_ms, True, True),
    Column("ETA", 6, lambda row, now: Cell(left(row.end_ms, now)), lambda row: row.end_ms or 1 << 62, True),
    Column("DEP", 6, lambda row, now: _count(row.depend, "depend"), lambda row: row.depend, True, True),
)
NODES: Final[tuple[Column[NodeRow], ...]] = (
    Column("NODE", 16, lambda row, now: Cell(row.name), lambda row: natural(row.name)),
    Column("STATE", 10, _state, lambda row: row.chip.word),
    Column("LOCK", 6, lambda row, now: _lock(row), lambda row: row.is_locked, falls=True),
    Column("CORES", 16, lambda row, now: _cores(row), lambda row: row.used, falls=True),
    Column(
        "FREE RAM", 9, lambda row, now: Cell(memory(row.free_ram_mb)), lambda row: row.free_ram_mb, True, True
    ),
    Column("LOAD", 6, lambda row, now: Cell(f"{row.load / 100:.1f}"), lambda row: row.load, True, True),
    Column("PING", 6, _ping, lambda row: row.ping_ms, True),
    Column("CLUSTER", 10, lambda row, now: Cell(row.cluster), lambda row: row.cluster),
    Column("JOBS", 0, lambda row, now: _work(row), lambda row: row.jobs),
)
LAYERS: Final[tuple[Column[LayerRow], ...]] = (
    Column("LAYER", 0, lambda row, now: Cell(row.name), lambda row: row.order),
    Column("STATE", 10, _state, lambda row: row.chip.word),
    Column("DONE", 26, lambda row, now: _progress(row), _share),
    Column("RUN", 6, lambda row, now: _count(row.running, "running"), lambda row: row.running, True, True),
    Column("DEAD", 6, lambda row, now: _count(row.dead, "dead"), lambda row: row.dead, True, True),
    Column("WAIT", 7, lambda row, now: _count(row.waiting, "waiting"), lambda row: row.waiting, True, True),
    Column("DEP", 6, lambda row, now: _count(row.depend, "depend"), lambda row: row.depend, True, True),
    Column("CORES", 6, lambda row, now: _count(row.cores), lambda row: row.cores, True, True),
    Column("RAM", 7, lambda row, now: Cell(memory(row.ram_mb)), lambda row: row.ram_mb, True, True),
)
TASKS_OF_JOB: Final[tuple[Column[TaskRow], ...]] = (
    Column("TASK", 22, lambda row, now: Cell(row.name), lambda row: row.order),
    Column("STATE", 12, _state, lambda row: (row.rank, row.order)),
    Column("NODE", 12, lambda row, now: Cell(row.node), lambda row: natural(row.node)),
    Column("TRIES", 5, lambda row, now: _count(row.attempts), lambda row: row.attempts, True, True),
    Column("TIME", 6, _time, lambda row: row.start_ms, True, True),
    Column("%", 4, lambda row, now: _count(row.percent), lambda row: row.percent, True, True),
    Column("RAM", 7, lambda row, now: _memory(row.ram_mb), lambda row: row.ram_mb, True, True),
    Column("SAYS", 0, lambda row, now: Cell(row.line, "quiet"), lambda row: row.line),
)
