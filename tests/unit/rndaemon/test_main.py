"""The command `rndaemon`: settings and their order, its switches, and how it ends; the daemon is played."""

import logging
import os
import signal
import socket

import pytest
from click.testing import CliRunner

from plow_client import node_socket, places
from plow_client.errors import Denied, Invalid, Unavailable
from rndaemon import daemon, main


class Played:
    """Stands in for the daemon: notes its settings, and is told to stop by the signals of the test."""

    made = None
    signals = [signal.SIGTERM]
    fault = None

    class Desk:
        exit_status = 0

        def __init__(self):
            self.heard = []

        def drain(self, who):
            self.heard.append("drain")

        def resume(self, who):
            self.heard.append("resume")

    def __init__(self, config):
        if Played.fault:
            raise Played.fault
        self.config, self.desk, self.stopped = config, self.Desk(), False
        self.name, self.address = "n1", "127.0.0.1:1"
        Played.made = self

    def start(self):
        logging.getLogger("rndaemon").debug("a small step")

    def stop(self):
        self.stopped = True


@pytest.fixture(autouse=True)
def played(monkeypatch, tmp_path):
    """No real daemon, no real settings, and a signal mask as it was."""
    told = iter(())

    def next_signal(signals):
        return next(told)

    def play(*signals, fault=None):
        nonlocal told
        told, Played.fault = iter(signals or [signal.SIGTERM]), fault

    play()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    root = logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setattr(daemon, "Daemon", Played)
    monkeypatch.setattr(main.signal, "sigwait", next_signal)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "mine"))
    monkeypatch.setattr(places, "MACHINE_SETTINGS", tmp_path / "machine")
    for name in [name for name in os.environ if name.startswith("PLOW_RNDAEMON")]:
        monkeypatch.delenv(name)
    yield play
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    root.handlers[:], root.level = before


def run(*words, status=0, **environment):
    done = CliRunner().invoke(main.command, list(words), env=environment)
    assert done.exit_code == status, done.output
    return done


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize("switch, expected", [("--debug", 1), ("-debug", 1), (None, 0)])
def test_row_r01_the_debug_switch_adds_the_small_steps(switch, expected):
    done = run(*([switch] if switch else []))

    assert done.stderr.count(" DEBUG ") == expected


def test_row_r02_a_variable_names_the_one_file_that_is_read(tmp_path):
    only = write(tmp_path / "only.toml", "[daemon]\nport = 21212\n")
    write(tmp_path / "mine" / "plow" / "rndaemon.toml", '[daemon]\nport = 1\nname = "other"\n')
    run(PLOW_RNDAEMON_CFG=only)

    assert (Played.made.config.daemon.port, Played.made.config.daemon.name) == (21212, "")


def test_row_r03_a_persons_file_wins_over_the_machines(tmp_path):
    write(tmp_path / "machine" / "rndaemon.toml", '[daemon]\nport = 1\nname = "machine"\n')
    write(tmp_path / "mine" / "plow" / "rndaemon.toml", "[daemon]\nport = 2\n")
    run()

    assert (Played.made.config.daemon.port, Played.made.config.daemon.name) == (2, "machine")


def test_row_r04_it_starts_without_any_settings():
    done = run()

    settings = Played.made.config.daemon
    assert (settings.port, settings.servers) == (11338, ("127.0.0.1:11337",))
    assert settings.ping_interval_s == 10  # the original's shipped file says so; its code said 60
    assert done.stderr.count(" WARNING ") == 1 and "no settings file" in done.stderr


def test_settings_from_a_file_need_no_warning(tmp_path):
    done = run("--config", write(tmp_path / "a.toml", "[daemon]\nport = 7\n"))

    assert " WARNING " not in done.stderr


@pytest.mark.parametrize(
    "fault, status",
    [
        (daemon.SpoolTaken("another rndaemon uses the state folder '/s'"), 3),
        (Invalid("'x' is not HOST:PORT"), 2),
        (Unavailable("cannot listen"), 1),
    ],
)
def test_how_it_ends_tells_what_is_wrong(played, fault, status):
    played(fault=fault)

    assert run(status=status).stderr.endswith(f"rndaemon: {fault.why}\n")


def test_signals_drain_resume_and_stop_it(played):
    played(signal.SIGUSR1, signal.SIGUSR2, signal.SIGUSR1, signal.SIGINT)
    run()

    assert Played.made.desk.heard == ["drain", "resume", "drain"] and Played.made.stopped


def test_told_to_stop_by_a_person_is_a_status_of_its_own(monkeypatch):
    monkeypatch.setattr(Played.Desk, "exit_status", 4)
    run(status=4)


# ---- commands for the person at the node

STATUS = {
    "node": "n1", "address": "n1:1", "version": "1", "server": "s", "heard_s": 1.0, "problem": "", "away": "",
    "nimby": "auto", "is_given": True, "cores": 8, "free_cores": 8, "unsent": 0, "complaints": [], "tasks": [],
}  # fmt: skip


@pytest.mark.parametrize(
    "words, asked",
    [
        (["status"], ("status", {})),
        (["drain", "a", "new", "disk"], ("drain", {"reason": "a new disk"})),
        (["resume"], ("resume", {})),
        (["stop", "--when-idle"], ("stop", {"when_idle": True})),
        (["nimby", "on"], ("nimby", {"wish": "on"})),
    ],
)
def test_each_command_asks_the_daemon_of_the_state_folder(monkeypatch, tmp_path, words, asked):
    heard = []

    def ask(folder, do, **said):
        heard.append((folder, do, said))
        return STATUS

    monkeypatch.setattr(node_socket, "ask", ask)
    shown = run("--state", str(tmp_path), *words).stdout

    assert heard == [(tmp_path, *asked)]
    assert "new tasks  yes" in shown and "nimby      auto; the machine is the farm's now" in shown
    assert run("--state", str(tmp_path), *words[:1], *words[1:], "--json").stdout.startswith("{")


def test_a_refusal_is_one_sentence(monkeypatch):
    def ask(folder, do, **said):
        raise Denied("'bob' is not logged in at this machine")

    monkeypatch.setattr(node_socket, "ask", ask)
    assert run("nimby", "on", status=1).stderr == "rndaemon: 'bob' is not logged in at this machine\n"


def test_no_daemon_is_one_sentence(tmp_path):
    assert str(tmp_path) in run("--state", str(tmp_path), "status", status=1).stderr


def test_wrong_options_of_a_command_are_said(tmp_path):
    assert "no setting" in run("-o", "no.such=1", "status", status=1).stderr
    assert "No such command" in run("dance", status=2).stderr


def test_a_file_of_somebody_else_does_not_hide_the_daemon(monkeypatch, tmp_path):
    """anna may not read root's settings; she finds the machine's daemon all the same."""
    write(tmp_path / "mine" / "plow" / "rndaemon.toml", "this is no toml")
    monkeypatch.setattr(node_socket, "state_dir", lambda: tmp_path)
    (tmp_path / "node").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "node" / node_socket.NAME))
        assert f"'{tmp_path / 'node'}'" in run("status", status=1).stderr


def test_a_daemon_is_asked_whose_folders_are_closed_to_the_person(monkeypatch, tmp_path):
    """The state folder of a daemon that is root may be passed through, not read."""
    write(tmp_path / "mine" / "plow" / "rndaemon.toml", "this is no toml")
    monkeypatch.setattr(os, "access", lambda *_: False)
    asked = []
    monkeypatch.setattr(node_socket, "ask", lambda folder, do, **_: asked.append(folder) or STATUS)
    run("--state", str(tmp_path / "mine"), "status")

    assert asked == [tmp_path / "mine"]
