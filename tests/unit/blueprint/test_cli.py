"""`plow submit` as an artist types it."""

from __future__ import annotations

import json
import textwrap
from types import SimpleNamespace

import pytest

from blueprint.archive import checksum
from plow_client import current
from plow_client.cli.main import run
from plow_client.connection import DEFAULT_HOSTS
from plow_client.errors import AlreadyExists, Invalid, NotFound

SCRIPT = """
from blueprint import Layer, param, this_job
from blueprint.modules.shell import Shell, ShellCommand

this_job().range = "1-2"
ShellCommand("fetch", cmd=["echo", "plates"])
Shell("sim", cmd=["echo", "%{FRAME}"], depend="fetch")
Layer("comp", depend="sim", chunk=2).add_output("picture", "comp.####.exr", colour="linear")
"""


@pytest.fixture
def submit(tmp_path, monkeypatch, capsys):
    """Submits shot.bp with these words; gives exit status, output and error output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLOW_PROJECT", raising=False)
    (tmp_path / "shot.bp").write_text(SCRIPT)

    def put(*words, file="shot.bp"):
        status = run(["submit", file, "--archive-root", str(tmp_path / "archive"), *words])
        said = capsys.readouterr()
        return SimpleNamespace(status=status, out=said.out, err=said.err)

    return put


def archives(tmp_path):
    root = tmp_path / "archive"
    return list(root.iterdir()) if root.exists() else []


def test_row_b42_a_job_is_launched_and_its_id_kept(submit, farm, tmp_path):
    answer = submit("3-5", "--name", "other", "--project", "film", "--pause")

    (spec,) = farm.specs
    assert (answer.status, answer.out) == (0, "job other launched: j1\n")
    assert (spec.name, spec.project, spec.paused) == ("other", "film", True)
    assert [layer.range for layer in spec.layers] == [None, "3-5", "3-5"]
    (archive,) = archives(tmp_path)
    assert spec.layers[2].command == [
        "taskrun", str(archive), "--sum", checksum((archive / "job.json").read_bytes()),
        "--layer", "comp", "--range=%{RANGE}",
    ]  # fmt: skip
    assert json.loads((archive / "launched.json").read_text()) == {"jobId": "j1"}


def test_row_b22_the_farm_is_told_of_outputs(submit, farm, tmp_path):
    submit()

    assert farm.outputs == [("comp", f"{tmp_path}/comp.####.exr", {"name": "picture", "colour": "linear"})]


def test_a_job_whose_outputs_cannot_be_noted_is_launched_all_the_same(submit, farm, caplog):
    farm.refuse_outputs = NotFound("no layer 'comp'")

    assert submit().status == 0
    assert "outputs not noted job=shot" in caplog.text


def test_json_names_the_job_and_its_archive(submit, farm, tmp_path):
    told = json.loads(submit("--json").out)

    assert (told["id"], told["name"], told["archive"]) == ("j1", "shot", str(archives(tmp_path)[0]))


def test_wait_shows_progress_until_the_end(submit, farm):
    answer = submit("--wait")

    assert answer.status == 0
    assert "comp: 4/4 done" in answer.out


def test_with_json_progress_goes_elsewhere(submit, farm):
    answer = submit("--wait", "--json")

    assert json.loads(answer.out)["id"] == "j1"
    assert "comp: 4/4 done" in answer.err


def test_the_project_may_come_from_the_environment(submit, farm, monkeypatch):
    monkeypatch.setenv("PLOW_PROJECT", "film")
    submit()

    assert farm.specs[0].project == "film"


def test_the_nodes_may_call_the_runner_something_else(submit, farm, monkeypatch):
    monkeypatch.setenv("PLOW_TASKRUN", "/opt/plow/bin/taskrun --quiet")
    submit()

    assert farm.specs[0].layers[2].command[:2] == ["/opt/plow/bin/taskrun", "--quiet"]


def test_a_refused_job_leaves_no_archive(submit, farm, tmp_path):
    farm.refuse = Invalid("no project 'film'")
    answer = submit()

    assert (answer.status, answer.err) == (2, "plow: no project 'film'\n")
    assert archives(tmp_path) == []


def test_a_name_that_is_taken_comes_with_the_ways_out(submit, farm):
    farm.refuse = AlreadyExists("there is an unfinished job 'shot' already")

    told = submit().err

    assert "already: choose another with --name, or end it with 'plow job kill shot'" in told


PRETENDED = """\
job shot, project default: 3 layers, 4 tasks
layer fetch, 1 task
  fetch: echo plates
