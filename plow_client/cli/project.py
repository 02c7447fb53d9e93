"""`plow project`: who pays."""

from __future__ import annotations

import click

from plow_client import project as projects
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.columns import Column, count, short, yes
from plow_client.cli.complete import argument
from plow_client.cli.find import find_project
from plow_client.cli.show import View, listing, shown

_PROJECT = argument("name", "project", "PROJECT")
_COLUMNS = [
    Column("CODE", "code"),
    Column("TITLE", "title"),
    Column("ACTIVE", "is_active", yes),
    Column("ID", "id", short),
]


@click.group()
def project() -> None:
    """Projects: who pays. PROJECT is a code, an id, or a part of an id."""


@project.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that may not launch, too.")
@listing
def list_(everything: bool, view: View) -> None:
    """List projects."""
    found = projects.get_projects() if everything else projects.get_active_projects()
    view.rows(found, _COLUMNS, "no projects")


@project.command("show")
@_PROJECT
@shown
def show_(name: str, view: View) -> None:
    """Show a project, its folders and its quotas."""
    found = projects.get_project(find_project(name).id)
    folders, quotas = found.get_folders(), found.get_quotas()
    view.one(
        found,
        lambda: [
            ("project", found.code),
            ("title", found.title),
            ("id", found.id),
            ("may launch", yes(found.is_active)),
            *(("folder", folder.name) for folder in folders),
            *(("quota", f"{quota.name}: size {quota.size}, burst {quota.burst}") for quota in quotas),
        ],
        folders=folders,
        quotas=quotas,
    )


@project.command("create")
@click.argument("code")
@click.argument("title", required=False)
@shown
def create(code: str, title: str | None, view: View) -> None:
    """Make a project with a folder and a share of the default cluster. CODE has at most 16 characters."""
    made = projects.create_project(title or code, code)
    if view.is_table:
        click.echo(f"project {made.code} made")
    else:
        view.one(made, list)


@project.command("activate")
@_PROJECT
def activate(name: str) -> None:
    """Let a project launch jobs."""
    _set_active(name, True)


@project.command("deactivate")
@_PROJECT
def deactivate(name: str) -> None:
    """Let a project launch no jobs; those that are launched go on."""
    _set_active(name, False)


@project.command("delete")
@_PROJECT
@yes_option
def delete(name: str, yes: bool) -> None:
    """Delete a project without jobs, with its folders, filters and quotas."""
    found = find_project(name)
    parts = (
        count(len(found.get_folders()), "folder"),
        count(len(found.get_filters()), "filter"),
        count(len(found.get_quotas()), "quota"),
    )
    confirm(yes, f"delete project {found.code} with {parts[0]}, {parts[1]} and {parts[2]}")
    found.delete()
    click.echo(f"project {found.code} deleted")


def _set_active(name: str, active: bool) -> None:
    found = find_project(name)
    found.set_active(active)
    click.echo(f"project {found.code} {'may launch' if active else 'launches no more'}")
