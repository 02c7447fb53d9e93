"""What a node is told to run."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.idl import RunSettingsT
from plow_server.command import Frames, environment, fill, frames_of, run_task_command

ROW: dict[str, Any] = {
    "proc_id": "p", "task_id": "t", "job_id": "j", "layer_id": "l", "cores": 2, "ram": 512, "attempt": 1,
    "job_name": "sc020", "username": "anna", "uid": 1001, "job_env": {"A": "job", "B": "job"},
    "log_path": "/logs/sc020", "layer_name": "beauty", "layer_env": {"B": "layer"},
    "command": ["render", "%{FRAME}", "-r", "%{RANGE}"], "chunk": 5, "service": "maya", "has_frames": True,
    "task_name": "0001-beauty", "number": 1, "frames": "1-5", "log_file": "/logs/sc020/0001-beauty.1.log",
    "kill_grace_s": None, "run": None, "memory_limit": None, "gpus": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text", "has_frames", "expected"),
    [
        (7, None, True, Frames("7", 7, 7, 1)),
        (1, "1-5", True, Frames("1-5", 1, 5, 1)),
        (1, "1-9x2", True, Frames("1-9x2", 1, 9, 2)),
        (-3, "-3--1", True, Frames("-3--1", -3, -1, 1)),
        (1, "1,2,9", True, Frames("1,2,9", 1, 9, 1)),
        (0, None, False, Frames("", 0, 0, 1)),
    ],
)
def test_frames_of_a_task(number: int, text: str | None, has_frames: bool, expected: Frames):
    assert frames_of(number, text, has_frames) == expected


def test_every_token_is_replaced_as_often_as_it_stands():
    frames = Frames("1-9x2", 1, 9, 2)
    word = "%{FRAME}.%{TASK}.%{RANGE}.%{START}.%{END}.%{STEP}.%{FRAME}.%{OTHER}"
    assert fill(word, 1, "0001-a", frames) == "1.0001-a.1-9x2.1.9.2.1.%{OTHER}"


def test_a_value_is_not_looked_through_for_tokens():
    assert fill("%{TASK}", 1, "%{FRAME}", Frames("1", 1, 1, 1)) == "%{FRAME}"


def test_the_layers_environment_wins_over_the_jobs_and_plows_over_both():
    env = environment({**ROW, "layer_env": {"B": "layer", "PLOW_JOB_ID": "mine"}}, Frames("1-5", 1, 5, 1))
    assert (env["A"], env["B"], env["PLOW_JOB_ID"]) == ("job", "layer", "j")


def test_row_r25_the_environment_names_the_attempt():
    env = environment(ROW, Frames("1-5", 1, 5, 1))
    told = {key: value for key, value in env.items() if key.startswith("PLOW_")}
    assert told == {
        "PLOW_TASK_ID": "t", "PLOW_JOB_ID": "j", "PLOW_PROC_ID": "p", "PLOW_LAYER_ID": "l",
        "PLOW_JOB_NAME": "sc020", "PLOW_LAYER_NAME": "beauty", "PLOW_TASK_NAME": "0001-beauty",
        "PLOW_LOG_DIR": "/logs/sc020", "PLOW_UID": "1001", "PLOW_TASK_NUMBER": "1", "PLOW_CHUNK": "5",
        "PLOW_ATTEMPT": "1", "PLOW_RANGE": "1-5",
    }  # fmt: skip


def test_the_order_for_a_node():
    order = run_task_command(ROW, kill_grace_s=7)
    assert order.command == ["render", "1", "-r", "1-5"]
    assert (order.procId, order.cores, order.ramMb, order.attempt) == ("p", 2, 512, 1)
    assert (order.logFile, order.username, order.killGraceS) == (ROW["log_file"], "anna", 7)


def test_a_node_is_told_how_it_runs_with_the_tokens_of_all_commands_replaced():
    run = {
        "maxRunS": 60,
        "wrapper": ["rez", "%{FRAME}"],
        "beforeCommand": ["mkdir", "%{START}"],
        "moreCommands": [["a", "%{FRAME}"], ["b"]],
        "afterCommand": ["rm", "%{TASK}"],
    }
    order = run_task_command({**ROW, "run": run, "memory_limit": 4096})

    assert order.run == RunSettingsT(
        maxRunS=60,
        wrapper=["rez", "%{FRAME}"],
        beforeCommand=["mkdir", "1"],
        moreCommands=[["a", "1"], ["b"]],
        afterCommand=["rm", "0001-beauty"],
    )
    assert order.memoryLimitMb == 4096


@pytest.mark.parametrize(
    ("run", "sent"), [(None, ["maya"]), ({"niceness": 1}, ["maya"]), ({"logRules": ["arnold"]}, ["arnold"])]
)
def test_its_output_is_read_by_the_rules_named_or_those_of_its_service(run: Any, sent: list[str]):
    assert run_task_command({**ROW, "run": run}).taskTypes == sent


def test_a_task_without_frames_says_none():
    order = run_task_command({**ROW, "has_frames": False, "number": 0, "frames": None})
    assert order.frames is None


@pytest.mark.parametrize(("layers", "servers", "sent"), [(None, 10, 10), (0, 10, 0), (90, 10, 90)])
def test_the_grace_time_is_the_layers_or_else_the_servers(layers: int | None, servers: int, sent: int):
    assert run_task_command({**ROW, "kill_grace_s": layers}, servers).killGraceS == sent


@pytest.mark.parametrize("gpus", [None, [], [1, 3]])
def test_an_order_names_the_devices_that_were_booked(gpus: list[int] | None) -> None:
    """None: nobody counts them there."""
    assert run_task_command({**ROW, "gpus": gpus}).gpus == gpus
