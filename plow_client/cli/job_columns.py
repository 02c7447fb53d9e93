"""How jobs and layers are listed and shown."""

from __future__ import annotations

from typing import Any

from plow_client.avoid import get_avoids
from plow_client.cli.columns import (
    Cell,
    Column,
    capped,
    label,
    lasted,
    long_part,
    memory,
    short,
    spell,
    when,
    words,
)
from plow_client.clock import clock
from plow_client.idl import JobState
from plow_client.job import Job
from plow_client.layer import Layer


def job_state(found: Job) -> str:
    """Its state, or that it is paused."""
    return "paused" if found.paused and found.state == JobState.RUNNING else label(found.state)


def needs(layer: Layer) -> str:
    """What a layer asks of nodes beside cores, memory and tags: `gpus 2, pools gpu+big`."""
    said = {name: value for name, value in vars(layer.needs).items() if value} if layer.needs else {}
    return ", ".join(f"{name} {_needed(value)}".removesuffix(" True") for name, value in said.items())


def _needed(value: object) -> str:
    return "+".join(value) if isinstance(value, list) else str(value)


JOBS = [
    Column("JOB", "name"),
    Column("STATE", job_state),
    Column("USER", "username"),
    Column("PROJECT", "project_code"),
    Column("FOLDER", "folder_name", extra=True),
    Column("DONE", "totals.done"),
    Column("OF", "totals.total"),
    Column("RUN", "totals.running"),
    Column("DEAD", "totals.dead"),
    Column("WAITING", "totals.waiting", extra=True),
    Column("DEPEND", "totals.depend", extra=True),
    Column("EATEN", "totals.eaten", extra=True),
    Column("CORES", "run_cores"),
    Column("WEIGHT", "min_cores", extra=True),
    Column("MAX", "max_cores", capped),
    Column("PRIORITY", "priority", extra=True),
    Column("POOLS", "pools", words, extra=True),
    Column("RAM", "stats.high_ram", memory),
    Column("STARTED", "start_time", when),
    Column("STOPPED", "stop_time", when, extra=True),
    Column("DURATION", lambda job: lasted(job.start_time, job.stop_time)),
    Column("DONE ABOUT", "predicted_end", when, extra=True),
    Column("START AFTER", "start_after", when, extra=True),
    Column("RESTARTS", "restarts", extra=True),
    Column("PAUSED BECAUSE", "pause_reason", extra=True),
    Column("ID", "id", short),
]

LAYERS = [
    Column("LAYER", "name"),
    Column("RANGE", "range"),
    Column("CHUNK", "chunk"),
    Column("SERVICE", "service"),
    Column("DONE", "totals.done"),
    Column("OF", "totals.total"),
    Column("RUN", "totals.running"),
    Column("DEAD", "totals.dead"),
    Column("WAITING", "totals.waiting", extra=True),
    Column("DEPEND", "totals.depend", extra=True),
    Column("EATEN", "totals.eaten", extra=True),
    Column("CORES", "min_cores"),
    Column("MAX CORES", "max_cores", extra=True),
    Column("RAM", "min_ram", memory),
    Column("MAX RAM", "max_ram", memory, extra=True),
    Column("HIGHEST", "stats.high_ram", memory),
    Column("AVERAGE", "stats.avg_clock_time", spell, extra=True),
    Column("RETRIES", "max_retries", extra=True),
    Column("PRIORITY", "priority", extra=True),
    Column("TAGS", "tags", words),
    Column("NEEDS", needs),
    Column("ID", "id", long_part, extra=True),
]


def job_facts(found: Job) -> list[tuple[str, Cell]]:
    """What people want to know of one job."""
    totals = found.totals
    return [
        ("job", found.name),
        ("id", found.id),
        ("state", job_state(found)),
        ("user", found.username),
        ("project", found.project_code),
        ("folder", found.folder_name),
        ("pools", ", ".join(found.pools or ())),
        ("paused because", found.pause_reason),
        *(
            ("stays away", f"from {one.node_name} until {clock(one.end_time)}: {one.reason}")
            for one in get_avoids(found)
        ),
        ("priority", found.priority),
        ("tasks", f"{totals.done} of {totals.total} done, {totals.running} running, {totals.dead} dead"),
        ("cores", f"{found.run_cores} running, weight {found.min_cores}, at most {capped(found.max_cores)}"),
        ("attributes", ", ".join(f"{key}={value}" for key, value in sorted((found.attrs or {}).items()))),
        ("starts after", when(found.start_after) if found.start_after else None),
        ("started", when(found.start_time)),
        ("stopped", when(found.stop_time)),
        ("duration", lasted(found.start_time, found.stop_time)),
        ("done about", when(found.predicted_end) if found.predicted_end else None),
        ("highest RAM", memory(found.stats.high_ram)),
        ("logs", found.log_path),
    ]


def layer_facts(found: Layer) -> list[tuple[str, Any]]:
    """What people want to know of one layer."""
    totals = found.totals
    facts: list[tuple[str, Any]] = [
        ("layer", found.name),
        ("id", found.id),
        ("frames", f"{found.range}, {found.chunk} for a task" if found.range else None),
        ("tasks", f"{totals.done} of {totals.total} done, {totals.running} running, {totals.dead} dead"),
        ("service", found.service),
        ("command", f"{' '.join(found.command or ())}   (version {found.version})"),
        ("cores", f"{found.min_cores} to {found.max_cores}{', threadable' if found.threadable else ''}"),
        (
            "RAM",
            f"{memory(found.min_ram)} to {memory(found.max_ram)}, highest {memory(found.stats.high_ram)}",
        ),
        ("time", f"{spell(found.stats.avg_clock_time)} on average"),
        ("retries", found.max_retries),
        ("priority", found.priority),
        ("tags", words(found.tags)),
        ("needs", needs(found)),
        ("kill grace", None if found.kill_grace_s is None else f"{found.kill_grace_s} s"),
        ("not before", f"{when(found.not_before)}, {found.not_before_reason}" if found.not_before else None),
        ("prediction", found.prediction.basis if found.prediction else None),
    ]
    for title, settings in (("run", found.run), ("retries when", found.retry_rules)):
        told = (
            {name: value for name, value in vars(settings).items() if value is not None} if settings else {}
        )
        facts += [(title, f"{name} {words(value)}") for name, value in told.items()]
    return facts + [(f"env {key}", value) for key, value in sorted((found.env or {}).items())]
