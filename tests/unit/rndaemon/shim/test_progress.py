"""How output is read: lines that come in pieces, values, verdicts, floods, and patterns that would never end."""

from __future__ import annotations

import re
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rndaemon.shim import progress
from rndaemon.shim.progress import Output, amount, fraction_of

PERCENT = r"(\d+%)"


def output(*rules, **options):
    return Output(rules or [["percent", PERCENT, "%"]], **options)


@pytest.mark.parametrize(
    ("text", "value"),
    [("50.5%", 0.505), ("10/60", 1 / 6), ("0.5", 0.5), ("50", 0.5), ("100 %", 1.0), ("1", 1.0), ("0", 0.0)],
)
def test_row_r38_each_form_of_a_value_is_understood(text, value):
    assert fraction_of(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "abc", "1/0", "150%", "-3", "1/2/3", "nan", "7/5", "inf", "1e400", "%", "/"]
)
def test_row_r38_what_is_no_progress_is_none(text):
    assert fraction_of(text) is None


@pytest.mark.parametrize("text, seconds", [("12", 12), ("01:00:02.5", 3602.5), ("x", 0), ("", 0), ("1:x", 0)])
def test_an_amount_may_be_a_time(text, seconds):
    assert amount(text) == seconds


def test_a_total_is_remembered():
    told = output(["percent", r"all: (?P<total>\d+)"], ["percent", r"at (?P<done>\S+)"])
    told.feed(b"at 3\n")
    assert told.fraction == 0.0
    told.feed(b"all: 12\nat 3\n")
    assert told.fraction == 0.25
    told.feed(b"at 99\n")
    assert told.fraction == 1.0


def test_rules_of_an_older_spool_are_percentages():
    told = Output([r"^at (\d+)$", PERCENT])
    told.feed(b"at 30\n")

    assert told.fraction == 0.3


def test_a_carriage_return_ends_a_line():
    told = output()
    told.feed(b"10%\r20%\r30")
    assert (told.fraction, told.last_line) == (0.2, "20%")
    told.feed(b"%\r")

    assert (told.fraction, told.last_line) == (0.3, "30%")


def test_a_line_may_come_in_pieces():
    told = output(["error", "^no way$"])
    for piece in (b"no", b" w", b"ay", b"\n"):
        told.feed(piece)

    assert told.verdict == "ERROR"


def test_the_last_line_needs_no_end():
    told = output()
    told.feed(b"first\nlast 80%")
    told.finish()

    assert (told.last_line, told.fraction) == ("last 80%", 0.8)


def test_the_last_line_is_fit_to_be_shown():
    told = output()
    told.feed(b"\x1b[31mred\x00\xff" + b"x" * 10_000 + b"\n\n  \n")

    assert told.last_line.startswith("?[31mred?\ufffdx") and len(told.last_line) <= 500


def test_warnings_are_counted_and_do_not_judge():
    told = output(["warning", "^W"], ["percent", PERCENT])
    told.feed(b"W one\nfine\nW two 50%\n")

    assert (told.warnings, told.verdict, told.fraction) == (2, "", 0.5)


VERDICTS = (["licence", "^L"], ["error", "^E"], ["done", "^D"])


@pytest.mark.parametrize(
    "lines, verdict, said",
    [
        (b"E1\nE2\n", "ERROR", "E1"),
        (b"E1\nL1\n", "LICENSE", "L1"),
        (b"L1\nE1\n", "LICENSE", "L1"),
        (b"D1\nE1\nL1\n", "DONE", "D1"),
        (b"E1\nD1\n", "ERROR", "E1"),
        (b"x\n", "", ""),
    ],
)
def test_the_first_verdict_counts_but_a_licence_explains_an_error(lines, verdict, said):
    told = output(*VERDICTS)
    told.feed(lines)

    assert (told.verdict, told.verdict_line) == (verdict, said)


def test_one_line_is_read_in_its_worst_sense():
    told = output(["done", "x"], ["error", "x"], ["licence", "x"])
    told.feed(b"x\n")

    assert told.verdict == "LICENSE"


def test_a_flood_without_line_ends_takes_no_memory():
    told = output()
    for _ in range(200):
        told.feed(b"x" * 65536)

    assert len(told._rest) <= 64 * 1024


def test_every_line_of_a_quick_flood_is_read():
    told = output(["warning", "^W", "W"])
    for _ in range(20):
        told.feed(b"W line\n" * 1000)

    assert told.warnings == 20_000


