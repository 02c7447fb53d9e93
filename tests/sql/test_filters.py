"""Filters: create_filter, locked_filter, move_filter, delete_filter, create_matcher, checked_action, create_action,
update_action, matcher_fault, ask_filters, judge_launch.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plow_client.errors import Invalid, NotAllowed, NotFound
from plow_client.idl import ActionType, MatcherField, MatcherType
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers import filter as filters
from plow_server.handlers.arguments import Id
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer, wait_for_lock

NOBODY = "00000000-0000-0000-0000-000000000000"


def a_filter(farm: Farm, name: str = "f", *, project: UUID | None = None) -> UUID:
    made: UUID = farm.value("select plow.create_filter(%s, %s)", project or farm.project, name)
    return made


def a_matcher(
    farm: Farm, owner: UUID, type: str, value: str, field: str = "JOB_NAME", attr: str | None = None
) -> None:
    farm.execute("select plow.create_matcher(%s, %s, %s, %s, %s)", owner, field, type, value, attr)


def an_action(farm: Farm, owner: UUID, type: str, value: str | None = None) -> UUID:
    made: UUID = farm.value("select plow.create_action(%s, %s, %s)", owner, type, value)
    return made


def ask(farm: Farm, name: str = "shot", user: str = "anna", **attrs: str) -> dict[str, Any]:
    return farm.execute(
        "select * from plow.ask_filters(%s, %s, %s, %s)",
        farm.project,
        name,
        user,
        psycopg.types.json.Jsonb(attrs),
    )[0]


def order(farm: Farm) -> list[str]:
    rows = farm.execute("select name, sort_order from plow.filter order by sort_order")
    assert [row["sort_order"] for row in rows] == list(range(len(rows)))
    return [row["name"] for row in rows]


# -------------------- the list


def test_there_are_only_so_many(farm: Farm, db: Database) -> None:
    """Each launch asks every filter and keeps what it said."""
    few = Limit(filters_per_project=1, parts_per_filter=1)
    made = Id(filters.create_filter(db, Id(str(farm.project)), "f", limit=few).id)
    filters.create_field_matcher(db, made, MatcherField.USER, MatcherType.IS, "anna", limit=few)
    filters.create_action(db, made, ActionType.PAUSE, "true", limit=few)

    with pytest.raises(NotAllowed, match="the project has 1 filters: no more are allowed"):
        filters.create_filter(db, Id(str(farm.project)), "g", limit=few)
    with pytest.raises(NotAllowed, match="the filter has 1 matchers: no more are allowed"):
        filters.create_attr_matcher(db, made, MatcherType.IS, "show", "x", limit=few)
    with pytest.raises(NotAllowed, match="the filter has 1 actions: no more are allowed"):
        filters.create_action(db, made, ActionType.STOP_PROCESSING, None, limit=few)


def test_filters_stand_in_the_order_they_were_made(farm: Farm) -> None:
    for name in "abc":
        a_filter(farm, name)
    assert order(farm) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "who, to, result",
    [
        ("a", {"p_place": 2}, "bcad"), ("d", {"p_place": 0}, "dabc"), ("b", {"p_place": 1}, "abcd"),
        ("a", {"p_place": 99}, "bcda"), ("b", {"p_step": 1}, "acbd"), ("b", {"p_step": -1}, "bacd"),
        ("a", {"p_step": -1}, "abcd"), ("d", {"p_step": 1}, "abcd"),
    ],
)  # fmt: skip
def test_a_filter_moves_and_the_others_make_room(
    farm: Farm, db: Database, who: str, to: dict[str, int], result: str
) -> None:
    ids = {name: a_filter(farm, name) for name in "abcd"}

    db.run("move_filter", p_filter=ids[who], **to)

    assert "".join(order(farm)) == result


def test_one_move_is_one_entry_however_many_make_room(farm: Farm, db: Database) -> None:
    ids = {name: a_filter(farm, name) for name in "abcd"}
    folder = farm.value("select plow.create_folder(%s, 'fx')", farm.project)
    before = farm.value("select coalesce(max(id), 0) from plow.blame")
    db.run("move_filter", p_filter=ids["a"], p_place=3)
    db.run("move_filter", p_filter=ids["a"], p_place=3)  # it is there
    db.run("delete_filter", p_filter=ids["b"])
    db.run("set_folder_order", p_folder=folder, p_place=0)

    rows = farm.execute(
        "select noun, object_id, field, old, new from plow.blame where id > %s order by id", before
    )
    assert [tuple(row.values()) for row in rows if row["field"]] == [
        ("filter", ids["a"], "sort_order", "0", "3"), ("folder", folder, "sort_order", "2", "0"),
    ]  # fmt: skip
    told = "select count(*) from plow.event_outbox where change = 'sort_order' and object_id = any(%s)"
    assert farm.value(told, [*ids.values(), folder]) == 2


def test_the_lists_of_other_projects_stay_as_they_are(farm: Farm, db: Database) -> None:
    ids = {name: a_filter(farm, name) for name in "abc"}
    other = farm.value("select plow.create_project('Other', 'other')")
    for name in "xyz":
        a_filter(farm, name, project=other)

    db.run("move_filter", p_filter=ids["a"], p_place=2)
    db.run("delete_filter", p_filter=ids["b"])

    places = "select name, sort_order from plow.filter where project_id = %s order by name"
    assert [tuple(row.values()) for row in farm.execute(places, other)] == [("x", 0), ("y", 1), ("z", 2)]
    assert [tuple(row.values()) for row in farm.execute(places, farm.project)] == [("a", 1), ("c", 0)]


def test_a_deleted_filter_leaves_no_gap_and_nothing_of_itself(farm: Farm, db: Database) -> None:
    ids = {name: a_filter(farm, name) for name in "abc"}
    a_matcher(farm, ids["b"], "IS", "x")
    an_action(farm, ids["b"], "PAUSE", "true")

    db.run("delete_filter", p_filter=ids["b"])

    assert order(farm) == ["a", "c"]
    assert farm.value("select (select count(*) from plow.matcher) + (select count(*) from plow.action)") == 0


def test_two_who_change_the_list_at_once_wait_for_each_other(farm: Farm, db: Database) -> None:
    ids = {name: a_filter(farm, name) for name in "abc"}
    with farm.connect() as other, other.transaction():
        other.execute("select plow.move_filter(%s, 2)", (ids["a"],))
        rival = threading.Thread(target=lambda: db.run("delete_filter", p_filter=ids["b"]))
        rival.start()
        wait_for_lock(farm)
    rival.join()

    assert order(farm) == ["c", "a"]


def test_a_launch_waits_for_a_change_of_the_list(farm: Farm, db: Database) -> None:
    owner = a_filter(farm)
    a_matcher(farm, owner, "IS", "shot")
    an_action(farm, owner, "PAUSE", "true")
    with farm.connect() as other, other.transaction():
        other.execute("select plow.delete_filter(%s)", (owner,))
        rival = threading.Thread(target=lambda: launch(db))
        rival.start()
        wait_for_lock(farm)
    rival.join()

    assert farm.value("select paused from plow.job") is False


@pytest.mark.parametrize(
    "function, values",
    [
        ("move_filter", {"p_filter": NOBODY}), ("delete_filter", {"p_filter": NOBODY}),
        ("locked_filter", {"p_filter": NOBODY}),
        ("create_action", {"p_filter": NOBODY, "p_type": "PAUSE", "p_value": "true"}),
        ("create_matcher", {"p_filter": NOBODY, "p_field": "USER", "p_type": "IS", "p_value": "", "p_attr": None}),
    ],
)  # fmt: skip
def test_an_unknown_filter_is_told(farm: Farm, db: Database, function: str, values: dict[str, Any]) -> None:
    with pytest.raises(NotFound, match=f"no filter '{NOBODY}'"):
        db.run(function, **values)


@pytest.mark.parametrize(
    "function, values",
    [
        ("create_action", {"p_type": "PAUSE", "p_value": "true"}),
        ("create_matcher", {"p_field": "USER", "p_type": "IS", "p_value": "x", "p_attr": None}),
    ],
)
def test_what_is_added_to_a_filter_that_goes_meanwhile_finds_it_gone(
    farm: Farm, db: Database, function: str, values: dict[str, Any]
) -> None:
    owner, told = a_filter(farm), []

    def add() -> None:
        with pytest.raises(NotFound, match="no filter") as refused:
            db.run(function, p_filter=owner, **values)
        told.append(refused.value)

    with farm.connect() as other, other.transaction():
        other.execute("select plow.delete_filter(%s)", (owner,))
        rival = threading.Thread(target=add)
        rival.start()
        wait_for_lock(farm)
    rival.join()

    assert len(told) == 1


def test_unknown_projects_actions_and_places_are_told(farm: Farm, db: Database) -> None:
    owner = a_filter(farm)
    with pytest.raises(NotFound, match="no project"):
        db.run("create_filter", p_project=NOBODY, p_name="x")
    with pytest.raises(NotFound, match="no action"):
        db.run("update_action", p_action=NOBODY, p_type="PAUSE", p_value="true")
    with pytest.raises(Invalid, match="a place in a list is 0 or more, not -1"):
        db.run("move_filter", p_filter=owner, p_place=-1)
    with pytest.raises(Invalid, match="the name of a filter has 1 to 255 characters"):
        db.run("create_filter", p_project=farm.project, p_name="")


# -------------------- matchers and actions


@pytest.mark.parametrize(
    "type, value, stored",
    [
        ("SET_MIN_CORES", "007", "7"), ("SET_MAX_CORES", " -1 ", "-1"), ("SET_MAX_CORES", "0", "0"),
        ("PAUSE", "True", "true"), ("PAUSE", "false", "false"), ("STOP_PROCESSING", "", None),
        ("STOP_PROCESSING", None, None),
    ],
)  # fmt: skip
def test_an_action_keeps_its_value_in_one_form(
    farm: Farm, db: Database, type: str, value: str | None, stored: str | None
) -> None:
    an_action(farm, a_filter(farm), type, value)
    assert farm.value("select value from plow.action") == stored


@pytest.mark.parametrize(
    "type, value",
    [
        ("SET_MIN_CORES", "-1"), ("SET_MIN_CORES", "many"), ("SET_MIN_CORES", None), ("SET_MIN_CORES", "1.5"),
        ("SET_MAX_CORES", "-2"), ("SET_MAX_CORES", "9999999999"), ("PAUSE", "yes"), ("PAUSE", None),
        ("STOP_PROCESSING", "now"),
    ],
)  # fmt: skip
def test_a_value_that_the_type_does_not_take_is_refused(
    farm: Farm, db: Database, type: str, value: str | None
) -> None:
    owner = a_filter(farm)
    kept = an_action(farm, owner, "STOP_PROCESSING")

    with pytest.raises(Invalid, match=f"{type} takes .*, not '"):
        db.run("create_action", p_filter=owner, p_type=type, p_value=value)
    with pytest.raises(Invalid, match=f"{type} takes"):
        db.run("update_action", p_action=kept, p_type=type, p_value=value)
    with pytest.raises(psycopg.errors.CheckViolation):
        farm.execute("update plow.action set type = %s, value = %s", type, value)


def test_a_folder_of_another_project_is_refused(farm: Farm, db: Database) -> None:
    owner, other = a_filter(farm), farm.value("select plow.create_project('Other', 'other')")
    foreign = farm.value("select default_folder_id from plow.project where id = %s", other)

    with pytest.raises(Invalid, match=f"folder '{foreign}' belongs to another project"):
        db.run("create_action", p_filter=owner, p_type="SET_FOLDER", p_value=str(foreign))
    for nothing in (NOBODY, "comp", None):
        with pytest.raises(NotFound, match="no folder"):
            db.run("create_action", p_filter=owner, p_type="SET_FOLDER", p_value=nothing)


def test_a_folder_stays_while_an_action_needs_it(farm: Farm, db: Database) -> None:
    folder, owner = farm.value("select plow.create_folder(%s, 'comp')", farm.project), a_filter(farm)
    action = an_action(farm, owner, "SET_FOLDER", str(folder))

    with pytest.raises(NotAllowed, match="filter 'f' puts jobs into folder 'comp'"):
        db.run("delete_folder", p_folder=folder)
    db.run("update_action", p_action=action, p_type="PAUSE", p_value="true")
    db.run("delete_folder", p_folder=folder)


def test_a_project_goes_with_its_filters_and_the_folders_they_need(farm: Farm, db: Database) -> None:
    other = farm.value("select plow.create_project('Other', 'other')")
    folder, owner = farm.value("select plow.create_folder(%s, 'x')", other), a_filter(farm, project=other)
    an_action(farm, owner, "SET_FOLDER", str(folder))

    db.run("delete_project", p_project=other)

    assert farm.value("select (select count(*) from plow.filter) + (select count(*) from plow.action)") == 0


def test_a_matcher_has_an_attribute_if_its_field_is_one(farm: Farm, db: Database) -> None:
    owner, values = a_filter(farm), {"p_type": "IS", "p_value": "x"}
    for field_, attr in (("ATTR", None), ("USER", "shot")):
        with pytest.raises(Invalid, match="names an attr if it looks at an attribute"):
            db.run("create_matcher", p_filter=owner, p_field=field_, p_attr=attr, **values)


# -------------------- asking


@pytest.mark.parametrize(
    "type, value, fault",
    [
        ("CONTAINS", "hot", None), ("CONTAINS", "", None),
        ("CONTAINS", "HOT", "job name 'shot' does not contain 'HOT'"),
        ("NOT_CONTAINS", "x", None), ("NOT_CONTAINS", "sh", "job name 'shot' contains 'sh'"),
        ("IS", "shot", None), ("IS", "Shot", "job name 'shot' is not 'Shot'"),
        ("IS_NOT", "Shot", None), ("IS_NOT", "shot", "job name 'shot' is 'shot'"),
        ("BEGINS_WITH", "sh", None), ("BEGINS_WITH", "s.", "job name 'shot' does not begin with 's.'"),
        ("ENDS_WITH", "ot", None), ("ENDS_WITH", "", None),
        ("ENDS_WITH", "xshot", "job name 'shot' does not end with 'xshot'"),
        ("CONTAINS", "%", "job name 'shot' does not contain '%'"),
    ],
)  # fmt: skip
def test_a_comparison_is_of_plain_text(farm: Farm, type: str, value: str, fault: str | None) -> None:
    found = farm.value("select plow.matcher_fault(%s, 'JOB_NAME', %s, null, 'shot')", type, value)
    assert found == fault


@pytest.mark.parametrize("type", ["CONTAINS", "NOT_CONTAINS", "IS", "IS_NOT", "BEGINS_WITH", "ENDS_WITH"])
def test_what_the_job_does_not_have_matches_no_type(farm: Farm, type: str) -> None:
    found = farm.value("select plow.matcher_fault(%s, 'ATTR', 'x', 'dept', null)", type)
    assert found == "the job has no attribute 'dept'"


def test_all_matchers_must_match_and_the_trace_names_the_first_that_does_not(farm: Farm) -> None:
    owner = a_filter(farm, "light")
    a_matcher(farm, owner, "IS", "anna", "USER")
    a_matcher(farm, owner, "ENDS_WITH", "_light")
    a_matcher(farm, owner, "IS", "fx", "ATTR", "dept")
    an_action(farm, owner, "SET_MIN_CORES", "8")

    missed, hit = ask(farm, "sc020_comp", dept="fx"), ask(farm, "sc020_light", dept="fx")

    assert (missed["min_cores"], hit["min_cores"]) == (None, 8)
    assert [(one["matched"], one["actions"], one["why"]) for one in missed["trace"]] == [
        (False, [], "job name 'sc020_comp' does not end with '_light'")
    ]
    assert hit["trace"][0]["why"] == "all of its matchers match: min cores 8"
    assert ask(farm, "sc020_light", dept="comp")["trace"][0]["why"] == "attribute 'dept' = 'comp' is not 'fx'"


def test_a_filter_without_matchers_matches_nothing_and_says_so(farm: Farm) -> None:
    an_action(farm, a_filter(farm), "PAUSE", "true")

    asked = ask(farm)
    assert asked["paused"] is None
    assert asked["trace"][0]["why"] == "it has no matchers, so it matches nothing"


def test_a_filter_that_is_switched_off_is_not_asked(farm: Farm) -> None:
    owner = a_filter(farm)
    a_matcher(farm, owner, "CONTAINS", "")
    an_action(farm, owner, "PAUSE", "true")
    farm.execute("update plow.filter set is_enabled = false")

    assert ask(farm) == dict.fromkeys(("folder_id", "min_cores", "max_cores", "paused", "trace"))


def test_the_last_action_of_a_type_wins_and_stop_ends_after_its_filter(farm: Farm) -> None:
    for name, actions in {
        "first": [("SET_MIN_CORES", "1"), ("SET_MAX_CORES", "-1"), ("SET_MIN_CORES", "2")],
        "second": [("STOP_PROCESSING", None), ("SET_MAX_CORES", "9")],
        "third": [("SET_MIN_CORES", "3")],
    }.items():
        owner = a_filter(farm, name)
        a_matcher(farm, owner, "CONTAINS", "")
        for action in actions:
            an_action(farm, owner, *action)

    asked = ask(farm)

    assert (asked["min_cores"], asked["max_cores"]) == (2, 9)
    assert [one["filterName"] for one in asked["trace"]] == ["first", "second"]
    assert [action["type"] for action in asked["trace"][1]["actions"]] == [4, 2]
    assert asked["trace"][1]["why"] == "all of its matchers match: no later filter is asked, max cores 9"


def test_a_filter_of_another_project_is_not_asked(farm: Farm) -> None:
    other = farm.value("select plow.create_project('Other', 'other')")
    owner = a_filter(farm, project=other)
    a_matcher(farm, owner, "CONTAINS", "")
    an_action(farm, owner, "PAUSE", "true")

    assert ask(farm)["trace"] is None


def test_a_launch_and_its_post_job_are_filtered_each_by_its_own_name(farm: Farm, db: Database) -> None:
    folder = farm.value("select plow.create_folder(%s, 'post')", farm.project)
    owner = a_filter(farm, "post")
    a_matcher(farm, owner, "CONTAINS", "__post_")
    for action in (
        ("SET_FOLDER", str(folder)),
        ("SET_MIN_CORES", "3"),
        ("SET_MAX_CORES", "4"),
        ("PAUSE", "true"),
    ):
        an_action(farm, owner, *action)

    job = launch(db, layer("a"), layer("b", isPost=True))

    columns = "folder_id, min_cores, max_cores, paused, trace is not null as has_trace"
    rows = farm.execute(
        f"select {columns} from plow.job join plow.job_filter_trace on job_id = job.id order by is_post"
    )
    assert [tuple(row.values()) for row in rows] == [
        (farm.folder, 0, 200, False, True),
        (folder, 3, 4, True, True),
    ]
    assert db.one("filter_trace_of_job", id=job.id, missing="")["trace"][0]["matched"] is False


def test_a_filter_can_resume_what_the_spec_pauses(farm: Farm, db: Database) -> None:
    owner = a_filter(farm)
    a_matcher(farm, owner, "IS", "anna", "USER")
    an_action(farm, owner, "PAUSE", "false")
    launch(db, paused=True)

    assert farm.value("select paused from plow.job") is False


@pytest.mark.parametrize(
    "change, error, words",
    [
        ("update plow.project set code = 'gone'", NotFound, "no project 'test'"),
        ("update plow.project set is_active = false", NotAllowed, "takes no new jobs"),
        ("update plow.project set default_folder_id = null", NotAllowed, "no default folder"),
    ],
)
def test_judging_a_launch_refuses_what_a_launch_refuses(
    farm: Farm, db: Database, change: str, error: type[Exception], words: str
) -> None:
    said = {"p_project": "test", "p_name": "x", "p_username": "anna", "p_attrs": {}, "p_paused": True}
    (judged,) = db.all("judge_launch", **said)
    assert (judged["folder_id"], judged["min_cores"], judged["max_cores"], judged["paused"], judged["trace"]) == (
        str(farm.folder), 0, 200, True, None,
    )  # fmt: skip
    farm.execute(change)

    with pytest.raises(error, match=words):
        db.all("judge_launch", **said)


# -------------------- against an oracle


@dataclass
class Rule:
    """One filter as a test draws it."""

    enabled: bool
    matchers: list[tuple[str, str, str]]  # type, field or attribute, value
    actions: list[tuple[str, str | None]] = field(default_factory=list)


TYPES = ["CONTAINS", "NOT_CONTAINS", "IS", "IS_NOT", "BEGINS_WITH", "ENDS_WITH"]
texts = st.text("ab", max_size=3)
matchers = st.tuples(st.sampled_from(TYPES), st.sampled_from(["JOB_NAME", "USER", "x", "y"]), texts)
numbers = st.integers(0, 9).map(str)
actions = st.one_of(
    st.tuples(st.sampled_from(["SET_MIN_CORES", "SET_MAX_CORES"]), numbers),
    st.tuples(st.just("PAUSE"), st.sampled_from(["true", "false"])),
    st.just(("STOP_PROCESSING", None)),
)
rules = st.builds(
    Rule, st.integers(0, 4).map(bool), st.lists(matchers, max_size=2), st.lists(actions, max_size=3)
)


def matches(rule: Rule, facts: dict[str, str]) -> bool:
    """Python's own words for the six comparisons."""
    compare = {
        "CONTAINS": lambda s, v: v in s, "NOT_CONTAINS": lambda s, v: v not in s, "IS": lambda s, v: s == v,
        "IS_NOT": lambda s, v: s != v, "BEGINS_WITH": str.startswith, "ENDS_WITH": str.endswith,
    }  # fmt: skip
    return bool(rule.matchers) and all(
        key in facts and compare[type](facts[key], value) for type, key, value in rule.matchers
    )


