"""A PostgreSQL for one test run: as root under another account, on a free loopback port, gone with us."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from testing.postgresql import Postgresql

from plow_client.account import as_account, give
from plow_server.binaries import find_binaries, reachable
from plow_server.embedded import database_account

ROOM = 512 << 20


class Postgres(Postgresql):
    """The library's server with our binaries and our way out of root."""

    def initialize(self) -> None:
        self.account = database_account()
        base = Path(self.base_dir)
        base.chmod(0o755)
        binaries = reachable(find_binaries(), self.account, base / "programs")
        self.initdb = str(binaries.folder / "initdb")
        self.postgres = str(binaries.folder / "postgres")
        self.settings.pop("initdb")
        self.settings.pop("postgres")

    def prestart(self) -> None:
        if self.settings["port"] is None:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.settings["port"] = free.getsockname()[1]

    def initialize_database(self) -> None:
        give(self.account, Path(self.base_dir))
        for folder in self.subdirectories:
            give(self.account, Path(self.base_dir, folder))
        options = [
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "--wal-segsize=1",
        ]
        command = [self.initdb, "-D", self.get_data_directory(), *options]
        made = subprocess.run(as_account(self.account, command), capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed: {made.stderr}")

    def get_server_commandline(self) -> list[str]:
        places = [
            "-p",
            str(self.settings["port"]),
            "-D",
            self.get_data_directory(),
            "-k",
            f"{self.base_dir}/tmp",
        ]
        fast = [
            "-F",
            *(part for key in ("synchronous_commit", "full_page_writes") for part in ("-c", f"{key}=off")),
        ]
        rest = [
            "-h",
            "127.0.0.1",
            "-c",
            "logging_collector=off",
            "-c",
            "jit=off",
            "-c",
            "max_connections=200",
        ]
        command = [self.postgres, *places, *fast, *rest]
        return as_account(self.account, command, end_signal=signal.SIGINT)

    @property
    def log_file(self) -> Path:
        """What the server says."""
        return Path(self.base_dir, f"{self.name}.log")

    def address(self, database: str = "postgres") -> str:
        """What psycopg and `--database` take."""
        return str(self.url(database=database))

    def make(self, name: str, template: str | None = None) -> str:
        """A new database, empty or a clone; its address."""
        statement = sql.SQL("create database {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" template {}").format(sql.Identifier(template))
        self._execute(statement)
        return self.address(name)

    def drop(self, name: str) -> None:
        """Remove it, whoever is still connected."""
        self._execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    @contextmanager
    def scratch(self, template: str | None = None) -> Iterator[str]:
        """The address of a database for the length of the block."""
        name = f"t_{uuid.uuid4().hex}"
        try:
            yield self.make(name, template)
        finally:
            self.drop(name)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server in memory where there is room, else on disk; nothing is left of it afterwards."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM
    base = tempfile.mkdtemp(prefix="plow-test-", dir=memory if roomy else None)
    try:
        server = Postgres(base_dir=base)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)
