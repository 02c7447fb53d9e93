"""Which stored functions each test of tests/sql calls, and how long it takes: who could notice that one is broken.

PostgreSQL counts the calls of functions (track_functions); each test has a database of its own, so its counts are
read before that is dropped. Functions that were inlined into a query are not counted: for them whoever calls a
function that names them stands in, and the files that are about them.
"""

from __future__ import annotations

import ast
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Postgres

SQL = Path("plow_server/sql")
NAMED = re.compile(r"\bplow\.(\w+)\(")


def _words(text: str) -> set[str]:
    return set(re.findall("[a-z]{3,}", text.lower()))


@dataclass
class Watch:
    """A plugin of pytest that looks on while all tests pass."""

    server: Postgres
    file: Path
    calls: dict[str, list[str]] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Count from now on, and look before a database goes."""
        with psycopg.connect(self.server.address(), autocommit=True) as rows:
            rows.execute("alter system set track_functions = 'all'")
            rows.execute("select pg_reload_conf()")
        drop = self.server.drop

        def look_and_drop(name: str) -> None:
            test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
            if test and name.startswith("t_"):
                self.calls[test] = sorted({*self.calls.get(test, []), *self._counted(name)})
            drop(name)

        self.server.drop = look_and_drop  # type: ignore[method-assign]

    def _counted(self, name: str) -> Iterator[str]:
        others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        deadline = time.monotonic() + 5
        with psycopg.connect(self.server.address(name), autocommit=True) as rows:
            while rows.execute(others).fetchall() != [(0,)] and time.monotonic() < deadline:
                time.sleep(0.002)  # a session tells what it counted when it ends
            for (function,) in rows.execute("select distinct funcname from pg_stat_user_functions"):
                yield function

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.took[report.nodeid] = self.took.get(report.nodeid, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        self.file.write_text(json.dumps({"calls": self.calls, "took": self.took}), encoding="utf-8")


@dataclass(frozen=True)
class Callers:
    """What was seen."""

    root: Path
    calls: dict[str, list[str]]
    took: dict[str, float]

    @classmethod
    def read(cls, root: Path, file: Path) -> Callers:
        seen = json.loads(file.read_text(encoding="utf-8"))
        return cls(root, seen["calls"], seen["took"])

    def of(self, name: str, words: str) -> Sequence[str]:
        """The tests that call the function, or else all: first those that speak of the same things.

        Random histories are left out: what only luck finds deserves a test of its own.
        """
        names, looked = {name}, set[str]()
        found: set[str] = set()
        while names and (not found or name in self._inlined):
            found |= {test for test, calls in self.calls.items() if names.intersection(calls)}
            looked |= names
            names = {caller for caller, called in self._named.items() if called & looked} - looked
        if name in self._inlined:
            found |= {test for test in self.took if looked & self._subjects[test.partition("::")[0]]}
        found = {test for test in found or self.took if "test_histories.py" not in test}
        asked = _words(f"{name} {words}")
        told = {test: asked & self._told(test) for test in found}
        often = Counter(word for shared in told.values() for word in shared)
        own = f"tests/sql/test_{name}.py::"
        worth = {
            test: sum(1 / often[word] for word in shared) + test.startswith(own)
            for test, shared in told.items()
        }
        return sorted(found, key=lambda test: -(worth[test] + 0.01) / (0.1 + self.took.get(test, 1.0)))

    def _told(self, test: str) -> set[str]:
        file, _, name = test.partition("::")
        return _words(test) | self._sources[file].get(name.partition("[")[0], set())

    @cached_property
    def _sources(self) -> dict[str, dict[str, set[str]]]:
        """The words of each test, by file and name."""
        found = {}
        for file in (self.root / "tests/sql").glob("test_*.py"):
            text = file.read_text(encoding="utf-8")
            functions = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
            parts = {node.name: _words(ast.get_source_segment(text, node) or "") for node in functions}
            found[f"tests/sql/{file.name}"] = parts
        return found

    @cached_property
    def _subjects(self) -> dict[str, set[str]]:
        """What each file is about: its name, and what its first words name."""
        found = {}
        for file in (self.root / "tests/sql").glob("test_*.py"):
            about = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            found[f"tests/sql/{file.name}"] = {*re.findall(r"\w+", about), file.stem.removeprefix("test_")}
        return found

    @cached_property
    def _inlined(self) -> set[str]:
        """Functions that PostgreSQL may put into a query in place of calling them."""
        files = (self.root / SQL / "functions").glob("*.sql")
        return {file.stem for file in files if " language sql " in file.read_text(encoding="utf-8")}

    @cached_property
    def _named(self) -> dict[str, set[str]]:
        """What each function names."""
        files = (self.root / SQL / "functions").glob("*.sql")
        return {file.stem: set(NAMED.findall(file.read_text(encoding="utf-8"))) for file in files}
