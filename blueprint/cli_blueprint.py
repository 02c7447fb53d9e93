"""``blueprint run|pretend|local|modules|new-module``: what an artist or a pipeline TD does with blueprints."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from blueprint.cli import DESCRIBED, LAUNCHED, submit_words, with_options
from blueprint.module_help import module_json, module_lines, summary
from blueprint.new_module import write_module
from blueprint.plugins import find_module, known_modules
from blueprint.program import run_program
from plow_client import current
from plow_client.errors import PlowError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", metavar="HOST:PORT[,...]", help="The farm; else PLOW_HOSTS, plow.toml, this machine.")
def blueprint(host: str | None) -> None:
    """Jobs described in files: launch them, look at them, run them here, and write modules."""
    if host is not None:
        current.connect(host)


@blueprint.command()
@with_options(DESCRIBED, LAUNCHED)
def run(**words: Any) -> int:
    """Launch the job on the farm, as plow submit does."""
    return submit_words(words)


@blueprint.command()
@with_options(DESCRIBED)
def pretend(**words: Any) -> int:
    """Show layers, tasks and exact commands; launch nothing."""
    return submit_words(words, pretend=True)


@blueprint.command()
@with_options(DESCRIBED)
def local(**words: Any) -> int:
    """Run the whole job on this machine, without a farm."""
    return submit_words(words, backend="local")


@blueprint.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON: what a form needs.")
def modules(name: str | None, as_json: bool) -> None:
    """List the modules, or show the options of one."""
    names = [name] if name else sorted(known_modules())
    if as_json:
        click.echo(json.dumps([module_json(each) for each in names], indent=1))
    elif name:
        click.echo("\n".join(module_lines(name)))
    else:
        click.echo("\n".join(_summaries(names)))


@blueprint.command("new-module")
@click.argument("file", type=Path)
def new_module(file: Path) -> None:
    """Write a module to begin with, and a blueprint that uses it: new-module turntable.py."""
    for written in write_module(file):
        click.echo(f"wrote {written}")


def _summaries(names: Sequence[str]) -> list[str]:
    lines = []
    for name in names:
        try:
            lines.append(f"{name:14} {summary(find_module(name))}")
        except PlowError as error:  # of one package; the others are still worth a list
            lines.append(f"{name:14} {error.why}")
    return lines


def main() -> None:
    """Entry point."""
    sys.exit(run_program(blueprint, "blueprint"))
