"""Calls about filters, their matchers and their actions, and what they did to a job."""

from __future__ import annotations

from plow_client.errors import Invalid, NotFound
from plow_client.idl import (
    ActionT,
    ActionType,
    FilterT,
    FilterTraceT,
    MatcherField,
    MatcherT,
    MatcherType,
)
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.arguments import Id, check_id
from plow_server.handlers.project import get_project
from plow_server.rows import from_json, label, maker

_filter = maker(FilterT)
_matcher = maker(MatcherT)
_action = maker(ActionT)


def create_filter(db: Database, project_id: Id, name: str, *, limit: Limit) -> FilterT:
    """Add a filter at the end of a project's list; without matchers it matches nothing."""
    most = limit.filters_per_project
    return get_filter(db, db.value("create_filter", p_project=project_id, p_name=name, p_most=most))


def get_filters(db: Database, project_id: Id) -> list[FilterT]:
    """Filters of a project in their order."""
    found = db.all("filters_of_project", _filter, project_id=project_id)
    if not found:
        get_project(db, project_id)
    return found


def get_filter(db: Database, filter_id: Id) -> FilterT:
    """A filter by id."""
    return db.one("filter_by_id", _filter, missing=f"no filter '{filter_id}'", id=filter_id)


def delete_filter(db: Database, id: Id) -> None:
    """Delete a filter with its matchers and actions."""
    db.run("delete_filter", p_filter=id)


def set_filter_name(db: Database, id: Id, name: str) -> None:
    """Rename a filter."""
    if not db.run("set_filter_name", id=id, name=name):
        raise NotFound(f"no filter '{id}'")


def set_filter_enabled(db: Database, id: Id, enabled: bool) -> None:
    """Whether launches ask this filter."""
    if not db.run("set_filter_enabled", id=id, enabled=enabled):
        raise NotFound(f"no filter '{id}'")


def set_filter_order(db: Database, id: Id, order: int) -> None:
    """Move a filter to a place in the list, from 0; past the end is the end."""
    db.run("move_filter", p_filter=id, p_place=order)


def increase_filter_order(db: Database, id: Id) -> None:
    """Move a filter one place later; the last stays."""
    db.run("move_filter", p_filter=id, p_step=1)


def decrease_filter_order(db: Database, id: Id) -> None:
    """Move a filter one place earlier; the first stays."""
    db.run("move_filter", p_filter=id, p_step=-1)


def create_field_matcher(
    db: Database, filter_id: Id, field: int, type: int, value: str, *, limit: Limit
) -> MatcherT:
    """Add a condition on the job's name or user."""
    if field == MatcherField.ATTR:
        raise Invalid("a matcher of an attribute needs its name: createAttrMatcher")
    return _create_matcher(db, filter_id, field, type, value, None, limit)


def create_attr_matcher(
    db: Database, filter_id: Id, type: int, attr: str, value: str, *, limit: Limit
) -> MatcherT:
    """Add a condition on a job attribute."""
    return _create_matcher(db, filter_id, MatcherField.ATTR, type, value, attr, limit)


def get_matcher(db: Database, matcher_id: Id) -> MatcherT:
    """A matcher by id."""
    return db.one("matcher_by_id", _matcher, missing=f"no matcher '{matcher_id}'", id=matcher_id)


def get_matchers(db: Database, filter_id: Id) -> list[MatcherT]:
    """Matchers of a filter in the order they were made."""
    found = db.all("matchers_of_filter", _matcher, filter_id=filter_id)
    if not found:
        get_filter(db, filter_id)
    return found


def update_matcher(db: Database, matcher: MatcherT) -> MatcherT:
    """Change a matcher, found by its id; it keeps its place."""
    id = _checked("matcher", matcher, "type", "field", "value")
    values = {
        "type": label(MatcherType, matcher.type),
        "field": label(MatcherField, matcher.field),
        "value": matcher.value,
        "attr": matcher.attr or None,
    }
    if not db.run("update_matcher", id=id, **values):
        raise NotFound(f"no matcher '{id}'")
    return get_matcher(db, id)


def delete_matcher(db: Database, id: Id) -> None:
    """Delete a matcher."""
    if not db.run("delete_matcher", id=id):
        raise NotFound(f"no matcher '{id}'")


def create_action(db: Database, filter_id: Id, type: int, value: str | None, *, limit: Limit) -> ActionT:
    """Add an action to a filter; what its value may be is for its type to say."""
    made = db.value(
        "create_action",
        p_filter=filter_id,
        p_type=label(ActionType, type),
        p_value=value,
        p_most=limit.parts_per_filter,
    )
    return get_action(db, made)


def get_action(db: Database, action_id: Id) -> ActionT:
    """An action by id."""
    return db.one("action_by_id", _action, missing=f"no action '{action_id}'", id=action_id)


def get_actions(db: Database, filter_id: Id) -> list[ActionT]:
    """Actions of a filter in the order they were made."""
    found = db.all("actions_of_filter", _action, filter_id=filter_id)
    if not found:
        get_filter(db, filter_id)
    return found


def update_action(db: Database, action: ActionT) -> ActionT:
    """Change an action, found by its id; it keeps its place."""
    id = _checked("action", action, "type")
    db.run("update_action", p_action=id, p_type=label(ActionType, action.type), p_value=action.value)
    return get_action(db, id)


def delete_action(db: Database, id: Id) -> None:
    """Delete an action."""
    if not db.run("delete_action", id=id):
        raise NotFound(f"no action '{id}'")


def get_job_filter_trace(db: Database, job_id: Id) -> list[FilterTraceT]:
    """What the filters did at launch."""
    row = db.one("filter_trace_of_job", missing=f"no job '{job_id}'", id=job_id)
    return [from_json(FilterTraceT, entry) for entry in row["trace"]]


def _create_matcher(
    db: Database, filter_id: str, field: int, type: int, value: str, attr: str | None, limit: Limit
) -> MatcherT:
    made = db.value(
        "create_matcher",
        p_filter=filter_id,
        p_field=label(MatcherField, field),
        p_type=label(MatcherType, type),
        p_value=value,
        p_attr=attr,
        p_most=limit.parts_per_filter,
    )
    return get_matcher(db, made)


def _checked(noun: str, given: MatcherT | ActionT, *fields: str) -> Id:
    """The id of what is to be changed; it and these fields have to be there, whatever the IDL cannot demand."""
    for field in ("id", *fields):
        if vars(given)[field] is None:
            raise Invalid(f"the {noun} to be changed has no {field}")
    return Id(check_id(given.id))
