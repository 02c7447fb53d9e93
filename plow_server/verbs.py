"""The four verbs: one, all, value, run, each with the name of a statement and its values.

A name is a statement of `sql/queries/`, or else a function of the schema `plow`, called with named
arguments. Rows are dicts; `make` turns each into whatever the caller wants. A value that is composed SQL, as
plow_server.query makes it, fills the `{slot}` of its name in the statement; all others are sent beside it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from psycopg import sql
from psycopg.rows import dict_row

from plow_client.errors import NotFound
from plow_server.session import Connection

Row = dict[str, Any]
Made = TypeVar("Made")

ANEW = "-- Planned anew each time"
"""A statement that begins so is not prepared."""

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_SIGNATURE = """
    select coalesce(p.proargnames, '{}') as names,
           array(select format_type(t, null)
                   from unnest(p.proargtypes) with ordinality a(t, n) order by n) as types
      from pg_proc p where p.pronamespace = to_regnamespace('plow') and p.proname = %s
"""


@dataclass(frozen=True)
class Result:
    """What one statement gave back."""

    rows: list[Row]
    count: int


class Verbs(ABC):
    """What can be asked of a database, in a transaction of its own or in an open one."""

    @abstractmethod
    def execute(self, name: str, values: Mapping[str, object]) -> Result:
        """Carry out one named statement."""

    @overload
    def one(self, name: str, /, *, missing: str, **values: object) -> Row: ...
    @overload
    def one(self, name: str, /, **values: object) -> Row | None: ...
    @overload
    def one(self, name: str, make: Callable[[Row], Made], /, *, missing: str, **values: object) -> Made: ...
    @overload
    def one(self, name: str, make: Callable[[Row], Made], /, **values: object) -> Made | None: ...

    def one(
        self,
        name: str,
        make: Callable[[Row], Any] | None = None,
        /,
        *,
        missing: Any = None,
        **values: object,
    ) -> Any:
        """The first row, or None; with `missing`, NotFound with that sentence instead of None."""
        rows = self.execute(name, values).rows
        if not rows:
            if missing is not None:
                raise NotFound(missing)
            return None
        return make(rows[0]) if make else rows[0]

    @overload
    def all(self, name: str, /, **values: object) -> list[Row]: ...
    @overload
    def all(self, name: str, make: Callable[[Row], Made], /, **values: object) -> list[Made]: ...

    def all(self, name: str, make: Callable[[Row], Any] | None = None, /, **values: object) -> Any:
        """Every row."""
        rows = self.execute(name, values).rows
        return [make(row) for row in rows] if make else rows

    def value(self, name: str, /, **values: object) -> Any:
        """The first column of the first row; None without a row."""
        rows = self.execute(name, values).rows
        return next(iter(rows[0].values())) if rows else None

    def run(self, name: str, /, **values: object) -> int:
        """Carry it out; how many rows it changed or gave."""
        return self.execute(name, values).count


class Statements:
    """Finds the text of a statement by its name; remembers the signatures of functions."""

    def __init__(self, queries: Mapping[str, str]) -> None:
        self._queries = queries
        self._signatures: dict[str, dict[str, str]] = {}

    def execute(self, connection: Connection, name: str, values: Mapping[str, object]) -> Result:
        """Run the statement on this connection, in whatever transaction it is in."""
        text = self._queries.get(name) or self._call(connection, name, values)
        slots = {key: value for key, value in values.items() if isinstance(value, sql.Composable)}
        whole = sql.SQL(text).format(**slots) if slots else text.encode()
        sent = {key: value for key, value in values.items() if key not in slots}
        with connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(whole, sent, prepare=False if text.startswith(ANEW) else None)
            rows = cursor.fetchall() if cursor.description else []
            return Result(rows, cursor.rowcount)

    def _call(self, connection: Connection, name: str, values: Mapping[str, object]) -> str:
        """`select * from plow.name(a => %(a)s::type)`; the cast lets a list of text be a list of ids."""
        if name not in self._signatures:
            self._signatures[name] = self._signature(connection, name)
        types = self._signatures[name]
        unknown = sorted(values.keys() - types.keys())
        if unknown:
            raise LookupError(f"plow.{name} has no argument '{unknown[0]}'")
        arguments = ", ".join(f"{key} => %({key})s::{types[key]}" for key in values)
        return f"select * from plow.{name}({arguments})"

    def _signature(self, connection: Connection, name: str) -> dict[str, str]:
        if not _NAME.fullmatch(name):
            raise LookupError(f"'{name}' cannot be the name of a statement")
        found = connection.execute(_SIGNATURE, (name,)).fetchall()
        if len(found) != 1:
            raise LookupError(f"{'no' if not found else 'more than one'} statement or function '{name}'")
        names, types = found[0]
        return dict(zip(names, types, strict=False))  # output columns follow the arguments in `names`
