"""Templates of Open Job Description as jobs: what becomes of each part, and what is refused."""

from __future__ import annotations

import json
import sys

import pytest

from blueprint.loader import load
from blueprint.spec import to_job_spec
from plow_client.cli.main import run
from plow_client.errors import Invalid
from plow_client.frames import parse_frames
from plow_client.idl import DependType

PLAIN = """\
specificationVersion: jobtemplate-2023-09
name: "A shot: {{Param.Shot}}"
parameterDefinitions:
  - {name: Shot, type: STRING, default: sc010}
  - {name: Samples, type: INT, default: 16, minValue: 4}
steps:
  - name: render it
    script: {actions: {onRun: {command: mantle, args: ["-s", "{{Param.Samples}}"]}}}
"""


@pytest.fixture
def read(tmp_path):
    def read(text, suffix=".yaml", **params):
        file = tmp_path / f"shot{suffix}"
        file.write_text(text)
        return load(file, params=params)

    return read


def refusal(read, text, **params):
    with pytest.raises(Invalid) as error:
        read(text, **params)
    return error.value.why.partition("shot.yaml: ")[2]


def space(text):
    return PLAIN + f"    parameterSpace: {text}\n"


def hosts(text):
    return PLAIN + f"    hostRequirements: {text}\n"


def test_names_take_an_underscore_for_what_a_farm_does_not_know_in_names(read):
    job = read(PLAIN, Shot="sc020")

    assert job.name == "A_shot:_sc020"
    assert list(job.layers) == ["render_it"]


def test_a_parameter_reaches_the_command(read):
    layer = read(PLAIN, Samples="64").layer("render_it")

    assert layer.commands([1]) == [["mantle", "-s", "64"]]


def test_json_is_read_as_yaml_is(read):
    said = {
        "specificationVersion": "jobtemplate-2023-09",
        "name": "x",
        "steps": [{"name": "a", "script": {"actions": {"onRun": {"command": "true"}}}}],
    }
    assert list(read(json.dumps(said), ".json").layers) == ["a"]


@pytest.mark.parametrize(
    ("said", "frames", "values"),
    [
        (
            "{taskParameterDefinitions: [{name: F, type: INT, range: '1-10:3'}]}",
            "1-10x3",
            ["1", "4", "7", "10"],
        ),
        ("{taskParameterDefinitions: [{name: F, type: INT, range: [7, -2]}]}", "7,-2", ["7", "-2"]),
        ("{taskParameterDefinitions: [{name: F, type: INT, range: [7, 7]}]}", "1-2", ["7", "7"]),
        ("{taskParameterDefinitions: [{name: F, type: STRING, range: [b, a]}]}", "1-2", ["b", "a"]),
    ],
)
def test_a_frame_is_the_number_itself_or_the_number_of_the_set(read, said, frames, values):
    text = space(said).replace('"{{Param.Samples}}"', '"{{Task.Param.F}}"')
    layer = read(text).layer("render_it")
    spec = to_job_spec(layer.job)

    assert layer.frame_range == frames
    assert [command[2] for command in layer.commands(parse_frames(spec.layers[0].range))] == values


def test_a_step_waits_for_the_whole_of_another(read):
    more = (
        "  - {name: comp, dependencies: [{dependsOn: render it}], script: {actions: {onRun: {command: c}}}}\n"
    )
    (depend,) = to_job_spec(read(PLAIN + more)).layers[1].depends

    assert (depend.type, depend.dependOnLayer) == (DependType.LAYER_ON_LAYER, "render_it")


def test_what_a_host_must_have_is_asked_of_the_node(read):
    amounts = [
        {"name": "amount.worker.vcpu", "min": 3.5, "max": 8},
        {"name": "amount.worker.memory", "min": 4096, "max": 8192},
        {"name": "amount.worker.gpu", "min": 2},
        {"name": "amount.worker.gpu.memory", "min": 8000},
        {"name": "amount.license.mantle", "min": 1},
    ]
    attributes = [
        {"name": "attr.worker.os.family", "anyOf": ["linux"]},
        {"name": "attr.software", "anyOf": ["mantle-5", "mantle-6"]},
    ]
    layer = read(hosts(json.dumps({"amounts": amounts, "attributes": attributes}))).layer("render_it")

    assert (layer.threads, layer.max_threads, layer.ram, layer.max_ram) == (4, 8, 4096, 8192)
    assert (layer.gpus, layer.gpu_ram, layer.limits, layer.os) == (2, 8000, ["license.mantle"], "linux")
    assert layer.tags == ["software.mantle-5", "software.mantle-6"]


def test_a_program_gets_the_time_to_end_that_the_template_gives_it(read):
    notified = "cancelation: {mode: NOTIFY_THEN_TERMINATE, notifyPeriodInSeconds: 45}"
    text = PLAIN.replace("{command: mantle,", "{command: mantle, " + notified + ",")

    assert read(text).layer("render_it").kill_grace_s == 75


