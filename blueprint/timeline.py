"""What ran where and how long: the finished tasks of a job as a table for people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WIDTH = 32
_PARTS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True)
class Ran:
    """One task's last attempt; times in milliseconds."""

    name: str
    node: str
    start_ms: int
    stop_ms: int
    state: str

    @property
    def seconds(self) -> float:
        return max(0, self.stop_ms - self.start_ms) / 1000


def table(tasks: Iterable[Ran]) -> list[str]:
    """A line for each task with a bar on the clock of the whole job, then a line for each node."""
    rows = [task for task in tasks if task.start_ms]
    if not rows:
        return ["nothing ran"]
    begin, end = min(task.start_ms for task in rows), max(task.stop_ms for task in rows)
    wide, wider = max(len(task.name) for task in rows), max(len(task.node) for task in rows)
    lines = [f"{'task':{wide}}  {'node':{wider}}  {'start':>7}  {'took':>7}"]
    for task in rows:
        start = (task.start_ms - begin) / 1000
        times = f"{start:6.1f}s  {task.seconds:6.1f}s"
        odd = "" if task.state == "SUCCEEDED" else f"  {task.state}"
        lines.append(
            f"{task.name:{wide}}  {task.node:{wider}}  {times}  {_bar(task, begin, end)}{odd}".rstrip()
        )
    return [*lines, "", *_sums(rows, (end - begin) / 1000)]


def _bar(task: Ran, begin: int, end: int) -> str:
    """Where on the clock the task ran; at least a sliver."""
    scale = _WIDTH * 8 / max(1, end - begin)
    left, right = int((task.start_ms - begin) * scale), int((task.stop_ms - begin) * scale)
    whole, part = divmod(max(1, right - left), 8)
    return " " * (left // 8) + "█" * whole + (_PARTS[part] if part else "")


def _sums(rows: Sequence[Ran], clock_s: float) -> list[str]:
    nodes = sorted({task.node for task in rows})
    work = sum(task.seconds for task in rows)
    lines = []
    for node in nodes:
        own = [task.seconds for task in rows if task.node == node]
        lines.append(f"{node}: {len(own)} task{'' if len(own) == 1 else 's'}, {sum(own):.1f} s of work")
    lines.append(f"{work:.1f} s of work done in {clock_s:.1f} s")
    return lines
