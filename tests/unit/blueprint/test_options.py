"""What a layer can be told, and what is said about it when that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from blueprint import REQUIRED, Layer, Option, Task
from plow_client.errors import Invalid


class Turntable(Layer):
    model = Option(Path, REQUIRED, "The model to turn.")
    turns = Option(int, 1, "Full turns.", minimum=1)
    speed = Option(float, 1.0, "Speed.")
    look = Option(str, "clay", "Material.", choices=("clay", "chrome"))
    passes = Option(list[str], [], "Passes.")
    closed = Option(bool, False, "Closed.")


def make(**options: object) -> Turntable:
    return Turntable("turn", model="/m.obj", **options)


def test_a_default_is_what_was_declared():
    layer = make()

    assert (layer.turns, layer.look, layer.passes, layer.threads) == (1, "clay", [], None)


def test_no_two_layers_share_a_default_list():
    one, other = make(), make()
    one.passes.append("z")

    assert other.passes == []


def test_one_value_stands_for_a_list_of_one():
    assert make(passes="z", tags="linux").passes == ["z"]


def test_a_whole_number_is_a_number():
    assert make(speed=2).speed == 2.0


def test_a_relative_path_starts_at_the_blueprints_folder():
    assert Turntable("turn", model="m.obj").model == Path.cwd() / "m.obj"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"turns": "wide"}, "turns = 'wide': expected a whole number"),
        ({"turns": True}, "turns = True: expected a whole number"),
        ({"turns": 1.5}, "turns = 1.5: expected a whole number"),
        ({"turns": 0}, "turns = 0: expected at least 1"),
        ({"turns": None}, "turns = None: expected a whole number"),
        ({"speed": "fast"}, "speed = 'fast': expected a number"),
        ({"speed": float("nan")}, "speed = nan: expected a number"),
        ({"look": "gold"}, "look = 'gold': expected one of clay, chrome"),
        ({"passes": ["z", 1]}, "passes = ['z', 1]: expected a list of texts"),
        ({"passes": ["a\0b"]}, "expected a list of texts"),
        ({"closed": "yes"}, "closed = 'yes': expected true or false"),
        ({"env": {"A": 1}}, "env = {'A': 1}: expected a table of names and texts"),
        ({"env": ["A"]}, "env = ['A']: expected a table of names and texts"),
        ({"model": 3}, "model = 3: expected a path"),
        ({"more_commands": ["a", "b"]}, "expected a list of lists of texts"),
        ({"more_commands": [["a"], [1]]}, "expected a list of lists of texts"),
        ({"threads": 0}, "threads = 0: expected at least 1"),
        ({"chunk": -1}, "chunk = -1: expected at least 0"),
        ({"threads": 4, "max_threads": 2}, "max_threads = 2 is less than threads = 4"),
        ({"ram": 4000, "max_ram": 2000}, "max_ram = 2000 is less than ram = 4000"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(options, said):
    with pytest.raises(Invalid) as error:
        Turntable("turn", **{"model": "/m.obj", **options})

    assert "layer 'turn'" in error.value.why
    assert said in error.value.why


def test_an_unknown_option_names_the_nearest():
    with pytest.raises(Invalid, match="Turntable has no option 'turn'; did you mean 'turns'"):
        make(turn=3)


def test_a_missing_option_says_what_it_is():
    with pytest.raises(Invalid, match=r"model is needed: The model to turn\."):
        Turntable("turn")


def test_an_option_can_be_set_later_and_is_checked_then():
    layer = make()
    layer.turns = 3

    assert layer.turns == 3
    with pytest.raises(Invalid, match="expected a whole number"):
        layer.turns = "x"


@pytest.mark.parametrize("name", ["", "a b", "a/b", "ä", "x" * 256, "a\n"])
def test_a_layer_name_has_letters_digits_and_few_signs(name):
    with pytest.raises(Invalid, match="is no layer name"):
        Layer(name)


def test_a_task_has_no_frames():
    with pytest.raises(Invalid, match="a task has no frames, so no chunk"):
        Task("once", chunk=2)


def test_a_group_name_is_checked_like_a_layers():
    with pytest.raises(Invalid, match="group = 'a b'"):
        Task("once", group="a b")
