import pytest

from rndaemon.progress import PATTERNS, Output, fraction_of, rules_for


def output(*kinds, generic=True):
    return Output(rules_for(kinds, PATTERNS, generic=generic))


@pytest.mark.parametrize(
    ("text", "value"),
    [("50.5%", 0.505), ("10/60", 1 / 6), ("0.5", 0.5), ("50", 0.5), ("100 %", 1.0), ("1", 1.0), ("0", 0.0)],
)
def test_each_form_of_a_value_is_understood(text, value):
    assert fraction_of(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "abc", "1/0", "150%", "-3", "1/2/3", "nan", "7/5"])
def test_what_is_no_progress_is_none(text):
    assert fraction_of(text) is None


@pytest.mark.parametrize(
    ("kind", "line", "value"),
    [
        ("blender", "Fra:12 Mem:8.21M (Peak 9.0M) | Time:00:01.22 | Rendering | Scene, View 16/64", 0.25),
        (
            "blender",
            "Fra:1 Mem:22M | Time:00:02 | Remaining:00:03 | Mem:4M | Scene, ViewLayer | Sample 32/128",
            0.25,
        ),
        ("mray", "JOB 0.3  :   42.0%   rendered on host", 0.42),
        ("povray", "Rendered 4800 of 76800 pixels (6%)", 0.06),
        ("anything", "PLOW_PROGRESS 0.42", 0.42),
        ("anything", "PLOW_PROGRESS=3/4", 0.75),
        ("anything", "converting: 37% done", 0.37),
        ("anything", "[ 99.5% ]", 0.995),
    ],
)
def test_programs_tell_their_progress(kind, line, value):
    read = output(kind)
    read.feed(line.encode() + b"\n")

    assert read.fraction == pytest.approx(value)
    assert read.last_line == line


@pytest.mark.parametrize("line", ["a 2x4 100%ish", "rgb(10%20)", "no numbers", "50 percent", "5000%"])
def test_other_lines_do_not_move_it(line):
    read = output()
    read.feed(line.encode() + b"\n")

    assert read.fraction == 0.0


def test_percentages_can_be_left_out():
    read = output("shell", generic=False)
    read.feed(b"disk 93%\n")
    assert read.fraction == 0.0
    read.feed(b"PLOW_PROGRESS 10%\n")

    assert read.fraction == pytest.approx(0.1)


def test_a_carriage_return_ends_a_line():
    read = output()
    read.feed(b"10%\r20%\r30")
    assert (read.fraction, read.last_line) == (0.2, "20%")
    read.feed(b"%\r")

    assert (read.fraction, read.last_line) == (0.3, "30%")


def test_a_line_may_come_in_pieces():
    read = output()
    for piece in (b"PLOW_PRO", b"GRESS 0", b".75", b"\n"):
        read.feed(piece)

    assert read.fraction == 0.75


def test_the_last_line_needs_no_end():
    read = output()
    read.feed(b"first\nlast 80%")
    read.finish()

    assert (read.last_line, read.fraction) == ("last 80%", 0.8)


def test_the_last_line_is_fit_to_be_shown():
    read = output()
    read.feed(b"\x1b[31mred\x00\xff" + b"x" * 10_000 + b"\n\n  \n")

    assert read.last_line.startswith("?[31mred?\ufffdx") and len(read.last_line) <= 500


def test_a_flood_without_line_ends_takes_no_memory():
    read = output()
    for _ in range(200):
        read.feed(b"x" * 65536)

    assert len(read._rest) <= 64 * 1024
