"""What a farm file may say, and how it is told what it may not."""

from __future__ import annotations

import json

import pytest

from plow_client.errors import Invalid
from plow_client.farm_file.apply import reason
from plow_client.farm_file.check import check_file
from plow_client.farm_file.plan import make_plan, wanted_order
from plow_client.farm_file.reading import Faults, read_file, read_text
from plow_client.farm_file.schema import json_schema
from plow_client.farm_file.things import Thing, scopes, wanted_things


def faults_of(text):
    with pytest.raises(Faults) as problem:
        read_text(text, "farm.yaml")
    return problem.value.why.splitlines()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pool: []", "farm.yaml:1: a farm file has no 'pool'; did you mean 'pools'?"),
        ("pools:\n- {name: a, host: [r1]}", "farm.yaml:2: pools[a]: a pool has no 'host'; did you mean 'hosts'?"),
        (
            "pools:\n- {name: a, zzz: 1}",
            "farm.yaml:2: pools[a]: a pool has no 'zzz'; it has name, hosts, exclusive",
        ),
        ("pools:\n- exclusive: true", "farm.yaml:2: pools[0]: a pool needs 'name'"),
        ("pools: {name: a}", "farm.yaml:1: pools: a mapping is no list: each line begins with '- '"),
        ("pools: [a]", "farm.yaml:1: pools[0]: 'a' is no mapping: a pool has name, hosts, exclusive"),
        ("pools: [{name: 12}]", "farm.yaml:1: pools[12].name: '12' is no text: write \"12\""),
        ("pools: [{name: a, hosts: r1}]", "farm.yaml:1: pools[a].hosts: 'r1' is no list of texts"),
        ("pools: [{name: a, exclusive: 1}]", "farm.yaml:1: pools[a].exclusive: '1' is not true or false"),
        (
            "pools:\n- name: a\n  hosts: []\n  hosts: []",
            "farm.yaml:4: pools[a]: 'hosts' is there twice, first in line 3",
        ),
        (
            "limits: [{name: a, total: -1}]",
            "farm.yaml:1: limits[a].total: -1 is out of range: 0 or more (uses)",
        ),
        ("limits: [{name: a, total: many}]", "farm.yaml:1: limits[a].total: 'many' is no whole number (uses)"),
        (
            "limits: [{name: a, total: 1, per: nodes}]",
            "farm.yaml:1: limits[a].per: 'nodes' is not one of TASK, NODE, USER; did you mean NODE?",
        ),
        (
            "limits: [{name: a, total: null}]",
            "farm.yaml:1: limits[a].total: null takes nothing away here: leave the key out, and it stays as it is",
        ),
        (
            "projects: [{name: a b}]",
            "farm.yaml:1: projects[a b].name: 'a b' is not made of letters, digits and _ . -, at most 16",
        ),
        (
            "projects:\n- name: p\n  quotas:\n  - {cluster: c, sise: 3}",
            "farm.yaml:4: projects[p].quotas[c]: a quota has no 'sise'; did you mean 'size'?",
        ),
        (
            "services: [{name: s, run: {niceness: 20}}]",
            "farm.yaml:1: services[s].run.niceness: 20 is out of range: 0 to 19",
        ),
        ("pools: [", "farm.yaml:1: no YAML: expected the node content, but found '<stream end>'"),
        (
            "limits:\n- ? [a]\n  : 1\n  name: a\n  total: 1",
            "farm.yaml:2: limits[a]: a limit has no '?'; it has name, total, per, held_back",
        ),
    ],
)  # fmt: skip
def test_a_fault_has_a_line_a_place_and_what_was_meant(text, fault):
    assert faults_of(text) == [fault]


def test_all_faults_are_told_at_once_in_their_order():
    told = faults_of("zzz: 1\nlimits:\n- {name: a}\n- {name: b, total: x}\n")

    assert [line.split(":")[1] for line in told] == ["1", "3", "4"]


@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]", "a: &a {a: *a}", "- 1", "!!python/object:os.system {}", "pools: !!python/name:os.system",
        "\t", "pools: [{name: !!timestamp x}]", "pools:\n- &p {name: *p}", "---\n---\n", "pools: [{name: 2020-99-99}]",
        "pools: [{name: \"\\u0007\"}]", "[" * 3000,
    ],
)  # fmt: skip
def test_a_hostile_file_gets_sentences(text):
    with pytest.raises(Invalid):
        read_text(text, "farm.yaml")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: \x00"])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    file = tmp_path / "farm.yaml"
    file.write_bytes(content)

    with pytest.raises(Invalid):
        read_file(file)


def test_an_empty_file_says_nothing():
    assert list(wanted_things(read_text("# nothing\n", "farm.yaml"), ["render"])) == []


