"""Every fault of Plow 2013 has a test that would show it, and the table that says so speaks of tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
TABLE = ROW.findall((ROOT / "docs" / "faults.md").read_text())


def test_each_of_the_56_is_there_once() -> None:
    assert [int(row[0]) for row in TABLE] == list(range(1, 57))


@pytest.mark.parametrize("number, proof", [(row[0], row[3]) for row in TABLE])
def test_the_test_or_benchmark_that_proves_it_exists(number: str, proof: str) -> None:
    if proof.startswith("measured: "):
        assert (ROOT / proof.removeprefix("measured: ")).is_file()
        return
    path, name = proof.split("::")
    file = ROOT / "tests" / re.sub(r"^calls/", "integration/calls/", path)
    assert re.search(rf"^def {name}\(", file.read_text(), re.MULTILINE), f"W{number}: no {name} in {path}"
