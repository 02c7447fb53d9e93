"""``plow submit``: a blueprint → a job on the farm, on this machine, or on paper."""

from __future__ import annotations

import getpass
import json
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from blueprint import archive
from blueprint.backends import plow
from blueprint.backends.display import Display
from blueprint.backends.local import Done, LocalRun
from blueprint.job import Job
from blueprint.loader import load
from blueprint.pretend import pretend_json, pretend_lines
from blueprint.spec import to_job_spec
from plow_client.cli.progress import FAILED, OK, follow
from plow_client.errors import AlreadyExists, Invalid
from plow_client.idl import JobSpecT
from plow_client.job import Job as FarmJob

TASKRUN_VARIABLE: Final = "PLOW_TASKRUN"


@click.command()
@click.argument("file")
@click.argument("frames", metavar="[RANGE]", required=False)
@click.option("--name", help="Call the job this; unset: as the file is, up to its first dot.")
@click.option("--project", envvar="PLOW_PROJECT", help="Who pays.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter of the blueprint.")
@click.option("--pause", is_flag=True, help="Launch the job paused.")
@click.option(
    "--wait", is_flag=True, help="Show progress until the job is done: ends 0 ok, 1 failed, 2 killed."
)
@click.option("--pretend", is_flag=True, help="Show what would run; launch nothing.")
@click.option("--local", is_flag=True, help="Run everything here, without a farm.")
@click.option("--archive-root", type=Path, help="Where the tasks find the job; all nodes must see it.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def submit(
    file: str,
    frames: str | None,
    name: str | None,
    project: str | None,
    settings: Sequence[str],
    pause: bool,
    wait: bool,
    pretend: bool,
    local: bool,
    archive_root: Path | None,
    as_json: bool,
) -> int:
    """Launch the job that a blueprint describes."""
    job = load(file, name=name, params=_pairs(settings))
    path = archive.new_path(archive_root or archive.default_root(), job)
    runner = [sys.executable, "-m", "blueprint.runner"] if local else _taskrun()
    if not pretend:
        job.setup()
    spec = to_job_spec(
        job, frames, runner=[*runner, str(path)], username=getpass.getuser(), project=project, paused=pause
    )
    if pretend:
        lines = [json.dumps(pretend_json(job, spec), indent=1)] if as_json else pretend_lines(job, spec)
        click.echo("\n".join(lines))
        return OK
    if local:
        archive.write(path, job, frames)
        return _run_here(spec, path, as_json)
    return _launch(_farm_job(job, spec, path, frames), path, wait, as_json)


def _farm_job(job: Job, spec: JobSpecT, path: Path, frames: str | None) -> FarmJob:
    try:
        return plow.launch(job, spec, path, frames)
    except AlreadyExists as error:
        raise AlreadyExists(
            f"{error.why}: choose another with --name, or end it with 'plow job kill {job.name}'"
        ) from error


def _pairs(settings: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in settings]
    for key, equals, _ in pairs:
        if not key or not equals:
            raise Invalid(f"--set '{key}': expected key=value")
    return {key: value for key, _, value in pairs}


def _taskrun() -> list[str]:
    """What the nodes call the runner."""
    return shlex.split(os.environ.get(TASKRUN_VARIABLE, "")) or ["taskrun"]


def _launch(launched: FarmJob, path: Path, wait: bool, as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps({"id": launched.id, "name": launched.name, "archive": str(path)}))
    else:
        click.echo(f"job {launched.name} launched: {launched.id}")
    return follow(launched, sys.stderr if as_json else None) if wait else OK


def _run_here(spec: JobSpecT, path: Path, as_json: bool) -> int:
    run = LocalRun(spec, path / "logs")
    with Display(run.tasks, sys.stderr if as_json else None) as display:
        results = run.run(display)
    failed = [done for done in results if done.status != 0]
    if as_json:
        click.echo(json.dumps([_done_json(done) for done in results], indent=1))
    elif failed:
        click.echo(f"{len(failed)} of {len(results)} tasks not done; logs in {path / 'logs'}", err=True)
    return FAILED if failed else OK


def _done_json(done: Done) -> dict[str, object]:
    return {
        "task": done.task.name,
        "layer": done.task.layer,
        "status": done.status,
        "seconds": round(done.seconds, 3),
        "log": str(done.log),
    }
