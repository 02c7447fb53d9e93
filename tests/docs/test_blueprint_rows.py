"""Every row of the check list of Blueprint, B01 to B44, has a test that names it: `test_row_b05_…`.

`python -m tests.docs.test_blueprint_rows` prints which test stands for which row.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROWS = [f"b{number:02}" for number in range(1, 45)]
NAMED = re.compile(r"^def (test_rows?((?:_b\d{2})+)_\w+)\(", re.MULTILINE)


@pytest.fixture(scope="module")
def named() -> dict[str, list[str]]:
    return found_rows()


def found_rows() -> dict[str, list[str]]:
    """For each row that is named, file and test."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name, rows in NAMED.findall(path.read_text(encoding="utf-8")):
            for row in rows.strip("_").split("_"):
                found.setdefault(row, []).append(f"{path.relative_to(TESTS)}: {name}")
    return found


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test_that_names_it(named: dict[str, list[str]], row: str) -> None:
    assert row in named


def test_no_test_names_a_row_that_is_not_there(named: dict[str, list[str]]) -> None:
    assert set(named) <= set(ROWS)


def main() -> None:
    """Print the list."""
    for row, tests in sorted(found_rows().items()):
        print(row.upper(), *tests, sep="\n    ")


if __name__ == "__main__":
    main()
