"""Every example of docs/guide/command-line.md does what it says, in the page's order, on such a farm as `plow up`'s."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import plow_client as plow
from plow_client.cli.main import run
from plow_client.local_farm import LocalFarm

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/guide/command-line.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TEXTURE = Path("/tmp/first_day.tx")
# On a young farm, or at the moment, these have nothing to show.
SILENT = ("plow predictions", "plow proc list")


def lines() -> list[str]:
    """What the page types, without its prompts."""
    return [
        line.removeprefix("$ ") for block in BLOCKS for line in block.splitlines() if line.startswith("$ ")
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout's folder, as far as the page needs it."""
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(tmp_path)
    open_to_tasks = tmp_path / "archive"
    monkeypatch.setenv("XDG_STATE_HOME", str(open_to_tasks))
    TEXTURE.unlink(missing_ok=True)
    yield tmp_path
    TEXTURE.unlink(missing_ok=True)


def typed(line: str) -> tuple[list[str], int]:
    """The words of the command, up to a pipe or a file, and the status with which it ends."""
    status = re.search(r"#.*\bends (\d)", line)
    reader = shlex.shlex(re.sub(r"\s#\s.*", "", line), posix=True, punctuation_chars="|>")
    reader.commenters = ""
    reader.whitespace_split = True
    words: list[str] = []
    for word in reader:
        if word in ("|", ">"):
            break
        words.append(word)
    return words, int(status[1]) if status else 0


def test_every_example_of_the_page(
    farm: LocalFarm, shot: plow.Job, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sleeper = plow.LayerSpec("wait", ["sleep", "600"], range="1-1")
    bobs = plow.JobSpec("old", "default", layers=[sleeper], username="bob", paused=True).launch()
    plow.create_limit("nuke", 20)
    first, *others = lines()
    assert first == "plow up"  # which is this test's farm

    for line in others:
        words, status = typed(line)
        if words[0] != "plow":
            subprocess.run(words, check=True, cwd=folder)
            continue
        ended = run(words[1:])
        told = capfd.readouterr()
        assert ended == status, f"{line}\n{told.out}{told.err}"
        assert told.out or line.startswith(SILENT), f"{line} shows nothing\n{told.err}"

    bobs.refresh()
    assert bobs.state is plow.JobState.FINISHED
    assert plow.get_jobs(name="first_day")[0].totals.succeeded == 13


def test_the_page_has_an_example_of_every_noun() -> None:
    from plow_client.cli.main import NOUNS

    shown = {words[1] for line in lines() if (words := shlex.split(line, comments=True))[0] == "plow"}
    # `log` and the like stand alone; these are shown whole elsewhere
    assert set(NOUNS) - shown <= {"avoid", "completion", "farm", "top"}


def test_jq_finds_what_the_page_asks_it_for(shot: plow.Job, capsys: pytest.CaptureFixture[str]) -> None:
    """Where jq is not installed, Python reads the same JSON."""
    assert run(["job", "list", "--json"]) == 0
    told = capsys.readouterr().out

    query = ["jq", "-r", ".[] | select(.totals.dead > 0) | .name"]
    if shutil.which("jq"):
        found = subprocess.run(query, input=told, text=True, capture_output=True, check=True).stdout.split()
    else:
        import json

        found = [job["name"] for job in json.loads(told) if job["totals"]["dead"] > 0]
    assert found == ["shot"]
