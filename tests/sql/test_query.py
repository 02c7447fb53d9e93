"""Queries against a plain-Python reading of the same rows: every field, every comparison, and trees of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from plow_client.idl import JobFilterT, NodeFilterT, TaskFilterT
from plow_client.query import (
    FIELDS,
    KINDS,
    NEVER,
    And,
    Field,
    Kind,
    Moment,
    Not,
    Or,
    Query,
    Term,
    all_of,
    any_of,
    to_wire,
)
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.job import get_jobs
from plow_server.handlers.node import get_nodes
from plow_server.handlers.task import get_tasks
from tests.sql.farm import Farm
from tests.sql.query_rows import NOW_MS, Has, rows
from tests.sql.query_world import NOW, build

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
EVERY_TASK = Term("user", "~", ("?*",))


@dataclass
class World:
    """A farm whose clock stands still, what its rows have, and the calls."""

    db: Database
    has: dict[Kind, dict[str, Has]]
    terms: dict[Kind, list[Term]]

    def found(self, kind: Kind, query: Query) -> set[str]:
        """Ids of what the server finds."""
        where = to_wire(all_of([EVERY_TASK, query]) if kind == "task" else query)
        limit = Limit(search_s=30.0)
        if kind == "job":
            return {row.id for row in get_jobs(self.db, JobFilterT(where=where), limit=limit)}
        if kind == "task":
            return {row.id for row in get_tasks(self.db, TaskFilterT(where=where), limit=limit)}
        return {row.id for row in get_nodes(self.db, NodeFilterT(where=where), limit=limit)}

    def expected(self, kind: Kind, query: Query) -> set[str]:
        """Ids for which the query holds, as Python sees it."""
        return {id for id, has in self.has[kind].items() if holds(kind, query, has)}


@pytest.fixture(scope="module")
def world(postgres: Any, template: str) -> Iterator[World]:
    with postgres.scratch(template) as address:
        still = make_conninfo(address, options=f"-c plow.now={NOW.isoformat()}")
        farm = Farm(still)
        build(farm)
        with Database(still) as db:
            has = {kind: rows(db, farm, kind) for kind in KINDS}
            yield World(db, has, {kind: all_terms(kind, has[kind]) for kind in KINDS})
        farm.close()


def holds(kind: Kind, query: Query, has: Has) -> bool:
    if isinstance(query, And):
        return all(holds(kind, part, has) for part in query.parts)
    if isinstance(query, Or):
        return any(holds(kind, part, has) for part in query.parts)
    if isinstance(query, Not):
        return not holds(kind, query.part, has)
    value = has[query.field] if query.key is None else has[query.field].get(query.key)
    if query.op in ("!=", "!~"):
        return not holds(
            kind, Term(query.field, "=" if query.op == "!=" else "~", query.values, query.key), has
        )
    if query.values == (NEVER,):
        return value is None
    if value is None:
        return False
    if query.op == "=":
        return any(one in query.values for one in value) if isinstance(value, list) else value in query.values
    if query.op == "~":
        return any(fits(str(query.values[0]), one) for one in (value if isinstance(value, list) else [value]))
    other = query.values[0]
    if isinstance(other, Moment):
        other = NOW_MS - other.ms if other.ago else other.ms
    return COMPARE[query.op](value, other)


def fits(glob: str, text: str) -> bool:
    """Sign by sign, as the guide says it."""
    pattern, signs = "", iter(glob)
    for sign in signs:
        if sign == "\\":
            pattern += re.escape(next(signs, "\\"))
        else:
            pattern += {"*": ".*", "?": "."}.get(sign, re.escape(sign))
    return re.fullmatch(ascii_lower(pattern), ascii_lower(text), re.DOTALL) is not None


def ascii_lower(text: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def flat(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        for one in value if isinstance(value, list) else [value]:
            if one is not None and one not in found:
                found.append(one)
    return found


def all_terms(kind: Kind, has: dict[str, Has]) -> list[Term]:
    """Comparisons of every field."""
    return [term for field in FIELDS[kind].values() for term in terms_of(field, has)]


def terms_of(field: Field, has: dict[str, Has]) -> list[Term]:
    """Comparisons of a field with what is there, with what is near and with what is nowhere."""
    keys = [None]
    present = [row[field.name] for row in has.values()]
    if field.type.has_key:
        keys = [*flat(key for row in present for key in row), "nobody's"]
    found: list[Term] = []
    for key in keys:
        values = flat(present if key is None else (row.get(key) for row in present))
        found += [term for op in field.type.ops for term in _compared(field, op, values, key)]
    return found


def _compared(field: Field, op: Any, values: list[Any], key: str | None) -> list[Term]:
    if field.type.name == "moment":
        if op in ("=", "!="):
            return [Term(field.name, op, (NEVER,))]
        ago = [Moment(NOW_MS - value, ago=True) for value in values[:1] if value <= NOW_MS]
        return [Term(field.name, op, (one,)) for one in [*map(Moment, values[:2]), *ago] if one != NEVER]
    if field.type.is_number:
        near = [float(other) for value in values[:2] for other in (value, value + 1)] or [1.0]
        many = [tuple(near)] if op in ("=", "!=") else []
        return [Term(field.name, op, one, key) for one in [*((value,) for value in near), *many]]
    if op in ("~", "!~"):
        return [Term(field.name, op, (glob,), key) for glob in globs([str(value) for value in values])]
    if field.type.name in ("label", "truth"):
        values = list(field.labels) or [True, False]
    if field.type.name in ("text", "texts", "texts by key"):
        values = [*values[:2], "", "NO SUCH"]
    return [
        Term(field.name, op, one, key)
        for one in [*((value,) for value in values[:4]), tuple(values[:3])]
        if one
    ]


def globs(texts: list[str]) -> list[str]:
    made = ["*%*", "*_*", "\\*star\\?*", "*\\\\*", "back\\", "**a**"]
    for text in texts[:1]:
        made += [text.replace("\\", "\\\\").upper(), text[:2] + "*", "?" + text[1:]]
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_every_comparison_of_every_field_finds_what_python_finds(kind: Kind, world: World) -> None:
    assert set(next(iter(world.has[kind].values()))) == set(FIELDS[kind])
    for term in world.terms[kind]:
        assert world.found(kind, term) == world.expected(kind, term), term


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_tree_of_comparisons_finds_what_python_finds(kind: Kind, world: World, data: st.DataObject) -> None:
    query = data.draw(
        st.recursive(
            st.sampled_from(world.terms[kind]),
            lambda inner: st.one_of(
                inner.map(Not),
                st.lists(inner, min_size=2, max_size=3).map(all_of),
                st.lists(inner, min_size=2, max_size=3).map(any_of),
            ),
            max_leaves=6,
        )
    )
    assert world.found(kind, query) == world.expected(kind, query)
