"""`plow farm` against a real server: plan, apply, export, what people change meanwhile."""

from __future__ import annotations

import json

import pytest

import plow_client as plow
from plow_client.cli.main import run
from plow_client.farm_file import apply, farm, plan_for, service_hand
from plow_client.farm_file.farm import read_all
from tests.integration.farm_file_parts import WHOLE, served
from tests.sql.farm import farm_of


@pytest.fixture(autouse=True)
def server(db):
    with served(db) as listener:
        yield listener


@pytest.fixture
def write(tmp_path):
    def write(text):
        file = tmp_path / "farm.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def applied(write):
    file = write(WHOLE)
    assert run(["farm", "apply", str(file), "--yes"]) == 0
    return file


def feature():
    return plow.get_project_by_code("feature")


def filter_named(name):
    return next(each for each in feature().get_filters() if each.name == name)


def test_a_plan_changes_nothing_and_ends_with_2(write, capsys):
    before = read_all(False)

    status = run(["farm", "plan", str(write(WHOLE))])

    assert status == 2
    assert '+ cluster gpu\n    tags: ["gpu", "linux"]\n    locked: true\n' in capsys.readouterr().out
    assert {path: thing.values for path, thing in read_all(False).items()} == {
        path: thing.values for path, thing in before.items()
    }


def test_everything_that_a_file_says_is_there_after_it_was_applied(applied):
    gpu, rush, karma = plow.get_cluster("gpu"), plow.get_pool("rush"), plow.get_limit("karma")
    services = {each.name: each for each in plow.get_services()}
    quotas = {each.name: (each.size, each.burst) for each in feature().get_quotas()}
    folders = {each.name: (each.min_cores, each.max_cores) for each in feature().get_folders()}

    assert (gpu.tags, gpu.is_locked) == ({"gpu", "linux"}, True)
    assert (rush.name, rush.hosts, rush.exclusive) == ("Rush", ["r1", "r2"], True)
    assert (karma.total, karma.per, karma.held_back) == (60, plow.LimitPer.NODE, 5)
    assert services["shell"].run.wrapper == ["rez", "maya"]
    assert services["shell"].needs.pools == ["rush"]
    assert services["shell"].retry_rules.exits == [3, 4]
    assert services["maya"].min_cores == 4
    assert feature().title == "The Feature"
    assert quotas == {"feature.render": (400, 2000), "feature.gpu": (20, 1_000_000)}
    assert folders == {"jobs": (0, -1), "light": (0, 300), "comp": (10, -1)}


def test_filters_are_made_whole_and_in_their_order(applied):
    first, second = feature().get_filters()
    light = next(folder for folder in feature().get_folders() if folder.name == "light")

    assert (first.name, first.enabled, second.name, second.enabled) == (
        "light goes to its folder", True, "playblasts wait", False,
    )  # fmt: skip
    assert [(each.field.name, each.type.name, each.value, each.attr) for each in first.get_matchers()] == [
        ("JOB_NAME", "ENDS_WITH", "_light", None), ("ATTR", "IS", "lighting", "dept"),
    ]  # fmt: skip
    assert [(each.type.name, each.value) for each in first.get_actions()] == [
        ("SET_FOLDER", light.id), ("SET_MAX_CORES", "400"),
    ]  # fmt: skip


def test_applying_twice_changes_nothing(applied, capsys):
    capsys.readouterr()

    assert run(["farm", "plan", str(applied)]) == 0
    assert run(["farm", "apply", str(applied)]) == 0
    assert capsys.readouterr().out.count("nothing to do") == 2


def test_what_is_unset_stays_and_what_is_not_named_stays(applied, write):
    shell_before = next(each for each in plow.get_services() if each.name == "shell")
    file = write(
        "services: [{name: shell, max_retries: 0}]\nprojects: [{name: feature, folders: [{name: light}]}]\n"
    )

    assert run(["farm", "apply", str(file), "--yes"]) == 0

    shell = next(each for each in plow.get_services() if each.name == "shell")
    assert (shell.max_retries, shell.min_ram, shell.run.niceness) == (0, shell_before.min_ram, 10)
    assert plow.get_limit("karma").total == 60
    assert [each.max_cores for each in feature().get_folders() if each.name == "light"] == [300]


