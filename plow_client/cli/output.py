"""`plow output`: what layers write."""

from __future__ import annotations

import click

from plow_client import output as outputs
from plow_client.cli.change import pairs_of
from plow_client.cli.columns import Column, long_part, pairs
from plow_client.cli.complete import argument
from plow_client.cli.find import choose, find_job, find_layer
from plow_client.cli.show import View, listing, shown

_OWNER = argument("owner", "layer", "JOB[/LAYER]")
_OUTPUT = click.argument("text", metavar="PATH|ID")
_PAIRS = click.argument("texts", metavar="KEY=VALUE...", nargs=-1)
_COLUMNS = [Column("PATH", "path"), Column("ATTRIBUTES", "attrs", pairs), Column("ID", "id", long_part)]


@click.group()
def output() -> None:
    """Outputs: what layers write. An output is known by its job or layer, and by its path, or a part of its id."""


@output.command("list")
@_OWNER
@listing
def list_(owner: str, view: View) -> None:
    """List what a job or a layer writes."""
    view.rows(_outputs(owner), _COLUMNS, "no outputs")


@output.command("show")
@_OWNER
@_OUTPUT
@shown
def show_(owner: str, text: str, view: View) -> None:
    """Show an output and its attributes."""
    found = _find(owner, text)
    found.refresh()
    view.one(found, lambda: [("path", found.path), ("id", found.id), *sorted(found.attrs.items())])


@output.command("add")
@argument("owner", "layer", "JOB/LAYER")
@click.argument("path")
@_PAIRS
def add(owner: str, path: str, texts: tuple[str, ...]) -> None:
    """Record something that a layer writes."""
    made = outputs.add_layer_output(find_layer(owner), path, pairs_of(texts))
    click.echo(f"output {made.path} recorded")


@output.command("set")
@_OWNER
@_OUTPUT
@_PAIRS
@click.option("--replace", is_flag=True, help="Take all other attributes away.")
def set_(owner: str, text: str, texts: tuple[str, ...], replace: bool) -> None:
    """Set attributes of an output; the others stay."""
    found = _find(owner, text)
    if not texts and not replace:
        raise click.UsageError("nothing to change: say KEY=VALUE")
    (outputs.set_output_attrs if replace else outputs.update_output_attrs)(found, pairs_of(texts))
    click.echo(f"output {found.path} changed")


def _outputs(owner: str) -> list[outputs.Output]:
    if "/" in owner:
        return outputs.get_layer_outputs(find_layer(owner))
    return outputs.get_job_outputs(find_job(owner))


def _find(owner: str, text: str) -> outputs.Output:
    return choose(text, _outputs(owner), "output", lambda one: one.path)
