"""Text and TOML values become the declared type, or say what was expected."""

from enum import Enum
from pathlib import Path
from typing import Literal

import pytest

from plow_client.convert import convert


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (int, "12", 12),
        (float, 3, 3.0),
        (bool, "ON", True),
        (bool, "no", False),
        (Path, "/a/b", Path("/a/b")),
        (Path, Path("/a"), Path("/a")),
        (tuple[int, ...], "1, 2,,3", (1, 2, 3)),
        (tuple[int, ...], "[1, 2]", (1, 2)),
        (tuple[str, ...], '["mon-fri 09:00-18:00", "a,b"]', ("mon-fri 09:00-18:00", "a,b")),
        (tuple[str, ...], "[::1]:11337,farm2", ("[::1]:11337", "farm2")),
        (int | None, "4", 4),
        (int | None, "", None),
        (Literal["a", "b"], "b", "b"),
        (Colour, "red", Colour.RED),
        (dict[str, str], {"a": "b"}, {"a": "b"}),
        (dict[str, str], "a=b, c=d=e", {"a": "b", "c": "d=e"}),
        (dict[str, str], '{rez = "rez-env {words} --, -q"}', {"rez": "rez-env {words} --, -q"}),
    ],
)
def test_a_fitting_value_is_taken(kind, raw, value):
    assert convert(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (Literal["a", "b"], "c", "one of a, b"),
        (Colour, "green", "one of red, blue"),
        (float, True, "a number"),
        (float, [], "a number"),
        (dict[str, str], 5, "a table"),
        (dict[str, str], "{a = 1}", "a text"),
        (tuple[str, ...], "[1]", "a text"),
        (str, "a\0b", "without NUL"),
    ],
)
def test_a_value_that_does_not_fit_says_what_would(kind, raw, expected):
    with pytest.raises(ValueError, match=expected):
        convert(kind, raw)


def test_a_schema_with_an_unknown_type_is_a_fault_of_the_program():
    with pytest.raises(TypeError):
        convert(bytes, b"")
