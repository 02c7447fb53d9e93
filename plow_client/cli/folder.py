"""`plow folder`: shelves of jobs."""

from __future__ import annotations

import click

from plow_client import folder as folders
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.change import apply, told
from plow_client.cli.columns import Column, capped, short
from plow_client.cli.complete import argument, option
from plow_client.cli.find import find_folder, find_project
from plow_client.cli.show import View, listing, shown
from plow_client.project import get_active_projects

_FOLDER = argument("name", "folder", "FOLDER")
COLUMNS = [
    Column("FOLDER", "name"),
    Column("DONE", "totals.done"),
    Column("OF", "totals.total"),
    Column("RUN", "totals.running"),
    Column("DEAD", "totals.dead"),
    Column("WAITING", "totals.waiting", extra=True),
    Column("DEPEND", "totals.depend", extra=True),
    Column("EATEN", "totals.eaten", extra=True),
    Column("CORES", "run_cores"),
    Column("PROCS", "run_procs", extra=True),
    Column("WEIGHT", "min_cores"),
    Column("MAX", "max_cores", capped),
    Column("ORDER", "order", extra=True),
    Column("ID", "id", short),
]


@click.group()
def folder() -> None:
    """Folders: shelves of jobs in a project. FOLDER is PROJECT/NAME, the name, an id, or a part of an id."""


@folder.command("list")
@option("--project", "project", "project", "CODE", "Only this project's, by code or id.")
@listing
def list_(project: str | None, view: View) -> None:
    """List folders in their order, project by project."""
    wanted = [project] if project else [found.id for found in get_active_projects()]
    found = [folder for code in wanted for folder in folders.get_folders(code)]
    view.rows(found, COLUMNS, "no folders")


@folder.command("show")
@_FOLDER
@shown
def show_(name: str, view: View) -> None:
    """Show a folder."""
    found = folders.get_folder(find_folder(name).id)
    totals = found.totals
    view.one(
        found,
        lambda: [
            ("folder", found.name),
            ("id", found.id),
            ("tasks", f"{totals.done} of {totals.total} done, {totals.running} running, {totals.dead} dead"),
            ("cores", f"{found.run_cores} running, at most {capped(found.max_cores)}"),
            ("weight", found.min_cores),
            ("order", found.order),
        ],
    )


@folder.command("create")
@argument("project", "project", "PROJECT")
@click.argument("name")
def create(project: str, name: str) -> None:
    """Add a folder at the end of a project."""
    told("folder", folders.create_folder(find_project(project), name), "made")


@folder.command("set")
@_FOLDER
@click.option("--name", "new", metavar="NAME", help="Rename it.")
@click.option(
    "--weight", type=click.IntRange(min=0), help="Its share of the project's cores against other folders."
)
@click.option(
    "--max-cores", type=click.IntRange(min=-1), help="Cap its cores; -1 = no limit, 0 = nothing starts."
)
@click.option("--order", type=click.IntRange(min=0), help="Its place in the project's list, from 0.")
def set_(name: str, new: str | None, weight: int | None, max_cores: int | None, order: int | None) -> None:
    """Change a folder."""
    found = find_folder(name)
    apply(
        (new, found.set_name),
        (weight, found.set_min_cores),
        (max_cores, found.set_max_cores),
        (order, found.set_order),
    )
    told("folder", found, "changed")


@folder.command("delete")
@_FOLDER
@yes_option
def delete(name: str, yes: bool) -> None:
    """Delete an empty folder."""
    found = find_folder(name)
    confirm(yes, f"delete folder {found.name}")
    found.delete()
    told("folder", found, "deleted")
