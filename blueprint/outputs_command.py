"""``plow check-outputs``: looks from this machine for what a job has written, and has what is missing made anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from blueprint.outputs_check import Gap, find_gaps, retry
from plow_client.cli.find import find_job
from plow_client.cli.words import visible
from plow_client.frames import frames_text
from plow_client.job import Job

ALL_THERE, SOMETHING_MISSING = 0, 1
_SHOWN_FILES = 3


@click.command("check-outputs")
@click.argument("job")
@click.option("--retry", "again", is_flag=True, help="Have the missing files made.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def check_outputs(job: str, again: bool, as_json: bool) -> int:
    """Look for files that a job says it has written and that are absent or empty; ends 1 where there are some."""
    found = find_job(job)
    gaps = find_gaps(found)
    made_by = retry(found, gaps) if again and gaps else None
    if as_json:
        click.echo(json.dumps(_plain(found, gaps, made_by), indent=1))
    else:
        click.echo("\n".join(visible(line) for line in _lines(found, gaps, made_by)))
    return SOMETHING_MISSING if gaps and not made_by else ALL_THERE


def _lines(job: Job, gaps: Sequence[Gap], made_by: Job | None) -> list[str]:
    if not gaps:
        return [f"job {job.name}: every file is there"]
    lines = [f"{gap.task.name}: {_files(gap.files)}" for gap in gaps]
    count = sum(len(gap.files) for gap in gaps)
    lines.append(f"job {job.name}: {count} {'file' if count == 1 else 'files'} missing")
    if made_by:
        how = "its tasks run again" if made_by.id == job.id else f"made anew by job {made_by.id}"
        lines[-1] += f"; {how}"
    return lines


def _files(files: Sequence[Path]) -> str:
    more = f" and {len(files) - _SHOWN_FILES} more" if len(files) > _SHOWN_FILES else ""
    return ", ".join(map(str, files[:_SHOWN_FILES])) + more


def _plain(job: Job, gaps: Sequence[Gap], made_by: Job | None) -> dict[str, object]:
    return {
        "job": job.id,
        "missing": [
            {
                "task": gap.task.name,
                "layer": gap.task.layer_name,
                "frames": frames_text(gap.frames),
                "files": [str(file) for file in gap.files],
            }
            for gap in gaps
        ],
        "madeBy": made_by.id if made_by else None,
    }