REFUSED = {
    PLAIN.replace("command:", "comand:"): "steps[0].script.actions.onRun.command: Field required",
    PLAIN + "extensions: [TASK_CHUNKING]\n": "extensions: Unsupported extension names: TASK_CHUNKING",
    PLAIN.replace("2023-09", "2099-01"): "Unknown template version: jobtemplate-2099-01",
    PLAIN.replace("Param.Samples", "Param.Sample"): "steps[0].script.actions.onRun.args[1]: Variable Param.Sample",
    PLAIN + "    dependencies: [{dependsOn: b}]\n": "step[0].dependencies[0].dependsOn: Unknown step 'b'",
    PLAIN + "  - {name: render_it, script: {actions: {onRun: {command: c}}}}\n": (
        "steps[1]: layer 'render_it' is there already"
    ),
    space("{taskParameterDefinitions: [{name: F, type: INT, range: 1-1000000000}]}"): (
        "steps[0].parameterSpace: 1000000000 tasks; a step has 100000 at most"
    ),
    hosts("{amounts: [{name: amount.worker.disk.scratch, min: 5}]}"): (
        "steps[0].hostRequirements.amounts[0]: a node is not asked for 'amount.worker.disk.scratch'"
    ),
    hosts("{amounts: [{name: amount.worker.gpu, min: 1, max: 2}]}"): (
        "steps[0].hostRequirements.amounts[0].max: a layer cannot say the most of 'amount.worker.gpu'"
    ),
    hosts("{amounts: [{name: amount.seats, min: 2}]}"): (
        "steps[0].hostRequirements.amounts[0]: a task uses exactly one of a limit"
    ),
    hosts("{attributes: [{name: attr.worker.os.family, anyOf: [linux, windows]}]}"): (
        "steps[0].hostRequirements.attributes[0]: a layer is for one system or for all, not for linux and windows"
    ),
    hosts("{attributes: [{name: attr.a, anyOf: [x]}, {name: attr.b, anyOf: [y]}]}"): (
        "steps[0].hostRequirements.attributes[1]: a node needs one of a layer's tags, and another attribute"
    ),
    hosts("{attributes: [{name: attr.a, allOf: [x, y]}]}"): (
        "steps[0].hostRequirements.attributes[0].allOf: a node needs one of a layer's tags"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items(), ids=REFUSED.values())
def test_what_cannot_be_said_is_refused_with_its_path(read, text, sentence):
    assert refusal(read, text).startswith(sentence)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"Samples": "2"}, "Value (2) for parameter Samples must be at least 4."),
        ({"Samples": "many"}, "Value (many) for parameter Samples must"),
        ({"Sample": "8"}, "-p Sample=...: no such parameter; there are: Shot, Samples"),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_name(read, params, sentence):
    assert refusal(read, PLAIN, **params).startswith(sentence)


def test_a_template_without_its_libraries_says_what_to_install(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "openjd.model", None)

    assert "pip install 'plow[openjd]'" in refusal(read, PLAIN)


# -------------------- hostile templates


@pytest.mark.parametrize(
    "evil",
    [
        "!!python/object/apply:os.system ['touch {file}']",
        "!!python/object/new:os.system ['touch {file}']",
        "!!python/name:os.system",
        "!!python/module:this",
    ],
)
def test_a_template_cannot_run_code_by_a_tag(read, tmp_path, evil):
    text = PLAIN.replace('"A shot: {{Param.Shot}}"', evil.format(file=tmp_path / "pwned"))

    with pytest.raises(Invalid, match="not valid YAML"):
        read(text)
    assert not (tmp_path / "pwned").exists()


def test_no_command_of_a_template_runs_where_it_is_read(read, tmp_path):
    touch = f"[-c, 'touch {tmp_path}/pwned']"
    environment = f"{{name: e, script: {{actions: {{onEnter: {{command: sh, args: {touch}}}}}}}}}"
    text = PLAIN.replace("{command: mantle,", "{command: touch,").replace('"-s"', f'"{tmp_path}/pwned"')
    job = read(text + f"jobEnvironments: [{environment}]\n")
    job.setup()
    to_job_spec(job)

    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    "name", ["$(touch {0})", "`touch {0}`", "{{{{__import__('os').system('touch {0}')}}}}"]
)
def test_a_name_is_only_ever_text(read, tmp_path, name):
    text = PLAIN.replace("{{Param.Shot}}", name.format("pwned"))
    try:
        assert "$" not in read(text).name
    except Invalid as error:
        assert "shot.yaml" in error.why
    assert not (tmp_path / "pwned").exists()


def test_a_few_lines_that_stand_for_billions_of_values_are_refused(read):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    assert refusal(read, PLAIN + "\n".join(lines) + "\n") == "holds more than 200000 values"


def test_a_site_says_its_own_limits(read, monkeypatch):
    monkeypatch.setenv("BLUEPRINT_OPENJD_MOST_TASKS", "2")
    text = space("{taskParameterDefinitions: [{name: F, type: INT, range: 1-3}]}")

    assert refusal(read, text) == "steps[0].parameterSpace: 3 tasks; a step has 2 at most"


def test_a_template_cannot_name_a_class_of_python(read):
    text = PLAIN + "    module: os:system\n"

    assert refusal(read, text).startswith("steps[0].module: Extra inputs are not permitted")


@pytest.mark.parametrize("way", ["--pretend", "--local"])
def test_a_range_for_a_template_is_refused_with_the_way_to_give_one(tmp_path, monkeypatch, capsys, way):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shot.yaml").write_text(PLAIN)

    assert run(["submit", "shot.yaml", "1-5", way]) == 2
    assert (
        "shot.yaml: a template takes no range '1-5': give its parameter with -p NAME=1-5"
        in capsys.readouterr().err
    )
