"""Replaces all functions and views: what a file defines is there afterwards, what none defines is not."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from psycopg import sql

from plow_client.logs import event
from plow_server.session import Connection
from plow_server.sources import Broken, Source, execute

log = logging.getLogger(__name__)

# What stands for "something it needs is not there yet": table, function, type, column, schema.
_NOT_YET = {"42P01", "42883", "42704", "42703", "3F000"}
_OTHER_RESULT = "42P13"

_DEFINES = re.compile(r"create\s+or\s+replace\s+(?:function|procedure)\s+plow\.(\w+)", re.IGNORECASE)
_ROUTINES = """
    select p.oid::regprocedure::text, p.oid::text || ' ' || p.xmin::text
      from pg_proc p
     where p.pronamespace = 'plow'::regnamespace
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
"""


def drop_views(connection: Connection) -> None:
    """All in one command, which sorts out who stands on whom; functions over their rows go too."""
    rows = connection.execute("select viewname from pg_views where schemaname = 'plow'").fetchall()
    if rows:
        names = sql.SQL(", ").join(sql.Identifier("plow", row[0]) for row in rows)
        connection.execute(sql.SQL("drop view {} cascade").format(names))


def replace_all(connection: Connection, sources: Sequence[Source]) -> None:
    """Create what the files say and drop the routines of earlier files; those of a migration stay.

    A routine that the files touched has another row version afterwards: so no file needs to be understood.
    """
    before = _versions(connection)
    _create(connection, sources)
    after = _versions(connection)
    current = {signature for signature, version in after.items() if before.get(signature) != version}
    known = {row[0] for row in connection.execute("select signature from plow.migration_routine").fetchall()}
    for signature in sorted((known & after.keys()) - current):
        connection.execute(f"drop routine {signature}".encode())
        log.info(event("old function dropped", signature=signature))
    connection.execute("delete from plow.migration_routine")
    connection.execute(
        "insert into plow.migration_routine (signature) select unnest(%s::text[])", (sorted(current),)
    )


def _versions(connection: Connection) -> dict[str, str]:
    return dict(connection.execute(_ROUTINES).fetchall())


def _create(connection: Connection, sources: Sequence[Source]) -> None:
    """Replacing keeps callers undisturbed; only a routine whose result changed is dropped first."""
    dropped: set[str] = set()
    while True:
        try:
            with connection.transaction():
                return _create_in_any_order(connection, sources)
        except Broken as broken:
            source = next(source for source in sources if source.name == broken.file)
            if broken.sqlstate != _OTHER_RESULT or source.name in dropped:
                raise
            _drop_routines_of(connection, source)
            dropped.add(source.name)


def _create_in_any_order(connection: Connection, sources: Sequence[Source]) -> None:
    """A file that needs what a later one makes waits for it; when nothing moves, the first fault is told."""
    waiting = list(sources)
    while waiting:
        faults: list[tuple[Source, Broken]] = []
        for source in waiting:
            try:
                with connection.transaction():
                    execute(connection, source)
            except Broken as broken:
                if broken.sqlstate not in _NOT_YET:
                    raise
                faults.append((source, broken))
        if len(faults) == len(waiting):
            raise faults[0][1]
        waiting = [source for source, _ in faults]


def _drop_routines_of(connection: Connection, source: Source) -> None:
    names = _DEFINES.findall(source.text)
    rows = connection.execute(
        "select oid::regprocedure::text from pg_proc"
        " where pronamespace = 'plow'::regnamespace and proname = any(%s)",
        (names,),
    ).fetchall()
    for (signature,) in rows:
        connection.execute(f"drop routine {signature}".encode())
