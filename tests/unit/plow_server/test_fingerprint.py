"""Lines that say the same have one fingerprint, whatever stands in them by chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plow_server.fingerprint import fingerprint, last_words, masked, shown


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("cannot open /show/tex/wood_0037.tx", "cannot open /show/tex/wood_0112.tx"),
        ("cannot open /show/tex/wood.37.exr", "cannot open /show/tex/wood.1001.exr"),
        ("no file /show/plate_9.exr", "no file /show/plate_10.exr"),
        ("frame 9: no camera", "frame 10: no camera"),
        ("12:30:01 ERROR no camera", "07:05:59 ERROR no camera"),
        ("[2030-01-02 10:11:12,345] no camera", "[2030-02-11T23:59:59Z] no camera"),
        ("crash at 0x7f3eab00", "crash at 0xdeadbeef10"),
        ("job 0190a1b2-1111-7222-8333-444455556666 gone", "job 0190ffff-aaaa-7222-8333-444455550000 gone"),
        ("cannot write /tmp/plow-3f2ab/xy.usd", "cannot write /tmp/plow-99/z.usd"),
        ("cannot read tmpab12cd34", "cannot read tmpzz99_x17"),
        ("no route to host r12.lan", "no route to host fox.lan"),
        ("cannot reach http://lic1.lan:5053/x", "cannot reach http://spare:5054/x"),
        ("10.0.0.7: connection refused", "192.168.1.20: connection refused"),
        ("\\\\fs01\\share\\x.exr is missing", "\\\\fs02\\share\\x.exr is missing"),
        ("allocated 12.5 GB of 64", "allocated 9.25 GB of 128"),
        ("  too   many\tblanks ", "too many blanks"),
    ],
)
def test_what_differs_by_chance_does_not_count(line: str, same: str) -> None:
    assert masked(line) == masked(same)
    assert fingerprint(line) == fingerprint(same)


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("cannot open /show/tex/wood_0037.tx", "cannot open /show/tex/stone_0037.tx"),
        ("cannot open /show/tex/wood_0037.tx", "cannot write /show/tex/wood_0037.tx"),
        ("KeyError: 'beauty'", "KeyError: 'depth'"),
        ("the host refused", "the host vanished"),
        ("exit status 3", "exit status 4"),
        ("ended by signal 9", "ended by signal 11 (SIGSEGV)"),
    ],
)
def test_what_is_said_counts(line: str, other: str) -> None:
    assert fingerprint(line) != fingerprint(other)


def test_the_masked_line_can_be_read() -> None:
    assert (
        masked("cannot open /show/tex/wood_0037.tx on node r12")
        == "cannot open /show/tex/wood_####.tx on node <host>"
    )
    for line in ("exit status 3", "exit status 9 is not tried again"):
        assert shown(line) == line
    ended = "ended by signal 11; exit status 139 is not tried again"
    assert shown(ended) == ended


@given(st.text(max_size=300))
def test_a_masked_line_stays_as_it_is(line: str) -> None:
    assert masked(masked(line)) == masked(line)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_numbers_never_tell_failures_apart(one: int, other: int) -> None:
    assert fingerprint(f"frame {one}: {one} rays lost") == fingerprint(f"frame {other}: {other} rays lost")


@pytest.mark.parametrize(
    ("line", "reason", "status", "signal", "said"),
    [
        ("no camera", "an error, says its log: no camera", 1, 0, "no camera"),
        (" ", "used 9 GB of 8", 1, 9, "used 9 GB of 8"),
        ("", "", 3, 0, "exit status 3"),
        ("", "", 1, 11, "ended by signal 11"),
    ],
)
def test_the_line_says_most_then_the_reason_then_the_status(
    line: str, reason: str, status: int, signal: int, said: str
) -> None:
    assert last_words(line, reason, status, signal) == said


def test_a_long_line_takes_no_time() -> None:
    assert len(masked("a1-" * 100_000)) <= 500
