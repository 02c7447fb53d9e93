"""The database: a pool of connections, transactions, and the four verbs on both.

A lost race is tried again, and once more after a dropped connection: whatever is carried out by a verb or by
`atomically` may run twice, so it must be safe to repeat, as every stored function here is.
Errors of PostgreSQL leave here as ours; what has no translation is a fault and passes unchanged.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from plow_client.errors import Unavailable
from plow_client.logs import event
from plow_server.deed import current_deed
from plow_server.queries import load_queries
from plow_server.retries import again, our_errors
from plow_server.session import Connection, Patience, Watchdog, session_dsn, set_types
from plow_server.verbs import Result, Row, Statements, Verbs

__all__ = [
    "SQL",
    "Database",
    "Dedicated",
    "Json",
    "Patience",
    "Row",
    "Transaction",
    "Verbs",
    "connect_dedicated",
]

log = logging.getLogger(__name__)
Made = TypeVar("Made")

SQL = Path(__file__).parent / "sql"
Json = Jsonb

CHECK_S = 3.0
GRACE_S = 5.0
PATIENCE = Patience()


class Transaction(Verbs):
    """An open transaction: the verbs in it count together or not at all."""

    def __init__(self, connection: Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def execute(self, name: str, values: Mapping[str, object]) -> Result:
        return self._statements.execute(self._connection, name, values)


class Database(Verbs):
    """Connections for many threads; a verb used here is a transaction of its own."""

    def __init__(
        self,
        dsn: str,
        *,
        name: str = "plow-server",
        min_size: int = 1,
        max_size: int = 8,
        patience: Patience = PATIENCE,
        queries: Mapping[str, str] | None = None,
    ) -> None:
        self.dsn = dsn
        self._patience = patience
        self._away = False
        self._watchdog = Watchdog()
        self._statements = Statements(load_queries(SQL / "queries") if queries is None else queries)
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            session_dsn(dsn, name=name, patience=patience),
            min_size=min_size,
            max_size=max_size,
            timeout=patience.checkout_s,
            reconnect_timeout=patience.reconnect_s,
            configure=self._connected,
            reconnect_failed=self._not_connected,
            kwargs={"autocommit": True},
            name=name,
            open=False,
        )

    def __enter__(self) -> Database:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Connect in the background; the first call waits for it."""
        self._pool.open()

    def close(self) -> None:
        """Give every connection back; calls after this are Unavailable."""
        self._pool.close()
        self._watchdog.close()

    def execute(self, name: str, values: Mapping[str, object]) -> Result:
        return self.atomically(lambda transaction: transaction.execute(name, values))

    def atomically(self, work: Callable[[Transaction], Made], *, limit_s: float | None = None) -> Made:
        """Do `work` in one transaction, again after a lost race, once more after a dropped connection.

        `limit_s` gives this work's statements more (or less) time than others have.
        """

        def once() -> Made:
            with self._open_transaction(limit_s) as transaction:
                return work(transaction)

        return again(once)

    @contextlib.contextmanager
    def transaction(self, *, limit_s: float | None = None) -> Iterator[Transaction]:
        """One transaction as a block. It cannot be repeated by itself: a lost race is Unavailable."""
        with our_errors(), self._open_transaction(limit_s) as transaction:
            yield transaction

    @contextlib.contextmanager
    def _open_transaction(self, limit_s: float | None) -> Iterator[Transaction]:
        hung_s = self._patience.hung_s if limit_s is None else limit_s + GRACE_S
        with self._checked_out() as connection, self._watchdog.watching(connection, hung_s):
            with connection.transaction():
                if limit_s is not None:
                    connection.execute("select set_config('statement_timeout', %s, true)", (f"{limit_s}s",))
                transaction = Transaction(connection, self._statements)
                if (deed := current_deed.get()) is not None:
                    transaction.run("say_deed", deed=deed.as_json(), actor=deed.actor)
                yield transaction

    @contextlib.contextmanager
    def _checked_out(self) -> Iterator[Connection]:
        try:
            connection = self._living()
        except (PoolTimeout, TooManyRequests):
            raise Unavailable("the database is out of reach or too busy; try again") from None
        except PoolClosed:
            raise Unavailable("the server is stopping") from None
        try:
            yield connection
        finally:
            self._pool.putconn(connection)

    def _living(self) -> Connection:
        """A connection whose backend answers.

        Not the pool's own check: that waits 1, 2, 4 ... seconds after each dead connection it finds, and
        after a restart of the database all are dead. Nor its own waiting: a pool that gave up connecting
        tries again only when it is asked again (measured: 7 s after the database was back, now 0.3 s).
        """
        deadline = time.monotonic() + self._patience.checkout_s
        while True:
            left = deadline - time.monotonic()
            try:
                connection = self._pool.getconn(timeout=min(left, self._patience.reconnect_s))
            except PoolTimeout:
                if left <= self._patience.reconnect_s:
                    raise
                continue
            try:
                with self._watchdog.watching(connection, min(CHECK_S, self._patience.hung_s)):
                    connection.execute("")
                return connection
            except psycopg.Error:
                connection.close()
                self._pool.putconn(connection)

    def _connected(self, connection: Connection) -> None:
        set_types(connection)
        if self._away:
            self._away = False
            log.info(event("database back", pool=self._pool.name))

    def _not_connected(self, _: object) -> None:
        if not self._away:
            self._away = True
            log.warning(event("database out of reach", pool=self._pool.name))


