import os
import sys
from pathlib import Path

import pytest

from plow_client.config import load
from plow_client.errors import Invalid, NotAllowed
from plow_client.idl import RunSettingsT, RunTaskCommand
from rndaemon.config import Config
from rndaemon.facts.cpu import Topology
from rndaemon.pathmap import PathMap
from rndaemon.preparing import Preparer, check_command, inherited, run_as, split_like_a_shell
from rndaemon.rules import for_names

PROC = "0190a1b2-0000-7000-8000-000000000001"
FOUR_CORES = Topology([frozenset({n, n + 4}) for n in range(4)], "")


def command(**fields):
    given = {"procId": PROC, "cores": 2, "command": ["true"], "env": {}, "logFile": "/log/x"}
    return RunTaskCommand(**{**given, **fields})


def config_of(*overrides):
    return load(Config, overrides=overrides, environ={}).value


def prepared(wanted, *overrides, slots=(0, 1), cores=4, **parts):
    return Preparer(config_of(*overrides), FOUR_CORES, "n1", cores, **parts).request(wanted, list(slots))


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


def test_the_rules_of_the_service_come_first_unless_its_layer_names_others():
    wanted = command(serv="blender")

    assert prepared(wanted).rules == for_names(["blender"], config_of())
    wanted.run = RunSettingsT(logRules=["nuke"])
    assert prepared(wanted).rules == for_names(["nuke"], config_of())


def test_misspelt_rules_are_noted_with_those_that_there_are(caplog):
    wanted = command(run=RunSettingsT(logRules=["Nuke", "mayaa"]))

    made = prepared(wanted, "progress.patterns=comper=(1)%")
    assert made.remark.startswith("this node has no log rules 'mayaa': there are arnold, blender, comper, ")
    assert caplog.text.count("task names unknown log rules") == 1
    wanted.run.logRules = ["MAYA", "mray", "any"]
    assert prepared(wanted).remark == ""
    assert prepared(command(serv="a service of ours")).remark == ""


def test_tokens_and_paths_are_turned_in_every_command():
    run = RunSettingsT(
        beforeCommand=["mk", "/a/%{FRAME}"],
        moreCommands=[["mv", "/a/%{RANGE}"]],
        afterCommand=["rm", "%{TASK}"],
    )
    wanted = command(
        command=["sh", "%{FRAME}"], run=run, frames="5-7", taskName="t", env={"OUT": "/a/x"}, logFile="/a/log"
    )
    made = prepared(wanted, "paths.everywhere=/a=/b")

    assert (made.before, made.command, made.more, made.after) == (
        ["mk", "/b/5"],
        ["sh", "5"],
        [["mv", "/b/5-7"]],
        ["rm", "t"],
    )
    assert (made.env["OUT"], made.log_file) == ("/b/x", "/b/log")


def test_the_path_of_a_log_is_judged_as_it_is_here():
    turned = PathMap({"P:\\show": "/mnt/show"}).apply
    check_command(command(logFile="P:\\show\\logs\\x.log"), turned)
    for path in ("P:\\other\\x.log", "P:\\show\\..\\x.log"):
        with pytest.raises(Invalid, match="log path"):
            check_command(command(logFile=path), turned)


def test_what_a_layer_leaves_unset_is_the_nodes():
    node = ("task.max_run_s=60", "task.max_silence_s=30", "task.max_log_mb=5", "task.niceness=3")
    made = prepared(command(run=RunSettingsT(maxRunS=0, niceness=40)), *node)

    assert (made.max_run_s, made.max_silence_s, made.max_log_mb, made.niceness) == (0, 30, 5, 19)


def test_a_wrapper_that_this_node_lacks_is_told_and_not_refused():
    """The attempt ends with a reason of its own, which the server counts against the node."""
    made = prepared(command(run=RunSettingsT(wrapper=["nothing", "x"])))

    assert made.wrapper == [] and "'nothing'" in made.environment_fault


def test_a_device_that_this_node_lacks_is_a_refusal():
    with pytest.raises(NotAllowed, match="no GPU 3"):
        prepared(command(gpus=[3]))
    shown = prepared(command(gpus=[0]), gpu_environment=lambda wanted: {"SEEN": str(list(wanted))})

    assert shown.gpu_env == {"SEEN": "[0]"} and shown.gpus == [0]


@pytest.mark.parametrize(
    "run",
    [
        {"moreCommands": [[]]},
        {"beforeCommand": [""]},
        {"afterCommand": ["a\0"]},
        {"moreCommands": [["x"]] * 2000},
    ],
)
def test_no_command_of_an_attempt_may_be_unsound(run):
    with pytest.raises(Invalid):
        check_command(command(run=RunSettingsT(**run)))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["echo 'a b' c"], ["echo", "a b", "c"]),
        (["echo", "a b"], ["echo", "a b"]),
        (["echo"], ["echo"]),
        (["it's odd"], ["it's odd"]),
        (["  "], ["  "]),
    ],
)
def test_row_r29_a_command_of_one_text_is_split_as_a_shell_would(words, wanted):
    assert split_like_a_shell(words) == wanted


def test_row_r29_a_program_with_a_blank_in_its_name_is_one_word(tmp_path):
    (tmp_path / "my tool").touch()

    assert split_like_a_shell([str(tmp_path / "my tool")]) == [str(tmp_path / "my tool")]


def test_row_r27_without_the_user_of_the_settings_submitters_are_used(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert run_as(config_of("task.user=no-such-user").task) == "submitter"
    assert run_as(config_of("task.user=nobody").task) == "service"
