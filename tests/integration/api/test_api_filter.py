"""Calls about filters (rows 89 to 105 of the list of calls), and those that the original lacked."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.errors import Invalid, NotFound
from plow_client.idl import ActionT, ActionType, FilterT, MatcherField, MatcherT, MatcherType
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def project(farm: Farm) -> str:
    return str(farm.project)


@pytest.fixture
def made(api: Api, project: str) -> FilterT:
    return api.createFilter(projectId=project, name="light")


def names(api: Api, project: str) -> list[str]:
    found = api.getFilters(projectId=project)
    assert [one.order for one in found] == list(range(len(found)))
    return [one.name for one in found]


def test_row_089_a_new_filter_is_enabled_and_last(api: Api, project: str) -> None:
    first, second = (api.createFilter(projectId=project, name=name) for name in "ab")

    assert (first.name, first.order, first.enabled) == ("a", 0, True)
    assert (second.name, second.order, second.enabled) == ("b", 1, True)
    with pytest.raises(NotFound, match="no project"):
        api.createFilter(projectId=NOBODY, name="a")


def test_row_090_filters_are_listed_in_their_order(api: Api, project: str, made: FilterT) -> None:
    api.createFilter(projectId=project, name="comp")

    assert names(api, project) == ["light", "comp"]
    with pytest.raises(NotFound, match=f"no project '{NOBODY}'"):
        api.getFilters(projectId=NOBODY)


def test_row_091_a_filter_is_found_by_its_id(api: Api, made: FilterT) -> None:
    assert api.getFilter(filterId=made.id) == made


def test_row_092_a_filter_goes_with_its_matchers_and_actions(api: Api, project: str, made: FilterT) -> None:
    matcher = api.createFieldMatcher(filterId=made.id, field=0, type=0, value="x")
    action = api.createAction(filterId=made.id, type=ActionType.PAUSE, value="true")

    api.deleteFilter(id=made.id)

    assert names(api, project) == []
    for call, key, gone in (("getMatcher", "matcherId", matcher), ("getAction", "actionId", action)):
        with pytest.raises(NotFound):
            getattr(api, call)(**{key: gone.id})


def test_row_093_a_filter_is_renamed(api: Api, made: FilterT) -> None:
    api.setFilterName(id=made.id, name="comp")

    assert api.getFilter(filterId=made.id).name == "comp"
    with pytest.raises(Invalid, match="1 to 255 characters"):
        api.setFilterName(id=made.id, name="")


def test_rows_094_095_096_filters_are_moved_and_numbered_anew(api: Api, project: str) -> None:
    ids = {name: api.createFilter(projectId=project, name=name).id for name in "abcd"}

    api.setFilterOrder(id=ids["d"], order=1)  # row 94
    assert names(api, project) == ["a", "d", "b", "c"]
    api.increaseFilterOrder(id=ids["a"])  # row 95
    assert names(api, project) == ["d", "a", "b", "c"]
    api.decreaseFilterOrder(id=ids["c"])  # row 96
    assert names(api, project) == ["d", "a", "c", "b"]


def test_row_097_a_field_matcher_says_what_it_was_told(api: Api, made: FilterT) -> None:
    matcher = api.createFieldMatcher(
        filterId=made.id, field=MatcherField.USER, type=MatcherType.IS_NOT, value="anna"
    )

    assert (matcher.field, matcher.type, matcher.value, matcher.attr) == (1, 3, "anna", None)
    with pytest.raises(Invalid, match="createAttrMatcher"):
        api.createFieldMatcher(filterId=made.id, field=MatcherField.ATTR, type=0, value="x")


def test_row_098_an_attr_matcher_matches_at_launch(api: Api, launch: Launch, made: FilterT) -> None:
    matcher = api.createAttrMatcher(filterId=made.id, type=MatcherType.IS, attr="dept", value="fx")
    api.createAction(filterId=made.id, type=ActionType.SET_MIN_CORES, value="7")

    assert (matcher.field, matcher.attr, matcher.value) == (MatcherField.ATTR, "dept", "fx")
    assert launch(name="a", attrs={"dept": "fx"}).minCores == 7
    assert launch(name="b", attrs={"dept": "FX"}).minCores == launch(name="c").minCores == 0
    with pytest.raises(Invalid):
        api.createAttrMatcher(filterId=made.id, type=MatcherType.IS, attr="", value="fx")


def test_rows_099_100_101_matchers_are_read_in_their_order_and_deleted(api: Api, made: FilterT) -> None:
    made_ones = [api.createFieldMatcher(filterId=made.id, field=0, type=0, value=value) for value in "zya"]

    assert api.getMatcher(matcherId=made_ones[0].id) == made_ones[0]  # row 99
    assert api.getMatchers(filterId=made.id) == made_ones  # row 100
    api.deleteMatcher(id=made_ones[1].id)  # row 101
    assert [one.value for one in api.getMatchers(filterId=made.id)] == ["z", "a"]


def test_rows_102_103_104_105_actions_are_read_in_their_order_and_deleted(
    api: Api, farm: Farm, made: FilterT
) -> None:
    values = [(0, str(farm.folder)), (1, "4"), (2, "-1"), (3, "true"), (4, None)]
    made_ones = [api.createAction(filterId=made.id, type=type, value=value) for type, value in values]

    assert [(one.type, one.value) for one in made_ones] == values  # row 102
    assert api.getActions(filterId=made.id) == made_ones  # row 104
    assert api.getAction(actionId=made_ones[4].id).value is None  # row 105
    api.deleteAction(id=made_ones[0].id)  # row 103
    assert api.getActions(filterId=made.id) == made_ones[1:]
    with pytest.raises(Invalid, match="SET_MIN_CORES takes a whole number from 0, not 'four'"):
        api.createAction(filterId=made.id, type=1, value="four")


def test_matchers_and_actions_are_edited_in_their_places(api: Api, farm: Farm, made: FilterT) -> None:
    matchers = [api.createFieldMatcher(filterId=made.id, field=0, type=0, value=value) for value in "ab"]
    actions = [api.createAction(filterId=made.id, type=1, value=value) for value in "12"]

    matcher = api.updateMatcher(
        matcher=MatcherT(
            id=matchers[0].id, type=MatcherType.IS, field=MatcherField.ATTR, value="fx", attr="dept"
        )
    )
    action = api.updateAction(action=ActionT(id=actions[0].id, type=ActionType.PAUSE, value="TRUE"))

    assert (action.type, action.value) == (ActionType.PAUSE, "true")
    assert api.getMatchers(filterId=made.id) == [matcher, matchers[1]]
    assert api.getActions(filterId=made.id) == [action, actions[1]]
    for call, changed in (
        ("updateMatcher", {"matcher": MatcherT(type=0, field=0, value="x")}),
        ("updateMatcher", {"matcher": MatcherT(id=matcher.id, type=0, field=2, value="x")}),
        ("updateMatcher", {"matcher": MatcherT(id=matcher.id, type=9, field=0, value="x")}),
        ("updateAction", {"action": ActionT(type=3, value="true")}),
        ("updateAction", {"action": ActionT(id=action.id, type=1, value="-1")}),
    ):
        with pytest.raises(Invalid):
            getattr(api, call)(**changed)
    with pytest.raises(NotFound, match=f"no matcher '{NOBODY}'"):
        api.updateMatcher(matcher=MatcherT(id=NOBODY, type=0, field=0, value="x"))


def test_a_filter_that_is_switched_off_changes_nothing(api: Api, launch: Launch, made: FilterT) -> None:
    api.createFieldMatcher(filterId=made.id, field=0, type=MatcherType.CONTAINS, value="")
    api.createAction(filterId=made.id, type=ActionType.PAUSE, value="true")
    assert launch(name="a").paused

    api.setFilterEnabled(id=made.id, enabled=False)

    assert not launch(name="b").paused
    assert not api.getFilter(filterId=made.id).enabled


def test_a_job_keeps_what_the_filters_did_to_it(api: Api, launch: Launch, project: str, farm: Farm) -> None:
    comp = api.createFolder(projectId=project, name="comp")
    for name, user in (("annas", "anna"), ("bertas", "berta")):
        owner = api.createFilter(projectId=project, name=name)
        api.createFieldMatcher(filterId=owner.id, field=MatcherField.USER, type=MatcherType.IS, value=user)
        api.createAction(filterId=owner.id, type=ActionType.SET_FOLDER, value=comp.id)
        api.createAction(filterId=owner.id, type=ActionType.STOP_PROCESSING, value=None)

    job = launch(username="berta")
    for one in api.getFilters(projectId=project):
        api.deleteFilter(id=one.id)

    trace = api.getJobFilterTrace(jobId=job.id)
    assert job.folderName == "comp"
    assert [(one.filterName, one.matched, one.why) for one in trace] == [
        ("annas", False, "user 'berta' is not 'anna'"),
        ("bertas", True, "all of its matchers match: folder 'comp', no later filter is asked"),
    ]
    assert [(one.type, one.value) for one in trace[1].actions] == [(0, comp.id), (4, None)]
    assert api.getJobFilterTrace(jobId=launch(name="later").id) == []


ID_CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("getFilter", "filterId", {}), ("deleteFilter", "id", {}), ("setFilterName", "id", {"name": "x"}),
    ("setFilterOrder", "id", {"order": 0}), ("increaseFilterOrder", "id", {}), ("decreaseFilterOrder", "id", {}),
    ("setFilterEnabled", "id", {"enabled": True}), ("getMatchers", "filterId", {}), ("getActions", "filterId", {}),
    ("createFieldMatcher", "filterId", {"field": 0, "type": 0, "value": "x"}),
    ("createAttrMatcher", "filterId", {"type": 0, "attr": "a", "value": "x"}),
    ("createAction", "filterId", {"type": 3, "value": "true"}), ("getMatcher", "matcherId", {}),
    ("deleteMatcher", "id", {}), ("getAction", "actionId", {}), ("deleteAction", "id", {}),
    ("getJobFilterTrace", "jobId", {}),
]  # fmt: skip


@pytest.mark.parametrize("call, key, rest", ID_CALLS)
def test_an_unknown_or_malformed_id_is_told(api: Api, call: str, key: str, rest: dict[str, Any]) -> None:
    with pytest.raises(NotFound, match=NOBODY):
        getattr(api, call)(**{key: NOBODY}, **rest)
    with pytest.raises(Invalid, match="not an id: 'x'"):
        getattr(api, call)(**{key: "x"}, **rest)


def test_a_thousand_filters_are_asked_in_one_go(api: Api, launch: Launch, project: str, farm: Farm) -> None:
    farm.execute(
        "with made as (insert into plow.filter (project_id, name, sort_order)"
        "  select %s, 'f' || n, n from generate_series(0, 999) as n returning id, sort_order),"
        " matchers as (insert into plow.matcher (filter_id, type, field, value)"
        "  select id, 'ENDS_WITH', 'JOB_NAME', '_' || sort_order from made)"
        " insert into plow.action (filter_id, type, value) select id, 'SET_MIN_CORES', sort_order::text from made",
        project,
    )

    job = launch(layer(), name="shot_999")

    assert job.minCores == 999
    trace = api.getJobFilterTrace(jobId=job.id)
    assert [one.matched for one in trace] == [False] * 999 + [True]
