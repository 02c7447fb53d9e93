"""Hours of the week, by the clock on the wall."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rndaemon.nimby.hours import DAYS, first_of, parse

MONDAY = datetime(2026, 11, 16)


def at(day, clock):
    hour, minute = clock.split(":")
    return MONDAY + timedelta(days=DAYS.index(day), hours=int(hour), minutes=int(minute))


@pytest.mark.parametrize(
    "text, day, clock, expected",
    [
        ("mon-fri 09:00-18:00", "mon", "08:59", False),
        ("mon-fri 09:00-18:00", "mon", "09:00", True),
        ("mon-fri 09:00-18:00", "fri", "17:59", True),
        ("mon-fri 09:00-18:00", "fri", "18:00", False),
        ("mon-fri 09:00-18:00", "sat", "12:00", False),
        ("MON 9:00-10:00", "mon", "09:30", True),
        ("sat,sun", "sun", "23:59", True),
        ("sat,sun", "mon", "00:00", False),
        ("fri-mon", "sun", "12:00", True),
        ("fri-mon", "wed", "12:00", False),
        ("22:00-06:00", "wed", "23:00", True),
        ("22:00-06:00", "wed", "05:59", True),
        ("22:00-06:00", "wed", "06:00", False),
        ("fri 22:00-06:00", "sat", "05:00", True),
        ("fri 22:00-06:00", "fri", "05:00", False),
        ("sun 22:00-06:00", "mon", "01:00", True),
        ("wed 00:00-24:00", "wed", "00:00", True),
    ],
)
def test_hours_hold_or_not(text, day, clock, expected):
    assert parse(text).hold(at(day, clock)) is expected


@pytest.mark.parametrize(
    "text",
    ["", "monday", "mon 9", "mon 09:00", "25:00-26:00", "09:60-10:00", "mon-xyz", "a b c", "24:01-01:00"],
)
def test_other_text_says_what_is_expected(text):
    with pytest.raises(ValueError, match="mon-fri 09:00-18:00"):
        parse(text)


def test_the_hour_that_summer_time_skips_never_comes_and_the_one_it_repeats_counts_twice():
    zone, span = ZoneInfo("Europe/Berlin"), parse("02:00-03:00")

    def minutes_on(day):
        """Of the real minutes of a day, those in the span."""
        start = datetime(*day, tzinfo=zone).timestamp()
        return sum(span.hold(datetime.fromtimestamp(start + 60 * n, zone)) for n in range(24 * 60))

    assert minutes_on((2026, 3, 29)) == 0
    assert minutes_on((2026, 10, 25)) == 120
    assert minutes_on((2026, 6, 1)) == 60


@given(begin=st.integers(0, 1439), length=st.integers(1, 1439))
def test_a_daily_span_is_as_long_as_it_says(begin, length):
    end = (begin + length) % 1440
    span = parse(f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}")

    assert sum(span.hold(MONDAY + timedelta(minutes=n)) for n in range(7 * 1440)) == 7 * length


def test_the_first_that_holds_is_found():
    spans = [parse("sat"), parse("12:00-13:00")]

    assert first_of(spans, at("sat", "12:30")) is spans[0]
    assert first_of(spans, at("mon", "12:30")) is spans[1]
    assert first_of(spans, at("mon", "13:30")) is None
