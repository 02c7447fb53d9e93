"""The steps from old rows to new ones: always right, never many."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from wrangler.models.difference import MOST_RUNS, Change, Insert, Remove, Reorder, Step, difference, runs


@dataclass
class Thing:
    id: str
    value: int = 0
    parent_id: str = ""


def things(numbers: list[int], value: int = 0) -> list[Thing]:
    return [Thing(str(number), value) for number in numbers]


def walked(old: list[Thing], steps: list[Step[Thing]]) -> list[Thing]:
    """What a view would show after the steps."""
    rows = list(old)
    for step in steps:
        if isinstance(step, Remove):
            del rows[step.first : step.last + 1]
        elif isinstance(step, Insert):
            rows[step.first : step.first] = step.rows
        elif isinstance(step, Reorder):
            assert sorted(step.places) == list(range(len(rows)))
            assert all(step.rows[place].id == row.id for row, place in zip(rows, step.places, strict=True))
            rows = list(step.rows)
        else:
            rows[step.first : step.first + len(step.rows)] = step.rows
    return rows


unique = st.lists(st.integers(0, 60), unique=True)


@given(unique, unique, st.sets(st.integers(0, 60)))
def test_the_steps_lead_from_any_rows_to_any_others(old, new, changed):
    before = things(old)
    after = [Thing(str(number), 1 if number in changed else 0) for number in new]

    assert walked(before, difference(before, after)) == after


@given(st.lists(st.integers(0, 3000), unique=True, min_size=200), st.randoms())
def test_rows_that_come_and_go_everywhere_take_few_steps(numbers, random):
    before = things([number for number in numbers if random.random() < 0.7])
    after = things(random.sample(numbers, len(numbers) // 2))

    steps = difference(before, after)

    assert walked(before, steps) == after
    assert len(steps) <= 2 * MOST_RUNS + 3


def test_nothing_changed_is_no_step():
    assert difference(things([1, 2, 3]), things([1, 2, 3])) == []


def test_a_changed_row_is_changed_in_its_place():
    steps = difference(things([1, 2, 3]), [Thing("1"), Thing("2", 5), Thing("3")])

    assert steps == [Change(1, [Thing("2", 5)])]


def test_a_new_row_is_put_where_it_belongs():
    assert difference(things([1, 3]), things([1, 2, 3])) == [Insert(1, things([2]))]


def test_rows_that_go_leave_from_the_end_so_that_places_stay_true():
    assert difference(things([1, 2, 3, 4]), things([2])) == [Remove(2, 3), Remove(0, 0)]


def test_unbroken_runs_are_told_as_one():
    assert list(runs([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]
