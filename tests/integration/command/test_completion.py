"""The shell completes commands, options and names of the farm; a farm that is away keeps quiet."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import plow_client as plow
from plow_client.cli.main import run
from plow_client.local_farm import LocalFarm

PROGRAM = [sys.executable, "-c", "from plow_client.cli.main import main; main()"]


def completed(line: str, hosts: str) -> tuple[list[str], str]:
    """What bash is offered after this line, and what was said beside it."""
    words = line.split(" ")
    ended = subprocess.run(
        PROGRAM,
        env={
            **os.environ, "PLOW_HOSTS": hosts, "_PLOW_COMPLETE": "bash_complete", "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True, text=True,
    )  # fmt: skip
    return [offer.partition(",")[2] for offer in ended.stdout.splitlines()], ended.stderr


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("plow jo", ["job"]),
        ("plow job show sh", ["shot"]),
        ("plow log sh", ["shot/"]),
        ("plow log shot/0007", ["shot/0007-beauty"]),
        ("plow layer show shot/b", ["shot/beauty"]),
        ("plow node lock node-", ["node-1", "node-2"]),
        ("plow folder show default/", ["default/jobs"]),
        ("plow job list --proj", ["--project"]),
        ("plow job list --project de", ["default"]),
        ("plow quota show default", ["default.render"]),
    ],
)
def test_names_are_offered(farm: LocalFarm, shot: plow.Job, line: str, offers: list[str]) -> None:
    assert completed(line, farm.hosts)[0] == offers


def test_a_farm_that_is_away_says_nothing() -> None:
    assert completed("plow job show sh", "127.0.0.1:1") in (([], ""), ([""], ""))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0

    assert f"_PLOW_COMPLETE={shell}_complete" in capsys.readouterr().out
