"""Brings a database to what this code expects, in one transaction, whoever else tries at the same time.

Migrations are applied once, in order, and never change afterwards. Functions and views are replaced whole;
the seed may run again at any time. When no file has changed, nothing is done.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from plow_client.errors import NotAllowed, Unavailable
from plow_client.logs import event
from plow_server.database import SQL
from plow_server.routines import drop_views, replace_all
from plow_server.session import Connection, Patience, session_dsn
from plow_server.sources import Source, Sources, execute, read_sources

log = logging.getLogger(__name__)

LOCK = "plow migrate"
_ENDLESS = Patience(statement_s=0, lock_s=0, idle_in_transaction_s=0)
_BOOK = """
    create schema if not exists plow;
    create table if not exists plow.migration (
      number int primary key,
      name text not null,
      sha256 text not null,
      applied timestamptz not null default clock_timestamp()
    );
    create table if not exists plow.migration_routine (signature text primary key);
    create table if not exists plow.migration_hash (
      only_row boolean primary key default true check (only_row),
      sha256 text not null
    );
"""


@dataclass(frozen=True)
class Outcome:
    """What a run did: the migrations it applied, and whether anything was done at all."""

    applied: tuple[str, ...]
    changed: bool
    number: int


def migrate(dsn: str, folder: Path = SQL) -> Outcome:
    """Bring the database up to date. NotAllowed if it is newer than this code or its history differs."""
    sources = read_sources(folder)
    with _connected(dsn) as connection:
        if _recorded_hash(connection) == sources.sha256:
            return Outcome((), changed=False, number=max(sources.migrations, default=0))
        with connection.transaction():
            return _bring_up(connection, sources)


def require_current(dsn: str, folder: Path = SQL) -> None:
    """NotAllowed unless every migration has been applied, and no other; nothing is changed."""
    migrations = read_sources(folder).migrations
    with _connected(dsn) as connection:
        there = connection.execute("select to_regclass('plow.migration')").fetchone()
        if there is None or there[0] is None:
            raise NotAllowed("the database has no farm yet: run 'plow-server migrate'")
        done = _history(connection)
        _refuse_other_history(done, migrations)
    if len(done) < len(migrations):
        raise NotAllowed("the database is older than this Plow: run 'plow-server migrate'")


def _connected(dsn: str) -> Connection:
    try:
        return psycopg.connect(session_dsn(dsn, name="plow-migrate", patience=_ENDLESS))
    except psycopg.OperationalError as error:
        raise Unavailable(f"the database is out of reach: {str(error).strip()}") from error


def _recorded_hash(connection: Connection) -> str | None:
    with connection.transaction():
        there = connection.execute("select to_regclass('plow.migration_hash')").fetchone()
        if there is None or there[0] is None:
            return None
        row = connection.execute("select sha256 from plow.migration_hash").fetchone()
    return str(row[0]) if row else None


def _bring_up(connection: Connection, sources: Sources) -> Outcome:
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (LOCK,))
    connection.execute(_BOOK)
    number = max(sources.migrations, default=0)
    if _recorded_hash(connection) == sources.sha256:  # somebody was faster while we waited for the lock
        return Outcome((), changed=False, number=number)
    drop_views(connection)
    applied = _apply_migrations(connection, sources.migrations)
    replace_all(connection, [*sources.functions, *sources.views])
    for source in sources.seed:
        execute(connection, source)
    connection.execute(
        "insert into plow.migration_hash (sha256) values (%s)"
        " on conflict (only_row) do update set sha256 = excluded.sha256",
        (sources.sha256,),
    )
    log.info(event("database migrated", number=number, applied=len(applied)))
    return Outcome(tuple(applied), changed=True, number=number)


def _apply_migrations(connection: Connection, migrations: dict[int, Source]) -> list[str]:
    rows = _history(connection)
    _refuse_other_history(rows, migrations)
    done = {row[0] for row in rows}
    applied = []
    for number, source in sorted(migrations.items()):
        if number not in done:
            execute(connection, source)
            connection.execute(
                "insert into plow.migration (number, name, sha256) values (%s, %s, %s)",
                (number, source.name, source.sha256),
            )
            applied.append(source.name)
    return applied


def _history(connection: Connection) -> list[tuple[int, str, str]]:
    """Number, name and hash of what was applied, in order."""
    return connection.execute("select number, name, sha256 from plow.migration order by number").fetchall()


def _refuse_other_history(rows: Sequence[tuple[int, str, str]], migrations: dict[int, Source]) -> None:
    newest = max(migrations, default=0)
    for number, name, sha256 in rows:
        if number > newest:
            raise NotAllowed(
                f"the database is at migration {rows[-1][0]} ('{rows[-1][1]}'), "
                f"this Plow knows only {newest}: use a newer Plow"
            )
        if number not in migrations or migrations[number].sha256 != sha256:
            raise NotAllowed(
                f"migration '{name}' was changed or removed after it was applied to this database"
            )