def test_null_takes_a_preset_away(applied, write):
    file = write("services: [{name: shell, max_retries: null, run: {niceness: null}}]\n")

    assert run(["farm", "apply", str(file), "--yes"]) == 0

    shell = next(each for each in plow.get_services() if each.name == "shell")
    assert (shell.max_retries, shell.run.niceness, shell.run.max_silence_s) == (None, None, 600)
    assert run(["farm", "plan", str(file)]) == 0


def test_an_export_is_a_file_without_a_difference(applied, write, capsys):
    capsys.readouterr()
    assert run(["farm", "export"]) == 0
    told = capsys.readouterr().out

    assert run(["farm", "plan", str(write(told)), "--prune"]) == 0


def test_an_export_makes_an_empty_farm_the_same(applied, write, capsys, postgres, template):
    from plow_server.database import Database

    capsys.readouterr()
    run(["farm", "export"])
    file = write(capsys.readouterr().out)
    with postgres.scratch(template) as address, Database(address) as other, served(other):
        assert run(["farm", "apply", str(file), "--yes", "--prune"]) == 0
        capsys.readouterr()
        run(["farm", "export"])
        assert capsys.readouterr().out == file.read_text(encoding="utf-8")


def test_nothing_is_deleted_unless_it_is_asked_for(applied, write, capsys):
    file = write("limits: []\nprojects: [{name: default}, {name: feature, filters: [], folders: []}]\n")

    assert run(["farm", "plan", str(file)]) == 0
    assert run(["farm", "apply", str(file), "--prune", "--yes"]) == 0

    assert "5 changes: 5 to delete" in capsys.readouterr().out
    assert plow.get_limits() == []
    assert feature().get_filters() == []
    assert [folder.name for folder in feature().get_folders()] == ["jobs"]
    assert plow.get_pool("rush")


def test_what_would_be_deleted_is_asked_about_with_its_number(applied, write, capsys):
    file = write("limits: []\npools: [{name: rush}]\n")

    assert run(["farm", "apply", str(file), "--prune"]) == 5

    assert "this would delete 2 things on 127.0.0.1" in capsys.readouterr().err
    assert len(plow.get_limits()) == 1


def test_a_run_that_was_cut_is_finished_by_running_again(write, monkeypatch):
    file = write(WHOLE)
    plan = plan_for(file)
    steps = []

    def cut(*given):
        steps.append(given)
        raise plow.Unavailable("the line is cut")

    monkeypatch.setattr(plow.filter.Filter, "create_attr_matcher", cut)
    with pytest.raises(plow.Unavailable):
        list(apply.apply_plan(plan, str(file)))
    assert [each.value for each in filter_named("light goes to its folder").get_matchers()] == [
        farm.GUARD, "_light",
    ]  # fmt: skip
    monkeypatch.undo()

    assert run(["farm", "apply", str(file), "--yes"]) == 0
    assert run(["farm", "plan", str(file)]) == 0
    assert [each.value for each in filter_named("light goes to its folder").get_matchers()] == [
        "_light",
        "lighting",
    ]


def test_filters_change_where_they_are_and_move(applied, write):
    before = {each.name: each.id for each in feature().get_filters()}
    plow.create_filter(feature(), "of somebody else")
    file = write(
        "projects:\n- name: feature\n  filters:\n  - {name: playblasts wait, enabled: true}\n  - name: new\n"
        "  - name: light goes to its folder\n    actions: [{type: set_folder, value: comp}]\n"
    )

    assert run(["farm", "apply", str(file), "--yes"]) == 0
    assert run(["farm", "plan", str(file)]) == 0

    after = feature().get_filters()
    assert [each.name for each in after] == [
        "playblasts wait",
        "new",
        "of somebody else",
        "light goes to its folder",
    ]
    assert {each.name: each.id for each in after if each.name in before} == before
    assert len(after[-1].get_actions()) == 1
    assert len(after[-1].get_matchers()) == 2


