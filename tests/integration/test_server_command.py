"""plow-server as a command: what it prints, and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

SERVER = [sys.executable, "-u", "-m", "plow_server.main"]
READY = re.compile(r"plow-server ready rpc=127\.0\.0\.1:(\d+) node=127\.0\.0\.1:(\d+)\n")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that others can reach: as root the database runs as another account."""
    with tempfile.TemporaryDirectory(prefix="plow-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SERVER, *words], capture_output=True, text=True, timeout=60)


@contextmanager
def serving(*words: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A server and its two ports."""
    process = subprocess.Popen(
        [*SERVER, "serve", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        said = READY.fullmatch(process.stdout.readline())
        assert said
        yield process, said[1], said[2]
    finally:
        process.kill()
        process.communicate()


def test_it_says_when_it_is_ready_and_ends_cleanly_when_told(database_url: str) -> None:
    words = ("--database", database_url, "--rpc-port", "0", "--node-port", "0")
    with serving(*words) as (process, rpc, node):
        assert rpc != node
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


def test_a_second_server_on_the_same_port_is_refused(database_url: str) -> None:
    with serving("--database", database_url, "--rpc-port", "0", "--node-port", "0") as (_, rpc, _node):
        second = run("serve", "--database", database_url, "--rpc-port", rpc, "--node-port", "0")
    assert second.returncode == 1
    assert rpc in second.stderr.splitlines()[-1]


def test_beyond_loopback_it_says_what_to_type() -> None:
    refused = run("serve", "--host", "0.0.0.0")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "--insecure" in refused.stderr


def test_a_database_that_is_not_there_is_one_line() -> None:
    refused = run("serve", "--database", "postgresql://nobody@127.0.0.1:1/none")
    assert refused.returncode == 1
    assert "the database is out of reach" in refused.stderr.splitlines()[-1]


def test_audit_of_clean_books(database_url: str) -> None:
    audit = run("audit", "--database", database_url)
    assert (audit.returncode, audit.stdout) == (0, "audit clean\n")


def test_audit_shows_a_difference_as_a_table_and_ends_with_one(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update plow.quota_counter set run_cores = 3")
    audit = run("audit", "--database", database_url)
    assert audit.returncode == 1
    head, row = audit.stdout.splitlines()
    assert head.split() == ["fault", "object", "expected", "found"]
    assert "quota cores differ" in row


def test_an_audit_makes_no_database(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for folder in (tmp_path, nowhere):
        refused = run("audit", "--data", str(folder))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr == f"plow-server: no database in '{folder}'\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["audit", "migrate", "serve"])
def test_a_database_out_of_reach_is_told_in_one_line(command: str) -> None:
    refused = run(command, "--database", "postgresql://nobody@127.0.0.1:1/none")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("plow-server: the database is out of reach: connection")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", ["audit", "migrate", "serve"])
@pytest.mark.parametrize("address", ["nonsense", "mysql://secret@host", "passwort=secret"])
def test_what_is_no_address_is_told_without_its_secrets(command: str, address: str) -> None:
    refused = run(command, "--database", address)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith("plow-server: that is no address of a database")
    assert "Traceback" not in refused.stderr
    assert "secret" not in refused.stderr


def test_an_audit_of_a_database_without_a_farm_says_what_to_type(postgres) -> None:
    with postgres.scratch() as address:
        refused = run("audit", "--database", address)
    told = "plow-server: the database has no farm yet: run 'plow-server migrate'\n"
    assert (refused.returncode, refused.stderr) == (1, told)


@pytest.mark.parametrize("command", ["audit", "migrate", "serve"])
def test_a_newer_database_is_left_alone(database_url: str, command: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("insert into plow.migration values (9999, '9999_later.sql', 'x')")
        connection.execute("update plow.migration_hash set sha256 = 'x'")
    refused = run(command, "--database", database_url)
    assert refused.returncode == 1
    assert "9999_later" in refused.stderr.splitlines()[-1]
    assert "Traceback" not in refused.stderr


def test_all_the_descriptors_that_may_be_had_are_had(database_url: str) -> None:
    words = ("--database", database_url, "--rpc-port", "0", "--node-port", "0")
    few = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (256, r.getrlimit(r.RLIMIT_NOFILE)[1]))"
    start = (
        f"{few}; import sys; from plow_server.main import main; sys.argv[1:] = ['serve', *{words!r}]; main()"
    )
    process = subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert READY.fullmatch(process.stdout.readline())
        limits = Path(f"/proc/{process.pid}/limits").read_text()
    finally:
        process.kill()
        process.communicate()
    (line,) = (line for line in limits.splitlines() if line.startswith("Max open files"))
    soft, hard = line.split()[3:5]
    assert soft == hard


def test_migrate_says_what_it_did(postgres) -> None:
    with postgres.scratch() as address:
        first, second = run("migrate", "--database", address), run("migrate", "--database", address)
    assert "0001_tables" in first.stdout
    assert "up to date" in second.stdout


def test_without_a_url_it_keeps_a_database_of_its_own(open_folder: Path) -> None:
    data = str(open_folder / "farm")
    words = ("--data", data, "--rpc-port", "0", "--node-port", "0")
    with serving(*words) as (process, _rpc, _node):
        assert run("audit", "--data", data).stdout == "audit clean\n"  # while it runs
        process.terminate()
        assert process.wait(10) == 0
    alone = run("audit", "--data", data)
    assert (alone.stdout, alone.stderr[-500:] if alone.returncode else "") == ("audit clean\n", "")
