"""The server's parts, built by hand: started in order, stopped in reverse."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from plow_client.errors import Denied, NotFound
from plow_client.logs import event
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.rpc.peer import is_loopback
from plow_server.config import Config, data_dir
from plow_server.database import Database, Dedicated, connect_dedicated
from plow_server.dispatcher import Dispatcher
from plow_server.embedded import NAME, Embedded
from plow_server.events import Events
from plow_server.handlers.bind import bind
from plow_server.handlers.rnd import rnd_calls
from plow_server.housekeeping import Housekeeping
from plow_server.leader import Ears, Leader
from plow_server.migrate import migrate
from plow_server.session import Patience

log = logging.getLogger(__name__)

Calls = Mapping[str, Callable[..., object]]


class Part(Protocol):
    """Something that runs."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; returns when it has."""


class App:
    """A server. Start it from the main thread: its database ends with the thread that started it."""

    def __init__(self, config: Config) -> None:
        check_host(config)
        self.config = config
        self._parts = contextlib.ExitStack()
        self.dsn = config.database.url

    def __enter__(self) -> App:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Everything runs, and the ports answer, when this returns."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Nothing new is taken, what is in hand is finished, then everything ends."""
        self._parts.close()

    @property
    def rpc_address(self) -> str:
        """HOST:PORT for clients."""
        return "{}:{}".format(*self._rpc.address)

    @property
    def node_address(self) -> str:
        """HOST:PORT for nodes."""
        return "{}:{}".format(*self._nodes.address)

    def _start(self) -> None:
        config = self.config
        if not self.dsn:
            self.dsn = self._parts.enter_context(Embedded(data_dir(config))).dsn
        migrate(self.dsn)
        self.db = self._parts.enter_context(open_database(self.dsn, config))
        self.dispatcher = Dispatcher(self._session("plow-dispatch"), config)
        self._began(self.dispatcher)
        nodes = rnd_calls(self.db, self.dispatcher, config.node)
        self._nodes = self._listening("RndServiceApi", nodes, config.server.node_port, config.node_rpc)
        limit = config.limit
        most, most_of_one = limit.event_waiters, limit.event_waiters_per_address
        self.events = Events(self._session("plow-events"), most, most_of_one)
        calls = bind(self.db, config, self.events)
        self._rpc = self._listening("RpcService", calls, config.server.rpc_port, config.rpc)
        self._began(self.events)
        self._began(Housekeeping(self.db, self.dispatcher, config))
        self._began(self._leader())
        log.info(event("server started", rpc=self.rpc_address, node=self.node_address))

    def _leader(self) -> Leader:
        ears = Ears(self.dispatcher.lead, self.dispatcher.rang, self.dispatcher.is_alive)
        silent_ms = round(self.config.dispatch.leader_silent_s * 1000)
        session = self._session("plow-leader", idle_session_timeout=str(silent_ms))
        return Leader(session, ears, self.config.dispatch)

    def _session(self, name: str, **settings: str) -> Callable[[], Dedicated]:
        patience = replace(patience_of(self.config), statement_s=self.config.dispatch.statement_s)
        return lambda: connect_dedicated(self.dsn, name=name, patience=patience, settings=settings)

    def _listening(self, service: str, calls: Calls, port: int, limits: Limits) -> Listener:
        limits = replace(limits, stop_s=min(limits.stop_s, self.config.server.stop_s))
        listener = Listener(service, calls, host=self.config.server.host, port=port, limits=limits)
        self._began(listener)
        return listener

    def _began(self, part: Part) -> None:
        part.start()
        self._parts.callback(part.stop)


def patience_of(config: Config) -> Patience:
    """How long the database layer waits for what."""
    told = config.database
    return Patience(
        connect_s=told.connect_s,
        checkout_s=told.checkout_s,
        statement_s=told.statement_s,
        lock_s=told.lock_s,
        idle_in_transaction_s=told.idle_in_transaction_s,
        hung_s=told.hung_s,
        reconnect_s=told.reconnect_s,
    )


def open_database(dsn: str, config: Config) -> Database:
    """The pool that handlers use."""
    told = config.database
    return Database(dsn, min_size=told.pool_min, max_size=told.pool_max, patience=patience_of(config))


@contextlib.contextmanager
def database_of(config: Config, *, make: bool) -> Iterator[str]:
    """The database's address for the length of a block; an embedded one is started if it does not run.

    Only with `make` one is made where none is.
    """
    embedded = Embedded(data_dir(config))
    running = config.database.url or _address_of_running(embedded)
    if running:
        yield running
    elif make or embedded.is_made:
        with embedded:
            yield embedded.dsn
    else:
        raise NotFound(f"no database in '{embedded.state}'")


def _address_of_running(embedded: Embedded) -> str | None:
    """Where the embedded database answers that another process of ours has started."""
    try:
        lines = (embedded.data / "postmaster.pid").read_text().splitlines()
        os.kill(int(lines[0]), 0)
        folder = lines[4].replace("\\", "\\\\").replace("'", "\\'")
    except (OSError, ValueError, IndexError):
        return None
    return f"host='{folder}' user={NAME} dbname={NAME}"


def check_host(config: Config) -> None:
    """Nothing is encrypted yet: other machines may only listen in where somebody wanted that."""
    host = config.server.host
    if not config.server.insecure and host != "localhost" and not is_loopback(host):
        raise Denied(
            f"'{host}' can be reached by other machines and nothing is encrypted: add --insecure to listen there"
        )
