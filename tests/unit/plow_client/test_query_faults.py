"""What is wrong with a query is said in one sentence, with its place; nothing that is sent is a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.errors import Invalid
from plow_client.idl import QueryOp, QueryTermT
from plow_client.query import QueryError, from_wire, parse


@pytest.mark.parametrize(
    ("typed", "reason", "place"),
    [
        ("", "an empty query: say which tasks, e.g. state=waiting", "at character 1"),
        (
            "user=anna and usr=bo",
            "tasks have no field 'usr'; nearest: user, usedram",
            "at character 15: 'usr=bo'",
        ),
        (
            "state=ded",
            "'state' is one of waiting, running, dead, eaten, depend, succeeded, not 'ded'",
            "at character 7: 'ded'",
        ),
        (
            "state>dead",
            "'state' is one of waiting, running, dead, eaten, depend, succeeded: use =, != or in",
            "at character 6: '>dead'",
        ),
        ("name<3", "'name' is a text: use =, !=, ~, !~ or in", "at character 5: '<3'"),
        ("ram>lots", "'ram' is a memory: 500m, 32g, 1.5t, not 'lots'", "at character 5: 'lots'"),
        ("ram>-1g", "'ram' is a memory: 500m, 32g, 1.5t, not '-1g'", "at character 5: '-1g'"),
        (
            "runtime>2",
            "'runtime' is a duration with its unit: 90s, 30m, 2h, 1d, 1h30m, not '2'",
            "at character 9: '2'",
        ),
        (
            "started=2h ago",
            "'started' is a moment, which is never hit exactly: use <, <=, >, >=, or '= never'",
            "at character 1: 'started=2h ago'",
        ),
        (
            "started<never",
            "'never' is no moment: use 'started=never' or 'started!=never'",
            "at character 1: 'started<never'",
        ),
        ("paused=maybe", "'paused' is true or false, not 'maybe'", "at character 8: 'maybe'"),
        ("jobid=shot", "'jobid' is an id, 36 characters, not 'shot'", "at character 7: 'shot'"),
        (
            "frame=99999999999999999999",
            "'frame' is a number between -2^53 and 2^53, not '99999999999999999999'",
            "at character 7: '99999999999999999999'",
        ),
        ("user=anna ram>1g", "'and' or 'or' is missing", "at character 11: 'ram>1g'"),
        ("user=anna and", "a field is missing, such as state or job", "at the end, after 'user=anna and'"),
        ("(user=anna", "this '(' is not closed", "at character 1: '(user=anna'"),
        ("user=anna)", "a ')' too many", "at character 10: ')'"),
        ("user in anna", "'(' is missing", "at character 9: 'anna'"),
        ("user in (a b)", "',' or ')' is missing", "at character 12: 'b)'"),
        (
            "user=and",
            "a value for 'user' is missing; one of these words needs quotes",
            "at character 6: 'and'",
        ),
        ("user", "'user' is compared with what? = != ~ !~ or in", "at the end, after 'user'"),
        ("name='abc", "the quote ' is not closed", "at character 6: ''abc'"),
        ("user!anna", "'!' alone says nothing: use != or !~, or the word not", "at character 5: '!anna'"),
        ("user=a\0b", "a NUL can't be part of a query", "at character 7: '?b'"),
        ("user='a\0b'", "'user' is a text without NUL, not 'a?b'", "at character 6: ''a?b''"),
        ("user='\ud800'", "'user' is a text in valid Unicode, not '?'", "at character 6: ''?''"),
        ("attr=x", "'attr' needs a key: attr.shot", "at character 1: 'attr=x'"),
        ("user.x=y", "'user' has nothing by key", "at character 1: 'user.x=y'"),
        (
            "(" * 10_000,
            "more than 50 brackets and nots inside one another",
            "at character 51: '(((((((((((((((((((((((('",
        ),
        (
            "not " * 10_000,
            "more than 50 brackets and nots inside one another",
            "at character 201: 'not not not not not not '",
        ),
        (
            "started>2026-02-30",
            "'started' is a moment that is in the calendar, not '2026-02-30'",
            "at character 9: '2026-02-30'",
        ),
    ],
    ids=lambda text: text[:20],
)
def test_a_mistake_is_named_with_its_place(typed: str, reason: str, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(typed, "task")
    assert refused.value.why == f"{reason} ({place})"


def test_a_text_without_end_is_refused_at_once() -> None:
    with pytest.raises(Invalid, match="a query has at most 100000 characters, this one has 1000000"):
        parse("x" * 1_000_000, "task")


def test_a_mistake_can_be_pointed_at() -> None:
    with pytest.raises(QueryError) as refused:
        parse("state=dead and usr=anna", "task")
    assert refused.value.pointed() == "state=dead and usr=anna\n               ^"


OK = {"op": QueryOp.EQUAL, "field": "user", "texts": ["a"]}


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ({"op": QueryOp.AND}, "AND needs 2 terms before it"),
        ({**OK, "op": 99}, "there is no comparison 99"),
        ({**OK, "op": None}, "there is no comparison None"),
        ({**OK, "field": None}, "tasks have no field ''"),
        ({**OK, "field": "us; drop"}, "tasks have no field 'us; drop'"),
        ({**OK, "texts": None}, "'user' is compared with texts"),
        ({**OK, "texts": []}, "'user' is compared with texts"),
        ({**OK, "numbers": [1.0]}, "'user' is compared with texts"),
        ({**OK, "texts": ["a\0"]}, "'user' is a text without NUL"),
        ({**OK, "key": "x"}, "'user' has nothing by key"),
        ({**OK, "field": "attr"}, "'attr' needs a key"),
        ({**OK, "op": QueryOp.MATCH, "texts": ["a", "b"]}, "'~' compares with one value"),
        ({**OK, "op": QueryOp.LESS}, "'user' is a text: use =, !=, ~, !~ or in"),
        ({"field": "ram", "numbers": [float("nan")]}, "'ram' is a number between -2^53 and 2^53"),
        ({"field": "ram", "numbers": [float("inf")]}, "'ram' is a number between -2^53 and 2^53"),
        ({"field": "ram", "numbers": [-1.0]}, "'ram' is a memory of 0 or more"),
        ({"field": "started", "numbers": [1e16]}, "'started' is a moment from 1970 to 9999"),
        (
            {"field": "started", "numbers": [float("nan")], "ago": True},
            "'started' is a moment from 1970 to 9999",
        ),
    ],
)
def test_a_term_that_makes_no_sense_is_named(term: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_wire([QueryTermT(**{"op": QueryOp.MORE, **term})], "task")
    assert refused.value.why == f"term 1 of the query: {said}"


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ([], "an empty query"),
        ([QueryTermT(**OK)] * 2, "2 terms of the query are not joined by and or or"),
        ([QueryTermT(**OK), *[QueryTermT(op=QueryOp.NOT)] * 5000], "a query nests at most 50 deep"),
    ],
)
def test_terms_that_are_no_query_are_refused(terms: list[QueryTermT], said: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_wire(terms, "task")
    assert refused.value.why == said
