import pytest

from rndaemon.tokens import fill_in, tokens_of


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ("7", "7 7 7 7 1"),
        ("1-5", "1 1-5 1 5 1"),
        ("1-9x2", "1 1-9x2 1 9 2"),
        ("-5--1", "-5 -5--1 -5 -1 1"),
        ("1-3,7,9-12", "1 1-3,7,9-12 1 12 1"),
    ],
)
def test_frames_are_told_in_every_way(frames, expected):
    words = ["%{FRAME} %{RANGE} %{START} %{END} %{STEP}"]

    assert fill_in(words, tokens_of(frames, "")) == [expected]


def test_without_frames_tokens_stay():
    assert fill_in(["%{FRAME}", "%{TASK}"], tokens_of("", "0001-a")) == ["%{FRAME}", "0001-a"]
    assert tokens_of("nonsense", "") == {}


def test_a_value_is_not_read_again():
    assert fill_in(["%{TASK}"], {"TASK": "%{RANGE}", "RANGE": "1-5"}) == ["%{RANGE}"]
