"""Filters: several calls are done behind a matcher that nothing matches, so that no launch meets half a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from plow_client import filter as filters
from plow_client import project as projects
from plow_client.errors import NotFound
from plow_client.farm_file import farm
from plow_client.farm_file.things import Path, Thing, Values
from plow_client.idl import ActionType, MatcherField, MatcherType

Step = Callable[[], object]


class FilterHand:
    """Filters, found by their name and which of that name they are."""

    def find(self, path: Path) -> Thing | None:
        """By project, name and place among those of that name."""
        try:
            project = projects.get_project_by_code(path[1])
        except NotFound:
            return None
        return next((thing for thing in farm.filter_things(project) if thing.path == path), None)

    def make(self, wanted: Thing) -> Thing:
        """At the end, without matchers: it matches nothing."""
        row = filters.create_filter(projects.get_project_by_code(wanted.path[1]), wanted.path[2])
        return Thing(wanted.path, {"enabled": row.enabled, "matchers": [], "actions": []}, row=row)

    def change(self, thing: Thing, values: Values) -> None:
        """What it looks at and does, and then whether it is asked."""
        row: filters.Filter = thing.row
        matchers = row.get_matchers()
        guards = [one for one in matchers if farm.is_guard(one)]
        steps = list(self._steps(thing, values, [one for one in matchers if one not in guards]))
        if len(steps) > 1 and not guards:
            guards = [row.create_field_matcher(MatcherField.JOB_NAME, MatcherType.IS, farm.GUARD)]
        for step in steps:
            step()
        if "enabled" in values:
            row.set_enabled(values["enabled"])
        for guard in guards:
            guard.delete()

    def delete(self, thing: Thing) -> None:
        """With all that it has."""
        thing.row.delete()

    def _steps(self, thing: Thing, values: Values, matchers: Sequence[filters.Matcher]) -> Iterator[Step]:
        row: filters.Filter = thing.row
        if "actions" in values:
            wanted = [_action(thing.path[1], told) for told in values["actions"]]
            yield from _replace(row.get_actions(), wanted, _same_action, _set_action, row.create_action)
        if "matchers" in values:
            made = [_matcher(told) for told in values["matchers"]]
            yield from _replace(
                matchers, made, _same_matcher, _set_matcher, lambda *told: _make_matcher(row, *told)
            )


def _replace(
    there: Sequence[Any],
    wanted: Sequence[tuple[Any, ...]],
    same: Callable[..., bool],
    change: Callable[..., object],
    make: Callable[..., object],
) -> Iterator[Step]:
    """The calls that lead from one list to the other: those that differ are changed where they are."""
    for row, told in zip(there, wanted, strict=False):
        if not same(row, *told):
            yield partial(change, row, *told)
    for told in wanted[len(there) :]:
        yield partial(make, *told)
    for row in there[len(wanted) :]:
        yield row.delete


def _action(code: str, told: Values) -> tuple[ActionType, str | None]:
    """An action as the server takes it: folders by id, everything as text."""
    kind, value = ActionType[told["type"]], told.get("value")
    if kind is ActionType.SET_FOLDER:
        found = [row.id for row in projects.get_project_by_code(code).get_folders() if row.name == value]
        if not found:
            raise NotFound(f"project '{code}' has no folder '{value}'")
        return kind, found[0]
    return kind, None if value is None else str(value).lower()


def _same_action(row: filters.Action, kind: ActionType, value: str | None) -> bool:
    return (row.type, row.value) == (kind, value)


def _set_action(row: filters.Action, kind: ActionType, value: str | None) -> None:
    row.type, row.value = kind, value
    row.update()


def _matcher(told: Values) -> tuple[MatcherField, MatcherType, str, str | None]:
    return MatcherField[told["field"]], MatcherType[told["type"]], told["value"], told.get("attr")


def _same_matcher(
    row: filters.Matcher, field: MatcherField, kind: MatcherType, value: str, attr: str | None
) -> bool:
    return (row.field, row.type, row.value, row.attr or None) == (field, kind, value, attr)


def _set_matcher(
    row: filters.Matcher, field: MatcherField, kind: MatcherType, value: str, attr: str | None
) -> None:
    row.field, row.type, row.value, row.attr = field, kind, value, attr
    row.update()


def _make_matcher(
    row: filters.Filter, field: MatcherField, kind: MatcherType, value: str, attr: str | None
) -> None:
    if field is MatcherField.ATTR:
        row.create_attr_matcher(kind, attr or "", value)
    else:
        row.create_field_matcher(field, kind, value)
