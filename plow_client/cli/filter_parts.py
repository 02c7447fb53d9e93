"""`plow filter matcher` and `plow filter action`: the parts of a filter, each known by its id or a part of it."""

from __future__ import annotations

import click

from plow_client import filter as filters
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.change import apply, choice
from plow_client.cli.columns import Column, label, short
from plow_client.cli.complete import argument
from plow_client.cli.find import choose, find_filter, find_folder
from plow_client.cli.show import View, listing
from plow_client.errors import Invalid
from plow_client.idl import ActionType, MatcherField, MatcherType

_FILTER = argument("name", "filter", "FILTER")
_MATCHERS = [
    Column("FIELD", lambda one: one.attr or label(one.field).lower()),
    Column("TYPE", lambda one: label(one.type).lower()),
    Column("VALUE", "value"),
    Column("ID", "id", short),
]
_ACTIONS = [
    Column("ACTION", lambda one: label(one.type).lower()),
    Column("VALUE", "value"),
    Column("ID", "id", short),
]


@click.group()
def matcher() -> None:
    """Conditions of a filter; all of them must match."""


@click.group()
def action() -> None:
    """What a filter does to a job that it matches."""


@matcher.command("list")
@_FILTER
@listing
def list_matchers(name: str, view: View) -> None:
    """List the matchers of a filter."""
    view.rows(filters.get_matchers(find_filter(name)), _MATCHERS, "no matchers")


@matcher.command("create")
@_FILTER
@click.argument("field", metavar="job_name|user|attr:NAME")
@click.argument("type", type=choice(MatcherType))
@click.argument("value")
def create_matcher(name: str, field: str, type: str, value: str) -> None:
    """Add a condition on the job's name, its user, or one of its attributes."""
    found = find_filter(name)
    attr = _attr(field)
    made = (
        filters.create_field_matcher(found, field, type, value)
        if attr is None
        else filters.create_attr_matcher(found, type, attr, value)
    )
    click.echo(f"matcher {short(made.id)} of filter {found.name} made")


@matcher.command("set")
@_FILTER
@click.argument("matcher_id", metavar="ID")
@click.option("--field", metavar="job_name|user|attr:NAME", help="What it looks at.")
@click.option("--type", "kind", type=choice(MatcherType), help="How it compares.")
@click.option("--value", help="With what it compares.")
def set_matcher(name: str, matcher_id: str, field: str | None, kind: str | None, value: str | None) -> None:
    """Change a matcher."""
    found = filters.get_matcher(choose(matcher_id, filters.get_matchers(find_filter(name)), "matcher").id)

    def look_at(text: str) -> None:
        found.attr = _attr(text)
        found.field = MatcherField.ATTR if found.attr else MatcherField[text.upper()]

    apply(
        (field, look_at),
        (kind, lambda text: setattr(found, "type", MatcherType[text.upper()])),
        (value, lambda text: setattr(found, "value", text)),
    )
    found.update()
    click.echo(f"matcher {short(found.id)} changed")


@matcher.command("delete")
@_FILTER
@click.argument("matcher_id", metavar="ID")
@yes_option
def delete_matcher(name: str, matcher_id: str, yes: bool) -> None:
    """Delete a matcher."""
    found = choose(matcher_id, filters.get_matchers(find_filter(name)), "matcher")
    confirm(yes, f"delete matcher {short(found.id)}")
    found.delete()
    click.echo(f"matcher {short(found.id)} deleted")


@action.command("list")
@_FILTER
@listing
def list_actions(name: str, view: View) -> None:
    """List the actions of a filter."""
    view.rows(filters.get_actions(find_filter(name)), _ACTIONS, "no actions")


@action.command("create")
@_FILTER
@click.argument("type", type=choice(ActionType))
@click.argument("value", required=False)
def create_action(name: str, type: str, value: str | None) -> None:
    """Add an action. VALUE is a folder, a number of cores, or true or false; stop_processing has none."""
    found = find_filter(name)
    made = filters.create_action(found, type, _sent(type, value))
    click.echo(f"action {short(made.id)} of filter {found.name} made")


@action.command("set")
@_FILTER
@click.argument("action_id", metavar="ID")
@click.option("--type", "kind", type=choice(ActionType), help="What it does.")
@click.option("--value", help="A folder, a number of cores, or true or false.")
def set_action(name: str, action_id: str, kind: str | None, value: str | None) -> None:
    """Change an action."""
    found = filters.get_action(choose(action_id, filters.get_actions(find_filter(name)), "action").id)
    apply(
        (kind, lambda text: setattr(found, "type", ActionType[text.upper()])),
        (value, lambda text: setattr(found, "value", _sent(label(found.type), text))),
    )
    found.update()
    click.echo(f"action {short(found.id)} changed")


@action.command("delete")
@_FILTER
@click.argument("action_id", metavar="ID")
@yes_option
def delete_action(name: str, action_id: str, yes: bool) -> None:
    """Delete an action."""
    found = choose(action_id, filters.get_actions(find_filter(name)), "action")
    confirm(yes, f"delete action {short(found.id)}")
    found.delete()
    click.echo(f"action {short(found.id)} deleted")


def _attr(field: str) -> str | None:
    """The attribute that is named; None where it is the job's name or user."""
    kind, colon, attr = field.partition(":")
    if kind.lower() == "attr" and attr:
        return attr
    if colon or kind.lower() not in ("job_name", "user"):
        raise Invalid(f"'{field}' is nothing a matcher looks at: job_name, user, or attr:NAME")
    return None


def _sent(type: str, value: str | None) -> str | None:
    """The value as the server has it: a folder by its id."""
    is_folder = type.upper() == ActionType.SET_FOLDER.name and value
    return find_folder(value).id if is_folder and value else value
