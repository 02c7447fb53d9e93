import pytest

from rndaemon.door import DRAIN, NIMBY, ORDER, UNFIT, Door


@pytest.fixture
def door():
    told = []
    made = Door(told.append)
    made.told = told
    return made


def test_a_node_takes_work_until_somebody_has_a_reason_against_it(door):
    assert door.reason == ""


def test_one_reason_that_goes_leaves_the_others(door):
    door.close(NIMBY, "anna is at the keyboard")
    door.close(DRAIN, "drained by bob")
    door.open(DRAIN)

    assert door.reason == "anna is at the keyboard"
    assert door.told[-1] == "anna is at the keyboard"


def test_the_weightiest_reason_is_told(door):
    for cause in reversed(ORDER):
        door.close(cause, cause)

    assert door.reason == UNFIT


def test_who_starts_tasks_hears_of_each_change(door):
    door.close(DRAIN, "a")
    door.close(DRAIN, "b")
    door.open(DRAIN)

    assert door.told == ["a", "b", ""]
