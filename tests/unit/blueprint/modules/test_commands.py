"""What each module tells its program: the exact words, and each frame once, in its order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from blueprint.modules.program import Program
from blueprint.options import Option
from blueprint.plugins import OURS, find_module
from plow_client.frames import parse_frames
from rndaemon import rules
from rndaemon.config import Config
from tests.unit.blueprint.modules.cases import CASES, FRAMES, GOLDEN, LAYERS, awkward, commands, make, text
from tests.unit.blueprint.modules.readers import READERS

INSTEAD_OF_ANOTHER = {"python": {"module"}, "iconvert": {"inplace"}, "nuke": {"proxy"}}


@pytest.fixture(autouse=True)
def no_threads(monkeypatch):
    monkeypatch.delenv("PLOW_THREADS", raising=False)


@pytest.mark.parametrize("name", LAYERS)
def test_a_module_says_exactly_the_commands_in_its_file(name):
    assert text(name) == (GOLDEN / f"{name}.txt").read_text()


def test_every_module_for_a_program_is_tried():
    programs = {name for name in OURS if issubclass(find_module(name), Program)}

    assert programs <= set(LAYERS)
    assert programs - {"ffmpeg", "python"} == set(READERS)


@pytest.mark.parametrize("name", LAYERS)
def test_all_options_of_a_module_are_tried(name):
    """Those of the modules; what they have from blueprint.split is tried there."""
    plain, others = LAYERS[name]
    classes = [cls for cls in find_module(name).__mro__ if cls.__module__.startswith("blueprint.modules.")]
    own = {option for cls in classes for option, value in vars(cls).items() if isinstance(value, Option)}

    assert own - {*plain, *others, "chunk"} == INSTEAD_OF_ANOTHER.get(name, set())


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("case", FRAMES)
def test_each_frame_is_asked_for_once_and_in_its_order(name, case):
    asked = [frame for command in commands(name, case) for frame in READERS[name](command)]

    assert asked == FRAMES[case]


def test_row_b15_blender_is_told_the_scene_the_threads_and_each_frame_of_the_chunk(monkeypatch):
    monkeypatch.setenv("PLOW_THREADS", "3")
    (command,) = make("blender", "/s").commands([4, 5, 6])

    assert "/s/shot.blend" in command
    assert command[command.index("--threads") + 1] == "3"
    assert command[command.index("--render-frame") + 1] == "4,5,6"


def test_row_b17_iconvert_converts_exactly_the_frames_of_the_task_with_all_options():
    layer = make("iconvert", "/s", everything=True)
    (first, second) = layer.commands([9, 4])

    assert (first[-2:], second[-2:]) == (
        ["/s/shot.0009.exr", "/s/shot.0009.jpg"],
        ["/s/shot.0004.exr", "/s/shot.0004.jpg"],
    )
    assert first[:-2] == second[:-2]
    for word in ("-d", "-g", "--tile", "--scanline", "--compression", "--quality", "--no-copy-image", "--adjust-time",
                 "--caption", "--keyword", "--clear-keywords", "--attrib", "--orientation", "--rotcw", "--rotccw",
                 "--rot180", "--sRGB", "--separate", "--contig", "--no-clobber"):  # fmt: skip
        assert word in first
    assert make("iconvert", "/s", output=None, inplace=True).command([2])[-2:] == [
        "--inplace",
        "/s/shot.0002.exr",
    ]


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=25, deadline=None)
@given(frames=some.lists(some.integers(-99, 99), min_size=1, max_size=30, unique=True))
def test_so_it_is_whatever_the_frames(name, frames):
    asked = [frame for command in make(name, "/s").commands(frames) for frame in READERS[name](command)]

    assert asked == frames


@pytest.mark.parametrize("name", LAYERS)
def test_a_path_that_a_shell_would_stumble_over_is_part_of_one_word(name):
    for command in commands(name, "awkward"):
        assert [word for word in command if awkward(name) in word]
        assert all(word.count(awkward(name)) <= 1 for word in command)


@pytest.mark.parametrize("name", LAYERS)
def test_a_step_within_a_chunk_costs_no_more_commands_than_frames(name):
    assert len(make(name, "/s").commands(parse_frames("1-100x3"))) in (1, 34)


def test_the_cases_are_those_that_were_promised():
    assert CASES == [
        "single", "chunk", "step", "negative", "reversed", "staggered", "everything", "awkward",
    ]  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_the_node_knows_the_rules_that_a_module_names(name):
    assert rules.unknown(make(name, "/s").log_rules or [], Config()) == ""


def test_a_program_is_read_by_its_rules_unless_the_blueprint_says_who():
    assert make("maya", "/s").log_rules == ["maya"]
    assert make("maya", "/s", log_rules=["arnold", "ours"]).log_rules == ["arnold", "ours"]
    assert make("maya", "/s", service="heavy-maya").log_rules is None


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"python", "shell"}))
def test_a_program_gets_the_threads_that_the_node_gave(name, monkeypatch):
    monkeypatch.setenv("PLOW_THREADS", "13")
    more = {"renderer": "arnold"} if name == "maya" else {}
    (command,) = make(name, "/s", **more).commands([1])

    assert [word for word in command if re.fullmatch(r"(-t:|-numThreads=|--threads3d=|\+WT)?13", word)]
