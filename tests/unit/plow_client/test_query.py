"""The filter language: what is typed, what it means, how it is written again, and what is said of mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plow_client import idl
from plow_client.errors import Invalid
from plow_client.query import (
    FIELDS,
    KINDS,
    NEVER,
    Field,
    Kind,
    Moment,
    Not,
    Query,
    Term,
    all_of,
    any_of,
    from_wire,
    parse,
    to_wire,
    write,
)
from plow_client.query.field import find_field

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.floats(-(2.0**53), 2.0**53).map(lambda value: value + 0.0)
VALUES = {
    "text": NAMES,
    "texts": NAMES,
    "texts by key": NAMES,
    "id": st.uuids().map(str),
    "truth": st.booleans(),
    "number": NUMBERS,
    "numbers by key": NUMBERS,
    "percent": NUMBERS,
    "memory": st.floats(0, 2.0**53),
    "duration": st.integers(0, 2**53).map(float),
    "moment": st.one_of(
        st.builds(Moment, st.integers(1, 253_402_300_799_999)), st.builds(Moment, st.integers(0, 2**53), st.just(True))
    ),
}  # fmt: skip


@st.composite
def terms(draw: st.DrawFn, kind: Kind) -> Term:
    field = draw(st.sampled_from(list(FIELDS[kind].values())))
    op = draw(st.sampled_from(field.type.ops))
    values = st.sampled_from(field.labels) if field.labels else VALUES[field.type.name]
    if field.type.name == "moment" and op in ("=", "!="):
        values = st.just(NEVER)
    most = 3 if op in ("=", "!=") and field.type.name != "truth" else 1
    key = draw(NAMES.filter(bool)) if field.type.has_key else None
    return Term(field.name, op, tuple(draw(st.lists(values, min_size=1, max_size=most))), key)


def queries(kind: Kind) -> st.SearchStrategy[Query]:
    return st.recursive(
        terms(kind),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=3).map(all_of),
            st.lists(inner, min_size=2, max_size=3).map(any_of),
        ),
        max_leaves=8,
    )


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_written_is_read_as_the_same_query(kind: Kind, data: st.DataObject) -> None:
    query = data.draw(queries(kind))
    text = write(query, kind)

    assert parse(text, kind) == query
    assert write(parse(text, kind), kind) == text


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_query_comes_over_the_wire_as_it_was_sent(kind: Kind, data: st.DataObject) -> None:
    query = data.draw(queries(kind))
    assert from_wire(to_wire(query), kind) == query


PIECES = [
    *(
        [
            "state",
            "user",
            "=",
            "!=",
            "~",
            "<",
            ">=",
            "and",
            "or",
            "not",
            "in",
            "(",
            ")",
            ",",
            "dead",
            "32g",
            "2h",
            "ago",
            "attr.",
            "attr.x",
            "*",
            "%",
            "_",
            ";",
            "--",
            "never",
            "1e999",
            "started",
        ]
    ),
    *("'", '"', "\\", "\0", "\ud800", "é"),
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)))
def test_any_text_is_a_query_or_a_clear_error(text: str) -> None:
    try:
        query = parse(text, "task")
    except Invalid as error:
        assert error.why.isprintable()
        return
    assert parse(write(query, "task"), "task") == query


@pytest.mark.parametrize(
    ("kind", "typed", "canonical"),
    [
        ("task", "state=dead and user=anna and layer~'beauty*' and ram>32g",
                 "state=dead and user=anna and layer~beauty* and ram>32g"),
        ("task", "STATE == Dead AND Not ( USER = anna or user='two words' )",
                 "state=dead and not (user=anna or user='two words')"),
        ("task", "a_ttr.shot='it''s' or name=\"say 'x'\"", "attr.shot='it''s' or name='say ''x'''"),
        ("task", "exit in (1, 2) and state not in (DEAD,Running)", "exit in (1, 2) and state not in (dead, running)"),
        ("task", "runtime>90m and started > 1d12h ago and stopped = never",
                 "runtime>90m and started>36h ago and stopped=never"),
        ("task", "end_reason = node-lost and max_ram >= 1.5GiB", "endreason=node_lost and ram>=1536m"),
        ("job", "progress>50 and paused and not is_post", "progress>50% and paused=true and not post=true"),
        ("job", "started>=2026-03-01T12:30+01:00", "started>=2026-03-01T11:30:00Z"),
        ("job", "(((user=anna)))", "user=anna"),
        ("job", "user=a and (user=b and user=c)", "user=a and user=b and user=c"),
        ("job", "user in (a)", "user=a"),
        ("job", "name='and'", "name='and'"),
        ("node", "locked or metric.room_c>30.5 and tag=linux", "locked=true or metric.room_c>30.5 and tag=linux"),
        ("node", "uptime>1w and ping<1500ms and ram>=1t", "uptime>1w and ping<1500ms and ram>=1t"),
    ],
)  # fmt: skip
def test_what_may_be_typed(kind: Kind, typed: str, canonical: str) -> None:
    assert write(parse(typed, kind), kind) == canonical


def test_the_labels_are_those_of_the_wire() -> None:
    known: dict[tuple[Kind, str], str] = {
        ("job", "state"): "JobState",
        ("task", "state"): "TaskState",
        ("task", "endreason"): "AttemptEnd",
        ("node", "state"): "NodeState",
        ("node", "mode"): "SlotMode",
    }
    for (kind, name), enum in known.items():
        labels = [member.name for member in idl.enums[enum] if member.name != "INITIALIZE"]
        assert list(FIELDS[kind][name].labels) == labels
    assert {(kind, name) for kind in KINDS for name, field in FIELDS[kind].items() if field.labels} == set(
        known
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_means_one_field(kind: Kind) -> None:
    names: dict[str, Field] = {}
    for field in FIELDS[kind].values():
        for name in (field.name, *field.also):
            assert names.setdefault(name, field) == field
            assert find_field(kind, name.upper()) == field
