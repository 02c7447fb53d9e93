"""The database of our own: as this user or, for root, as another; stops with us; leaves the rest alone."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from plow_client.errors import Invalid, Unavailable
from plow_client.places import running_as_root
from plow_server import embedded
from plow_server.embedded import GIB, Embedded, database_account, server_settings


@pytest.fixture
def state():
    """A folder that other accounts can enter, as /var/lib/plow is."""
    folder = Path(tempfile.mkdtemp(prefix="plow-test-"))
    folder.chmod(0o755)
    yield folder / "state"
    shutil.rmtree(folder)


def ask(address, statement):
    with psycopg.connect(address) as connection:
        return connection.execute(statement).fetchone()[0]


def wait_until_gone(pid, within_s=10):
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=within_s)
    assert not psutil.pid_exists(pid)


def test_it_starts_stops_and_keeps_what_was_written(state):
    with Embedded(state) as database:
        address = database.dsn
        with psycopg.connect(address) as connection:
            connection.execute("create table kept as select 42 as n")
        pid = database.pid
    wait_until_gone(pid)
    with Embedded(state) as database:
        assert ask(database.dsn, "select n from kept") == 42
        assert ask(database.dsn, "show listen_addresses") == ""


def test_nobody_but_its_account_and_root_can_open_its_socket_or_data(state):
    with Embedded(state) as database:
        account = database_account()
        owner = account.uid if account else os.getuid()
        for folder in (database.folder, database.data):
            assert (folder.stat().st_mode & 0o777, folder.stat().st_uid) == (0o700, owner)
        assert psutil.Process(database.pid).uids().real == owner


def test_starting_again_while_it_runs_changes_nothing(state):
    with Embedded(state) as database:
        pid = database.pid
        assert database.start() == database.dsn
        assert database.pid == pid


def test_a_second_one_over_the_same_folder_is_refused_and_harms_nothing(state):
    with Embedded(state) as database:
        with pytest.raises(Unavailable, match="another server runs on"):
            Embedded(state).start()
        assert ask(database.dsn, "select 1") == 1


def test_a_folder_with_a_long_path_gets_its_socket_elsewhere(state):
    database = Embedded(state / ("d" * 90))
    with database:
        assert ask(database.dsn, "select 1") == 1
        socket = database._socket
        assert socket.parent != database.folder
    assert not socket.exists()


def test_a_data_folder_of_another_version_is_told(state):
    with Embedded(state) as database:
        version = database.data / "PG_VERSION"
    version.write_text("13\n")
    with pytest.raises(Unavailable, match="the data folder is PostgreSQL version 13"):
        Embedded(state).start()


def test_a_broken_data_folder_is_told_with_the_reason(state):
    with Embedded(state) as database:
        data = database.data
    (data / "global" / "pg_control").unlink()
    with pytest.raises(Unavailable, match="the database did not start: .*postgres.log"):
        Embedded(state).start()


def start_in_another_process(state):
    """A parent with a database, and the database's pid."""
    program = (
        "import sys, time; from pathlib import Path; from plow_server.embedded import Embedded\n"
        "database = Embedded(Path(sys.argv[1])); database.start(); print(database.pid, flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(state)], stdout=subprocess.PIPE, text=True)
    with parent.stdout:
        return parent, int(parent.stdout.readline())


def test_a_killed_server_is_followed_by_the_next_although_its_database_still_shuts_down(state):
    parent, pid = start_in_another_process(state)
    os.kill(pid, signal.SIGSTOP)  # a shutdown that takes its time
    parent.kill()
    parent.wait()
    goes_on = threading.Timer(0.5, os.kill, (pid, signal.SIGCONT))
    goes_on.start()

    with Embedded(state) as database:
        assert ask(database.dsn, "select 1") == 1
        assert database.pid != pid
    goes_on.join()


def test_it_ends_when_its_parent_is_killed(state):
    parent, pid = start_in_another_process(state)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(pid)


def test_a_folder_its_account_cannot_reach_is_told_and_left_as_it_was(state, monkeypatch):
    monkeypatch.setattr(embedded, "can_reach", lambda *_: False)
    monkeypatch.setattr(embedded, "database_account", lambda: None)
    state.mkdir(mode=0o700)
    with pytest.raises(Invalid, match="choose another folder, or another account with PLOW_PG_USER"):
        Embedded(state).start()
    assert state.stat().st_mode & 0o777 == 0o700


def test_the_account_can_be_named(monkeypatch):
    monkeypatch.setattr(embedded, "running_as_root", lambda: True)
    monkeypatch.setenv("PLOW_PG_USER", "nobody")
    assert database_account().name == "nobody"
    monkeypatch.setenv("PLOW_PG_USER", "root")
    with pytest.raises(Invalid):
        database_account()


def test_anyone_but_root_runs_it_as_themselves(monkeypatch):
    monkeypatch.setattr(embedded, "running_as_root", lambda: False)
    assert database_account() is None
    assert running_as_root() == (os.geteuid() == 0)


def test_memory_is_shared_modestly():
    assert server_settings(1 * GIB)["shared_buffers"] == "128MB"
    assert server_settings(GIB // 8)["shared_buffers"] == "32MB"
    assert server_settings(64 * GIB)["shared_buffers"] == "2048MB"
