"""What becomes of a job that somebody submits: it is set up, archived, and goes to the farm, here, or on paper."""

from __future__ import annotations

import getpass
import json
import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from blueprint import archive
from blueprint.backends import plow
from blueprint.backends.display import Display
from blueprint.backends.local import Done, LocalRun
from blueprint.config import Config, fill_in, read_config
from blueprint.job import JOB_NAME, Job
from blueprint.openjd.step import Step
from blueprint.options import unknown
from blueprint.pretend import pretend_json, pretend_lines
from blueprint.spec import to_job_spec
from blueprint.task import SetupTask
from plow_client import current
from plow_client.cli.progress import FAILED, OK, follow
from plow_client.connection import DEFAULT_HOSTS
from plow_client.errors import AlreadyExists, Invalid
from plow_client.idl import JobSpecT
from plow_client.job import Job as FarmJob

TASKRUN_VARIABLE: Final = "PLOW_TASKRUN"
BACKENDS: Final = {"plow": "plow", "plowrun": "plow", "local": "local"}  # plowrun: its name in 2012


@dataclass(frozen=True)
class Wish:
    """What the command line says of a submission, beside the job itself."""

    frames: str | None = None
    project: str | None = None
    backend: str | None = None
    paused: bool = False
    wait: bool = False
    pretend: bool = False
    as_json: bool = False
    archive_root: Path | None = None


def carry_out(job: Job, wish: Wish) -> int:
    """Do it; the exit status of the command."""
    _check_range(job, wish.frames)
    _check_work(job)
    config = read_config()
    job.name = _job_name(job, config)
    local = _backend(wish.backend or config.defaults.backend) == "local"
    path = archive.new_path(_archive_root(job, wish, config), job)
    if wish.pretend:
        return _pretend(job, _spec(job, wish, config, path, local), wish.as_json)
    job.archive = path
    archive.open_new(path)
    try:
        job.setup()
        _check_outputs(job)
        spec = _spec(job, wish, config, path, local)
        if local:
            archive.write(path, job, wish.frames)
            return _run_here(spec, path, wish.as_json)
        launched = _launch(job, spec, path, wish.frames)
    except BaseException:
        if not (path / archive.JOB_FILE).exists():
            shutil.rmtree(path, ignore_errors=True)  # what went wrong is what matters
        raise
    return _tell_launched(launched, path, wish)


def _check_range(job: Job, frames: str | None) -> None:
    """A template says its own frames: a range that changes nothing would be a surprise tomorrow."""
    if frames and all(isinstance(each, Step) for each in job.layers.values()):
        raise Invalid(
            f"{job.file}: a template takes no range '{frames}': give its parameter with -p NAME={frames}"
        )


def _check_work(job: Job) -> None:
    """A class whose method has a misspelt name would fail on the farm, at night."""
    for layer in job.layers.values():
        if not layer.has_work():
            raise layer.problem(f"{type(layer).__name__} says neither command nor execute")


def _check_outputs(job: Job) -> None:
    """The farm is told of them after the launch: too late for a mistake in a class's code."""
    for layer in job.layers.values():
        with layer.blamed("outputs"):
            layer.outputs()


def _job_name(job: Job, config: Config) -> str:
    name = fill_in(config.templates.job_name, job.name, config)
    if not JOB_NAME.fullmatch(name):
        raise Invalid(f"templates.job_name makes '{name}', which is no job name")
    return name


def _archive_root(job: Job, wish: Wish, config: Config) -> Path:
    template = config.templates.archive_dir
    if wish.archive_root is not None or template is None:
        return wish.archive_root or archive.default_root()
    return Path(fill_in(template, job.name, config)).expanduser()


def _backend(name: str) -> str:
    if name not in BACKENDS:
        raise unknown(name, "backend", BACKENDS)
    return BACKENDS[name]


def _spec(job: Job, wish: Wish, config: Config, path: Path, local: bool) -> JobSpecT:
    runner = [sys.executable, "-m", "blueprint.runner"] if local else _taskrun()
    spec = to_job_spec(
        job,
        wish.frames,
        runner=archive.opening(runner, path, job, wish.frames),
        username=getpass.getuser(),
        project=wish.project or job.project or config.defaults.project,
        paused=wish.paused,
    )
    spec.uid = os.getuid() if hasattr(os, "getuid") else None
    if config.templates.log_dir is not None:
        spec.logPath = fill_in(config.templates.log_dir, job.name, config)
    if not (local or wish.pretend) and any(isinstance(each, SetupTask) for each in job.layers.values()):
        _tell_farm(spec)
    return spec


def _tell_farm(spec: JobSpecT) -> None:
    """A setup task reports to the farm of its job: where that is not on every machine's usual port, say which."""
    host = current.get_host()
    if host and host != DEFAULT_HOSTS:
        spec.env = {"PLOW_HOSTS": host, **(spec.env or {})}


def _taskrun() -> list[str]:
    """What the nodes call the runner."""
    return shlex.split(os.environ.get(TASKRUN_VARIABLE, "")) or ["taskrun"]


def _pretend(job: Job, spec: JobSpecT, as_json: bool) -> int:
    lines = [json.dumps(pretend_json(job, spec), indent=1)] if as_json else pretend_lines(job, spec)
    click.echo("\n".join(lines))
    return OK


def _launch(job: Job, spec: JobSpecT, path: Path, frames: str | None) -> FarmJob:
    try:
        return plow.launch(job, spec, path, frames)
    except AlreadyExists as error:
        raise AlreadyExists(
            f"{error.why}: choose another with --name, or end it with 'plow job kill {job.name}'"
        ) from error


def _tell_launched(launched: FarmJob, path: Path, wish: Wish) -> int:
    if wish.as_json:
        click.echo(json.dumps({"id": launched.id, "name": launched.name, "archive": str(path)}))
    else:
        click.echo(f"job {launched.name} launched: {launched.id}")
    return follow(launched, sys.stderr if wish.as_json else None) if wish.wait else OK


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
