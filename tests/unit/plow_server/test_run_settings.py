"""Run settings are checked field by field, and merged."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.errors import Invalid
from plow_client.idl import RunSettingsT
from plow_server.run_settings import check_run, merged_run

SOUND = {
    "maxRunS": 0, "maxSilenceS": 31_622_400, "maxLogMb": 1_000_000, "niceness": 19,
    "wrapper": ["rez", "maya-2026", "%{X}"],
    "logRules": ["maya", "V-Ray 6"], "beforeCommand": ["mkdir", "%{FRAME}"], "moreCommands": [["a"], ["b", ""]],
    "afterCommand": ["rm"],
}  # fmt: skip


def test_what_is_sound_is_kept_as_it_is_and_unset_is_left_out() -> None:
    assert check_run("layer 'a'", RunSettingsT(**SOUND)) == SOUND
    assert check_run("layer 'a'", RunSettingsT(niceness=0)) == {"niceness": 0}
    assert check_run("layer 'a'", None) == {}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"maxRunS": -1}, "a run time of -1 s; 0 to 31,622,400 are allowed"),
        ({"maxSilenceS": 31_622_401}, "a silence of 31,622,401 s"),
        ({"maxLogMb": 1_000_001}, "a log of 1,000,001 MB"),
        ({"niceness": 20}, "a niceness of 20; 0 to 19 are allowed"),
        ({"wrapper": ["Rez"]}, "'Rez' is no kind of wrapper: a lower-case name such as 'rez'"),
        ({"wrapper": ["../rez"]}, "no kind of wrapper"),
        ({"wrapper": ["rez", "x" * 131_073]}, "a word of the wrapper is longer than 131,072 bytes"),
        ({"wrapper": ["rez"] + ["x"] * 4096}, "the wrapper has 4,097 words"),
        ({"logRules": ["a"] * 33}, "33 sets of log rules; at most 32"),
        ({"logRules": [""]}, "'' is no name of a set of log rules: 1 to 64 characters"),
        ({"logRules": ["a\nb"]}, "no name of a set of log rules"),
        ({"beforeCommand": [""]}, "the command before has no program"),
        ({"afterCommand": ["a", "%{FRAMES}"]}, "unknown token %{FRAMES} in the command after"),
        ({"moreCommands": [["a"], []]}, "one of its more commands is empty"),
        ({"moreCommands": [["a"]] * 101}, "101 more commands; at most 100"),
        ({"moreCommands": [["a"], ["b", "%{NOW}"]]}, "unknown token %{NOW} in command 3"),
        (
            {"moreCommands": [["a"] * 3000, ["b"] * 3000]},
            "the sum of its commands has 6,000 words; at most 4,096",
        ),
        ({"moreCommands": [["a" * 100_000]] * 11}, "the sum of its commands is longer than 1,048,576 bytes"),
    ],
)
def test_what_is_not_is_named(said: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_run("layer 'a'", RunSettingsT(**said))

    assert str(refused.value).startswith("layer 'a': ")
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("preset", "own", "merged"),
    [
        (None, {}, None),
        ({"niceness": 1}, {}, {"niceness": 1}),
        ({"niceness": 1, "maxRunS": 5}, {"niceness": 0}, {"niceness": 0, "maxRunS": 5}),
        ({"wrapper": ["rez"]}, {"wrapper": []}, None),
    ],
)
def test_a_layer_says_it_over_its_service(preset: Any, own: Any, merged: Any) -> None:
    assert merged_run(preset, own) == merged
