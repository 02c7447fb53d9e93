"""Whether a comparison makes sense, however it came: as text or over the wire."""

from __future__ import annotations

from plow_client.query.field import LABEL, MOMENT, TRUTH, Field
from plow_client.query.tree import GLOB, NEVER, ORDER, Moment, Op, Value


def fault_of_op(field: Field, op: Op) -> str:
    """Why this field can't be compared so; empty where it can."""
    if op in field.type.ops:
        return ""
    usable = ", ".join(field.type.ops)
    if field.type is LABEL:
        return f"'{field.name}' is one of {', '.join(field.labels).lower()}: use {usable} or in"
    if field.type is TRUTH:
        return f"'{field.name}' is true or false: use {usable}"
    return f"'{field.name}' is {_article(field.type.name)}: use {usable} or in"


def fault_of_values(field: Field, op: Op, values: tuple[Value, ...]) -> str:
    """Why these values can't stand here together; empty where they can."""
    if len(values) != 1 and op in (*GLOB, *ORDER):
        return f"'{op}' compares with one value"
    if field.type is MOMENT:
        return _fault_of_moment(field, op, values)
    return ""


def _fault_of_moment(field: Field, op: Op, values: tuple[Value, ...]) -> str:
    is_never = [isinstance(value, Moment) and value == NEVER for value in values]
    if op in ORDER and any(is_never):
        return f"'never' is no moment: use '{field.name}=never' or '{field.name}!=never'"
    if op not in ORDER and not all(is_never):
        return f"'{field.name}' is a moment, which is never hit exactly: use <, <=, >, >=, or '= never'"
    return ""


def _article(name: str) -> str:
    return name if name.endswith("s") or "by key" in name else f"a {name}" if name != "id" else "an id"
