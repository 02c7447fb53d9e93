"""A query as an SQL condition: fixed text for fields and operators, a placeholder for every value.

A comparison with what is missing does not hold, and its opposite does; so `not` is always the other half.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from plow_client.query.field import ID, LABEL, MOMENT, NUMBER_MAP, TEXT, TEXT_MAP, TEXTS, TRUTH, FieldType
from plow_client.query.tree import GLOB, NEVER, And, Moment, Not, Query, Term, Value
from plow_server.query.fields import Column, Columns
from plow_server.query.glob import like

Part = sql.Composable

_ANY = {TEXT: "text", TEXT_MAP: "text", TEXTS: "text", ID: "uuid", TRUTH: "boolean"}


@dataclass(frozen=True)
class Condition:
    """An SQL condition and the values of its placeholders."""

    sql: Part
    values: dict[str, object]


def compose(query: Query | None, columns: Columns, prefix: str = "where_") -> Condition:
    """The condition that a query is; None holds for all. Placeholders begin with the prefix."""
    composer = _Composer(columns, prefix)
    return Condition(composer.of(query) if query else sql.SQL("true"), composer.values)


class _Composer:
    """Collects values while it goes through a query."""

    def __init__(self, columns: Columns, prefix: str) -> None:
        self._columns = columns
        self._prefix = prefix
        self.values: dict[str, object] = {}

    def of(self, query: Query) -> Part:
        if isinstance(query, Term):
            return self._term(query)
        if isinstance(query, Not):
            return _opposite(self.of(query.part))
        join = " and " if isinstance(query, And) else " or "
        return sql.SQL("({})").format(sql.SQL(join).join(self.of(part) for part in query.parts))

    def _term(self, term: Term) -> Part:
        column = self._columns[term.field]
        field = sql.SQL("({})").format(column.sql)
        if term.key is not None:
            field = sql.SQL("({} ->> {}::text)").format(field, self._bound(term.key))
        found = self._compared(column, field, term)
        return _opposite(found) if term.op in ("!=", "!~") else found

    def _compared(self, column: Column, field: Part, term: Term) -> Part:
        if term.op in GLOB:
            return self._matches(column.type, field, str(term.values[0]))
        if column.type is MOMENT:
            return self._at(field, term)
        if column.type is TEXTS:
            return sql.SQL("{} && {}::text[]").format(field, self._bound(list(term.values)))
        if term.op in ("=", "!="):
            return self._is_one_of(column.type, field, term.values)
        number = sql.SQL("{}::float8").format(field)
        return sql.SQL(f"{{}} {term.op} {{}}::float8").format(number, self._bound(term.values[0]))

    def _is_one_of(self, type: FieldType, field: Part, values: tuple[Value, ...]) -> Part:
        if type is LABEL:
            field = sql.SQL("{}::text").format(field)
        elif type is NUMBER_MAP:
            field = sql.SQL("{}::float8").format(field)
        kind = "text" if type is LABEL else _ANY.get(type, "float8")
        return sql.SQL(f"{{}} = any({{}}::{kind}[])").format(field, self._bound(list(values)))

    def _matches(self, type: FieldType, field: Part, glob: str) -> Part:
        pattern = self._bound(like(glob))
        if type is TEXTS:
            each = 'exists (select from unnest({}) as one (value) where lower(one.value collate "C") like {}::text)'
            return sql.SQL(each).format(field, pattern)
        return sql.SQL('lower({} collate "C") like {}::text').format(field, pattern)

    def _at(self, field: Part, term: Term) -> Part:
        moment = term.values[0]
        assert isinstance(moment, Moment)
        if moment == NEVER:
            return sql.SQL("{} is null").format(field)
        then: Part = sql.SQL("{}::float8").format(self._bound(float(moment.ms)))
        if moment.ago:
            then = sql.SQL("plow.ms((select plow.now())) - {}").format(then)
        return sql.SQL(f"nullif(plow.ms({{}}), 0) {term.op} {{}}").format(field, then)

    def _bound(self, value: object) -> Part:
        name = f"{self._prefix}{len(self.values)}"
        self.values[name] = value
        return sql.Placeholder(name)


def _opposite(condition: Part) -> Part:
    return sql.SQL("not coalesce(({}), false)").format(condition)
