"""`plow project`: who pays."""

from __future__ import annotations

import click

from plow_client import project as projects
from plow_client.cli.show import Column, json_option, short_id, show, show_json

_COLUMNS: list[Column] = [
    ("CODE", lambda project: project.code),
    ("TITLE", lambda project: project.title),
    ("ACTIVE", lambda project: "yes" if project.is_active else "no"),
    ("ID", short_id),
]


@click.group()
def project() -> None:
    """Projects: who pays."""


@project.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that may not launch, too.")
@json_option
def list_(everything: bool, as_json: bool) -> None:
    """List projects."""
    found = projects.get_projects() if everything else projects.get_active_projects()
    show(found, _COLUMNS, as_json, "no projects")


@project.command("create")
@click.argument("code")
@click.argument("title", required=False)
@json_option
def create(code: str, title: str | None, as_json: bool) -> None:
    """Make a project with a folder and a share of the default cluster. CODE has at most 16 characters."""
    made = projects.create_project(title or code, code)
    if as_json:
        show_json(made.as_dict())
    else:
        click.echo(f"project {made.code} made")