layer sim, frames 1-2, 2 tasks
  waits for task fetch
  0001-sim: echo 1
  0002-sim: echo 2
layer comp, frames 1-2, 1 task
  waits for sim, frame by frame
  0001-comp: taskrun ARCHIVE --sum SUM --layer comp --range=1-2
"""


def test_row_b30_pretend_shows_layers_depends_tasks_and_commands_and_touches_nothing(submit, farm, tmp_path):
    lines = submit("--pretend").out.splitlines()
    shown = [
        " ".join(
            "ARCHIVE" if "/archive/" in word else "SUM" if len(word) == 32 else word
            for word in line.split(" ")
        )
        for line in lines
    ]

    assert shown == PRETENDED.splitlines()
    assert farm.specs == [] and archives(tmp_path) == []


def test_pretend_can_answer_a_program(submit):
    told = json.loads(submit("--pretend", "--json").out)

    assert told["layers"][1]["tasks"][0] == {
        "name": "0001-sim", "frames": [1], "command": ["echo", "1"], "runs": [], "around": [],
        "waitsFor": ["fetch"],
    }  # fmt: skip


def test_pretend_shows_what_a_module_will_run(submit, tmp_path):
    (tmp_path / "shot.bp").write_text(
        textwrap.dedent("""
        from blueprint.modules.povray import Povray
        Povray("pov", scene="s.pov", output="o.##.png", chunk=2)
        """)
    )
    lines = submit("1-2", "--pretend").out.splitlines()

    assert lines[2].startswith("  0001-pov: taskrun ")
    assert [line.split()[:3] for line in lines[3:]] == [
        ["+", "povray", f"+I{tmp_path}/s.pov"],
        ["+", "povray", f"+I{tmp_path}/s.pov"],
    ]


def test_pretend_says_where_a_command_needs_what_a_setup_task_gathers(submit, tmp_path):
    (tmp_path / "shot.bp").write_text(
        textwrap.dedent("""
        from blueprint import Layer

        class Render(Layer):
            def command(self, frames):
                return ["render", (self if self.name == "own" else self.job).data.get("camera")]

        Render("own")
        Render("shared")
        """)
    )
    lines = submit("1", "--pretend").out.splitlines()
    answer = json.loads(submit("1", "--pretend", "--json").out)

    assert [line for line in lines if "known on the node" in line] == [lines[3], lines[6]]
    assert [layer["tasks"][0]["runs"] for layer in answer["layers"]] == [None, None]


@pytest.mark.parametrize("base", ["Layer", "Task"])
@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("def comand(self, frames): return ['x']", "Own says neither command nor execute"),
        ("def command(self, frames): return 'x -f 3'", "its command is 'x -f 3': expected a list"),
    ],
)
def test_a_class_that_says_no_command_is_refused_here_not_on_the_farm(submit, tmp_path, base, method, said):
    (tmp_path / "shot.bp").write_text(
        f"from blueprint import {base}\nclass Own({base}):\n  {method}\nOwn('a')\n"
    )
    answer = submit("1", "--pretend")

    assert (answer.status, answer.err[: len("plow: shot.bp:4: ")]) == (2, "plow: shot.bp:4: ")
    assert said in answer.err


def test_a_command_may_hold_numbers_and_paths(submit, tmp_path):
    (tmp_path / "shot.bp").write_text(
        "from blueprint import Layer\nclass Own(Layer):\n"
        "  def command(self, frames): return ['echo', 3]\nOwn('a')\n"
    )
    assert submit("1", "--pretend").out.splitlines()[-1] == "    + echo 3"
    assert submit("1", "--local").status == 0


def test_row_b43_local_runs_it_here(submit, tmp_path):
    (tmp_path / "shot.bp").write_text("\n".join(SCRIPT.splitlines()[:-1]))
    answer = submit("--local")

    assert answer.status == 0
    assert "sim: 2/2 done" in answer.out


def test_local_ends_1_and_shows_the_log_of_what_failed(submit, tmp_path):
    (tmp_path / "shot.bp").write_text(
        textwrap.dedent("""
        from blueprint.modules.shell import Shell
        Shell("a", cmd=["sh", "-c", "echo no light; exit 3"], frame_range="1")
        Shell("b", cmd=["true"], frame_range="1", depend="a")
        """)
    )
    answer = submit("--local")

    assert answer.status == 1
    assert "0001-a failed with status 3" in answer.out
    assert "    no light" in answer.out
    assert "2 of 2 tasks not done" in answer.err


def test_local_can_answer_a_program(submit, tmp_path):
    (tmp_path / "shot.bp").write_text("\n".join(SCRIPT.splitlines()[:-1]))
    told = json.loads(submit("--local", "--json").out)

    assert [(task["task"], task["status"]) for task in told] == [
        ("fetch", 0),
        ("0001-sim", 0),
        ("0002-sim", 0),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1-x",), "plow: '1-x' is no frame or range of frames, in '1-x'"),
        (("--set", "a"), "plow: --set 'a': expected key=value"),
        (("--set", "a=1"), "plow: shot.bp: --set a=...: the blueprint asks for no 'a'"),
        (("--name", "a b"), "plow: shot.bp: 'a b' is no job name: use letters, digits and _ . : @ + = -"),
    ],
)
def test_a_mistake_is_one_line(submit, farm, words, said):
    answer = submit(*words)

    assert (answer.status, answer.out, answer.err.strip()) == (2, "", said)


def test_a_file_that_is_not_there_is_named(submit):
    assert submit(file="none.bp").err == "plow: no blueprint 'none.bp'\n"


OWN = """
from blueprint import Layer
class Own(Layer):
    def command(self, frames):
        return {}["camera"]
    def setup(self):
        1 / 0
