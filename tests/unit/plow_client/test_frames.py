"""Ranges, chunks and task names, as server, blueprint and wrangler must all read them."""

from __future__ import annotations

import pytest
from fileseq.frameset import FrameSet
from hypothesis import given
from hypothesis import strategies as st

from plow_client.errors import Invalid
from plow_client.frames import chunk_frames, frames_text, parse_frames, task_name


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("7", [7]),
        ("-3", [-3]),
        ("1-5", [1, 2, 3, 4, 5]),
        ("-5--3", [-5, -4, -3]),
        ("-2-2", [-2, -1, 0, 1, 2]),
        ("4-4", [4]),
        ("1-10x3", [1, 4, 7, 10]),
        ("1-3x10", [1]),
        ("1-10y3", [2, 3, 5, 6, 8, 9]),
        ("1-10:3", [1, 4, 7, 10, 3, 5, 9, 2, 6, 8]),
        ("1-20:5", [1, 6, 11, 16, 5, 9, 13, 17, 4, 7, 10, 19, 3, 15, 2, 8, 12, 14, 18, 20]),
        ("1-4:1000000000", [1, 4, 3, 2]),
        ("5,1-3,9", [5, 1, 2, 3, 9]),
        ("3,1-4,3", [3, 1, 2, 4]),
        ("1-2000000000x1000000000", [1, 1000000001]),
    ],
)
def test_a_range_names_its_frames_in_order(text, frames):
    assert parse_frames(text) == frames


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("abc", "'abc'"),
        ("1-3,foo", "'foo'"),
        ("1-5,", "''"),
        (",", "''"),
        ("1-3, 5", "' 5'"),
        ("1-3#", "'1-3#'"),
        ("1.5-3", "'1.5-3'"),
        ("+3", "'+3'"),
        ("1-5x", "'1-5x'"),
        ("1-5x-2", "'1-5x-2'"),
        ("٣", "'٣'"),
        ("1-10x0", "'1-10x0'"),
        ("1-10:0", "'1-10:0'"),
        ("10-1", "'10-1'"),
        ("5-5y1", "'5-5y1'"),
        ("1-2147483648", "'1-2147483648'"),
        ("1-1000001", "'1-1000001'"),
        ("1-99999999999", "'1-99999999999'"),
    ],
)
def test_a_bad_part_is_named(text, named):
    with pytest.raises(Invalid) as problem:
        parse_frames(text)

    assert named in str(problem.value)


def test_nothing_is_no_range():
    with pytest.raises(Invalid, match="empty"):
        parse_frames("")


@pytest.mark.parametrize("last", [*range(-3, 12), 40])
def test_staggered_frames_come_as_fileseq_has_them(last):
    for step in range(1, last + 4 + 1):
        assert parse_frames(f"-3-{last}:{step}") == [int(frame) for frame in FrameSet(f"-3-{last}:{step}")]


def test_a_step_beyond_the_range_meets_its_first_frame_alone():
    assert parse_frames("1-4:1000") == [1, 4, 3, 2]
    assert parse_frames("5-5:3") == [5]


def test_a_million_frames_are_the_most():
    assert len(parse_frames("1-1000000")) == 1_000_000
    with pytest.raises(Invalid, match="more than 1,000,000 frames"):
        parse_frames("1-600000,700001-1200000")


def test_a_text_that_is_too_long_is_not_read():
    with pytest.raises(Invalid, match="too long"):
        parse_frames("1," * 4_000_001)


def test_a_long_bad_range_is_told_in_short():
    with pytest.raises(Invalid) as problem:
        parse_frames("1," * 1000 + "x")

    assert len(str(problem.value)) < 200


@pytest.mark.parametrize(
    ("chunk", "tasks"),
    [
        (1, [[1], [4], [7], [2], [5]]),
        (2, [[1, 4], [7, 2], [5]]),
        (5, [[1, 4, 7, 2, 5]]),
        (9, [[1, 4, 7, 2, 5]]),
        (0, [[1, 4, 7, 2, 5]]),
        (-1, [[1, 4, 7, 2, 5]]),
    ],
)
def test_chunks_walk_the_frames_in_their_order(chunk, tasks):
    assert chunk_frames([1, 4, 7, 2, 5], chunk) == tasks


@pytest.mark.parametrize(
    ("number", "name"), [(7, "0007-fx"), (-5, "-005-fx"), (12345, "12345-fx"), (-12345, "-12345-fx")]
)
def test_a_task_is_named_by_its_first_frame(number, name):
    assert task_name(number, "fx") == name


@pytest.mark.parametrize(
    ("frames", "text"),
    [
        ([1, 2, 3, 4, 5], "1-5"),
        ([7], "7"),
        ([1, 2], "1-2"),
        ([1, 3, 5], "1-5x2"),
        ([1, 5], "1,5"),
        ([3, 2, 1], "3,2,1"),
        ([1, 2, 3, 10, 20, 30, 31], "1-3,10-30x10,31"),
        ([-5, -4, -3], "-5--3"),
        ([], ""),
    ],
)
def test_frames_are_told_in_short(frames, text):
    assert frames_text(frames) == text


@given(st.lists(st.integers(-60, 60), min_size=1, unique=True))
def test_what_was_told_in_short_is_read_back_exactly(frames):
    assert parse_frames(frames_text(frames)) == frames
