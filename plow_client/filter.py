"""Filters: rules that a project applies to each job at launch, made of matchers and actions.

A filter matches where all of its matchers do, and one without matchers matches nothing. The filters of a project
are asked in their order; the actions of those that match are carried out in the order they were made.
"""

from __future__ import annotations

from plow_client.current import server
from plow_client.entity import Entity, Record, Ref, id_of, member_of
from plow_client.idl import (
    ActionT,
    ActionType,
    FilterT,
    FilterTraceT,
    MatcherField,
    MatcherT,
    MatcherType,
)


class Matcher(Entity[MatcherT]):
    """A condition of a filter; all conditions must hold. Assign its fields, then update it."""

    __slots__ = ()
    _settable = frozenset({"type", "field", "value", "attr"})
    _struct = MatcherT
    type: MatcherType
    field: MatcherField
    value: str
    attr: str | None

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getMatcher(self.id))

    def update(self) -> None:
        """Send its type, field, value and attr as they are here."""
        self._reload(server().updateMatcher(self._row))

    def delete(self) -> None:
        """Delete it."""
        delete_matcher(self)


class Action(Entity[ActionT]):
    """What a filter does to a job that it matches. Assign its fields, then update it."""

    __slots__ = ()
    _settable = frozenset({"type", "value"})
    _struct = ActionT
    type: ActionType
    value: str | None

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getAction(self.id))

    def update(self) -> None:
        """Send its type and value as they are here."""
        self._reload(server().updateAction(self._row))

    def delete(self) -> None:
        """Delete it."""
        delete_action(self)


class Filter(Entity[FilterT]):
    """A rule; `order` is its place in the project's list."""

    __slots__ = ()
    _struct = FilterT
    name: str
    order: int
    enabled: bool

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getFilter(self.id))

    def delete(self) -> None:
        """Delete it with its matchers and actions."""
        delete_filter(self)

    def set_name(self, name: str) -> None:
        """Rename it."""
        set_filter_name(self, name)
        self._accept("name", name)

    def set_enabled(self, enabled: bool = True) -> None:
        """Say whether launches ask it."""
        set_filter_enabled(self, enabled)
        self._accept("enabled", enabled)

    def set_order(self, order: int) -> None:
        """Move it to a place in the list, from 0."""
        set_filter_order(self, order)
        self.refresh()

    def increase_order(self) -> None:
        """Move it one place later."""
        increase_filter_order(self)
        self.refresh()

    def decrease_order(self) -> None:
        """Move it one place earlier."""
        decrease_filter_order(self)
        self.refresh()

    decrease_filter_order = decrease_order  # its name in Plow 2013

    def get_matchers(self) -> list[Matcher]:
        """Its conditions in the order they were made."""
        return get_matchers(self)

    def get_actions(self) -> list[Action]:
        """Its actions in the order they were made."""
        return get_actions(self)

    def create_field_matcher(
        self, field: MatcherField | int | str, type: MatcherType | int | str, value: str
    ) -> Matcher:
        """Add a condition on the job's name or user."""
        return create_field_matcher(self, field, type, value)

    def create_attr_matcher(self, type: MatcherType | int | str, attr: str, value: str) -> Matcher:
        """Add a condition on a job attribute."""
        return create_attr_matcher(self, type, attr, value)

    def create_action(self, type: ActionType | int | str, value: str | None = None) -> Action:
        """Add an action."""
        return create_action(self, type, value)


class FilterTrace(Record[FilterTraceT]):
    """What one filter did to a job at launch; `actions` are those carried out."""

    __slots__ = ()
    _struct = FilterTraceT
    filter_id: str
    filter_name: str
    matched: bool
    actions: list[Action]
    why: str


def create_filter(project: Ref, name: str) -> Filter:
    """Add a filter at the end of a project's list."""
    return Filter(server().createFilter(id_of(project), name))


def get_filters(project: Ref) -> list[Filter]:
    """Filters of a project in their order."""
    return [Filter(row) for row in server().getFilters(id_of(project))]


def get_filter(filter_id: str) -> Filter:
    """A filter by id."""
    return Filter(server().getFilter(filter_id))


def delete_filter(filter: Ref) -> None:
    """Delete a filter with its matchers and actions."""
    server().deleteFilter(id_of(filter))


def set_filter_name(filter: Ref, name: str) -> None:
    """Rename a filter."""
    server().setFilterName(id_of(filter), name)


def set_filter_enabled(filter: Ref, enabled: bool = True) -> None:
    """Say whether launches ask a filter."""
    server().setFilterEnabled(id_of(filter), enabled)


def set_filter_order(filter: Ref, order: int) -> None:
    """Move a filter to a place in the list, from 0."""
    server().setFilterOrder(id_of(filter), order)


def increase_filter_order(filter: Ref) -> None:
    """Move a filter one place later."""
    server().increaseFilterOrder(id_of(filter))


def decrease_filter_order(filter: Ref) -> None:
    """Move a filter one place earlier."""
    server().decreaseFilterOrder(id_of(filter))


def create_field_matcher(
    filter: Ref, field: MatcherField | int | str, type: MatcherType | int | str, value: str
) -> Matcher:
    """Add a condition on the job's name or user."""
    what, how = member_of(MatcherField, field), member_of(MatcherType, type)
    return Matcher(server().createFieldMatcher(id_of(filter), int(what), int(how), value))


def create_attr_matcher(filter: Ref, type: MatcherType | int | str, attr: str, value: str) -> Matcher:
    """Add a condition on a job attribute."""
    how = member_of(MatcherType, type)
    return Matcher(server().createAttrMatcher(id_of(filter), int(how), attr, value))


def get_matcher(matcher_id: str) -> Matcher:
    """A matcher by id."""
    return Matcher(server().getMatcher(matcher_id))


def get_matchers(filter: Ref) -> list[Matcher]:
    """Matchers of a filter in the order they were made."""
    return [Matcher(row) for row in server().getMatchers(id_of(filter))]


def update_matcher(matcher: Matcher) -> None:
    """Change a matcher, found by its id, to what it is here."""
    matcher.update()


def delete_matcher(matcher: Ref) -> None:
    """Delete a matcher."""
    server().deleteMatcher(id_of(matcher))


def create_action(filter: Ref, type: ActionType | int | str, value: str | None = None) -> Action:
    """Add an action to a filter; `value` as ActionType says, none for STOP_PROCESSING."""
    kind = int(member_of(ActionType, type))
    return Action(server().createAction(id_of(filter), kind, value))  # type: ignore[arg-type]


def get_action(action_id: str) -> Action:
    """An action by id."""
    return Action(server().getAction(action_id))


def get_actions(filter: Ref) -> list[Action]:
    """Actions of a filter in the order they were made."""
    return [Action(row) for row in server().getActions(id_of(filter))]


def update_action(action: Action) -> None:
    """Change an action, found by its id, to what it is here."""
    action.update()


def delete_action(action: Ref) -> None:
    """Delete an action."""
    server().deleteAction(id_of(action))


def get_job_filter_trace(job: Ref) -> list[FilterTrace]:
    """What the filters did to a job at launch, in the order asked."""
    return [FilterTrace(row) for row in server().getJobFilterTrace(id_of(job))]