def test_two_filters_of_one_name_are_the_first_and_the_second(write):
    project = plow.get_project_by_code("default")
    plow.create_filter(project, "twin"), plow.create_filter(project, "twin")
    file = write("projects: [{name: default, filters: [{name: twin}, {name: twin, enabled: false}]}]\n")

    assert run(["farm", "apply", str(file), "--yes"]) == 0

    assert [each.enabled for each in project.get_filters()] == [True, False]


def test_a_size_without_quotas_is_the_same_on_every_cluster(write):
    plow.create_cluster("gpu")
    file = write("projects: [{name: advert, size: 100, burst: 300}]\n")

    assert run(["farm", "apply", str(file), "--yes"]) == 0

    quotas = plow.get_project_by_code("advert").get_quotas()
    assert [(each.name, each.size, each.burst) for each in quotas] == [
        ("advert.gpu", 100, 300), ("advert.render", 100, 300),
    ]  # fmt: skip
    assert run(["farm", "plan", str(file)]) == 0


def test_another_cluster_becomes_the_default(write):
    file = write("clusters: [{name: render, default: false}, {name: new, default: true}]\n")

    assert run(["farm", "apply", str(file), "--yes"]) == 0

    assert {each.name: each.is_default for each in plow.get_clusters()} == {"new": True, "render": False}
    assert run(["farm", "plan", str(file)]) == 0


# -------------------- nodes


@pytest.fixture
def rows(db, server):
    yield from farm_of(db.dsn)


@pytest.fixture
def node(rows):
    rows.node("r1")
    return plow.get_node("r1")


def test_nodes_are_placed_and_those_that_have_not_come_are_passed_over(write, node, capsys):
    file = write(
        "clusters: [{name: big, tags: [big, linux]}]\nnodes:\n"
        "- {name: r1, cluster: big, tags: [own], slot_mode: slots, slot_cores: 2, slot_ram: 4096}\n"
        "- {name: r2, cluster: big}\n"
    )

    assert run(["farm", "apply", str(file), "--yes"]) == 0

    node.refresh()
    placed = (node.cluster_name, node.tags, node.mode, node.slot_cores, node.slot_ram)
    assert placed == ("big", {"own"}, plow.SlotMode.SLOTS, 2, 4096)
    assert "note: 1 node has not come yet and can't be placed: r2" in capsys.readouterr().err
    assert run(["farm", "plan", str(file)]) == 0


def test_a_node_that_moves_keeps_the_tags_that_the_file_gives_it(write, node):
    node.set_tags(["own"])
    file = write("clusters: [{name: big}]\nnodes: [{name: r1, cluster: big, tags: [own]}]\n")

    assert run(["farm", "apply", str(file), "--yes"]) == 0

    node.refresh()
    assert (node.cluster_name, node.tags) == ("big", {"own"})


def test_an_export_with_nodes_says_where_they_belong(write, node, capsys):
    assert run(["farm", "export", "--nodes"]) == 0

    told = capsys.readouterr().out
    assert "- name: r1\n  cluster: " in told
    assert run(["farm", "plan", str(write(told))]) == 0


# -------------------- what others do meanwhile


def planned(file):
    return plan_for(file)


def outcomes(plan):
    return {each.change.wanted.name: each.why for each in apply.apply_plan(plan, "farm.yaml")}


def test_a_value_that_somebody_changed_since_the_plan_is_left_to_them(applied, write):
    plan = planned(write("limits: [{name: karma, total: 70}]\n"))
    plow.get_limit("karma").set_total(65)

    assert outcomes(plan) == {
        "karma": "total of limit 'karma' was 60 when the plan was made and is 65 now: plan again"
    }
    assert plow.get_limit("karma").total == 65


