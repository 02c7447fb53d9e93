"""The .sql files that make up the schema, and how one of them is carried out.

`migrations/NNNN_name.sql`, `functions/*.sql`, `views/*.sql` and `seed.sql` of one folder.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import psycopg

from plow_server.session import Connection

_NUMBERED = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


class Broken(Exception):
    """A file of ours that PostgreSQL does not accept; names file, line and reason."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"{file}{why}")
        self.file = file

    @property
    def sqlstate(self) -> str | None:
        """PostgreSQL's reason as a code."""
        cause = self.__cause__
        return cause.sqlstate if isinstance(cause, psycopg.Error) else None


@dataclass(frozen=True)
class Source:
    """One .sql file."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        """What tells this text from any other."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Sources:
    """All that makes up the schema."""

    migrations: dict[int, Source]
    functions: list[Source]
    views: list[Source]
    seed: list[Source]

    @property
    def sha256(self) -> str:
        """One hash over every file and its name."""
        files = [*self.migrations.values(), *self.functions, *self.views, *self.seed]
        return hashlib.sha256("".join(f"{file.name} {file.sha256}\n" for file in files).encode()).hexdigest()


def read_sources(folder: Path) -> Sources:
    """The files of an sql folder; a badly named or doubly numbered migration is an error."""
    migrations: dict[int, Source] = {}
    for source in _read(folder, "migrations/*.sql"):
        name = Path(source.name).name
        found = _NUMBERED.fullmatch(name)
        if not found:
            raise Broken(source.name, ": a migration is named like 0001_what_it_does.sql")
        number = int(found[1])
        if number in migrations:
            raise Broken(source.name, f": number {number} is taken by {migrations[number].name}")
        migrations[number] = source
    return Sources(
        migrations, _read(folder, "functions/*.sql"), _read(folder, "views/*.sql"), _read(folder, "seed.sql")
    )


def _read(folder: Path, pattern: str) -> list[Source]:
    files = sorted(folder.glob(pattern))
    return [Source(file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8")) for file in files]


def execute(connection: Connection, source: Source) -> None:
    """Run the whole file; Broken names the file and, if PostgreSQL tells it, the line."""
    try:
        connection.execute(source.text.encode())
    except psycopg.Error as error:
        position = error.diag.statement_position
        line = source.text.count("\n", 0, int(position) - 1) + 1 if position else 0
        place = f" line {line}" if line else ""
        raise Broken(source.name, f"{place}: {error.diag.message_primary or error}") from error