def test_what_is_for_the_simulation_is_passed_over():
    file = read_text("nodes: [{name: blade, count: 20, cores: 32}]\njobs: [{anything: 1}]\n", "farm.yaml")

    (node,) = wanted_things(file, [])
    assert node.values == {}


def checked(text, *there):
    file = read_text(text, "farm.yaml")
    wanted = list(wanted_things(file, ["render"]))
    return [fault.sentence for fault in check_file(file, wanted, {thing.path: thing for thing in there})]


RENDER = Thing(("cluster", "render"), {"tags": ["render"], "default": True, "locked": False})
KARMA = Thing(("limit", "karma"), {"total": 3, "per": "TASK", "held_back": 0})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("pools: [{name: a}, {name: A}]", "pool 'A' is there twice, first in line 1"),
        (
            "clusters: [{name: a, default: true}, {name: b, default: true}]",
            "cluster 'a' is the default as well, line 1",
        ),
        (
            "clusters: [{name: render, default: false}]",
            "it is the farm's default: say 'default: true' of another one",
        ),
        (
            "limits: [{name: karma, total: 3, per: node}]",
            "'TASK' can't be changed to 'NODE': it is said when a limit is made",
        ),
        ("nodes: [{name: r1, cluster: x}]", "there is no cluster 'x'"),
        ("nodes: [{name: r1, slot_cores: 2}]", "only 'slot_mode: SLOTS' has slots of a size"),
        ("nodes: [{name: r1, slot_mode: slots, slot_cores: 2}]", "'slot_mode: SLOTS' needs 'slot_ram'"),
        ("services: [{name: s, min_ram: 5, max_ram: 4}]", "min_ram is 5 and max_ram is 4"),
        (
            "projects: [{name: p, size: 3, quotas: [{cluster: render}]}]",
            "'size' is short for 'quotas', which is there, too",
        ),
        (
            "projects: [{name: p, filters: [{name: f, matchers: [{field: user, attr: a, type: is, value: x}]}]}]",
            "'attr' is needed with 'field: ATTR', and only there",
        ),
        (
            "projects: [{name: p, filters: [{name: f, actions: [{type: set_folder, value: x}]}]}]",
            "project 'p' has no folder 'x'",
        ),
        (
            "projects: [{name: p, filters: [{name: f, actions: [{type: set_max_cores, value: -2}]}]}]",
            "SET_MAX_CORES takes a whole number, -1 or more",
        ),
        (
            "projects: [{name: p, filters: [{name: f, actions: [{type: pause, value: 1}]}]}]",
            "PAUSE takes true or false",
        ),
        (
            "projects: [{name: p, filters: [{name: f, actions: [{type: stop_processing, value: 1}]}]}]",
            "STOP_PROCESSING takes no value",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_as_a_whole_is_told(text, sentence):
    assert checked(text, RENDER, KARMA) == [sentence]


def test_the_folder_of_a_new_project_may_be_named():
    text = "projects: [{name: p, filters: [{name: f, actions: [{type: set_folder, value: jobs}]}]}]"

    assert checked(text, RENDER) == []


def test_a_service_that_names_a_pool_that_is_not_there_is_noted():
    file = read_text("services: [{name: s, needs: {pools: [gone]}}]", "farm.yaml")

    plan = make_plan(list(wanted_things(file, [])), {})

    assert plan.notes == ("service 's' needs pool 'gone', which is not there: its jobs can't launch",)


@pytest.mark.parametrize(
    ("now", "named", "after"),
    [
        ("abc", "abc", "abc"), ("abc", "ca", "cba"), ("axbc", "cba", "cxba"), ("ax", "na", "nxa"), ("", "ab", "ab"),
    ],
)  # fmt: skip
def test_filters_that_are_not_named_keep_their_places(now, named, after):
    order = wanted_order([(letter,) for letter in now], [(letter,) for letter in named])

    assert "".join(letter for (letter,) in order) == after


def test_only_lists_that_a_file_has_may_lose_things():
    file = read_text("pools: []\nprojects: [{name: p, folders: []}]\nnodes: []\n", "farm.yaml")

    assert scopes(file) == {("pool",), ("project",), ("folder", "p")}


def test_a_long_name_of_a_file_keeps_its_end_in_the_history():
    told = reason("/a/very/long/path/" * 5 + "farm.yaml")

    assert len(told) == 64
    assert told.startswith("plow farm apply ...")
    assert told.endswith("/farm.yaml")


def test_the_schema_is_json_and_refuses_unknown_keys():
    schema = json.loads(json.dumps(json_schema()))

    assert schema["additionalProperties"] is False
    assert schema["properties"]["limits"]["items"]["required"] == ["name", "total"]
    assert schema["properties"]["services"]["items"]["properties"]["run"]["properties"]["niceness"]["anyOf"][0][
        "maximum"
    ] == 19  # fmt: skip
