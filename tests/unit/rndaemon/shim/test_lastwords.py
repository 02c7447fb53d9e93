"""Which line tells best why a task failed."""

from __future__ import annotations

import pytest

from rndaemon.shim.lastwords import KEPT, LastWords


def words(output: bytes) -> LastWords:
    made = LastWords()
    for start in range(0, len(output), 1000):
        made.feed(output[start : start + 1000])
    return made


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (b"Fra:1\ncannot open /show/a.tx\nSaved nothing\nBlender quit\n", "cannot open /show/a.tx"),
        (b"Traceback (most recent call last):\n  File x, line 3\nKeyError: 'beauty'\n", "KeyError: 'beauty'"),
        (b"ERROR: first\nERROR: second\n\n", "ERROR: second"),
        (b"10%\r50%\rError: no camera\r60%\r", "Error: no camera"),
        (b"render\n0 errors, 3 warnings\nbye\n", "bye"),
        (b"only this", "only this"),
        (b"\x1b[31mfatal\x1b[0m: \xff", "?[31mfatal?[0m: �"),
        (b" \n\n", ""),
        (b"", ""),
    ],
)
def test_the_last_line_that_speaks_of_an_error_else_the_last_one(output: bytes, line: str) -> None:
    assert words(output).line(any_line=True) == line


def test_of_a_task_that_crashed_only_a_line_that_speaks_of_an_error_is_told() -> None:
    assert words(b"Fra:1 Mem:20M\n").line(any_line=False) == ""
    assert words(b"Fatal: stack\nFra:1\n").line(any_line=False) == "Fatal: stack"


def test_only_the_end_of_much_output_is_kept() -> None:
    flood = words(b"error: early\n" + b"line\n" * KEPT + b"x" * 5000)

    line = flood.line(any_line=True)

    assert (len(line), set(line)) == (400, {"x"})
