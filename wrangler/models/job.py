"""Jobs as a tree: project, folder, job; what is above adds up what is below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from plow_client.idl import JobState, JobStatsT, JobT
from wrangler.models.column import Chip, Column
from wrangler.models.natural import natural_key
from wrangler.models.state import Totals, job_chip
from wrangler.models.words import between, memory, moment, one_line

Level: TypeAlias = Literal["project", "folder", "job"]


@dataclass(slots=True)
class JobRow:
    """A line of the tree; owner, times and state belong to jobs only."""

    id: str
    parent_id: str
    level: Level
    name: str
    totals: Totals = field(default_factory=Totals)
    run_cores: int = 0
    min_cores: int = 0
    max_cores: int = -1
    owner: str = ""
    state: int = JobState.RUNNING
    is_paused: bool = False
    start_ms: int = 0
    stop_ms: int = 0
    high_ram_mb: int = 0
    job_count: int = 0
    pause_reason: str = ""  # why, where the farm paused it

    @property
    def is_job(self) -> bool:
        """Whether this is a job and not a shelf of jobs."""
        return self.level == "job"

    @property
    def is_finished(self) -> bool:
        """Finished jobs can be looked at and no more."""
        return self.state == JobState.FINISHED

    @property
    def chip(self) -> Chip | None:
        """Projects and folders have no state of their own."""
        return job_chip(self.state, self.is_paused, self.totals) if self.is_job else None


def job_rows(jobs: Iterable[JobT]) -> list[JobRow]:
    """The jobs and the folders and projects that hold them, parents first."""
    above: dict[str, JobRow] = {}
    below: list[JobRow] = []
    for job in jobs:
        row = _job_row(job)
        below.append(row)
        project_id = "project " + (job.projectId or job.projectCode or "?")
        project = above.setdefault(
            project_id, JobRow(project_id, "", "project", one_line(job.projectCode or "?"))
        )
        folder = above.setdefault(
            job.folderId, JobRow(job.folderId, project_id, "folder", one_line(job.folderName or "jobs"))
        )
        for shelf in (project, folder):
            _add(shelf, row)
    return [*above.values(), *below]


def _job_row(job: JobT) -> JobRow:
    stats: JobStatsT | None = job.stats
    return JobRow(
        id=job.id,
        parent_id=job.folderId,
        level="job",
        name=one_line(job.name),
        totals=Totals.of(job.totals),
        run_cores=job.runCores or 0,
        min_cores=job.minCores or 0,
        max_cores=job.maxCores,
        owner=one_line(job.username or ""),
        state=job.state,
        is_paused=bool(job.paused),
        start_ms=job.startTime or 0,
        stop_ms=job.stopTime or 0,
        high_ram_mb=stats.highRam or 0 if stats else 0,
        job_count=1,
        pause_reason=one_line(job.pauseReason or ""),
    )


def _add(shelf: JobRow, job: JobRow) -> None:
    shelf.totals.add(job.totals)
    shelf.run_cores += job.run_cores
    shelf.job_count += 1
    shelf.high_ram_mb = max(shelf.high_ram_mb, job.high_ram_mb)


def _count(name: str, title: str, ink: str = "") -> Column[JobRow]:
    def value(row: JobRow) -> int:
        number: int = getattr(row.totals, name)
        return number

    return Column(
        title,
        lambda row, _: f"{value(row):,}" if value(row) else "",
        value,
        50,
        is_number=True,
        ink=lambda row: ink if value(row) else "",
    )


def _state_text(row: JobRow) -> str:
    return row.chip.word if row.chip else f"{row.job_count:,} job" + ("" if row.job_count == 1 else "s")


def _cores_tip(row: JobRow, _: int) -> str:
    cap = "no limit" if row.max_cores < 0 else str(row.max_cores)
    return f"running {row.run_cores} cores; share weight {row.min_cores}, most {cap}"


def _time_tip(row: JobRow, _: int) -> str:
    return f"started {moment(row.start_ms) or 'not yet'}, stopped {moment(row.stop_ms) or 'not yet'}"


JOB_COLUMNS: Final[tuple[Column[JobRow], ...]] = (
    Column(
        "Job",
        lambda row, _: row.name,
        lambda row: natural_key(row.name),
        200,
        icon=lambda row: "" if row.is_job else row.level,
    ),
    Column(
        "State",
        lambda row, _: _state_text(row),
        _state_text,
        98,
        draw=lambda row: row.chip,
        tip=lambda row, _: row.pause_reason,
    ),
    Column(
        "Progress",
        lambda row, _: f"{row.totals.done:,} / {row.totals.total:,}",
        lambda row: row.totals.done_share,
        150,
        draw=lambda row: row.totals.shares(),
        tip=lambda row, _: f"{row.totals.total:,} tasks: {row.totals.words()}",
    ),
    _count("running", "Run"),
    _count("dead", "Dead", "error"),
    _count("waiting", "Wait"),
    Column(
        "Cores",
        lambda row, _: f"{row.run_cores:,}" if row.run_cores else "",
        lambda row: row.run_cores,
        54,
        is_number=True,
        tip=_cores_tip,
    ),
    Column(
        "Max RAM",
        lambda row, _: memory(row.high_ram_mb),
        lambda row: row.high_ram_mb,
        78,
        is_number=True,
    ),
    Column(
        "Duration",
        lambda row, now: between(row.start_ms, row.stop_ms, now) if row.is_job else "",
        lambda row: row.start_ms,
        76,
        is_number=True,
        tip=_time_tip,
    ),
    Column("Owner", lambda row, _: row.owner, lambda row: natural_key(row.owner), 76),
)
