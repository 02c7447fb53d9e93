"""Hands a job to the farm: the archive first, then one launch that takes all of it or nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from blueprint import archive
from blueprint.job import Job
from plow_client import job as farm
from plow_client.errors import PlowError
from plow_client.idl import JobSpecT


def launch(job: Job, spec: JobSpecT, path: Path, frames: str | None) -> farm.Job:
    """Write the archive at `path` and launch; the archive goes again if the farm refuses the job."""
    archive.write(path, job, frames)
    try:
        launched = farm.launch_job(farm.JobSpec.from_wire(spec))
    except PlowError:
        shutil.rmtree(path, ignore_errors=True)  # the refusal is what matters
        raise
    archive.note_launch(path, launched.id)
    return launched
