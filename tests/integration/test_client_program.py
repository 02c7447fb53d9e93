"""A child process is started until it is ready and stopped for certain."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from plow_client.errors import Unavailable
from plow_client.program import Program
from tests.integration.client_parts import is_alive, until

READY = "import signal, sys; print('ready port=7', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {READY}"


@pytest.fixture
def start(tmp_path):
    started = []

    def make(source):
        program = Program(
            "thing", lambda: [sys.executable, "-c", source], r"^ready port=(\d+)$", tmp_path / "log"
        )
        started.append(program)
        return program

    yield make
    for program in started:
        program.kill()


def test_it_is_ready_when_it_says_so(start):
    program = start(READY)

    assert program.start() == ("7",)
    assert program.is_running


def test_it_stops_when_asked(start):
    program = start(READY)
    program.start()
    pid = program.pid

    program.stop()

    assert not program.is_running
    assert not is_alive(pid)
    assert program.exit_status == -signal.SIGTERM


def test_it_is_stopped_even_if_it_does_not_listen(start):
    program = start(STUBBORN)
    program.start()

    program.stop(within_s=0.05)

    assert not program.is_running
    assert program.exit_status == -signal.SIGKILL


def test_one_that_fails_tells_its_last_words(start, tmp_path):
    program = start("import sys; print('one'); sys.exit('the disk is full')")

    with pytest.raises(Unavailable) as problem:
        program.start()

    assert "thing did not start (exit status 1)" in str(problem.value)
    assert "the disk is full" in str(problem.value)
    assert str(tmp_path / "log") in str(problem.value)


def test_one_that_says_nothing_is_ended(start):
    program = start("import signal; signal.pause()")

    with pytest.raises(Unavailable, match=r"not ready within 0.3 s"):
        program.start(within_s=0.3)

    assert not program.is_running


def test_the_words_of_an_earlier_start_do_not_count(start):
    program = start(READY)
    program.start()
    program.kill()
    program._command = lambda: [sys.executable, "-c", "raise SystemExit('no')"]

    with pytest.raises(Unavailable, match="did not start"):
        program.start()


def test_it_runs_once(start):
    program = start(READY)
    program.start()

    with pytest.raises(Unavailable, match="runs already"):
        program.start()


def test_it_can_be_started_again(start):
    program = start(READY)
    program.start()
    program.kill()

    assert program.start() == ("7",)


def test_waiting_tells_the_exit_status(start):
    program = start("print('ready port=7', flush=True); raise SystemExit(3)")
    program.start()

    assert program.wait(20) == 3


def test_waiting_for_one_that_runs_ends_after_the_time(start):
    program = start(READY)
    program.start()

    assert program.wait(0.01) is None


def test_a_large_log_is_put_aside(start, tmp_path, monkeypatch):
    monkeypatch.setattr("plow_client.program._LARGEST_LOG", 10)
    (tmp_path / "log").write_text("x" * 11)

    start(READY).start()

    assert (tmp_path / "log.old").read_text() == "x" * 11
    assert (tmp_path / "log").read_text() == "ready port=7\n"


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_parent(tmp_path, end):
    parent = (
        "import signal, sys; from pathlib import Path; from plow_client.program import Program; "
        f"p = Program('thing', lambda: [sys.executable, '-c', {READY!r}], '^ready', Path({str(tmp_path / 'log')!r}));"
        "p.start(); print(p.pid, flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        process.send_signal(end)

    until(lambda: not is_alive(child))
