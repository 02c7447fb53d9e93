"""Sessions that meet in an order of our choosing: some hold a transaction open, others begin and wait for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

import psycopg

from plow_client.errors import Unavailable
from tests.sql.farm import Farm, Row

Values = Sequence[object] | Mapping[str, object]
WITHIN_S = 30.0


class Stage:
    """Who acts on a farm at once; `end` tells what they met."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._threads: list[threading.Thread] = []
        self._sessions: list[psycopg.Connection[Row]] = []
        self._errors: list[Exception] = []

    def hold(self, statement: str, values: Values = ()) -> psycopg.Connection[Row]:
        """A transaction that has done this and goes no further; for the caller to commit or roll back."""
        session = self._session()
        session.autocommit = False
        session.execute(statement.encode(), values)
        return session

    def begin(self, act: str | Callable[[], object], values: Values = ()) -> None:
        """Do this beside the others; returns when it waits for one of them, or is done."""
        if isinstance(act, str):
            session, statement = self._session(), act.encode()
            thread = threading.Thread(target=self._run, args=(lambda: session.execute(statement, values),))
        else:
            thread = threading.Thread(target=self._run, args=(act,))
        self._threads.append(thread)
        thread.start()
        self.settle()

    def settle(self) -> None:
        """Return when everybody who has begun waits for somebody, or is done."""
        deadline = time.monotonic() + WITHIN_S
        while self._waiting() < sum(thread.is_alive() for thread in self._threads):
            assert time.monotonic() < deadline, "somebody neither waits nor ends"
            time.sleep(0.005)

    def end(self) -> list[str]:
        """When all are done: the refusals. A deadlock, or any other error, is raised."""
        for thread in self._threads:
            thread.join(WITHIN_S)
            assert not thread.is_alive(), "it waits for somebody who does not end"
        for session in self._sessions:
            session.close()
        for error in self._errors:
            cause = error.__cause__ if isinstance(error, Unavailable) else error
            if not isinstance(cause, psycopg.errors.RaiseException) and _sqlstate(cause)[:2] != "PW":
                raise error
        return [str(error).splitlines()[0] for error in self._errors]

    def _session(self) -> psycopg.Connection[Row]:
        session = self._farm.connect()
        self._sessions.append(session)
        return session

    def _run(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - told by end
            self._errors.append(error)

    def _waiting(self) -> int:
        found = self._farm.value(
            "select count(distinct pid) from pg_locks join pg_stat_activity using (pid)"
            " where not granted and datname = current_database()"
        )
        return int(found)


def _sqlstate(error: BaseException | None) -> str:
    return getattr(error, "sqlstate", None) or ""
