"""Queries over the wire: what is typed anywhere finds what it says, and nothing that is sent is a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.errors import Invalid
from plow_client.idl import JobFilterT, NodeFilterT, QueryKind, QueryOp, QueryTermT, TaskFilterT
from plow_client.query import FIELDS, KINDS, Kind, parse, to_wire
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

HOSTILE = [
    *("'", "''", '"', "\\", "\\'", "%", "_", "%s", "%(where_0)s", "{}", "{where}", ";", "--", "/*", "$$", ""),
    *(
        "'; drop table plow.job; --",
        "' or '1'='1",
        "NaN",
        "null",
        "1e999",
        "-1",
        "9223372036854775808",
        "[",
        "(",
    ),
    *("a" * 1000, "*" * 1000, "*a" * 500, "?" * 1000, "\\" * 999),
    *("\u202e", "\ufffe", "é", "🎬", "\t\n\r", "\x7f", "\x01"),
]


PROBED = {"name", "tag", "attr", "user", "state", "id"}


def ask(api: Api, kind: Kind, where: list[QueryTermT]) -> list[Any]:
    if kind == "job":
        return list(api.getJobs(filter=JobFilterT(where=where)))
    if kind == "task":
        return list(api.getTasks(filter=TaskFilterT(where=where)))
    return list(api.getNodes(filter=NodeFilterT(where=where)))


def test_what_a_tool_typed_is_found(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch(layer(), layer("comp"), attrs={"shot": "sc020"})
    farm.node()

    jobs = api.parseQuery(kind=QueryKind.JOB, text="attr.shot=SC020 or attr.shot~'SC*' and waiting>=4")
    assert [row.id for row in ask(api, "job", jobs)] == [job.id]
    tasks = api.parseQuery(kind=QueryKind.TASK, text="job=shot and layer~'C*' and frame=2")
    assert [row.name for row in ask(api, "task", tasks)] == ["0002-comp"]
    nodes = api.parseQuery(kind=QueryKind.NODE, text="state=up and idle=4 and tag=render and ping<1h")
    assert [row.name for row in ask(api, "node", nodes)] == ["n1"]
    assert tasks == to_wire(parse("job=shot and layer~'C*' and frame=2", "task"))


def test_a_job_is_asked_for_by_criteria_and_a_query_together(api: Api, launch: Launch) -> None:
    launch()
    launch(name="other", username="bert")
    where = to_wire(parse("waiting=2", "job"))

    def found(**fields: Any) -> list[str]:
        return [job.name for job in api.getJobs(filter=JobFilterT(where=where, **fields))]

    assert found() == ["other", "shot"]
    assert found(user=["anna"]) == found(regex="^sh") == found(name=["shot"], project=["test"]) == ["shot"]
    assert found(states=[2]) == found(user=[]) == found(jobIds=[]) == []
    assert found(matchingOnly=True) == ["other", "shot"]


def test_a_node_is_asked_for_by_criteria_and_a_query_together(api: Api, farm: Farm) -> None:
    farm.node("n1")
    farm.node("n2", is_locked=True)
    where = to_wire(parse("cores=4", "node"))

    def found(**fields: Any) -> list[str]:
        return [node.name for node in api.getNodes(filter=NodeFilterT(where=where, **fields))]

    assert found() == ["n1", "n2"]
    assert found(locked=True) == found(hostnames=["n2"]) == found(regex="2") == ["n2"]
    assert found(states=[1]) == found(clusterIds=[]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_value_is_a_value_or_refused(kind: Kind, api: Api, launch: Launch, farm: Farm) -> None:
    launch(attrs={"shot": "a" * 200})
    farm.node()
    every_task = [QueryTermT(op=QueryOp.MATCH, field="user", texts=["?*"])] if kind == "task" else []
    for field in (
        one
        for one in FIELDS[kind].values()
        if one.name in ("name", "tag", "pool", "attr", "user", "state", "id")
    ):
        for value in HOSTILE:
            for op in (QueryOp.EQUAL, QueryOp.MATCH, QueryOp.LESS, QueryOp.NOT_MATCH):
                key = value[:40] if field.type.has_key else None
                term = QueryTermT(op=op, field=field.name, key=key, texts=[value])
                join = [QueryTermT(op=QueryOp.AND)] if every_task else []
                try:
                    ask(api, kind, [*every_task, term, *join])
                except Invalid:
                    continue
    assert len(ask(api, "job", to_wire(parse("name=shot", "job")))) == 1


TYPED = ("{}", "user={}", "user='{}'", "attr.{}=1", "ram>{}", "{}=1", "started>{}")


def test_a_hostile_text_is_a_query_or_refused(api: Api) -> None:
    for value in [*HOSTILE, "x" * 200_000, "(" * 10_000, "not " * 10_000]:
        for text in (one.replace("{}", value) for one in TYPED):
            try:
                terms = api.parseQuery(kind=QueryKind.TASK, text=text)
            except Invalid as error:
                assert len(error.why) < 300
                continue
            assert all(term.field in FIELDS["task"] for term in terms if term.field is not None)


def test_a_number_out_of_reach_is_refused_or_found(api: Api) -> None:
    for value in (float("nan"), float("inf"), -1.0, 2.0**63, 1e308, 5e-324):
        for field in ("cores", "ram", "age", "started", "progress"):
            try:
                ask(api, "job", [QueryTermT(op=QueryOp.MORE, field=field, numbers=[value])])
            except Invalid as error:
                assert field in error.why or "QueryTermT.numbers" in error.why


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ([], "an empty query"),
        (to_wire(parse(" or ".join(["user=anna"] * 101), "job")), "a query has at most 200 terms, this one has 201"),
        (to_wire(parse(f"user={'x' * 1001}", "job")),
         "a text in a query has at most 1000 characters, this one has 1001"),
        ([QueryTermT(op=QueryOp.EQUAL, field="user", texts=["x"] * 10_001)],
         "a query has at most 10000 values, this one has 10001"),
        ([QueryTermT(op=QueryOp.EQUAL, field="user", texts=["x"]), *[QueryTermT(op=QueryOp.NOT)] * 60],
         "a query nests at most 50 deep"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_query_over_a_limit_is_refused(where: list[QueryTermT], said: str, api: Api) -> None:
    with pytest.raises(Invalid) as refused:
        api.getJobs(filter=JobFilterT(where=where))
    assert refused.value.why == said


def test_a_deed_without_a_query_that_says_enough_is_refused(api: Api, launch: Launch) -> None:
    launch()
    for call in (api.retryTasks, api.killTasks, api.eatTasks):
        with pytest.raises(Invalid, match="could mean every task of the farm"):
            call(filter=TaskFilterT(where=to_wire(parse("ram>=0", "task"))))
        with pytest.raises(Invalid, match="an empty query"):
            call(filter=TaskFilterT(where=[]))
