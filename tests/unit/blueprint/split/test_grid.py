"""Where the parts of a picture lie."""

from hypothesis import given
from hypothesis import strategies as some

from blueprint.split.grid import Box, Part, grid

SIDE = some.integers(1, 60)


@given(SIDE, SIDE, some.integers(1, 9), some.integers(1, 9))
def test_the_parts_cover_each_pixel_once(width, height, columns, rows):
    seen = [
        (x, y)
        for part in grid(columns, rows)
        for box in [part.box(width, height)]
        for x in range(box.left, box.right)
        for y in range(box.top, box.bottom)
    ]

    assert sorted(seen) == [(x, y) for x in range(width) for y in range(height)]


def test_parts_that_do_not_divide_evenly_differ_by_one_pixel():
    heights = {part.box(97, 61).bottom - part.box(97, 61).top for part in grid(1, 13)}

    assert heights == {4, 5}


def test_parts_come_row_by_row_from_the_top():
    assert [part.box(10, 10) for part in grid(2, 2)] == [
        Box(0, 0, 5, 5),
        Box(5, 0, 10, 5),
        Box(0, 5, 5, 10),
        Box(5, 5, 10, 10),
    ]


def test_a_part_is_named_as_people_count():
    assert (Part(0, 2, 1, 13).word, Part(1, 0, 2, 2).word, Part(11, 9, 12, 12).word) == (
        "r03",
        "r1c2",
        "r10c12",
    )
