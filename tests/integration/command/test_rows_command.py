"""Rows C01 to C12 of the check list: the command line against a live farm. C06 is with the window's tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import plow_client as plow
from plow_client.cli import log as log_of
from plow_client.cli import tool
from plow_client.cli.main import run
from plow_client.local_farm import LocalFarm
from tests.integration.client_parts import until

ROOT = Path(__file__).parents[3]
COLUMNS = ("Job", "State", "User", "Pend", "Run", "Min", "Max", "RAM", "Duration", "Start Time", "End Time")


@pytest.fixture
def three(farm: LocalFarm) -> list[plow.Job]:
    """Two jobs that wait, and one that is over."""
    layer = plow.LayerSpec("a", ["true"], range="1-5")
    made = [
        plow.JobSpec(name, "default", layers=[layer], username="anna", paused=True).launch()
        for name in ("sc020_light", "sc020_comp", "sc030_light")
    ]
    made[2].kill("over")
    return made


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_row_c01_names_of_running_jobs_that_match(
    three: list[plow.Job], capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main(["-ljn"]) == 0
    assert sorted(lines(capsys)) == ["sc020_comp", "sc020_light"]
    assert tool.main(["-ljn", "^sc020_l"]) == 0
    assert lines(capsys) == ["sc020_light"]


def test_row_c02_a_table_of_eleven_columns(three: list[plow.Job], capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["-lj", "light"]) == 0

    titles, rule, job = lines(capsys)
    places = [titles.index(title) for title in COLUMNS]
    assert places == sorted(places)
    assert rule == "-" * 160
    cells = [job[start:end].strip() for start, end in zip(places, [*places[1:], None], strict=True)]
    assert cells == ["sc020_light", "paused", "anna", "5", "0", "0", "200", "0", cells[8], cells[9], "-"]


def test_row_c03_finished_jobs_only_with_all(
    three: list[plow.Job], capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main(["-ljn", "sc030"]) == 0
    assert lines(capsys) == []
    assert tool.main(["-all", "-ljn", "sc030"]) == 0
    assert set(lines(capsys)) == {"sc030_light"}  # and those of this name before


def test_row_c04_debug_shows_the_query(farm: LocalFarm) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "plow_client.cli.tool", "-debug", "-ljn", "sc0"],
        env={**os.environ, "PLOW_HOSTS": farm.hosts}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "jobs asked regex=sc0 states=RUNNING,POST" in told.stderr


def test_row_c05_no_arguments_give_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main([]) == 0
    assert "-ljn" in capsys.readouterr().out
    assert run([]) in (0, 2)
    assert "Commands:" in "".join(capsys.readouterr())


def test_row_c07_submit_stands_for_bluerun_and_taskrun_runs_its_tasks(farm: LocalFarm) -> None:
    """What qconvert did is row B41."""
    folder = farm.state / "c07"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    words = [
        "--set",
        f"output={folder}",
        "--archive-root",
        str(folder / "archive"),
        "--name",
        "c07",
        "--wait",
    ]

    assert run(["submit", str(ROOT / "docs/examples/own_module.bp"), "1-2", *words]) == 0, _log("c07")

    assert (folder / "caption.0002.txt").read_text() == "frame 2\n" * 2


def _log(job: str) -> str:
    """Why its first task failed."""
    return plow.get_jobs(name=job)[0].get_tasks()[0].read_log().content.decode()


def test_row_c09_job_board_tasks_nodes_and_kill(
    three: list[plow.Job], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["job", "board", "--project", "default"]) == 0
    board = lines(capsys)
    assert board[0].startswith("jobs ") and any("sc020_light" in line for line in board)

    assert run(["task", "list", "sc020_light", "--columns", "task,state"]) == 0
    assert lines(capsys)[1].split() == ["0001-a", "WAITING"]

    assert run(["node", "list", "--columns", "node,cluster,state,cores,idle"]) == 0
    assert len(lines(capsys)) == 3

    assert run(["job", "kill", "sc020_light", "--yes"]) == 0
    three[0].refresh()
    assert three[0].state is plow.JobState.FINISHED


@pytest.fixture
def slow(farm: LocalFarm) -> Iterator[tuple[plow.Task, Path]]:
    """A task that prints a line when a file is there, and ends when another is."""
    folder = farm.state / "c11"
    folder.mkdir()
    script = f"""echo begun; until test -e {folder}/go; do sleep 0.05; done; echo went on
        until test -e {folder}/end; do sleep 0.05; done"""
    layer = plow.LayerSpec("a", ["sh", "-c", script], range="1-1")
    job = plow.JobSpec("talks", "default", layers=[layer]).launch()
    until(lambda: job.get_tasks("RUNNING"))
    yield job.get_tasks()[0], folder
    (folder / "go").touch()
    (folder / "end").touch()


def test_row_c11_a_followed_log_prints_new_lines_while_the_task_runs(
    slow: tuple[plow.Task, Path], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """It looks for more several times within the two seconds that are promised."""
    assert log_of._LOOK_S <= 0.5
    task, folder = slow
    shown: list[bytes] = []
    ended: list[int] = []

    def has(text: bytes) -> bool:
        shown.append(capfdbinary.readouterr().out)
        return text in b"".join(shown)

    follower = threading.Thread(target=lambda: ended.append(run(["log", "-f", f"talks/{task.name}"])))
    follower.start()
    until(lambda: has(b"\nbegun\n"))
    (folder / "go").touch()
    until(lambda: has(b"\nwent on\n"))
    assert follower.is_alive()

    (folder / "end").touch()
    follower.join(30)
    assert ended == [0]


@pytest.mark.parametrize("shell", [name for name in ("sh", "bash", "zsh") if shutil.which(name)])
def test_row_c12_after_sourcing_the_commands_and_settings_are_found(
    farm: LocalFarm, tmp_path: Path, shell: str
) -> None:
    """The script lies in a checkout beside its `.venv`; the person's own settings say which farm."""
    root = tmp_path / "plow"
    (root / "etc").mkdir(parents=True)
    shutil.copy(ROOT / "etc/plow-env.sh", root / "etc")
    bin_folder = root / ".venv/bin"
    bin_folder.mkdir(parents=True)
    for program, module in (("plow", "plow_client.cli.main"), ("plow-tool", "plow_client.cli.tool")):
        (bin_folder / program).write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        (bin_folder / program).chmod(0o755)
    settings = tmp_path / "config/plow/plow.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'hosts = ["{farm.hosts}"]\n')
    environment = {name: value for name, value in os.environ.items() if name != "PLOW_HOSTS"}
    script = f'PLOW_ROOT="{root}"; . "{root}/etc/plow-env.sh"; command -v plow plow-tool; plow node list --columns node'

    told = subprocess.run(
        [shell, "-c", script], capture_output=True, text=True, check=True,
        env={**environment, "XDG_CONFIG_HOME": str(tmp_path / "config"), "PYTHONPATH": str(ROOT)},
    ).stdout.splitlines()  # fmt: skip

    assert told[-3:] == ["NODE", "node-1", "node-2"]
    assert str(bin_folder / "plow") in told


def test_row_c12_a_host_that_is_given_is_the_farm(farm: LocalFarm) -> None:
    script = f'. "{ROOT}/etc/plow-env.sh" farm1:11336; echo $PLOW_HOSTS $PLOW_ROOT'

    told = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert told == ["farm1:11336", str(ROOT)]
