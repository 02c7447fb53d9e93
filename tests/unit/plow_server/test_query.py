"""A query as SQL: fixed text and placeholders; what it says about where tasks are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plow_client.query import FIELDS, KINDS, And, Kind, Not, Or, Query, Term, parse
from plow_server.query.compose import compose
from plow_server.query.fields import columns_of
from plow_server.query.glob import like
from plow_server.query.reach import reach

TEXTUAL = {
    kind: [field for field in FIELDS[kind].values() if "~" in field.type.ops] for kind in KINDS
}  # what a caller can fill with any text


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_no_text_of_the_wire_is_in_the_sql(kind: Kind, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(TEXTUAL[kind]))
    op = data.draw(st.sampled_from(field.type.ops))
    text = "Ħ" + data.draw(st.text()) + "Ħ"  # a letter that no SQL of ours has
    term = Term(field.name, op, (text,), text if field.type.has_key else None)

    made = compose(term, columns_of(kind))

    assert "Ħ" not in made.sql.as_string(None)
    assert all(name.startswith("where_") for name in made.values)


@pytest.mark.parametrize(
    ("glob", "pattern"),
    [
        ("beauty*", "beauty%"),
        ("SC0?0", "sc0_0"),
        ("100%_a", "100\\%\\_a"),
        ("\\*\\?\\\\", "*?\\\\"),
        ("a\\", "a\\\\"),
        ("***a**", "%a%"),
        ("\\%*", "\\%%"),
        ("É", "É"),
        ("", ""),
    ],
)
def test_a_glob_becomes_a_pattern(glob: str, pattern: str) -> None:
    assert like(glob) == pattern


ANNA = Term("user", "=", ("anna",))
RUNNING, DEAD = Term("running", ">", (0.0,)), Term("dead", ">", (0.0,))
"""How many tasks of a layer are in a state."""


@pytest.mark.parametrize(
    ("query", "layers"),
    [
        ("user=anna and ram>1g", ANNA),
        ("user=anna and state=dead", And((ANNA, DEAD))),
        ("state in (dead, running) and not user=anna", And((Or((RUNNING, DEAD)), Not(ANNA)))),
        ("state not in (waiting, depend, succeeded, eaten)", Or((RUNNING, DEAD))),
        ("user=anna or ram>1g", None),
        ("user=anna or user=anna and ram>1g", Or((ANNA, ANNA))),
        ("not (user=anna and ram>1g)", None),
        ("not (user=anna or not user=anna)", Not(Or((ANNA, Not(ANNA))))),
        ("not state=dead", None),
    ],
)
def test_a_query_of_tasks_says_something_about_their_layers(query: str, layers: Query | None) -> None:
    assert reach(parse(query, "task")) == layers
