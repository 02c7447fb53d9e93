"""Is every guard of the stored functions held by a test? Each is taken out, one at a time, and tests/sql must notice.

python -m benchmarks.mutations [--only commit_plan,launch_job] [--list]

A guard is a lock_rows call, a condition or a check. Works on a copy of the code; ends with 1 below the goal of 95 %.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.guards import GUARDS, TABLES

ROOT = Path(__file__).parent.parent
FUNCTIONS = Path("plow_server/sql/functions")
MIGRATIONS = Path("plow_server/sql/migrations")
PARTS = (
    "plow_server",
    "plow_client",
    "blueprint",
    "rndaemon",
    "tests",
    "benchmarks",
    "setup.cfg",
    "plow.thrift",
)
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


def caught_by(mutant: Mutant, copy: Path) -> str:
    """The test that fails without this guard, or nothing: the function's own file first, the long ones last."""
    file = copy / mutant.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(mutant.text(copy), encoding="utf-8")
    try:
        return next(filter(None, (_failure(copy, files) for files in _stages(mutant.name))), "")
    finally:
        file.write_text(whole, encoding="utf-8")


def _stages(name: str) -> Iterator[list[str]]:
    long = ["tests/sql/test_histories.py", "tests/sql/test_race_pairs.py"]
    own = f"tests/sql/test_{name}.py"
    if (ROOT / own).exists():
        yield [own]
    files = [str(file.relative_to(ROOT)) for file in sorted((ROOT / "tests/sql").glob("test_*.py"))]
    yield [file for file in files if file not in (own, *long)]
    yield ["tests/sql/test_race_pairs.py"]


def _failure(copy: Path, files: list[str]) -> str:
    """The first test that fails."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--timeout=60", *files]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"^(?:FAILED|ERROR) tests/sql/(\S+)", ran.stdout, re.MULTILINE)
    return "" if ran.returncode == 0 else found[1] if found else f"an end with {ran.returncode}"


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
    with tempfile.TemporaryDirectory(prefix="plow-mutants-") as name:
        copy = Path(name)
        copy.chmod(0o755)
        for part in PARTS:
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / part)
        for files in _stages(""):
            if failure := _failure(copy, files):
                raise SystemExit(f"benchmarks.mutations: without any mutation tests/sql fails in {failure}")
        for mutant in chosen:
            mutant.text(copy)  # all of the table is there
        for number, mutant in enumerate(chosen, start=1):
            began = time.monotonic()
            test = caught_by(mutant, copy)
            missed += [] if test else [mutant.told]
            took = time.monotonic() - began
            print(f"{number}/{len(chosen)} {took:5.1f} s  {mutant.told}  {test or 'MISSED'}", flush=True)
    share = 1 - len(missed) / len(chosen)
    print(f"caught {len(chosen) - len(missed)} of {len(chosen)} ({share:.0%}); missed:")
    print("\n".join(missed) or "none")
    sys.exit(0 if share >= GOAL else 1)


if __name__ == "__main__":
    main()
