"""Every row of docs/reference/calls.csv, which is the whole contract of 2013, has a test that names its number."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from plow_client import idl

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
OLD = TESTS / "integration" / "plow_2013.thrift"
NAMED = re.compile(r"^test_rows?((?:_\d{3})+)_")


def rows() -> list[tuple[int, str, str]]:
    """Number, service and call."""
    with open(ROOT / "docs" / "reference" / "calls.csv", newline="") as file:
        return [(int(row["row"]), row["service"], row["call"]) for row in csv.DictReader(file)]


def test_the_table_has_each_call_of_2013_once() -> None:
    old = idl.load(OLD, "rows_thrift")
    services = ("RpcService", "RndServiceApi", "RndNodeApi")
    calls = {(service, call) for service in services for call in getattr(old, service).thrift_services}
    assert len(calls) == 112
    assert {(service, call) for _, service, call in rows()} == calls
    assert [number for number, _, _ in rows()] == list(range(1, 113))


@pytest.fixture(scope="module")
def tested() -> dict[int, str]:
    """For each row, the text of the tests that name it: in their name, in the id of a case, in their first line."""
    found: dict[int, str] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text()
        if "row" in text:
            for number, body in named_rows(text):
                found[number] = found.get(number, "") + body
    return found


def named_rows(text: str) -> Iterator[tuple[int, str]]:
    """Row numbers with the text of what names them."""
    for node in ast.parse(text).body:
        body = ast.get_source_segment(text, node) or ""
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            name = NAMED.match(node.name)
            told = re.match(r"Rows? ([\d, ]+)", ast.get_docstring(node) or "")
            numbers = re.findall(r"\d{3}", (name[1] if name else "") + (told[1] if told else ""))
            body += "".join(ast.unparse(each) for each in node.decorator_list)
            for number in [*numbers, *re.findall(r"""id=['"]row_(\d{3})""", body)]:
                yield int(number), body
        elif isinstance(node, ast.Assign):
            for number in re.findall(r'id="row_(\d{3})"', body):
                yield int(number), body


@pytest.mark.parametrize("number, call", [(number, call) for number, _, call in rows()])
def test_a_row_has_a_test_that_makes_its_call(tested: dict[int, str], number: int, call: str) -> None:
    assert number in tested, f"no test names row {number}: test_row_{number:03}_…"
    assert re.search(rf"\b{call}\b", tested[number]), f"the tests of row {number} do not call {call}"
