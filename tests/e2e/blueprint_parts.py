"""A farm of two nodes for the stories about blueprints, and the folder that its tasks may write to."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

import plow_client
from blueprint.cli import submit
from plow_client.idl import JobState
from plow_client.local_farm import LocalFarm

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
WITHIN_S = 110


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that any account can reach: pytest's own are closed to the one that tasks run as."""
    folder = Path(tempfile.mkdtemp(prefix="plow-test-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def farm_in(folder: Path) -> Iterator[LocalFarm]:
    """A farm that this process's client talks to."""
    with LocalFarm(folder / "farm", nodes=2, cores_per_node=1) as farm:
        plow_client.connect(farm.hosts)
        try:
            yield farm
        finally:
            plow_client.reconnect()


def writable(folder: Path) -> Path:
    """Make a folder that tasks can write into, whoever they run as."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o777 if os.geteuid() == 0 else 0o755)
    return folder


def submit_and_wait(folder: Path, *words: object) -> plow_client.Job:
    """Submit as an artist does, and wait for the end of the job."""
    root = ["--archive-root", str(folder / "archive")]
    answer = CliRunner().invoke(submit, [*map(str, words), *root, "--json"], standalone_mode=False)
    assert answer.exception is None and answer.return_value == 0, answer.exception
    job = plow_client.get_job(json.loads(answer.stdout)["id"])
    deadline = time.monotonic() + WITHIN_S
    while job.state != JobState.FINISHED and not job.totals.dead:
        assert time.monotonic() < deadline, f"not finished in {WITHIN_S} s: {job.totals}"
        time.sleep(0.1)
        job.refresh()
    return job


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, f"not so within {WITHIN_S} s"
        time.sleep(0.05)


def story(job: plow_client.Job) -> str:
    """What is needed to understand a failure: each task, and the log of those that failed."""
    lines = []
    for task in job.get_tasks():
        lines.append(f"{task.name} {task.state.name} on {task.stats.last_node}")
        if task.state.name == "DEAD":
            lines.append(Path(task.get_log_path()).read_text(errors="replace")[-3000:])
    return "\n".join(lines)
