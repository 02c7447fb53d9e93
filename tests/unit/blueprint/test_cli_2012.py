"""`bluerun`, `taskrun` and `qconvert` with their words of 2012."""

from __future__ import annotations

import json
import logging
import os
import stat
from types import SimpleNamespace

import pytest

from blueprint import runner
from blueprint.archive import checksum
from blueprint.cli_2012 import bluerun as bluerun_command
from blueprint.cli_2012 import qconvert as qconvert_command
from blueprint.program import run_program
from plow_client import current

SCRIPT = """
from blueprint import Layer
from blueprint.modules.shell import Shell, ShellCommand

Shell("sim", cmd=["sh", "-c", "echo frame %{FRAME}; exit %{FRAME}"])
ShellCommand("fetch", cmd=["echo", "plates"])
Layer("own")
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with shot.bp, an archive root and no settings; log levels as they were."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLOW_ARCHIVE_ROOT", str(tmp_path / "archive"))
    monkeypatch.setattr("blueprint.process.end_on_terminate", lambda: None)
    monkeypatch.setattr("blueprint.config.config_files", lambda program: [])
    (tmp_path / "shot.bp").write_text(SCRIPT)
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield tmp_path
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def say(capfd):
    """Runs one of the programs; gives exit status, output and error output."""

    def run(command, *words):
        status = run_program(command, command.name, words)
        said = capfd.readouterr()
        return SimpleNamespace(status=status, out=said.out, err=said.err)

    return run


def test_row_b29_bluerun_launches_a_script_with_its_range(say, farm):
    answer = say(bluerun_command, "shot.bp", "1-3")

    assert (answer.status, answer.out) == (0, "job shot launched: j1\n")
    assert [layer.range for layer in farm.specs[0].layers] == ["1-3", None, "1-3"]


def test_row_b30_bluerun_pretend_prints_and_launches_nothing(say, farm, here):
    answer = say(bluerun_command, "shot.bp", "1-3", "-pretend")

    assert answer.out.startswith(
        "job shot, project default: 3 layers, 7 tasks\nlayer sim, frames 1-3, 3 tasks\n"
    )
    assert farm.specs == [] and not (here / "archive").exists()


def test_row_b31_bluerun_pause_launches_a_paused_job(say, farm):
    say(bluerun_command, "shot.bp", "1", "-pause")
    say(bluerun_command, "shot.bp", "1")

    assert [spec.paused for spec in farm.specs] == [True, False]


def test_row_b32_bluerun_job_name_names_the_job(say, farm):
    say(bluerun_command, "shot.bp", "1", "-job-name", "other")

    assert farm.specs[0].name == "other"


def test_row_b32_bluerun_backend_says_where_the_job_goes(say, farm, here):
    head = "from blueprint.modules.shell import Shell\n"
    (here / "quick.bp").write_text(head + f'Shell("a", cmd=["touch", "{here}/%{{FRAME}}"])\n')

    assert say(bluerun_command, "quick.bp", "7", "-backend", "local").status == 0
    assert (here / "7").exists() and farm.specs == []
    assert say(bluerun_command, "quick.bp", "7", "-backend", "plowrun").out == "job quick launched: j1\n"
    answer = say(bluerun_command, "quick.bp", "7", "-backend", "plo")
    assert (answer.status, answer.err) == (2, "bluerun: no backend 'plo'; did you mean 'plow'?\n")


def test_row_b32_bluerun_server_says_which_farm(say, monkeypatch):
    asked = []
    monkeypatch.setattr(current, "connect", asked.append)
    say(bluerun_command, "shot.bp", "1", "-server", "farm1:11336", "-pretend")

    assert asked == ["farm1:11336"]


@pytest.mark.parametrize(
    ("words", "level"),
    [((), logging.WARNING), (("-verbose",), logging.INFO), (("-debug",), logging.DEBUG)],
    ids=["quiet", "verbose", "debug"],
)
def test_row_b33_verbose_and_debug_change_the_log_level(say, words, level):
    say(bluerun_command, "shot.bp", "1", "-pretend", *words)

    assert logging.getLogger().level == level


def test_row_b33_taskrun_has_them_too(here):
    assert runner.main(["shot.bp", "-task", "fetch", "-debug"]) == 0
    assert logging.getLogger().level == logging.DEBUG


def test_row_b34_taskrun_runs_those_frames_of_a_layer_and_passes_the_status_on(capfd):
    assert runner.main(["shot.bp", "-layer", "sim", "-range", "0"]) == 0
    assert runner.main(["shot.bp", "-layer", "sim", "-range", "3"]) == 3
    assert [line for line in capfd.readouterr().out.splitlines() if not line.startswith("+")] == [
        "frame 0",
        "frame 3",
    ]
    assert runner.main(["shot.bp", "-layer", "none", "-range", "1"]) == 1


def test_row_b35_taskrun_task_runs_that_task_only(capfd):
    assert runner.main(["shot.bp", "-task", "fetch"]) == 0
    assert capfd.readouterr().out == "+ echo plates\nplates\n"


def test_taskrun_opens_an_archive_by_its_job_file(say, farm, here):
    say(bluerun_command, "shot.bp", "1")
    (folder,) = (here / "archive").iterdir()

    assert runner.main([str(folder / "job.json"), "-task", "fetch"]) == 0


def test_row_b39_the_job_carries_project_user_and_uid(say, farm, monkeypatch):
    monkeypatch.setenv("PLOW_PROJECT", "moon")
    monkeypatch.setenv("LOGNAME", "anna")
    say(bluerun_command, "shot.bp", "1")

    (spec,) = farm.specs
    assert (spec.project, spec.username, spec.uid) == ("moon", "anna", os.getuid())


@pytest.fixture
def converter(here):
    """A program in the place of iconvert that writes its words into the picture that it should make."""
    program = here / "iconvert"
    program.write_text('#!/bin/sh\nfor last; do :; done\necho "$*" > "$last"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for frame in range(1, 11):
        (here / f"in.{frame:04d}.exr").touch()
    return program


@pytest.mark.parametrize(("words", "name"), [((), "qconvert-out"), (("--jobname", "mine"), "mine")])
def test_row_b41_ten_frames_in_batches_of_three_are_four_tasks_and_ten_files(
    say, farm, here, converter, monkeypatch, words, name
):
    monkeypatch.setenv("PATH", f"{here}:{os.environ['PATH']}")
    job = ["-i", "in.%04d.exr", "-o", "out.%04d.jpg", "-r", "1-10", "-b", "3", *words]

    assert say(qconvert_command, *job).out == f"job {name} launched: j1\n"
    (layer,) = farm.specs[0].layers
    assert (layer.range, layer.chunk) == ("1-10", 3)
    answer = say(
        qconvert_command, *job, "-backend", "local", "--quality", "90", "--sRGB", "--attrib", "Artist=anna b"
    )
    assert (answer.status, "convert: 4/4 done" in answer.out) == (0, True)
    assert len(list(here.glob("out.*.jpg"))) == 10
    assert (
        (here / "out.0010.jpg").read_text()
        == f"--threads 1 --quality 90 --attrib Artist anna b --sRGB {here}/in.0010.exr {here}/out.0010.jpg\n"
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("-i", "in.exr", "-o", "out.jpg", "-r", "1-2"), 2, "output = "),
        (("-i", "a.#.exr", "-o", "b.#.jpg", "-r", "1-x"), 2, "'1-x' is no frame"),
        (("-i", "a.#.exr", "-o", "b.#.jpg", "-r", "1", "--attrib", "x"), 2, "'x': expected name=value"),
        (("-o", "b.#.jpg", "-r", "1"), 2, "Missing option '-i'"),
    ],
)
def test_a_mistake_in_the_words_of_qconvert_is_told(say, farm, converter, words, status, said):
    answer = say(qconvert_command, *words)

    assert (answer.status, farm.specs) == (status, [])
    assert said in answer.err


def test_row_b42_the_archive_of_a_launched_job_holds_its_id(say, farm, here):
    say(bluerun_command, "shot.bp", "1")
    (folder,) = (here / "archive").iterdir()

    assert json.loads((folder / "launched.json").read_text()) == {"jobId": "j1"}
    assert farm.specs[0].layers[2].command[2:4] == ["--sum", checksum((folder / "job.json").read_bytes())]


@pytest.mark.parametrize("word", ["-h", "-help", "--help"])
@pytest.mark.parametrize("program", [bluerun_command, qconvert_command])
def test_help_has_the_names_of_then_and_of_today(say, program, word):
    answer = say(program, word)

    assert (answer.status, answer.out[:6]) == (0, "Usage:")
