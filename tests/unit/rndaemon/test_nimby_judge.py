"""Whose the machine is, with a clock that the test moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rndaemon.nimby.judge import Rules, Sight, Sign, State, begin, decide

RULES = Rules(idle_s=600, recall="grace", grace_s=300)
GIVEN = begin(0.0, given=True)


def typing(age_s=0.0, who="anna"):
    return Sign(age_s, who, "at the keyboard")


def look(state, now, *signs, rules=RULES, **seen):
    return decide(state, Sight(now, signs, **seen), rules)


def test_it_is_taken_back_at_once():
    taken = look(GIVEN, 100, typing())

    assert not taken.is_given
    assert (taken.why, taken.since, taken.recall_at) == ("anna is at the keyboard", 100, 400)


def test_it_is_given_when_nothing_was_seen_for_the_idle_minutes():
    taken = look(GIVEN, 100, typing())
    assert not look(taken, 699, typing(599)).is_given
    assert look(taken, 700, typing(600)).is_given


def test_a_short_look_does_not_move_since_when():
    taken = look(look(GIVEN, 100, typing()), 200, typing(0, "bob"))

    assert (taken.why, taken.since) == ("bob is at the keyboard", 100)


def test_an_old_sign_is_told_as_past():
    taken = look(GIVEN, 100, typing())
    assert look(taken, 159, typing(59)).until is None
    assert look(taken, 400, typing(300)).until == 100


@pytest.mark.parametrize(
    "seen, is_given, why",
    [
        ({}, False, "anna is at the keyboard"),
        ({"wish": "off"}, True, ""),
        ({"wish": "on", "wish_by": "bob"}, False, "bob took the machine"),
        ({"wish": "on"}, False, "its user took the machine"),
        ({"wish": "on", "free": "sat"}, False, "its user took the machine"),
        ({"wish": "off", "busy": "mon"}, True, ""),
        ({"free": "sat"}, True, ""),
        ({"free": "sat", "busy": "sat"}, True, ""),
        ({"busy": "mon-fri"}, False, "hours of its user (mon-fri)"),
    ],
)
def test_a_word_counts_more_than_hours_and_hours_more_than_signs(seen, is_given, why):
    state = look(GIVEN, 1, typing(), **seen)

    assert (state.is_given, state.why) == (is_given, why)


def test_after_a_start_it_is_watched_before_it_is_given():
    fresh = begin(0.0, given=False)
    watched = look(fresh, 599)
    assert not watched.is_given and "watched" in watched.why
    assert look(watched, 600).is_given


def test_nobody_is_recalled_for_no_sign_at_all():
    watched = look(begin(0.0, given=False), 1)
    assert watched.recall_at is None
    assert look(watched, 2, typing()).recall_at == 302


def test_a_machine_that_was_given_before_a_restart_stays_given():
    assert look(begin(0.0, given=True), 0.1).is_given


@pytest.mark.parametrize("recall, at", [("finish", None), ("grace", 310), ("now", 10)])
def test_running_tasks_finish_or_have_their_time_or_end_now(recall, at):
    rules = Rules(600, recall, 300)

    assert look(GIVEN, 10, typing(), rules=rules).recall_at == at


def test_another_cause_does_not_lengthen_the_grace():
    taken = look(GIVEN, 10, typing())
    assert look(taken, 200, wish="on").recall_at == 310


def test_a_machine_given_again_forgets_the_recall():
    taken = look(GIVEN, 10, typing())
    again = look(taken, 20, wish="off")
    assert again.is_given and again.recall_at is None
    assert look(again, 30, typing()).recall_at == 330


def test_no_idle_minutes_mean_that_only_use_at_this_moment_counts():
    rules = Rules(0, "now", 0)
    assert not look(GIVEN, 1, typing(0), rules=rules).is_given
    assert look(GIVEN, 1, typing(1), rules=rules).is_given


events = st.lists(st.tuples(st.floats(0.1, 900), st.booleans()), max_size=40)


@given(events=events, given_at_first=st.booleans())
def test_it_is_the_farms_exactly_when_the_last_use_is_long_enough_ago(events, given_at_first):
    """However looks and uses fall: the oracle is one line."""
    now, last_use, state = 0.0, None, begin(0.0, given_at_first)
    for step, used in events:
        now += step
        last_use = now if used else last_use
        signs = [] if last_use is None else [typing(now - last_use)]
        state = look(state, now, *signs)
        if last_use is not None:
            assert state.is_given == (now - last_use >= RULES.idle_s)
        elif given_at_first:
            assert state.is_given


@given(events=events)
def test_a_recall_is_never_before_its_grace_nor_forgotten_while_taken(events):
    now, taken_at, state = 0.0, None, GIVEN
    last_use = None
    for step, used in events:
        now += step
        last_use = now if used else last_use
        state = look(state, now, *([] if last_use is None else [typing(now - last_use)]))
        taken_at = None if state.is_given else (taken_at if taken_at is not None else now)
        assert state.recall_at == (None if taken_at is None else taken_at + RULES.grace_s)


def test_a_state_says_whose_it_is():
    assert State().is_given and not State("wish").is_given
