"""`plow farm`: a farm as a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.words import visible
from plow_client.errors import Invalid

CHANGES: Final = 2  # exit status of `plan` where there is something to do
FAULTY: Final = 1
_FILE: Final = click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
_PRUNE: Final = click.option(
    "--prune", is_flag=True, help="Delete what the lists of the file leave out; else nothing is deleted."
)
_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def farm() -> None:
    """A farm as a file: clusters, pools, limits, services, projects, quotas, folders, filters."""


@farm.command("plan")
@_FILE
@_PRUNE
@_JSON
def plan_(file: Path, prune: bool, as_json: bool) -> int:
    """Say what `plow farm apply` would do, and do nothing.

    Exit status: 0 nothing to do, 2 there are changes, 1 the file is not sound.
    """

    def told() -> int:
        from plow_client.cli import farm_words
        from plow_client.farm_file import plan_for

        plan = plan_for(file, prune)
        if as_json:
            farm_words.print_json(plan)
        else:
            farm_words.print_plan(plan, file)
        return CHANGES if plan.changes else 0

    return _sound(told)


@farm.command("apply")
@_FILE
@_PRUNE
@yes_option
@_JSON
def apply_(file: Path, prune: bool, yes: bool, as_json: bool) -> int:
    """Make the farm as the file says: show the plan, ask, and do it.

    What is refused is told, and the rest is done; running it again finishes the work.
    """
    return _sound(lambda: _apply(file, prune, yes, as_json))


@farm.command("export")
@click.option("--nodes", is_flag=True, help="Also where each node belongs.")
@_JSON
def export(nodes: bool, as_json: bool) -> None:
    """Print the farm as a file, for which a plan has nothing to do."""
    import json

    from plow_client.farm_file.export import as_document, as_yaml
    from plow_client.farm_file.farm import read_all

    found = read_all(nodes)
    click.echo(
        json.dumps(as_document(found), indent=2, ensure_ascii=False) if as_json else as_yaml(found),
        nl=as_json,
    )


@farm.command("schema")
def schema() -> None:
    """Print the JSON schema of farm files, for an editor that completes and checks them."""
    import json

    from plow_client.farm_file.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


def _apply(file: Path, prune: bool, yes: bool, as_json: bool) -> int:
    from plow_client.cli import farm_words
    from plow_client.farm_file import plan_for
    from plow_client.farm_file.apply import apply_plan

    plan = plan_for(file, prune)
    if not as_json:
        farm_words.print_plan(plan, file)
    if not plan.changes:
        if as_json:
            farm_words.print_json(plan, [])
        return 0
    confirm(yes, farm_words.deed(plan))
    teller = farm_words.Teller(plan, sys.stderr if as_json else sys.stdout)
    outcomes = [teller.told(outcome) for outcome in apply_plan(plan, str(file))]
    if as_json:
        farm_words.print_json(plan, outcomes)
    teller.sum_up()
    return 0 if all(not outcome.why for outcome in outcomes) else FAULTY


def _sound(work: Callable[[], Any]) -> int:
    """A file that makes no sense ends with 1 here, because 2 says that there are changes."""
    try:
        status: int = work()
    except Invalid as error:
        for line in error.why.splitlines():
            click.echo(f"plow: {visible(line)}", err=True)
        return FAULTY
    return status
