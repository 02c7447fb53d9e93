import os
import sys
from pathlib import Path

import pytest

from plow_client.config import load
from plow_client.errors import Invalid
from plow_client.idl import RunTaskCommand
from rndaemon.config import Config
from rndaemon.facts.cpu import Topology
from rndaemon.preparing import Preparer, check_command, inherited, run_as

PROC = "0190a1b2-0000-7000-8000-000000000001"
FOUR_CORES = Topology([frozenset({n, n + 4}) for n in range(4)], "")


def command(**fields):
    given = {"procId": PROC, "cores": 2, "command": ["true"], "env": {}, "logFile": "/log/x"}
    return RunTaskCommand(**{**given, **fields})


def prepared(wanted, *overrides, slots=(0, 1), cores=4):
    config = load(Config, overrides=overrides, environ={}).value
    return Preparer(config, FOUR_CORES, "n1", cores).request(wanted, list(slots))


def test_a_plain_command_is_sound():
    check_command(command())


@pytest.mark.parametrize(
    "fields",
    [
        {"procId": None},
        {"procId": ""},
        {"command": None},
        {"command": [""]},
        {"command": ["a\0b"]},
        {"command": ["x"] * 5000},
        {"command": ["x" * 200_000]},
        {"env": {"A": "b\0"}},
        {"env": {"A-B": "c"}},
        {"env": {"": "c"}},
        {"env": {"A": "x" * 200_000}},
        {"logFile": None},
        {"logFile": "x"},
    ],
)
def test_what_cannot_run_is_refused(fields):
    with pytest.raises(Invalid):
        check_command(command(**fields))


def test_cores_and_threads_are_told():
    request = prepared(command())

    assert (request.cores, request.threads) == (2, 4)


@pytest.mark.parametrize(
    ("overrides", "slots", "cores", "expected"),
    [
        ([], [0, 2], 4, [0, 2, 4, 6]),
        (["task.pin=never"], [0, 2], 4, []),
        (["daemon.cores=4"], [0], 4, []),
        (["daemon.cores=2", "task.pin=always"], [1], 2, [1, 5]),
        (["daemon.cores=8", "task.pin=always"], [6], 8, []),
    ],
)
def test_processors_belong_to_slots_where_the_machine_is_ours(overrides, slots, cores, expected):
    assert prepared(command(), *overrides, slots=slots, cores=cores).cpus == expected


def test_the_job_may_set_the_grace():
    assert prepared(command(killGraceS=3)).grace_s == 3.0
    assert prepared(command(killGraceS=-3)).grace_s == 0.0
    assert prepared(command(), "task.grace_s=7").grace_s == 7.0


def test_tasks_find_the_programs_of_our_own_installation():
    path = prepared(command()).inherited["PATH"]

    assert path.split(":")[0] == str(Path(sys.executable).parent) and "/usr/bin" in path.split(":")
    assert prepared(command(), "task.path=/x").inherited["PATH"] == "/x"


def test_only_listed_variables_are_passed_on():
    environ = {"LANG": "C", "LC_TIME": "C", "TZ": "UTC", "TZX": "1", "LD_PRELOAD": "x", "HOME": "/root"}

    assert inherited(("LANG", "LC_*", "TZ"), environ) == {"LANG": "C", "LC_TIME": "C", "TZ": "UTC"}


def test_auto_means_a_service_user_for_root_and_oneself_for_others(monkeypatch):
    task = load(Config, environ={}).value.task
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert run_as(task) == "service"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert run_as(task) == "same"


def test_only_a_submitter_comes_from_the_wire():
    assert prepared(command(username="eve"), "task.run_as=service", "task.user=farm").user == "farm"
    assert prepared(command(username="eve"), "task.run_as=submitter", "task.user=farm").user == "eve"


def test_the_rules_of_the_service_come_first():
    request = prepared(
        command(serv="mray", taskTypes=["povray"]), "progress.patterns=mray=A,povray=B,other=C"
    )

    assert request.rules[1:4] == ["B", "A", "C"]