def test_of_a_flood_that_takes_too_much_time_parts_are_read_and_its_end(monkeypatch):
    spent, clock = [0.0], [1000.0]
    monkeypatch.setattr(progress.time, "process_time", lambda: spent[0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(progress, "_END", 70)
    told = output(["warning", "^W", "W"], ["percent", PERCENT, "%"], ["error", "^E", "E"])
    find = told._search

    def slow_search(rule, head):
        spent[0] += 0.001
        return find(rule, head)

    told._search = slow_search
    for _ in range(3):
        told.feed(b"W line\n" * 90)
    told.feed(b"W line\n" * 90 + b"E 70%\n")
    assert (told.warnings, told.fraction, told.verdict, told.last_line) == (180, 0.0, "", "E 70%")
    clock[0] += 1.0

    assert (told.verdict, told.fraction) == ("ERROR", 0.7)
    assert told.warnings < 200 and len(told._unread) == 0


def test_while_a_flood_goes_on_its_end_is_read_each_second(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    told = output(["percent", PERCENT, "%"])
    told._owed_s = 10.0
    for percent in (10, 20, 30):
        clock[0] += 0.6
        told.feed(b"x" * progress._FLOOD + b"\n%d%%\n" % percent)
    assert told.fraction == 0.2
    clock[0] += 100  # the flood is over, and time has paid for it

    assert (told.verdict, told.fraction) == ("", 0.3)


def test_the_end_of_a_flood_is_read_when_it_is_over(monkeypatch):
    told = output()
    told._owed_s = 1000.0
    told.feed(b"x\n" * 5000 + b"30%\n40%")
    assert told.fraction == 0.0
    told.finish()

    assert told.fraction == 0.4


def test_a_piece_takes_only_so_long(monkeypatch):
    """Each search is quick enough, but there are too many."""
    spent = [0.0]
    monkeypatch.setattr(progress.time, "process_time", lambda: spent[0])
    told = output(["warning", "W"])

    def slow_search(rule, head):
        spent[0] += 0.05

    told._search = slow_search
    told.feed(b"W\n" * 10_000)

    assert spent[0] < 0.4


WORDS = [
    "E x",
    "L y",
    "D",
    "W 1",
    "10%",
    "20% W",
    "E 30%",
    "",
    "  ",
    "x" * 5000 + " E",
    "bye",
    "300%",
    "L E D W 5%",
]


@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["\n", "\r", "\r\n"])), max_size=12),
    st.integers(1, 40),
)
def test_however_output_is_cut_it_means_the_same(lines, size):
    rules = [
        ["licence", "^L", "L"],
        ["error", "E"],
        ["done", "^D$", "D"],
        ["warning", "W", "W"],
        ["warning", "1"],
    ]
    rules += [["percent", PERCENT, "%"], ["percent", r"^(\d)"], ["finished", "^bye$"]]
    text = "".join(word + end for word, end in lines).encode()
    whole, by_line, in_pieces = output(*rules), output(*rules), output(*rules)
    whole.feed(text)
    for line in re.split(rb"(?<=[\r\n])", text):
        by_line.feed(line)
    for start in range(0, len(text), size):
        in_pieces.feed(text[start : start + size])
    seen = [
        (
            told.verdict,
            told.verdict_line,
            told.warnings,
            told.fraction,
            told.last_line,
            told._finished_at is None,
        )
        for told in (whole, by_line, in_pieces)
    ]

    assert seen[0] == seen[1] == seen[2]


def test_a_pattern_that_would_never_end_is_dropped_and_the_others_stay():
    """Each letter more doubles the time: this line would take years."""
    told = output(["error", r"^(\w+\s?)*$"], ["error", "^bad"], ["percent", PERCENT], limit_s=0.02)
    told.feed(b"a" * 60 + b"!\n")

    assert told.take_notes() == [r"rule dropped: error '^(\w+\s?)*$' takes too long on a line of this output"]
    assert told.take_notes() == []
    told.feed(b"a" * 60 + b"!\nbad 30%\n")
    assert (told.verdict, told.fraction, told.take_notes()) == ("ERROR", 0.3, [])


def test_a_late_alarm_hits_nothing(monkeypatch):
    told = output(limit_s=0.001)
    told.feed(b"10%\n")
    began = time.process_time()
    while time.process_time() - began < 0.005:
        pass
    told.feed(b"20%\n")

    assert (told.fraction, told.take_notes()) == (0.2, [])


def test_who_has_finished_and_lingers_in_silence_is_done(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    told = output(["finished", "^bye$"])
    told.feed(b"bye\n\n")
    clock[0] += 50
    assert (told.verdict, told.verdict_line) == ("", "")
    clock[0] += 50
    assert (told.verdict, told.verdict_line) == ("DONE", "bye")
    told.feed(b"the next frame\n")
    clock[0] += 1000

    assert told.verdict == ""


def test_who_has_finished_after_an_error_is_not_done(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    told = output(["finished", "^bye$"], ["error", "^E"])
    told.feed(b"E\nbye\n")
    clock[0] += 1000

    assert told.verdict == "ERROR"


def test_in_another_thread_searches_have_no_limit():
    """Python handles signals in the main thread only."""
    told = output()
    fed = threading.Thread(target=lambda: told.feed(b"30%\n"))
    fed.start()
    fed.join()

    assert told.fraction == 0.3