def test_what_somebody_did_already_is_done(applied, write):
    plan = planned(write("limits: [{name: karma, total: 70}]\npools: [{name: mine, hosts: [r9]}]\n"))
    plow.get_limit("karma").set_total(70)
    plow.create_pool("mine")

    assert outcomes(plan) == {"karma": "", "mine": ""}
    assert plow.get_pool("mine").hosts == ["r9"]


def test_what_was_deleted_since_the_plan_is_told(applied, write):
    plan = planned(write("limits: [{name: karma, total: 70}]\npools: [{name: night, exclusive: true}]\n"))
    plow.get_limit("karma").delete()

    assert outcomes(plan) == {
        "karma": "limit 'karma' was deleted since the plan was made: plan again", "night": "",
    }  # fmt: skip


def test_what_was_changed_since_the_plan_is_not_deleted(applied, write):
    plan = plan_for(write("pools: [{name: rush}]\nlimits: []\n"), prune=True)
    plow.get_pool("night").set_hosts(["r5"])
    plow.get_limit("karma").delete()

    assert outcomes(plan) == {
        "karma": "", "night": "pool 'night' was changed since the plan was made and stays: plan again",
    }  # fmt: skip
    assert plow.get_pool("night").hosts == ["r5"]


def test_a_service_that_is_changed_at_the_same_moment_is_told(applied, write, monkeypatch):
    plan = planned(write("services: [{name: shell, max_retries: 5}]\n"))
    assign = service_hand._assign

    def while_somebody_else_writes(row, values):
        with plow.connection.Connection(plow.get_host()) as other:
            other.introduce("anna", "a script")
            told = next(each for each in other.getServices() if each.name == "shell")
            told.minRam = 900
            other.updateService(told)
        assign(row, values)

    monkeypatch.setattr(service_hand, "_assign", while_somebody_else_writes)

    (why,) = outcomes(plan).values()
    assert "was changed at the same moment by" in why
    assert "minRam: 512 -> 900" in why


def test_what_is_refused_does_not_stop_the_rest(write, rows, capsys):
    rows.book((rows.layer(rows.job(), 1), rows.node("r1"), 1))
    plow.create_limit("karma", 60)
    plow.create_cluster("gpu")
    file = write("nodes: [{name: r1, cluster: gpu}]\nlimits: [{name: karma, total: 61}]\n")

    assert run(["farm", "apply", str(file), "--yes"]) == 1

    told = capsys.readouterr().out
    assert "1 of 2 changes done, 1 refused: mend that, and apply the file again" in told
    assert plow.get_limit("karma").total == 61


# -------------------- words


def test_the_history_names_the_file(applied):
    entry = plow.get_cluster("gpu").history()[0]

    assert entry.client.startswith("plow farm apply")
    assert "farm.yaml" in entry.client


def test_a_plan_for_programs(write, capsys):
    file = write("limits:\n- {name: karma, total: 3}\nservices:\n- {name: shell, max_retries: 7}\n")

    assert run(["farm", "plan", str(file), "--json"]) == 2

    told = json.loads(capsys.readouterr().out)
    assert told["changes"] == [
        {
            "change": "make", "noun": "limit", "name": "karma", "line": 2,
            "fields": [{"field": "total", "old": None, "new": 3}],
        },
        {
            "change": "change", "noun": "service", "name": "shell", "line": 4,
            "fields": [{"field": "max_retries", "old": 0, "new": 7}],
        },
    ]  # fmt: skip


def test_apply_for_programs_says_how_each_change_went(write, capsys):
    file = write("limits: [{name: karma, total: 3}]\n")

    assert run(["farm", "apply", str(file), "--json", "--yes"]) == 0

    assert json.loads(capsys.readouterr().out)["changes"][0]["done"] is True


def test_a_file_that_is_not_sound_ends_with_1_and_nothing_is_done(write, capsys):
    file = write("pools: [{name: a}]\nprojects:\n- name: x\n  quotas: [{cluster: nowhere}]\n")

    assert run(["farm", "apply", str(file), "--yes"]) == 1

    assert f"{file}:4: quotas[x.nowhere]: there is no cluster 'nowhere'" in capsys.readouterr().err
    assert plow.get_pools() == []