Own("a", frame_range="1")
"""
OUTPUTS = """
from blueprint import Layer
class Own(Layer):
    def outputs(self):
        return [self.picture]
    def command(self, frames):
        return ["true"]
Own("a", frame_range="1")
"""


def test_outputs_that_cannot_be_told_are_noticed_before_the_launch(submit, farm, tmp_path):
    (tmp_path / "shot.bp").write_text(OUTPUTS)
    answer = submit()

    assert (
        answer.err
        == "plow: shot.bp:5: layer 'a': outputs: AttributeError: 'Own' object has no attribute 'picture'\n"
    )
    assert farm.specs == [] and archives(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pretend",), "plow: shot.bp:5: layer 'a': command: KeyError: 'camera'\n"),
        ((), "plow: shot.bp:7: layer 'a': setup: ZeroDivisionError: division by zero\n"),
    ],
)
def test_a_mistake_in_a_classs_own_code_names_file_line_and_layer(submit, farm, tmp_path, words, said):
    (tmp_path / "shot.bp").write_text(OWN)
    answer = submit(*words)

    assert (answer.status, answer.err) == (2, said)
    assert farm.specs == [] and archives(tmp_path) == []


@pytest.mark.parametrize(
    ("host", "told"), [("farm1:4711", {"PLOW_HOSTS": "farm1:4711"}), (DEFAULT_HOSTS, {})]
)
def test_a_setup_task_is_told_where_its_farm_is(submit, farm, tmp_path, host, told):
    current.use(farm, host)
    (tmp_path / "shot.bp").write_text(
        "from blueprint import SetupTask\nfrom blueprint.modules.shell import Shell\n"
        'SetupTask(Shell("a", cmd=["true"]))\n'
    )
    submit("1")

    assert farm.specs[0].env == told
