"""Is every guard of the stored functions held by a test? Each is taken out, one at a time, and tests/sql must notice.

python -m benchmarks.mutations [--only commit_plan,launch_job] [--list]

A guard is a lock_rows call, a condition or a check. Works on a copy of the SQL; ends with 1 below the goal of 95 %.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.guards import GUARDS, TABLES
from plow_server.migrate import migrate
from tests import postgres
from tests.postgres import Postgres

ROOT = Path(__file__).parent.parent
SQL = Path("plow_server/sql")
FUNCTIONS = SQL / "functions"
MIGRATIONS = SQL / "migrations"
GOAL = 0.95
LOCK = re.compile(r"perform plow\.lock_rows\(.*?\);", re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    """One guard taken out of a file."""

    file: Path
    name: str
    was: str
    becomes: str

    @property
    def told(self) -> str:
        return f"{self.name}: {' '.join(self.was.split())[:90]}"

    def text(self, root: Path) -> str:
        """The file without it."""
        text = (root / self.file).read_text(encoding="utf-8")
        if self.was not in text:
            raise SystemExit(f"benchmarks.mutations: not found in {self.file}: {self.was}")
        return text.replace(self.was, self.becomes, 1)


def mutants() -> Iterator[Mutant]:
    """The table, and every call that takes locks."""
    for name, was, becomes in GUARDS:
        yield Mutant((MIGRATIONS if name == TABLES else FUNCTIONS) / f"{name}.sql", name, was, becomes)
    for file in sorted((ROOT / FUNCTIONS).glob("*.sql")):
        for call in LOCK.findall(file.read_text(encoding="utf-8")):
            yield Mutant(FUNCTIONS / file.name, file.stem, call, "perform 1;")


def caught_by(mutant: Mutant, server: Postgres, copy: Path) -> str:
    """The test that fails without this guard, or nothing: the function's own file first, the long ones last."""
    file = copy / mutant.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(mutant.text(copy), encoding="utf-8")
    try:
        failures = (_failure(server, copy, files) for files in _stages(mutant.name))
        return next(filter(None, failures), "")
    finally:
        file.write_text(whole, encoding="utf-8")


def _stages(name: str) -> Iterator[list[str]]:
    """Files of tests: the likely ones first."""
    folder = ROOT / "tests/sql"
    likely = [
        f"test_{one}.py" for one in (name, "races", "bells", "constraints", "complete_tasks", "add_depends")
    ]
    last = ["test_race_pairs.py", "test_histories.py"]
    others = [file.name for file in sorted(folder.glob("test_*.py")) if file.name not in (*likely, *last)]
    for files in (likely[:1], likely[1:], others, last[:1]):
        if there := [f"tests/sql/{file}" for file in files if (folder / file).exists()]:
            yield there


def _failure(server: Postgres, copy: Path, files: list[str]) -> str:
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
                os._exit(pytest.main(["-x", "-q", "--timeout=60", *files]))
            finally:
                os._exit(99)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        output.seek(0)
        found = re.search(r"^(?:FAILED|ERROR) tests/sql/(\S+)", output.read(), re.MULTILINE)
    return "" if status == 0 else found[1] if found else f"an end with {status}"


def main() -> None:
    """Take out, test, count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", metavar="NAMES", help="functions, with commas")
    parser.add_argument("--list", action="store_true", help="only show the guards")
    given = parser.parse_args()
    only = set(filter(None, given.only.split(",")))
    chosen = [mutant for mutant in mutants() if not only or mutant.name in only]
    if given.list:
        print("\n".join(mutant.told for mutant in chosen))
        return
    missed = []
    with postgres.running_postgres() as server, tempfile.TemporaryDirectory(prefix="plow-mutants-") as name:
        copy = Path(name)
        shutil.copytree(ROOT / SQL, copy / SQL)
        for mutant in chosen:
            mutant.text(copy)  # all of the table is there
        for files in [] if only else list(_stages("")):
            if failure := _failure(server, copy, files):
                raise SystemExit(f"benchmarks.mutations: without any mutation tests/sql fails in {failure}")
        for number, mutant in enumerate(chosen, start=1):
            began = time.monotonic()
            test = caught_by(mutant, server, copy)
            missed += [] if test else [mutant.told]
            took = time.monotonic() - began
            print(f"{number}/{len(chosen)} {took:5.1f} s  {mutant.told}  {test or 'MISSED'}", flush=True)
    share = 1 - len(missed) / len(chosen)
    print(f"caught {len(chosen) - len(missed)} of {len(chosen)} ({share:.0%}); missed:")
    print("\n".join(missed) or "none")
    sys.exit(0 if share >= GOAL else 1)


if __name__ == "__main__":
    main()