def expected(drawn: list[Rule], facts: dict[str, str]) -> tuple[dict[str, str | None], list[bool]]:
    done: dict[str, str | None] = {}
    asked: list[bool] = []
    for rule in drawn:
        if not rule.enabled:
            continue
        asked.append(matches(rule, facts))
        if asked[-1]:
            done.update(dict(rule.actions))
            if "STOP_PROCESSING" in done:
                break
    return done, asked


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.lists(rules, max_size=5), name=texts, user=texts, x=texts)
def test_asking_does_what_an_oracle_in_python_does(
    farm: Farm, drawn: list[Rule], name: str, user: str, x: str
) -> None:
    farm.execute("delete from plow.filter")
    for rule in drawn:
        owner = a_filter(farm)
        farm.execute("update plow.filter set is_enabled = %s where id = %s", rule.enabled, owner)
        for type, key, value in rule.matchers:
            is_attr = key in "xy"
            a_matcher(farm, owner, type, value, "ATTR" if is_attr else key, key if is_attr else None)
        for action in rule.actions:
            an_action(farm, owner, *action)

    asked = ask(farm, name, user, x=x)

    done, trace = expected(drawn, {"JOB_NAME": name, "USER": user, "x": x})
    assert [one["matched"] for one in asked["trace"] or []] == trace
    told = {key: done.get(key) for key in ("SET_MIN_CORES", "SET_MAX_CORES", "PAUSE")}
    found = [asked[key] for key in ("min_cores", "max_cores", "paused")]
    assert [None if value is None else str(value).lower() for value in found] == list(told.values())
