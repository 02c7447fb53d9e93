"""A query as canonical text: parse it again, and it is the same query."""

from __future__ import annotations

from plow_client.query.field import FIELDS, Kind
from plow_client.query.tree import And, Not, Or, Query, Term
from plow_client.query.value import write_value
from plow_client.query.word import BARE


def write(query: Query, kind: Kind) -> str:
    """The text of a query."""
    if isinstance(query, Term):
        return _term(query, kind)
    if isinstance(query, Not):
        return "not " + _inside(query.part, kind, And, Or)
    if isinstance(query, And):
        return " and ".join(_inside(part, kind, Or) for part in query.parts)
    return " or ".join(write(part, kind) for part in query.parts)


def _inside(part: Query, kind: Kind, *looser: type[Query]) -> str:
    text = write(part, kind)
    return f"({text})" if isinstance(part, looser) else text


def _term(term: Term, kind: Kind) -> str:
    field = FIELDS[kind][term.field]
    name = field.name if term.key is None else f"{field.name}.{_key(term.key)}"
    values = [write_value(field, value) for value in term.values]
    if len(values) == 1:
        return f"{name}{term.op}{values[0]}"
    return f"{name} {'in' if term.op == '=' else 'not in'} ({', '.join(values)})"


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else "'" + key.replace("'", "''") + "'"
