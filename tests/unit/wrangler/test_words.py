"""Names in order, and figures as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrangler.models.natural import natural_key
from wrangler.models.words import between, counted, duration, memory, one_line, plain_tip


def test_numbers_in_names_count():
    names = ["shot10", "Shot2", "shot1b", "shot1", "10", "9", ""]

    assert sorted(names, key=natural_key) == ["", "9", "10", "shot1", "shot1b", "Shot2", "shot10"]


@given(st.lists(st.text()))
def test_any_names_can_be_put_in_order(names):
    sorted(names, key=natural_key)


def test_a_name_of_digits_only_does_not_break_the_order():
    assert natural_key("9" * 5000) > natural_key("1")


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0:00"), (7_900, "0:07"), (723_000, "12:03"), (11_045_000, "3:04:05"), (183_840_000, "2d 03:04")],
)
def test_durations_are_short(ms, text):
    assert duration(ms) == text


def test_what_has_not_started_took_no_time():
    assert between(0, 0, 5000) == ""


def test_what_runs_lasts_until_now():
    assert between(1000, 0, 62_000) == "1:01"


def test_a_clock_that_is_behind_does_not_make_times_negative():
    assert between(5000, 0, 1000) == "0:00"


@pytest.mark.parametrize(("mb", "text"), [(0, ""), (512, "512 MB"), (3584, "3.5 GB"), (1_258_291, "1.2 TB")])
def test_memory_has_a_unit(mb, text):
    assert memory(mb) == text


def test_counts_know_one_from_many():
    assert (counted(1, "task"), counted(1204, "task")) == ("1 task", "1,204 tasks")


def test_server_text_stays_on_one_line():
    assert one_line("a\nb\x00c\u202e") == "a b c "


def test_server_text_in_a_tooltip_is_never_taken_for_markup():
    assert "<b>" not in plain_tip("<b>bold</b>")
