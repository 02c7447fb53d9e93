"""Every row of the check lists has a test that names it: `test_row_a05_…`, `test_rows_r20_r21_…`.

`python -m tests.docs.test_check_lists` prints which test stands for which row.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LISTS = {
    "a": 70,  # the Python client
    "b": 44,  # Blueprint
    "c": 12,  # the command line
    "r": 66,  # the node daemon
}
ROWS = [f"{letter}{number:02}" for letter, most in LISTS.items() for number in range(1, most + 1)]
NAMED = re.compile(r"^def (test_rows?((?:_[a-z]\d{2})+)_\w+)\(", re.MULTILINE)
# What waits for something that Plow does not have yet; a test that names one of these belongs off this list.
WAITING = {"r65": "who a node is can only be proven once the wire is encrypted"}
# Rows that only another system can show whole; here their tests use what such a system says of itself.
ELSEWHERE = {"r16": "macOS"}


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
    assert (row in named) != (row in WAITING)


def test_no_test_names_a_row_that_is_not_there(named: dict[str, list[str]]) -> None:
    assert set(named) <= set(ROWS)


@pytest.mark.parametrize("row, system", ELSEWHERE.items())
def test_a_row_of_another_system_says_so(named: dict[str, list[str]], row: str, system: str) -> None:
    assert any(system[:3].lower() in name.lower() for name in named[row])


def main() -> None:
    """Print the list."""
    found = found_rows()
    for row in ROWS:
        where = f" (whole only on {ELSEWHERE[row]})" if row in ELSEWHERE else ""
        print(row.upper() + where, *(found.get(row) or [WAITING[row]]), sep="\n    ")


if __name__ == "__main__":
    main()
