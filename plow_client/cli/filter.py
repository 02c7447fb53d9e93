"""`plow filter`: what a project does to each job at launch, by matchers and actions."""

from __future__ import annotations

import click

from plow_client import filter as filters
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.change import apply, told
from plow_client.cli.columns import Column, count, label, short, yes
from plow_client.cli.complete import argument, option
from plow_client.cli.filter_parts import action, matcher
from plow_client.cli.find import find_filter, find_project
from plow_client.cli.show import View, listing, shown
from plow_client.project import get_active_projects

_FILTER = argument("name", "filter", "FILTER")
_COLUMNS = [
    Column("FILTER", "name"),
    Column("ORDER", "order"),
    Column("ENABLED", "enabled", yes),
    Column("ID", "id", short),
]


@click.group()
def filter() -> None:
    """Filters: what a project does to each job at launch. FILTER is PROJECT/NAME, the name, an id, or a part of one."""


filter.add_command(matcher)
filter.add_command(action)


@filter.command("list")
@option("--project", "project", "project", "CODE", "Only this project's.")
@listing
def list_(project: str | None, view: View) -> None:
    """List filters in the order they are asked, project by project."""
    payers = [find_project(project)] if project else get_active_projects()
    view.rows([one for payer in payers for one in payer.get_filters()], _COLUMNS, "no filters")


@filter.command("show")
@_FILTER
@shown
def show_(name: str, view: View) -> None:
    """Show a filter with its matchers, which must all match, and its actions."""
    found = filters.get_filter(find_filter(name).id)
    matchers, actions = found.get_matchers(), found.get_actions()
    view.one(
        found,
        lambda: [
            ("filter", found.name),
            ("id", found.id),
            ("order", found.order),
            ("enabled", yes(found.enabled)),
            *(("if", f"{_condition(one)}   ({short(one.id)})") for one in matchers),
            *(
                ("then", f"{label(one.type).lower()} {one.value or ''}   ({short(one.id)})")
                for one in actions
            ),
        ],
        matchers=matchers,
        actions=actions,
    )


@filter.command("create")
@argument("project", "project", "PROJECT")
@click.argument("name")
def create(project: str, name: str) -> None:
    """Add a filter at the end of a project's list; it matches nothing until it has a matcher."""
    told("filter", filters.create_filter(find_project(project), name), "made")


@filter.command("set")
@_FILTER
@click.option("--name", "new", metavar="NAME", help="Rename it.")
@click.option("--enabled/--disabled", default=None, help="Whether launches ask it.")
@click.option("--order", type=click.IntRange(min=0), help="Its place in the project's list, from 0.")
def set_(name: str, new: str | None, enabled: bool | None, order: int | None) -> None:
    """Change a filter."""
    found = find_filter(name)
    apply((new, found.set_name), (enabled, found.set_enabled), (order, found.set_order))
    told("filter", found, "changed")


@filter.command("move")
@_FILTER
@click.argument("way", type=click.Choice(["up", "down"]))
def move(name: str, way: str) -> None:
    """Ask a filter one place earlier (up) or later (down)."""
    found = find_filter(name)
    if way == "up":
        found.decrease_order()
    else:
        found.increase_order()
    told("filter", found, f"has place {found.order}")


@filter.command("delete")
@_FILTER
@yes_option
def delete(name: str, yes: bool) -> None:
    """Delete a filter with its matchers and actions."""
    found = find_filter(name)
    parts = count(len(found.get_matchers()), "matcher"), count(len(found.get_actions()), "action")
    confirm(yes, f"delete filter {found.name} with {parts[0]} and {parts[1]}")
    found.delete()
    told("filter", found, "deleted")


def _condition(one: filters.Matcher) -> str:
    field = f"attribute {one.attr}" if one.attr else label(one.field).lower().replace("_", " ")
    return f"{field} {label(one.type).lower().replace('_', ' ')} '{one.value}'"
