"""docs/guide/python.md and python-library.md, block by block as printed, on a farm of this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import plow_client as plow
from tests.e2e.blueprint_parts import farm_in, open_folder

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
BASICS, LIBRARY = (
    (GUIDE / f"{name}.md").read_text(encoding="utf-8") for name in ("python", "python-library")
)


def blocks(page: str) -> dict[str, list[str]]:
    """The Python of each section."""
    sections = re.split(r"^## ", page, flags=re.MULTILINE)
    return {text.partition("\n")[0]: re.findall(r"```python\n(.*?)```", text, re.DOTALL) for text in sections}


@pytest.fixture(scope="module")
def hosts() -> Iterator[str]:
    with open_folder() as folder, farm_in(folder) as farm:
        yield farm.hosts


@pytest.fixture(autouse=True)
def said_by_the_environment(hosts: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PLOW_HOSTS", hosts)
    plow.reconnect()
    yield
    plow.reconnect()


def run(code: str, names: dict[str, Any], title: str) -> str:
    said = StringIO()
    with redirect_stdout(said):
        exec(compile(code, title, "exec"), names)
    return said.getvalue()


def test_the_quick_start_is_short_and_works_as_printed() -> None:
    (code,) = blocks(BASICS)["Quick start"]
    assert len([line for line in code.splitlines() if line.strip()]) <= 20
    said = run(code, {}, "quick start")

    assert said.startswith("hello is RUNNING with 6 tasks\n")
    assert "0002-check ended with 1 on node-" in said
    assert re.findall(r"^(\S+) SUCCEEDED True$", said, re.MULTILINE) == ["1-2", "3-4", "5-6"]
    assert re.search(r"^\S+ launch$", said, re.MULTILINE)


def test_every_other_block_of_the_page_runs(hosts: str) -> None:
    names: dict[str, Any] = {}
    exec("import plow_client as plow", names)
    paused = [plow.LayerSpec("a", ["true"], range="1-3")]
    plow.JobSpec("hello", "default", paused, paused=True).launch()
    for title, found in blocks(BASICS).items():
        for code in found if title != "Quick start" else []:
            said = run(code.replace("farm1:11336,farm2:11336", hosts), names, title)
            assert title != "Errors" or said == "it is over already\n"
    for job in plow.get_jobs(states="running"):
        job.kill("the test is over")


def test_the_library_page_runs_from_top_to_bottom() -> None:
    names: dict[str, Any] = {}
    for title, found in blocks(LIBRARY).items():
        for code in found:
            run(code, names, title)
    assert plow.get_jobs(project="show", states="running") == []
