"""A server in this process on a database of its own, fake nodes, and a farm of rows to launch into."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

from benchmarks.fake_node import FakeNode
from plow_client.config import load
from plow_client.rpc.caller import Caller
from plow_server.app import App
from plow_server.config import Config
from tests.sql.farm import Farm

QUICK = ("dispatch.resend_after_s=0.3", "dispatch.refused_wait_s=0.1", "dispatch.unreachable_wait_s=0.1",
         "dispatch.standby_poll_s=0.1", "node.vanished_after_s=0", "housekeeping.silent_every_s=0.2",
         "housekeeping.lost_every_s=0.2", "server.stop_s=0.2")  # fmt: skip


def config_of(dsn: str, *overrides: str) -> Config:
    """Any free ports, short pauses, and what the test says."""
    ports = {"database.url": dsn, "server.rpc_port": 0, "server.node_port": 0}
    return load(Config, environ={}, arguments=ports, overrides=[*QUICK, *overrides]).value


@contextmanager
def running_server(dsn: str, *overrides: str) -> Iterator[App]:
    """A server; the database outlives it."""
    with App(config_of(dsn, *overrides)) as app:
        yield app


class Stage:
    """What a test of dispatch plays on: the books are audited when it leaves."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.farm = Farm(dsn)
        self._exits = ExitStack()
        self._exits.callback(self.farm.close)
        self.app: App

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *error: object) -> None:
        with self._exits:
            if error[0] is None:
                assert self.farm.faults() == []

    def serve(self, *overrides: str) -> App:
        """Start a server (another one)."""
        self.app = self._exits.enter_context(running_server(self.dsn, *overrides))
        return self.app

    def node(self, name: str = "n1", app: App | None = None, **more: Any) -> FakeNode:
        """A fake node that has pinged once."""
        node = FakeNode(name, (app or self.app).node_address, **more)
        self._exits.enter_context(node)
        node.ping()
        return node

    def launch(self, tasks: int, name: str = "shot", **layer: Any) -> UUID:
        """A job of one layer, in one transaction that rings; the layer."""
        self.farm.execute("begin")
        made = self.farm.layer(self.farm.job(name), tasks, **layer)
        self.farm.execute("select pg_notify('plow_farm', '')")
        self.farm.execute("commit")
        return made

    def rpc(self, method: str, **arguments: object) -> Any:
        """One client call."""
        host, _, port = self.app.rpc_address.rpartition(":")
        with Caller("RpcService", host, int(port)) as caller:
            return caller.call(method, **arguments)

    def states(self, layer: UUID) -> list[str]:
        """Task states in order."""
        return self.farm.states(layer)

    def ends(self) -> list[str]:
        """How the attempts ended, in order."""
        rows = self.farm.execute("select end_reason from plow.attempt order by stopped, id")
        return [row["end_reason"] for row in rows]

    def wait(self, happened: Callable[[], object], timeout_s: float = 10.0) -> None:
        """Until something is so, or AssertionError."""
        wait_for(happened, timeout_s)


def wait_for(happened: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Look again and again until something is so, or AssertionError."""
    deadline = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < deadline, f"did not happen within {timeout_s} s"
        time.sleep(0.01)
