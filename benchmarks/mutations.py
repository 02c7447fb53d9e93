"""Is every guard of the stored functions held by a test? Each is taken out, one at a time, and tests/sql must notice.

python -m benchmarks.mutations [--only commit_plan,launch_job] [--calls FILE] [--caught FILE [--rest]] [--list]

A guard is a lock, a condition or a check. First all tests pass while it is noted which calls which function, so that
then only they are asked, the one that noticed it the last time before all others. Works on a copy of the SQL; ends
with 1 below the goal of 95 %.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.callers import Callers, Watch
from benchmarks.guards import GUARDS, TABLES
from plow_server.migrate import migrate
from tests import postgres
from tests.postgres import Postgres

ROOT = Path(__file__).parent.parent
SQL = Path("plow_server/sql")
FUNCTIONS = SQL / "functions"
MIGRATIONS = SQL / "migrations"
GOAL = 0.95
FAILED = re.compile(r"^(?:FAILED|ERROR) tests/sql/(\w+\.py(?:::\w+(?:\[.*?\])?)?)(?: - .*)?$", re.MULTILINE)
# What is found by its form, and what stands in place of the group then.
LOCKS = r"(?:no key update|update|share|key share)(?: of \w+)?(?: skip locked)?"
FORMS = (
    (re.compile(r"perform (plow\.lock_rows\(.*?\));", re.DOTALL), "1"),
    (re.compile(rf"^(?! *--)[^\n;]*?( for {LOCKS})(?=[;)\s])", re.MULTILINE), ""),
    (re.compile(r"perform ((?:pg_advisory_xact_lock|plow\.take_\w+)\([^;]*\));"), "1"),
    (
        re.compile(r"\b(?:els)?if ((?:(?!\bthen\b)[^;])*?) then(?: *--[^\n]*)?\n *raise exception '[^;\n]*"),
        "false",
    ),
    (re.compile(r"perform (pg_notify\('\w+', ''\));"), "1"),
)


@dataclass(frozen=True)
class Mutant:
    """One guard taken out of a file."""

    file: Path
    name: str
    gone: str
    was: str
    becomes: str

    @property
    def told(self) -> str:
        return f"{self.name}: {' '.join(self.gone.split())[:100]}"

    @property
    def key(self) -> str:
        """Its name from run to run."""
        return f"{self.name}: {self.was} -> {self.becomes}"

    @property
    def words(self) -> str:
        """What a test that misses it may speak of; a lock is missed where two meet."""
        locks = any(word in self.gone for word in ("lock_rows(", " for ", "advisory", "plow.take_"))
        return f"{self.was} {'wait_for_lock rival thread while_open meet at once beside' if locks else ''}"

    def text(self, root: Path) -> str:
        """The file without it."""
        text = (root / self.file).read_text(encoding="utf-8")
        if self.was not in text:
            raise LookupError(f"benchmarks.mutations: not found in {self.file}: {self.was}")
        return text.replace(self.was, self.becomes, 1)


def mutants() -> Iterator[Mutant]:
    """The table; every lock, refusal and bell."""
    for name, was, becomes in GUARDS:
        yield Mutant((MIGRATIONS if name == TABLES else FUNCTIONS) / f"{name}.sql", name, was, was, becomes)
    for file in sorted((ROOT / FUNCTIONS).glob("*.sql")):
        text = file.read_text(encoding="utf-8")
        for form, becomes in FORMS:
            for found in form.finditer(text):
                (start, end), whole_end = found.span(1), found.end()
                begin = (
                    text.rfind("\n", 0, text.rfind("\n", 0, start)) + 1
                )  # a line more: it has to be the only one
                was, instead = text[begin:whole_end], text[begin:start] + becomes + text[end:whole_end]
                yield Mutant(FUNCTIONS / file.name, file.stem, _line(text, start, end), was, instead)


def _line(text: str, start: int, end: int) -> str:
    """What goes, with what stands before it."""
    return text[text.rfind("\n", 0, start) + 1 : end]


def caught_by(mutant: Mutant, server: Postgres, copy: Path, tests: Sequence[str]) -> str:
    """The test that fails without this guard, or nothing."""
    file = copy / mutant.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(mutant.text(copy), encoding="utf-8")
    try:
        return failure(server, copy, ["-x", *tests])
    finally:
        file.write_text(whole, encoding="utf-8")


def seen(server: Postgres, copy: Path, file: Path) -> Callers:
    """Who calls what, looked up where somebody has looked before; without a mutation every test has to pass."""
    if not file.exists():
        failed = failure(server, copy, ["tests/sql"], Watch(server, file))
        if failed:
            file.unlink(missing_ok=True)
            raise SystemExit(f"benchmarks.mutations: without any mutation tests/sql fails in {failed}")
    return Callers.read(ROOT, file)


def failure(server: Postgres, copy: Path, tests: list[str], watch: Watch | None = None) -> str:
    """The first test that fails. In a child of this process, which has all modules and the database already."""
    server.drop("plow_template")
    with tempfile.TemporaryFile("w+") as output:
        child = os.fork()
        if child == 0:
            try:
                for stream in (1, 2):
                    os.dup2(output.fileno(), stream)
                migrate.__defaults__ = (copy / SQL,)
                postgres.running_postgres = contextmanager(lambda: iter([server]))
                if watch:
                    watch.begin()
                os._exit(pytest.main(["-q", "--timeout=60", *tests], plugins=[watch] if watch else []))
            finally:
                os._exit(99)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        output.seek(0)
        found = FAILED.search(output.read())
    if status == pytest.ExitCode.USAGE_ERROR:
        raise SystemExit("benchmarks.mutations: some tests are not there: was FILE written for other ones?")
    return "" if status == 0 else found[1] if found else f"an end with {status}"


class Caught:
    """Which test noticed which guard, from run to run."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        there = file is not None and file.exists()
        self.by: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file and there else {}

    def first(self, mutant: Mutant, callers: Callers) -> list[str]:
        """The tests in the order in which they are asked."""
        known = {f"tests/sql/{self.by.get(mutant.key)}"}.intersection(callers.took)
        return [*known, *(test for test in callers.of(mutant.name, mutant.words) if test not in known)]

    def note(self, mutant: Mutant, test: str) -> None:
        """What was found now counts."""
        self.by.pop(mutant.key, None)
        if test:
            self.by[mutant.key] = test
        if self._file:
            self._file.write_text(json.dumps(self.by, indent=1), encoding="utf-8")


