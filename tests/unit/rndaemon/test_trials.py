"""`rndaemon --selftest`: what it finds on this machine, and what it says where something is wrong."""

import json

import pytest
from click.testing import CliRunner

from plow_client.config import load
from rndaemon import main, trials
from rndaemon.config import Config


def config(folder, *overrides):
    given = [f"daemon.state={folder}/state", f"task.temp_root={folder}", "task.path=/usr/bin", *overrides]
    return load(Config, overrides=given, environ={}).value


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("selftest")
    for each in (made, made.parent, made.parent.parent):
        each.chmod(0o755 if each != made else 0o777)
    return made


@pytest.fixture(scope="module")
def found(folder):
    return trials.run_trials(config(folder, "daemon.offline=true", f"task.log_roots={folder}"))


@pytest.mark.parametrize(
    "trial", ["boot_id", "users", "pin", "limits", "kill_tree", "log", "spool", "scratch"]
)
def test_a_sound_machine_passes(found, trial):
    assert found["trials"][trial]["result"] == "pass", found["trials"][trial]


def test_a_kernel_that_follows_no_links_passes_and_one_without_the_call_is_no_fault(found):
    """Alone among the trials this one depends on the kernel: a sandbox may refuse the call."""
    assert found["trials"]["openat2"]["result"] in ("pass", "none"), found["trials"]["openat2"]
    assert found["failed"] == []


def test_it_says_which_machine_it_was_and_what_it_did_not_try(found):
    assert found["pass"] and found["platform"] == "linux" and found["python"]
    assert found["trials"]["server"] == {"result": "none", "why": "daemon.offline is set", "ms": 0}
    assert found["trials"]["reboot"]["result"] == "none"


def test_nothing_is_left_behind(found, folder):
    assert list(folder.rglob("*selftest*")) == []


@pytest.mark.parametrize(
    "trial, overrides, why",
    [
        ("users", ["task.temp_root=/no/such"], "is not a folder"),
        ("scratch", ["task.temp_root=/no/such"], "/no/such"),
        ("server", ["daemon.servers=127.0.0.1:1"], "127.0.0.1:1"),
        ("reboot", ["daemon.reboot_command=no-such-program"], "no program 'no-such-program'"),
        ("idle", ["nimby.enabled=true"], "0 keyboards and mice"),
        ("spool", ["daemon.state=/proc/no"], "/proc/no"),
    ],
)
def test_what_is_wrong_is_said(folder, monkeypatch, trial, overrides, why):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(trials, "_in_child", lambda code: ("pass", "not now"))
    monkeypatch.setattr("rndaemon.nimby.sources.EventDevices.readable", lambda self: 0)
    found = trials.run_trials(config(folder, *overrides))

    assert found["trials"][trial]["result"] == "fail" and why in found["trials"][trial]["why"]
    assert trial in found["failed"]
    assert found["pass"] == (not set(found["failed"]) & set(trials.REQUIRED))


def test_a_trial_that_breaks_is_a_failure_with_its_last_line():
    assert trials._in_child("raise OSError('no such thing')") == ("fail", "OSError: no such thing")
    assert trials._in_child("print('none of that')") == ("none", "of that")


@pytest.mark.parametrize("passed, status", [(True, 0), (False, 1)])
def test_the_command_prints_json_and_its_status_tells(monkeypatch, passed, status):
    monkeypatch.setattr(trials, "run_trials", lambda config: {"pass": passed})
    done = CliRunner().invoke(main.command, ["--selftest"])

    assert (done.exit_code, json.loads(done.stdout)) == (status, {"pass": passed})
    assert CliRunner().invoke(main.command, ["--selftest", "-o", "no.such=1"]).exit_code == 2
