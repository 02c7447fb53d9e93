"""Hands a job to the farm: the archive first, then one launch that takes all of it or nothing."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from blueprint import archive
from blueprint.job import Job
from plow_client.errors import PlowError
from plow_client.idl import JobSpecT
from plow_client.job import Job as FarmJob
from plow_client.job_spec import JobSpec, launch_job

log = logging.getLogger(__name__)


def launch(job: Job, spec: JobSpecT, path: Path, frames: str | None) -> FarmJob:
    """Write the archive at `path` and launch; the archive goes again if the farm refuses the job."""
    archive.write(path, job, frames)
    try:
        launched = launch_job(JobSpec.from_wire(spec))
    except PlowError:
        shutil.rmtree(path, ignore_errors=True)  # the refusal is what matters
        raise
    archive.note_launch(path, launched.id)
    _note_outputs(job, launched)
    return launched


def _note_outputs(job: Job, launched: FarmJob) -> None:
    """Tell the farm what the layers write. The job is launched by now, so a failure is told, not raised."""
    try:
        known = {layer.name: layer for layer in launched.get_layers()}
        for layer in job.layers.values():
            if layer.post:
                continue  # it lies in the post job, which nobody can name before it starts
            for output in layer.outputs():
                known[layer.farm_layer].add_output(output.path, {"name": output.name, **output.attrs})
    except PlowError as error:
        log.warning("outputs not noted job=%s error=%s", launched.name, error.why)