class Dedicated(Verbs):
    """One connection that belongs to one part of the server, for its session's locks and what it listens to.

    It is not replaced when it drops: the owner closes it, asks for a new one and starts over.
    """

    def __init__(self, connection: Connection, statements: Statements, hung_s: float) -> None:
        self._connection = connection
        self._statements = statements
        self._hung_s = hung_s
        self._watchdog = Watchdog()
        self._one_at_a_time = threading.RLock()

    def __enter__(self) -> Dedicated:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether it may still be used; False for certain only after a call has failed."""
        return not self._connection.closed

    def close(self) -> None:
        """End the session; its advisory locks are free from here on."""
        self._watchdog.close()
        self._connection.close()

    def execute(self, name: str, values: Mapping[str, object]) -> Result:
        return self.atomically(lambda transaction: transaction.execute(name, values))

    def atomically(self, work: Callable[[Transaction], Made]) -> Made:
        """Do `work` in one transaction, again after a lost race; a dropped connection is Unavailable."""

        def once() -> Made:
            with self._one_at_a_time, self._watchdog.watching(self._connection, self._hung_s):
                with self._connection.transaction():
                    return work(Transaction(self._connection, self._statements))

        return again(once, drops=0)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction as a block."""
        with our_errors(), self._one_at_a_time, self._watchdog.watching(self._connection, self._hung_s):
            with self._connection.transaction():
                yield Transaction(self._connection, self._statements)

    def listen(self, channel: str) -> None:
        """Hear what is notified on this channel from now on."""
        with our_errors(), self._one_at_a_time:
            self._connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))

    def heard(self, wait_s: float) -> list[tuple[str, str]]:
        """(channel, payload) of what was notified since, waiting up to `wait_s` for the first."""
        with our_errors(), self._one_at_a_time:
            notes = self._connection.notifies(timeout=wait_s, stop_after=1)
            return [(note.channel, note.payload) for note in notes]


def connect_dedicated(
    dsn: str,
    *,
    name: str,
    patience: Patience = PATIENCE,
    settings: Mapping[str, str] | None = None,
    queries: Mapping[str, str] | None = None,
) -> Dedicated:
    """A session of one's own: plans are made once and kept, statements are prepared at first use."""
    session = {"plan_cache_mode": "force_generic_plan", **(settings or {})}
    conninfo = session_dsn(dsn, name=name, patience=patience, settings=session)
    with our_errors():
        connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=0)
    set_types(connection)
    statements = Statements(load_queries(SQL / "queries") if queries is None else queries)
    return Dedicated(connection, statements, patience.hung_s)
