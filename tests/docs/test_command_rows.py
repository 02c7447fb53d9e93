"""Every row of the check list of the command line, C01 to C12, has a test that names it: `test_row_c05_…`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROWS = [f"c{number:02}" for number in range(1, 13)]
NAMED = re.compile(r"^def test_rows?((?:_c\d{2})+)_\w+\(", re.MULTILINE)


@pytest.fixture(scope="module")
def named() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    return {row for text in texts for rows in NAMED.findall(text) for row in rows.strip("_").split("_")}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test_that_names_it(named: set[str], row: str) -> None:
    assert row in named


def test_no_test_names_a_row_that_is_not_there(named: set[str]) -> None:
    assert named <= set(ROWS)
