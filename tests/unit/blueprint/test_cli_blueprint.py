"""`blueprint run|pretend|local|modules|new-module`, and what modules tell of themselves."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from blueprint.cli_blueprint import blueprint
from blueprint.plugins import OURS
from blueprint.program import run_program
from plow_client.cli.main import run as plow

SCRIPT = """
from blueprint import param
from blueprint.modules.shell import Shell
Shell("a", cmd=["echo", param("word", "hello")])
"""


@pytest.fixture
def say(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLOW_ARCHIVE_ROOT", str(tmp_path / "archive"))
    (tmp_path / "shot.bp").write_text(SCRIPT)

    def run(*words):
        status = run_program(blueprint, "blueprint", words)
        said = capfd.readouterr()
        return SimpleNamespace(status=status, out=said.out, err=said.err)

    return run


def test_run_launches_on_the_farm(say, farm):
    answer = say("run", "shot.bp", "1-2", "--set", "word=there", "--pause")

    assert (answer.status, answer.out) == (0, "job shot launched: j1\n")
    assert (farm.specs[0].layers[0].command, farm.specs[0].paused) == (["echo", "there"], True)


def test_pretend_launches_nothing(say, farm, tmp_path):
    answer = say("pretend", "shot.bp", "1-2")

    assert "  0002-a: echo hello\n" in answer.out
    assert farm.specs == [] and not (tmp_path / "archive").exists()


def test_row_b43_local_runs_without_a_farm(say):
    answer = say("local", "shot.bp", "1-2", "--json")

    assert [(task["task"], task["status"]) for task in json.loads(answer.out)] == [
        ("0001-a", 0),
        ("0002-a", 0),
    ]


def test_modules_lists_each_with_one_line(say):
    lines = say("modules").out.splitlines()

    assert {line.split()[0] for line in lines} >= set(OURS)
    assert (
        next(line for line in lines if line.startswith("shell "))
        .split(maxsplit=1)[1]
        .startswith("A command for")
    )


def test_the_options_of_a_module_come_with_type_default_and_meaning(say, farm, capfd):
    told = say("modules", "povray").out

    assert "  scene (a path, needed): " in told
    assert "  chunk (a whole number, at least 0, 1 unless said): Frames in one task" in told
    assert plow(["submit", "--help", "povray"]) == 0
    assert capfd.readouterr().out == told


def test_a_module_that_is_not_there_is_named_with_the_nearest(say, capfd):
    assert plow(["submit", "--help", "povrey"]) == 2
    assert capfd.readouterr().err == "plow: no module 'povrey'; did you mean 'povray'?\n"


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_alone_is_about_the_command(capfd, word):
    assert plow(["submit", word]) == 0
    assert "Launch the job that a blueprint describes." in capfd.readouterr().out


def test_a_form_gets_types_choices_and_limits(say):
    (told,) = json.loads(say("modules", "shell", "--json").out)
    options = {option["name"]: option for option in told["options"]}

    assert (told["name"], told["class"]) == ("shell", "blueprint.modules.shell:Shell")
    assert (options["cmd"]["required"], options["cmd"]["common"]) == (True, False)
    assert options["os"]["choices"] == ["linux", "macos", "windows"]
    assert (options["threads"]["type"], options["threads"]["minimum"]) == ("a whole number", 1)


def test_every_module_can_be_told_of_in_json(say):
    assert {each["name"] for each in json.loads(say("modules", "--json").out)} >= set(OURS)


def test_a_new_module_runs_as_it_was_written(say, tmp_path):
    assert say("new-module", "zero_file.py").out == "wrote zero_file.py\nwrote zero_file.bp\n"

    assert say("local", "zero_file.bp", "1-2").status == 0
    assert (tmp_path / "out" / "zero_file.0002.bin").read_bytes() == b"\0" * 64


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [("Turn.py", 2, "give a name of small letters"), ("turn", 2, "that ends in .py"), ("no/turn.py", 2, "cannot write"),
     ("there.py", 4, "'there.py' is there already")],
)  # fmt: skip
def test_a_new_module_overwrites_nothing_and_has_a_name_that_python_takes(say, tmp_path, name, status, said):
    (tmp_path / "there.py").write_text("mine")
    answer = say("new-module", name)

    assert (answer.status, said in answer.err) == (status, True)
    assert (tmp_path / "there.py").read_text() == "mine"


def test_a_module_that_lies_here_tells_of_its_options_too(say):
    say("new-module", "round_trip.py")

    assert (
        "  size (a whole number, at least 1, 64 unless said): How many bytes.\n"
        in say("modules", "round_trip:RoundTrip").out
    )


def test_a_range_below_zero_stands_after_two_dashes(say, farm):
    assert "layer a, frames -2-1, 4 tasks\n" in say("pretend", "--", "shot.bp", "-2-1").out
