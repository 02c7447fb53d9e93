"""The demo: a farm on this machine renders a small film, shows what ran where, and is stopped again.

python -m blueprint.demo [--renderer raytracer|povray|blender] [--frames 24] [--state DIR] [--keep]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

import click

import plow_client
from blueprint import archive
from blueprint.backends import plow
from blueprint.loader import load
from blueprint.spec import to_job_spec
from blueprint.timeline import Ran, table
from plow_client.account import Account, can_reach, first_account, give
from plow_client.cli.progress import FAILED, OK, follow
from plow_client.errors import Invalid, PlowError, Unavailable
from plow_client.idl import JobState, TaskState
from plow_client.local_farm import TASK_USERS, LocalFarm
from plow_client.places import running_as_root, state_dir

EXAMPLES: Final = Path(__file__).resolve().parents[1] / "docs" / "examples"
PROGRAMS: Final = {"povray": "povray povray-includes", "blender": "blender"}
RENDERERS: Final = ("raytracer", *PROGRAMS)
_SHOWN_LOG_LINES = 15


@click.command()
@click.option(
    "--renderer", type=click.Choice(RENDERERS), default="raytracer", help="What makes the pictures."
)
@click.option("--frames", type=click.IntRange(1, 1000), default=24, show_default=True, help="How many.")
@click.option("--state", type=Path, help="Folder for the farm and the pictures.")
@click.option("--keep", is_flag=True, help="Keep the farm running afterwards, until Ctrl-C.")
def demo(renderer: str, frames: int, state: Path | None, keep: bool) -> int:
    """Render a small film on a farm of two nodes on this machine."""
    _check_renderer(renderer)
    state = (state or state_dir() / "demo").absolute()
    begin = time.monotonic()
    farm = LocalFarm(state, nodes=2)
    click.echo("Starting a farm here: a database, a server and two nodes ...")
    with farm:
        plow_client.connect(farm.hosts)
        click.echo(f"ready after {time.monotonic() - begin:.1f} s, everything it keeps is in {state}\n")
        _kill_unfinished()
        pictures = _writable_folder(state, f"{renderer}-{time.strftime('%Y%m%d-%H%M%S')}")
        job = _launch(renderer, frames, state, pictures)
        status = follow(job)
        _report(job, pictures, status)
        if keep:
            _keep_running(farm)
    click.echo(f"\nThe farm is stopped. That took {time.monotonic() - begin:.0f} s.")
    _say_what_next(renderer)
    return status


def main() -> int:
    """Entry point; an error is one line."""
    try:
        status: int = demo.main(prog_name="demo", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except PlowError as error:
        click.echo(f"demo: {error.why}", err=True)
        return FAILED
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        return 130
    return status


def _check_renderer(renderer: str) -> None:
    package = PROGRAMS.get(renderer)
    if package and not shutil.which(renderer):
        raise Unavailable(
            f"{renderer} is not installed here: apt-get install {package}; or leave --renderer out"
        )
    if not (EXAMPLES / "demo.bp").is_file():
        raise Unavailable(f"the examples are not there: '{EXAMPLES}'; the demo runs from a checkout of Plow")


def _task_account() -> Account | None:
    """Whom the tasks run as, where that is not us."""
    return first_account(TASK_USERS) if running_as_root() else None


def _writable_folder(state: Path, name: str) -> Path:
    """A new folder that the tasks may write to."""
    folder = state / "pictures" / name
    folder.mkdir(parents=True)
    account = _task_account()
    give(account, folder)
    if not can_reach(account, folder):
        raise Invalid(
            f"tasks run as another account than root, and that cannot reach '{state}': choose another --state"
        )
    return folder


def _kill_unfinished() -> None:
    """End the films of demos that were broken off: nobody waits for them, and ours would wait behind them."""
    for job in plow_client.get_jobs(regex="^demo-", states=JobState.RUNNING):
        job.kill("another demo was started")


def _launch(renderer: str, frames: int, state: Path, pictures: Path) -> plow_client.Job:
    params = {"renderer": renderer, "output": str(pictures)}
    if renderer == "blender":
        params["scene"] = str(_blender_scene(state))
    job = load(EXAMPLES / "demo.bp", name=f"demo-{pictures.name}", params=params)
    path = archive.new_path(state / "archive", job)
    whole = f"1-{frames}"
    spec = to_job_spec(job, whole, runner=archive.opening(["taskrun"], path, job, whole))
    launched = plow.launch(job, spec, path, whole)
    click.echo(f"job {launched.name}: {frames} frames, then a contact sheet that waits for all of them")
    return launched


def _blender_scene(state: Path) -> Path:
    """The scene that our script makes; made once, because that takes Blender a second or two."""
    scene = state / "scenes" / "ripple.blend"
    if not scene.is_file():
        scene.parent.mkdir(parents=True, exist_ok=True)
        maker = EXAMPLES / "blender" / "make_scene.py"
        command = [
            "blender",
            "--background",
            "--factory-startup",
            "--python-exit-code",
            "1",
            "--python",
            str(maker),
        ]
        done = subprocess.run([*command, "--", str(scene)], capture_output=True, text=True, check=False)
        if done.returncode or not scene.is_file():
            raise Unavailable(f"Blender could not make the scene: {done.stderr.strip()[-300:]}")
        scene.chmod(0o644)
    return scene


def _report(job: plow_client.Job, pictures: Path, status: int) -> None:
    tasks = job.get_tasks()
    click.echo()
    ran = [
        Ran(task.name, task.stats.last_node, task.stats.start_time, task.stats.stop_time, task.state.name)
        for task in tasks
    ]
    click.echo("\n".join(table(ran)))
    for task in tasks:
        if task.state == TaskState.DEAD:
            _show_end(task.name, Path(task.get_log_path()))
            break
    if status == OK:
        click.echo(f"\nframes:         {pictures}{os.sep}")
        click.echo(f"contact sheet:  {pictures / 'contactsheet.png'}")


def _show_end(name: str, log: Path) -> None:
    """The last lines that the task itself wrote; the node's footer says less."""
    text, _, _ = log.read_text(errors="replace").partition("Plow attempt ended")
    lines = text.rstrip("=[ \n").splitlines()[:-1] or text.splitlines()
    click.echo(f"\n{name} failed, the end of {log}:")
    click.echo("\n".join(lines[-_SHOWN_LOG_LINES:]).rstrip("=\n"))


def _keep_running(farm: LocalFarm) -> None:
    click.echo(
        f"\nThe farm keeps running until Ctrl-C. In another terminal:\n\n    export PLOW_HOSTS={farm.hosts}"
    )
    click.echo("    plow job list\n    plow node list")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nstopping ...")


def _say_what_next(renderer: str) -> None:
    other = "blender" if renderer == "povray" else "povray"
    lines = {
        f"python3 run.py demo --renderer {other}": "the same by a real renderer, where it is installed",
        "python3 run.py up": "a farm that keeps running",
        ".venv/bin/plow submit docs/examples/shell.bp --wait": "a job of your own on it",
        "docs/guide/blueprint.md": "how a blueprint is written",
    }
    width = max(map(len, lines))
    click.echo("\nWhat to try next:")
    for what, why in lines.items():
        click.echo(f"  {what:{width}}  {why}")


if __name__ == "__main__":
    sys.exit(main())
