"""A query as it travels: a flat list of terms, operands before their operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from plow_client.errors import Invalid
from plow_client.idl import QueryOp, QueryTermT
from plow_client.query.error import nearest, shown
from plow_client.query.field import FIELDS, ID, LABEL, MOMENT, TRUTH, Field, Kind
from plow_client.query.term import fault_of_op, fault_of_values
from plow_client.query.tree import And, Moment, Not, Op, Or, Query, Term, Value, all_of, any_of
from plow_client.query.value import WrongValue, check_moment, check_number, check_text, read_value

_CODES: Final[dict[Op, QueryOp]] = {
    "=": QueryOp.EQUAL,
    "!=": QueryOp.NOT_EQUAL,
    "~": QueryOp.MATCH,
    "!~": QueryOp.NOT_MATCH,
    "<": QueryOp.LESS,
    "<=": QueryOp.AT_MOST,
    ">": QueryOp.MORE,
    ">=": QueryOp.AT_LEAST,
}
_OPS: Final = {int(code): op for op, code in _CODES.items()}


def to_wire(query: Query) -> list[QueryTermT]:
    """The terms of a query."""
    if isinstance(query, Term):
        return [_sent(query)]
    if isinstance(query, Not):
        return [*to_wire(query.part), QueryTermT(op=QueryOp.NOT)]
    code = QueryOp.AND if isinstance(query, And) else QueryOp.OR
    terms = to_wire(query.parts[0])
    for part in query.parts[1:]:
        terms += [*to_wire(part), QueryTermT(op=code)]
    return terms


def from_wire(terms: Sequence[QueryTermT], kind: Kind, deepest: int = 50) -> Query:
    """The query that terms say; Invalid names the first term that makes no sense."""
    stack: list[tuple[Query, int]] = []
    for number, term in enumerate(terms, 1):
        try:
            stack.append(_joined(term, stack) if term.op in _JOINS else (_read(term, kind), 1))
        except WrongValue as wrong:
            raise Invalid(f"term {number} of the query: {wrong}") from None
        if stack[-1][1] > deepest:
            raise Invalid(f"a query nests at most {deepest} deep")
    if len(stack) != 1:
        raise Invalid(
            "an empty query" if not stack else f"{len(stack)} terms of the query are not joined by and or or"
        )
    return stack[0][0]


_JOINS: Final = {int(QueryOp.AND): 2, int(QueryOp.OR): 2, int(QueryOp.NOT): 1}


def _joined(term: QueryTermT, stack: list[tuple[Query, int]]) -> tuple[Query, int]:
    needed = _JOINS[int(term.op)]
    if len(stack) < needed:
        raise WrongValue(f"{QueryOp(term.op).name} needs {needed} terms before it")
    parts = [stack.pop() for _ in range(needed)][::-1]
    if term.op == QueryOp.NOT:
        return Not(parts[0][0]), parts[0][1] + 1
    kind, join = (And, all_of) if term.op == QueryOp.AND else (Or, any_of)
    depth = max(depth if isinstance(part, kind) else depth + 1 for part, depth in parts)
    return join(part for part, _ in parts), depth


def _sent(term: Term) -> QueryTermT:
    sent = QueryTermT(op=_CODES[term.op], field=term.field, key=term.key)
    if isinstance(term.values[0], bool):
        sent.texts = ["true" if value else "false" for value in term.values]
    elif isinstance(term.values[0], str):
        sent.texts = [str(value) for value in term.values]
    else:
        sent.numbers = [float(value.ms if isinstance(value, Moment) else value) for value in term.values]
        sent.ago = term.values[0].ago if isinstance(term.values[0], Moment) else None
    return sent


def _read(term: QueryTermT, kind: Kind) -> Query:
    op = _OPS.get(term.op)
    if op is None:
        raise WrongValue(f"there is no comparison {term.op}")
    field = FIELDS[kind].get(term.field or "")
    if field is None:
        name = term.field or ""
        raise WrongValue(f"{kind}s have no field {shown(name)}{nearest(name, FIELDS[kind])}")
    key = _key(field, term)
    if fault := fault_of_op(field, op):
        raise WrongValue(fault)
    values = _values(field, term)
    if fault := fault_of_values(field, op, values):
        raise WrongValue(fault)
    return Term(field.name, op, values, key)


def _key(field: Field, term: QueryTermT) -> str | None:
    if not field.type.has_key:
        if term.key is not None:
            raise WrongValue(f"'{field.name}' has nothing by key")
        return None
    if not term.key:
        raise WrongValue(f"'{field.name}' needs a key")
    return check_text(term.key)


def _values(field: Field, term: QueryTermT) -> tuple[Value, ...]:
    is_number = field.type.is_number or field.type is MOMENT
    given, other = (term.numbers, term.texts) if is_number else (term.texts, term.numbers)
    if not given or other:
        raise WrongValue(f"'{field.name}' is compared with {'numbers' if is_number else 'texts'}")
    try:
        return tuple(_value(field, value, bool(term.ago)) for value in given)
    except WrongValue as wrong:
        raise WrongValue(f"'{field.name}' is {wrong}") from None


def _value(field: Field, value: str | float, ago: bool) -> Value:
    if isinstance(value, str):
        return read_value(field, value) if field.type in (TRUTH, LABEL, ID) else check_text(value)
    return check_moment(value, ago) if field.type is MOMENT else check_number(field, value)
