"""How tasks and their attempts are listed."""

from __future__ import annotations

from plow_client.cli.columns import Column, label, lasted, long_part, memory, when
from plow_client.task import Task

TASKS = [
    Column("TASK", "name"),
    Column("JOB", "job_name", extra=True),
    Column("LAYER", "layer_name", extra=True),
    Column("STATE", "state"),
    Column("FRAMES", "frames"),
    Column("ATTEMPT", lambda task: task.retries if task.retries >= 0 else None),
    Column("NODE", "stats.last_node"),
    Column("%", "stats.progress"),
    Column("CORES", "min_cores", extra=True),
    Column("RAM", "stats.high_ram", memory),
    Column("STARTED", "stats.start_time", when, extra=True),
    Column("STOPPED", "stats.stop_time", when, extra=True),
    Column("DURATION", lambda task: lasted(task.stats.start_time, task.stats.stop_time)),
    Column("EXIT", lambda task: task.stats.exit_status if task.stats.stop_time else None),
    Column("SIGNAL", lambda task: task.stats.exit_signal or None),
    Column("REASON", "stats.reason", extra=True),
    Column("LAST LINE", "stats.last_log_line", extra=True),
    Column("ID", "id", long_part, extra=True),
]
# Of a query, which may be of many jobs, people want to know which.
TASKS_OF_JOBS = [Column("JOB", "job_name"), *(column for column in TASKS if column.title != "JOB")]

ATTEMPTS = [
    Column("ATTEMPT", "retry_num"),
    Column("END", lambda stats: "running" if stats.active else label(stats.end_reason)),
    Column("EXIT", lambda stats: stats.exit_status if stats.stop_time else None),
    Column("SIGNAL", lambda stats: stats.exit_signal or None),
    Column("NODE", "last_node"),
    Column("CORES", "cores"),
    Column("USED CORES", "high_cores"),
    Column("RAM", "ram", memory),
    Column("HIGH RAM", "high_ram", memory),
    Column("STARTED", "start_time", when),
    Column("DURATION", lambda stats: lasted(stats.start_time, stats.stop_time)),
    Column("REASON", "reason"),
    Column("LAST LINE", "last_log_line", extra=True),
    Column("LOG", "log_path", extra=True),
]


def task_facts(found: Task) -> list[tuple[str, str | int | float | None]]:
    """What people want to know of one task."""
    stats = found.stats
    return [
        ("task", f"{found.job_name}/{found.name}"),
        ("id", found.id),
        ("layer", found.layer_name),
        ("state", label(found.state)),
        ("frames", found.frames),
        ("needs", f"{found.min_cores} cores, {memory(found.min_ram)}"),
        ("progress", f"{stats.progress} %" if stats.active else None),
        ("last line", stats.last_log_line),
        ("node", stats.last_node),
    ]
