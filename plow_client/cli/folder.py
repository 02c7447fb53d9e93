"""`plow folder`: shelves of jobs."""

from __future__ import annotations

import click

from plow_client import folder as folders
from plow_client.cli.show import Column, capped, json_option, short_id, show
from plow_client.project import get_active_projects

_COLUMNS: list[Column] = [
    ("FOLDER", lambda folder: folder.name),
    ("DONE", lambda folder: folder.totals.done),
    ("OF", lambda folder: folder.totals.total),
    ("RUN", lambda folder: folder.totals.running),
    ("DEAD", lambda folder: folder.totals.dead),
    ("CORES", lambda folder: folder.run_cores),
    ("WEIGHT", lambda folder: folder.min_cores),
    ("MAX", lambda folder: capped(folder.max_cores)),
    ("ID", short_id),
]


@click.group()
def folder() -> None:
    """Folders: shelves of jobs in a project."""


@folder.command("list")
@click.option("--project", metavar="CODE", help="Only this project's, by code or id.")
@json_option
def list_(project: str | None, as_json: bool) -> None:
    """List folders in their order, project by project."""
    wanted = [project] if project else [found.id for found in get_active_projects()]
    found = [folder for code in wanted for folder in folders.get_folders(code)]
    show(found, _COLUMNS, as_json, "no folders")