def load_all() -> None:
    """What each child would load anew for a second or more."""
    for name in (
        "PySide6.QtWidgets",
        "pytestqt.plugin",
        "hypothesis",
        "tests.sql.farm",
        "tests.sql.launching",
    ):
        with suppress(ImportError):
            import_module(name)


def main() -> None:
    """Take out, test, count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", metavar="NAMES", help="functions, with commas")
    parser.add_argument(
        "--most", type=int, metavar="TESTS", help="ask no more for each, to see sooner who is missed"
    )
    parser.add_argument("--start", type=int, default=1, metavar="NUMBER", help="where a run was cut short")
    parser.add_argument("--list", action="store_true", help="only show the guards")
    parser.add_argument(
        "--calls", type=Path, metavar="FILE", help="which test calls what: read if there, else written"
    )
    parser.add_argument(
        "--caught", type=Path, metavar="FILE", help="which test noticed what: asked first, and noted anew"
    )
    parser.add_argument("--rest", action="store_true", help="only what nobody noticed according to FILE")
    given = parser.parse_args()
    only = set(filter(None, given.only.split(",")))
    caught = Caught(given.caught)
    chosen = [
        mutant
        for mutant in mutants()
        if (not only or mutant.name in only) and not (given.rest and mutant.key in caught.by)
    ]
    if given.list:
        print("\n".join(mutant.told for mutant in chosen))
        return
    os.environ.setdefault("PLOW_HISTORIES", "20")  # only to see what they call
    load_all()
    missed = []
    with postgres.running_postgres() as server, tempfile.TemporaryDirectory(prefix="plow-mutants-") as name:
        copy = Path(name)
        shutil.copytree(ROOT / SQL, copy / SQL)
        for mutant in chosen:
            mutant.text(copy)  # all of the table is there
        callers = seen(server, copy, given.calls or copy / "calls.json")
        for number, mutant in enumerate(chosen[given.start - 1 :], start=given.start):
            began = time.monotonic()
            tests = caught.first(mutant, callers)[: given.most]
            test = caught_by(mutant, server, copy, tests)
            caught.note(mutant, test)
            missed += [] if test else [mutant.told]
            took = time.monotonic() - began
            print(f"{number}/{len(chosen)} {took:5.1f} s  {mutant.told}  {test or 'MISSED'}", flush=True)
    tried = len(chosen) - given.start + 1
    share = 1 - len(missed) / tried
    print(f"caught {tried - len(missed)} of {tried} ({share:.1%}); missed:")
    print("\n".join(missed) or "none")
    sys.exit(0 if share >= GOAL else 1)


if __name__ == "__main__":
    main()
