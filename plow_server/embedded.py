"""A PostgreSQL of our own, for when no database is named: no TCP, a socket only we can open.

Nothing outside its folder is touched: no account is made, no folder of others is opened. As root it runs as
another account. It ends with the thread that started it, so start it from the main thread.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from plow_client.account import Account, as_account, can_reach, first_account, give
from plow_client.errors import Invalid, Unavailable
from plow_client.logs import event
from plow_client.places import running_as_root
from plow_server.binaries import Binaries, find_binaries, reachable

log = logging.getLogger(__name__)

NAME = "plow"
LONGEST_SOCKET_FOLDER = 80  # of the 107 bytes a socket's path may have
LOG_BYTES = 10_000_000
GIB = 1 << 30


class Embedded:
    """One database server over one folder; `start` and `stop` may be called again."""

    def __init__(self, state: Path) -> None:
        self.state = state.absolute()
        self.folder = self.state / "postgres"
        self.log_file = self.state / "postgres.log"
        self._socket = self.folder / "socket"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Embedded:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def is_made(self) -> bool:
        """Whether there is anything in it."""
        return (self.data / "PG_VERSION").exists()

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def dsn(self) -> str:
        """The address of our database on it."""
        return self._address(NAME)

    def start(self, within_s: float = 60.0) -> str:
        """Run it, making the folder and the database when they are not there; the address of the database."""
        if self.pid is not None:
            return self.dsn
        account = database_account()
        self._make_folders(account)
        binaries = reachable(find_binaries(self._data_major()), account, self.state / "postgres-programs")
        if not self.is_made:
            self._make_cluster(binaries, account)
        deadline = time.monotonic() + within_s
        self._wait_for_the_last_one(deadline)
        self._launch(binaries, account)
        try:
            self._wait_until_ready(deadline)
            self._make_database()
        except BaseException:
            self.stop()
            raise
        log.info(event("database started", version=binaries.major, folder=self.data, pid=self.pid))
        return self.dsn

    def stop(self, within_s: float = 10.0) -> None:
        """Shut it down, rolling back what is open; harder if that does not help."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(within_s)
            except subprocess.TimeoutExpired:
                log.warning(event("database did not stop", pid=process.pid, waited_s=within_s))
                process.send_signal(signal.SIGQUIT)
                process.wait()
        if self._socket != self.folder / "socket":
            shutil.rmtree(self._socket, ignore_errors=True)

    def _address(self, database: str) -> str:
        return make_conninfo("", host=str(self._socket), user=NAME, dbname=database)

    def _data_major(self) -> int | None:
        file = self.data / "PG_VERSION"
        return int(file.read_text()) if file.exists() else None

    def _make_folders(self, account: Account | None) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        give(account, self.folder)
        if not can_reach(account, self.folder):
            name = account.name if account else ""
            raise Invalid(
                f"account '{name}', as which the database runs, cannot reach '{self.state}': choose another "
                "folder, or another account with PLOW_PG_USER"
            )
        if len(bytes(self.folder / "socket")) > LONGEST_SOCKET_FOLDER:
            self._socket = Path(tempfile.mkdtemp(prefix="plow-"))
        self._socket.mkdir(mode=0o700, exist_ok=True)
        give(account, self._socket)

    def _make_cluster(self, binaries: Binaries, account: Account | None) -> None:
        """Made beside its place and moved there whole, so that a kill leaves nothing half made."""
        building = self.folder / "building"
        shutil.rmtree(building, ignore_errors=True)
        options = ["-U", NAME, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        command = [str(binaries.folder / "initdb"), "-D", str(building), *options]
        made = subprocess.run(
            as_account(account, command), capture_output=True, text=True, env=_environment()
        )
        if made.returncode != 0:
            raise Unavailable(f"the database could not be made in '{self.folder}': {made.stderr.strip()}")
        building.rename(self.data)

    def _wait_for_the_last_one(self, deadline: float) -> None:
        """A database whose server was killed is still shutting down; one that answers is somebody else's."""
        while (old := self._served_by()) is not None:
            pid, socket = old
            try:
                psycopg.connect(host=socket, user=NAME, dbname="postgres", connect_timeout=3).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                raise Unavailable(f"another server runs on '{self.state}' already")
            if time.monotonic() > deadline:
                raise Unavailable(f"the database of '{self.state}' (process {pid}) does not end")

    def _served_by(self) -> tuple[int, str] | None:
        """The living PostgreSQL that serves the folder, by its own word, and its socket folder."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid, socket = int(lines[0]), lines[4]
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            return None
        return (pid, socket) if name == "postgres" else None

    def _launch(self, binaries: Binaries, account: Account | None) -> None:
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.old"))
        options = [part for key, value in server_settings().items() for part in ("-c", f"{key}={value}")]
        place = ["-D", str(self.data), "-k", str(self._socket), "-h", ""]
        command = as_account(
            account, [str(binaries.folder / "postgres"), *place, *options], end_signal=signal.SIGINT
        )
        with self.log_file.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for us; the database ends after its clients
            )

    def _wait_until_ready(self, deadline: float) -> None:
        assert self._process is not None
        while True:
            try:
                psycopg.connect(self._address("postgres"), connect_timeout=3).close()
                if self._serves():
                    return
                why = "another server answers"
            except psycopg.OperationalError as error:
                why = str(error).strip()
            if self._process.poll() is not None:
                raise Unavailable(self._why_it_ended())
            if time.monotonic() > deadline:
                raise Unavailable(f"the database does not answer: {why}")
            time.sleep(0.02)

    def _serves(self) -> bool:
        """Whether the folder is served by our own process, not by one that was there before."""
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        return bool(lines) and lines[0] == str(self.pid)

    def _why_it_ended(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines()
        faults = [line for line in lines[-20:] if "FATAL" in line] or lines[-1:] or ["no word in its log"]
        if "postmaster.pid" in faults[-1]:
            return f"another server runs on '{self.state}' already"
        return f"the database did not start: {faults[-1]} (more in '{self.log_file}')"

    def _make_database(self) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            there = connection.execute("select 1 from pg_database where datname = %s", (NAME,)).fetchone()
            if there is None:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(NAME)))


def database_account() -> Account | None:
    """Who runs PostgreSQL: ourselves, or as root the first of PLOW_PG_USER, postgres and nobody."""
    if not running_as_root():
        return None
    named = os.environ.get("PLOW_PG_USER")
    return first_account([named] if named else ["postgres", "nobody"])


def server_settings(ram: int | None = None) -> dict[str, str]:
    """Settings for a machine it shares with everything else: an eighth of its memory, at most 2 GB."""
    ram = _ram() if ram is None else ram
    buffers = min(max(ram // 8, GIB // 32), 2 * GIB)
    return {
        "shared_buffers": f"{buffers // (1 << 20)}MB",
        "max_wal_size": "4GB" if ram >= 16 * GIB else "1GB",
        "checkpoint_timeout": "15min",
        "max_connections": "100",
        "jit": "off",
        "random_page_cost": "1.1",
        "max_parallel_workers_per_gather": "0",  # needs shared memory that containers seldom have
        "autovacuum_naptime": "10s",
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "off",
    }


def _ram() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 4 * GIB


def _environment() -> dict[str, str]:
    """Nothing of ours but the way to programs: PGDATA and the like would change what PostgreSQL does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
