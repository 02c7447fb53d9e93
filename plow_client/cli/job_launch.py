"""`plow job launch` and `append`: jobs and layers from specs in JSON."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from plow_client.cli.columns import Column, count, memory, spell
from plow_client.cli.complete import argument
from plow_client.cli.find import find_job
from plow_client.cli.show import View, show_table_after, shown
from plow_client.cli.spec_json import read_layers, read_spec
from plow_client.job_spec import check_launch, launch_job
from plow_client.launch_plan import LaunchPlan

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
_PLAN = [
    Column("LAYER", "name"),
    Column("TASKS", "task_count"),
    Column("CORES", "min_cores"),
    Column("RAM", "min_ram", memory),
    Column("NODES", "fitting_nodes"),
    Column("READY", "ready_nodes"),
    Column("TASK RAM", "predicted_ram", lambda mb: memory(mb) if mb else None),
    Column("TASK TIME", "predicted_clock_ms", lambda ms: spell(ms) if ms else None),
]


@click.command("launch")
@_FILE
@click.option("--name", help="Call the job this.")
@click.option("--check", is_flag=True, help="Show what it would do; launch nothing.")
@shown
def launch(file: Path, name: str | None, check: bool, view: View) -> None:
    """Launch a job from a spec in JSON, as `plow job spec` prints it; - is standard input."""
    spec = read_spec(_text(file))
    if name:
        spec.name = name
    if check:
        _show_plan(check_launch(spec), view)
        return
    made = launch_job(spec)
    if view.is_table:
        click.echo(f"job {made.name} launched: {made.id}")
    else:
        view.one(made, list)


@click.command("append")
@argument("name", "job", "JOB")
@_FILE
def append(name: str, file: Path) -> None:
    """Add layers to an unfinished job: a list of layer specs in JSON; - is standard input."""
    found = find_job(name)
    made = found.append_layers(read_layers(_text(file)))
    click.echo(
        f"{count(len(made), 'layer')} added to {found.name}: {', '.join(layer.name for layer in made)}"
    )


COMMANDS = (launch, append)


def _text(file: Path) -> str:
    return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")


def _show_plan(plan: LaunchPlan, view: View) -> None:
    is_shown = view.one(
        plan,
        lambda: [
            ("folder", plan.folder_name),
            ("tasks", plan.task_count),
            ("paused", "yes" if plan.paused else "no"),
            ("core time", spell(plan.predicted_core_ms) if plan.predicted_core_ms else None),
            *(("warning", warning) for warning in plan.warnings),
        ],
    )
    if is_shown:
        show_table_after(plan.layers, _PLAN, "no layers")
